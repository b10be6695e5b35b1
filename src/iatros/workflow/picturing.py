"""The film of a case, the map of where the network looked, and the same map of an untrained network.

In: a subject, the case's layout, healthy images. Out: names of the PNG files written.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.contracts import Grid
from iatros.explain.images import attribute, typical_healthy
from iatros.explain.picture import write_case
from iatros.explain.subject import Subject, randomised

SEED = 1


def case_pictures(
    folder: Path, stem: str, subject: Subject, layout: Grid, healthy: Tensor, method: str, film: NDArray[np.uint8]
) -> dict[str, str]:
    """layout: the one case; healthy: [P, C, *space]. Gives {"image", "map", "map_randomised"}, names of files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    reference = typical_healthy(layout.values, healthy)
    untrained = randomised(subject, layout, torch.Generator().manual_seed(SEED))
    maps = [attribute(method, of, layout, reference)[0].numpy().astype(np.float64) for of in (subject, untrained)]
    files = write_case(folder, stem, film, *maps)
    return {"image": files.image, "map": files.map, "map_randomised": files.map_randomised}
