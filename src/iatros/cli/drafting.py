"""`iatros new` as the command line speaks it."""

from __future__ import annotations

import json


def new_study(name: str, source: str, target: str | None, *, as_json: bool) -> None:
    """Write NAME.toml here, and show every guess with its reason."""
    from iatros.drafting import new

    written = new(name, source, target=target)
    print(json.dumps(written.as_json(), ensure_ascii=False, indent=1) if as_json else "\n".join(written.lines()))
