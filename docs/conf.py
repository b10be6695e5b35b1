"""How `make docs` builds the site: Sphinx reads these Markdown pages; the reference comes from docstrings and kinds."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import iatros

project = "Iatros"
author = "The Iatros authors"
release = version = iatros.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "reference"]
exclude_patterns = ["README.md"]

html_theme = "furo"
html_title = "Iatros"
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3  # so that links to headings of a page can be checked

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
nitpicky = False  # types of NumPy, Polars and torch have no pages here
