"""What `--json` prints: one document on stdout, and nothing else there.

In: a result. Out: JSON that every reader takes: what is not a finite number is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def print_json(content: Any) -> None:  # Any: whatever JSON holds
    """Print the document."""
    print(json.dumps(finite(content), ensure_ascii=False, indent=1, allow_nan=False, default=str))


def finite(content: Any) -> Any:  # Any: as above
    """The same with null for NaN and the infinities, which JSON does not have."""
    if isinstance(content, Mapping):
        return {name: finite(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
