"""Write down what the checks said. Apart from the rest, so that `iatros check` starts fast: nothing here imports torch.

In: an examined study. Out: findings.json and findings.html in the run's folder, the latter with small pictures of its cases.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iatros import checks
from iatros.findings import Finding, rows_aside
from iatros.runs import RunFolder, write_atomically, write_json
from iatros.workflow.examine import Examined

SHOWN = 12  # cases of one finding, as many as the page shows
MOST = 120  # pictures of a page, which must stay small
SIDE = 96  # pixels of a picture's longer side
LARGEST = 12_000  # bytes of a PNG that the page takes


def save_findings(folder: RunFolder, examined: Examined) -> None:
    """Write findings.json and findings.html."""
    study = examined.study
    shown = thumbnails(examined, examined.findings)
    page = checks.page(examined.findings, title=study.title or study.name, cases=looked_at(examined), pictures=shown)
    write_json(folder.findings, checks.to_json(examined.findings))
    write_atomically(folder.findings.with_suffix(".html"), lambda draft: draft.write_text(page, "utf-8"))


def looked_at(examined: Examined) -> int:
    """Cases that were looked at: those that stay, and those set aside."""
    stay = {int(row) for row in examined.cohort.cases.rows}
    return len(stay | rows_aside(examined.findings))


def thumbnails(examined: Examined, findings: Iterable[Finding]) -> dict[tuple[str, int], bytes]:
    """(input, row of the file) -> PNG of the first cases of each finding about an input that has pictures."""
    place = {int(row): i for i, row in enumerate(examined.cohort.cases.rows)}
    found: dict[tuple[str, int], bytes] = {}
    for finding in findings:
        packed = examined.packs.get(finding.source)
        if packed is None:
            continue
        modality = examined.study.inputs[finding.source]
        for row in [row for row in finding.rows if row in place and packed.present[place[row]]][:SHOWN]:
            image = modality.picture(packed, place[row]).image
            if image is None or len(found) >= MOST:
                break
            if small := thumbnail(image):
                found[finding.source, row] = small
    return found


def thumbnail(image: NDArray[np.uint8]) -> bytes:
    """A PNG of an image [H, W] or [H, W, 3], its longer side at most SIDE pixels; nothing if that is too large."""
    drawn = Image.fromarray(image)
    drawn.thumbnail((SIDE, SIDE))
    for one in (drawn, drawn.convert("L")):
        made = io.BytesIO()
        one.save(made, "PNG", optimize=True)
        if made.tell() <= LARGEST:
            return made.getvalue()
    return b""
