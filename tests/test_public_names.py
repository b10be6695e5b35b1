"""Every public name of `iatros` stays a name that can be called, whatever else has been imported."""

from __future__ import annotations

from importlib import import_module

import iatros


def test_no_package_takes_the_place_of_a_public_name():
    import_module("iatros.explain")  # a package of this name would hide a function of this name

    assert all(callable(getattr(iatros, name)) for name in iatros.__all__ if name != "__version__")
