"""Every block of README.md and of every page of docs/ is run, in order, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?P<kind>python|toml|sh)(?: file=(?P<file>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if BLOCK.search(page.read_text("utf-8"))]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_a_page_runs_from_top_to_bottom(page, tmp_path):
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "IATROS_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(tmp_path),
        "OMP_NUM_THREADS": "1",
    }
    script = []
    for block in BLOCK.finditer(page.read_text("utf-8")):
        if block["file"]:
            script.append(f"open({block['file']!r}, 'w', encoding='utf-8').write({block['body']!r})")
        elif block["kind"] == "python":
            script.append(block["body"])
        elif block["kind"] == "sh":
            script.append(f"subprocess.run({block['body']!r}, shell=True, check=True)")
    program = "import subprocess\n" + "\n".join(script)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-2000:]
