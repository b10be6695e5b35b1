"""Which packed images are blurred or noisy beside the rest, at the size at which they are used?

In: `Packed` with `pixels` [M, C, H, W]. Out: findings.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from iatros.contracts import Cells
from iatros.findings import Finding
from iatros.packed import Packed

CHUNK = 1_024  # images at a time
OUTLIER = 6.0  # robust standard deviations of log sharpness from the median
FEWEST = 20  # images below which nothing is an outlier


def unusual(packed: Packed, cells: Cells, column: str) -> list[Finding]:
    """Warnings of images far less (blurred) or far more (noisy) sharp than the rest, at the size at which they are used."""
    at = np.flatnonzero(packed.present)
    if len(at) < FEWEST:
        return []
    log = np.log(sharpness(packed, at) + 1e-8)
    middle = np.median(log)
    spread = max(1.4826 * float(np.median(np.abs(log - middle))), 0.1)
    kinds = (("blurred", log < middle - OUTLIER * spread), ("noisy", log > middle + OUTLIER * spread))
    found = []
    for word, odd in kinds:
        rows = tuple(int(row) for row in cells.rows[at[odd]])
        if rows:
            what = f"{len(rows):,} image{'' if len(rows) == 1 else 's'} far more {word} than the rest"
            found.append(
                Finding(
                    "warning",
                    what,
                    "look at them, and remove the rows if they are faulty",
                    cells.file,
                    rows,
                    column,
                    check=word,
                )
            )
    return found


def sharpness(packed: Packed, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """[n] variance of the Laplacian over the variance of the grey values."""
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]).view(1, 1, 3, 3)
    values = np.empty(len(rows))
    for start in range(0, len(rows), CHUNK):
        grey = torch.from_numpy(packed["pixels"][rows[start : start + CHUNK]].astype(np.float32)).mean(1, keepdim=True)
        edges = F.conv2d(grey, kernel).flatten(1).var(1, correction=0)
        values[start : start + CHUNK] = (edges / grey.flatten(1).var(1, correction=0).clamp(min=1e-6)).numpy()
    return values
