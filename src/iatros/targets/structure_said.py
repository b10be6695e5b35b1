"""What raw scores of pairs and residues say of a structure: distances, contacts, coordinates, and how sure that is.

In: raw [B, L, L + 1, K] of a `PairHead` in evaluation. Out: `Said`; columns of the predictions table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.cases.structures import Chain, chain_of
from iatros.heads.folding import folded
from iatros.metrics.structure import APART, CONTACT, INCLUSION, TOLERANCES
from iatros.targets.structure_loss import EDGES, OWN, SMALL, angles

ROUGH = 0.1  # angstrom: no distance is known better
LEAST_SD = 1.0  # angstrom: added to a distance's own, by whose inverse it counts when a backbone is bent
PERCENT = 100.0  # confidence in files is of 100, as AlphaFold writes it


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of all pairs: [B, L, L], in angstrom.

    distance: expected; sd: its standard deviation; contact, close: probability of less than 8, of less than 15
    """

    distance: Tensor
    sd: Tensor
    contact: Tensor
    close: Tensor


def said_of(raw: Tensor, middles: Tensor) -> Said:
    """From raw scores of all pairs (R = L). middles: [K] mean distance in each bin."""
    probability = raw[:, :, :-1].nan_to_num().softmax(-1)
    length = raw.shape[1]
    place = torch.arange(length, device=raw.device)
    apart = (place[:, None] - place).abs()
    mean = probability @ middles
    spread = (probability @ middles.square() - mean.square()).clamp_min(0).sqrt()
    edges = torch.tensor((*EDGES, float("inf")), device=raw.device)
    return Said(
        mean.masked_fill(apart == 0, 0), spread.masked_fill(apart == 0, 0),
        probability[..., edges <= CONTACT].sum(-1), probability[..., edges <= INCLUSION].sum(-1),
    )  # fmt: skip


def confidence(said: Said, mask: Tensor) -> Tensor:
    """[B, L] the lDDT that each residue would have if distances were normal about what is expected: 0 to 1."""
    within = sum(torch.erf(tolerance / (sqrt(2) * (said.sd + ROUGH))) for tolerance in TOLERANCES)
    assert isinstance(within, Tensor)
    weight = said.close * (mask[:, :, None] & mask[:, None])
    weight = weight * (1 - torch.eye(weight.shape[1], device=weight.device))
    return (weight * within / len(TOLERANCES)).sum(2) / weight.sum(2).clamp_min(SMALL)


def predicted(raw: Tensor, middles: Sequence[float], steps: int) -> dict[str, NDArray[Any]]:
    """score: coordinates [9 L] float32; confidence [L]; contacts [<= L], pairs as i L + j, the likeliest first. One a case."""
    mask = ~raw[:, :, -1, 0].isnan()
    said = said_of(raw, raw.new_tensor(middles))
    pairs = mask[:, :, None] & mask[:, None]
    weights = pairs * (said.distance > 0) / (said.sd + LEAST_SD)
    places = folded(angles(raw[:, :, -1, :OWN]), said.distance, weights, steps).numpy().astype(np.float32)
    trust = confidence(said, mask).numpy()
    contact = said.contact.numpy()
    columns: dict[str, NDArray[Any]] = {name: np.empty(len(raw), object) for name in ("score", "confidence", "contacts")}
    for case, length in enumerate(mask.sum(1).tolist()):
        columns["score"][case] = places[case, :length].ravel()
        columns["confidence"][case] = trust[case, :length].astype(np.float32)
        columns["contacts"][case] = likeliest(contact[case, :length, :length]).astype(np.float32)
    return columns


def as_chain(letters: str, score: NDArray[np.floating[Any]], confidence: NDArray[np.floating[Any]], name: str = "A") -> Chain:
    """Columns of one case as a chain to be written, with the confidence, 0 to 100, where B-factors stand."""
    return chain_of(
        letters, np.asarray(score, np.float64).reshape(-1, 3, 3), PERCENT * np.asarray(confidence, np.float64), name
    )


def likeliest(score: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The L pairs of long range with the highest scores [L, L], the highest first, as i L + j; fewer where there are fewer."""
    length = len(score)
    rows, columns = np.triu_indices(length, APART)
    best = np.argsort(-score[rows, columns], kind="stable")[:length]
    return (rows[best] * length + columns[best]).astype(np.int64)
