"""Where benchmarks find data and studies: $IATROS_DATA, by default ../shared/data beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("IATROS_DATA") or HERE.parents[1] / "shared" / "data")
STUDIES = HERE / "studies"
