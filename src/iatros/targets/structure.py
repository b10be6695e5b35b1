"""`structure`: the shape of a protein from its sequence, as distances of its residues, torsion angles and coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Cells, Learned, Level, Motion, Sizes, Target
from iatros.findings import Finding
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.targets import structure_cells
from iatros.targets.structure_cells import Columns

if TYPE_CHECKING:
    from torch import Tensor, nn

SEPARATIONS = 64  # |i - j| from which on all count alike in what is given to the network
EVEN = 0.5  # pairs that each bin of each separation is thought to have had before any was counted


class StructureFitted(Learned):
    """What training chains tell without their sequence.

    frequencies: [S][K] logarithm of the share of each bin of distance, by separation; middles: [K] mean distance in each
    """

    frequencies: tuple[tuple[float, ...], ...]
    middles: tuple[float, ...]


class Structure(Target):
    """Three-dimensional structure: where CA, N and C of every residue are. Cells name PDB or mmCIF files, also packed (.gz)."""

    needs: ClassVar[Level] = Level.POSITIONS
    pairs: ClassVar[bool] = True
    files: ClassVar[bool] = True
    unpacked: ClassVar[frozenset[str]] = Target.unpacked | {
        "channels", "dilations", "dropout", "stripe", "torsions", "built", "refined",
    }  # fmt: skip
    Fitted: ClassVar[type[Learned]] = StructureFitted

    kind: Literal["structure"] = "structure"
    column: str
    """The column with the paths of PDB or mmCIF files."""
    chain: str | None = None
    """The column with the chain's name; without it, files hold one chain each."""
    letters: str | None = None
    """The column with the sequence, where it has residues that the file does not show; they count as not known."""
    channels: int = Field(default=16, ge=1)
    """Of the network of pairs."""
    dilations: tuple[int, ...] = (1, 2, 4)
    """Steps of its convolutions, layer by layer."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of its entries dropped in training."""
    stripe: int = Field(default=40, ge=1)
    """Residues of a chain whose distances to all others are learned from at once."""
    torsions: float = Field(default=1.0, ge=0)
    """What errors of the torsion angles count in training beside those of distances."""
    built: float = Field(default=0.5, ge=0)
    """What errors of the backbone that is built from the torsions count, within 16 residues."""
    refined: int = Field(default=60, ge=0)
    """Steps in which a predicted backbone is bent towards the predicted distances; 0 leaves it as its torsions say."""

    def columns_used(self) -> tuple[str, ...]:
        """Path, chain and letters."""
        return tuple(name for name in (self.column, self.chain, self.letters) if name is not None)

    def check(self, cells: Cells) -> list[Finding]:
        """No file named. What is wrong with files is told when they are packed."""
        if any(str(cell or "").strip() for cell in cells.frame[self.column].to_list()):
            return []
        what, todo = "no case has a structure", "name the column with the paths of PDB or mmCIF files"
        return [Finding("error", what, todo, cells.file, (), self.column, check="no_truth")]

    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """places [N + 1, 9], torsions [N + 1, 3], starts, lengths [M]. What is not as long as its sequence is set aside."""
        long = None if anchor is None else anchor["lengths"]
        return structure_cells.packed(cells, Columns(self.column, self.chain, self.letters), plan, long)

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> StructureFitted:
        """How often each distance is met at each separation."""
        from iatros.targets.structure_loss import BINS, EDGES

        count = np.full((SEPARATIONS, BINS), EVEN)
        total, met = np.zeros(BINS), np.zeros(BINS)
        for places in structure_cells.each(packed, rows):
            ca = places[:, 1].astype(np.float64)
            apart = np.minimum(np.abs(np.arange(len(ca))[:, None] - np.arange(len(ca))), SEPARATIONS - 1)
            distance = np.sqrt(((ca[:, None] - ca) ** 2).sum(-1))
            known = ~np.isnan(distance)
            code = np.searchsorted(EDGES, distance[known])
            count += np.bincount(apart[known] * BINS + code, minlength=count.size).reshape(count.shape)
            total += np.bincount(code, distance[known], minlength=BINS)
            met += np.bincount(code, minlength=BINS)
        between = np.array([EDGES[0], *((np.array(EDGES[1:]) + EDGES[:-1]) / 2), EDGES[-1]])
        middles = np.where(met > 0, total / np.maximum(met, 1), between)
        frequencies = np.log(count / count.sum(1, keepdims=True))
        return StructureFitted(frequencies=tuple(map(tuple, frequencies.tolist())), middles=tuple(middles.tolist()))

    def form(self, plan: Learned) -> Form:
        """A table of coordinates."""
        return Form(task="structure", unit="Å")

    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """truth: coordinates [9 L] of N, CA, C of each residue, NaN where not known; None for a case without any."""
        return {"truth": [places.ravel().tolist() if len(places) else None for places in structure_cells.each(packed, rows)]}

    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """ca [B, L, 3] and torsions [B, L, 3], NaN where not known."""
        import torch

        places = structure_cells.padded(packed, "places", rows)
        torsions = structure_cells.padded(packed, "torsions", rows)
        return {"ca": torch.from_numpy(places[:, :, 3:6].copy()), "torsions": torch.from_numpy(torsions)}

    def follow(self, truth: dict[str, Tensor], motion: Motion | None) -> dict[str, Tensor]:
        """Residues from which the sequence's letters were read."""
        if motion is None or motion.places is None:
            return truth
        from iatros.heads.positions import fitted_to

        places = motion.places[:, :, None].expand(-1, -1, 3)
        long = {name: fitted_to(values, places.shape[1], float("nan")) for name, values in truth.items()}
        return {name: v.gather(1, places.clamp_min(0)).masked_fill(places < 0, float("nan")) for name, v in long.items()}

    def width(self, fitted: Learned) -> int:
        """Bins of distance."""
        return len(cast(StructureFitted, fitted).middles)

    def head(self, sizes: Sizes, fitted: Learned) -> nn.Module:
        """Pairs of residues through a small two-dimensional network."""
        import torch

        from iatros.heads.pairs import PairHead
        from iatros.targets.structure_loss import OWN

        prior = torch.tensor(cast(StructureFitted, fitted).frequencies)
        return PairHead(sizes.positions, prior, OWN, self.channels, self.dilations, self.dropout, self.stripe)

    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """Cross-entropy of distances, errors of torsions and of the backbone built from them; raw [B, L, R + 1, K] -> [B]."""
        from iatros.heads.positions import fitted_to
        from iatros.targets.structure_loss import Shares, losses

        ca, torsions = (fitted_to(truth[name], raw.shape[1], float("nan")) for name in ("ca", "torsions"))
        return losses(raw, ca, torsions, Shares(self.torsions, self.built))

    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[Any]]:
        """score: coordinates [9 L]; confidence [L], 0 to 1; contacts: the likeliest L pairs of long range, as i L + j."""
        from iatros.targets.structure_said import predicted

        return predicted(raw.detach().float().cpu(), cast(StructureFitted, fitted).middles, self.refined)
