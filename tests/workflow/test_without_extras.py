"""A study of a table runs where nothing but the package itself is installed, as the README installs it."""

from __future__ import annotations

import subprocess
import sys

EXTRAS = ("numba", "llvmlite", "tokenizers", "transformers", "pydicom", "pylibjpeg", "optuna", "fastexcel")
SCRIPT = f"""
import sys
for name in {EXTRAS!r}:
    sys.modules[name] = None  # as if it were not installed
import polars as pl
import iatros
table = pl.DataFrame({{"age": [i * 37 % 61 for i in range(120)], "crp": [i * 17 % 53 for i in range(120)]}})
table = table.with_columns(ill=(pl.col("age") + pl.col("crp") > 55).cast(pl.Int8))
study = iatros.Study(
    name="t", cases={{"table": table}}, inputs={{"labs": {{"kind": "table", "columns": ["age", "crp"]}}}},
    targets={{"ill": {{"kind": "class", "column": "ill"}}}}, split={{"kind": "holdout"}}, training={{"epochs": 1}},
    evaluation={{"resamples": 100}},
)
made = iatros.run(study, "run")
made.predictions("ill")
iatros.predict(made, table)
print("aligned" if any(name.startswith("iatros.align") for name in sys.modules) else "done")
"""


def test_a_table_needs_no_extra(tmp_path):
    said = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-2000:]
    assert said.stdout.strip().endswith("done")
