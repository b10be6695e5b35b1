"""How likely each pair of a chain's residues touches, in the words of the network whose structure is shown.

In: networks of one fold, a target, a case. Out: probabilities [L, L].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from iatros.targets.structure import StructureFitted
from iatros.targets.structure_said import confidence, said_of
from iatros.workflow.subjects import Explained

Floats = NDArray[np.float64]


def contact_probabilities(networks: Sequence[Explained], target: str, case: int) -> Floats:
    """[L, L] by the network that is surest of this case, which is the one whose coordinates stand in the predictions table."""
    found, most = np.zeros((0, 0)), -1.0
    for one in networks:
        middles = cast(StructureFitted, one.fits.targets[target]).middles
        with torch.no_grad():
            raw = one.network(one.batch(np.array([case], np.int64))).fused[target].float()
        mask = ~raw[:, :, -1, 0].isnan()
        said = said_of(raw, raw.new_tensor(middles))
        trust = float(confidence(said, mask)[mask].mean())
        if trust > most:
            length = int(mask.sum())
            found, most = said.contact[0, :length, :length].double().numpy(), trust
    return found
