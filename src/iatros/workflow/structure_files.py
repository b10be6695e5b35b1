"""Predicted structures as files that other programs open: PDB and mmCIF, the confidence, 0 to 100, as B-factor.

In: coordinates, or new predictions. Out: paths.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.anchors import anchor_of
from iatros.cases import structures
from iatros.contracts import Modality
from iatros.packed import Packed
from iatros.targets.structure_said import as_chain
from iatros.training.feed import Fits
from iatros.workflow.open_ import Run
from iatros.workflow.predict import Predicted

Numbers = NDArray[np.floating[Any]]
MOST_IN_PDB = 9_999  # residues that the format has numbers for


def letters_read(modality: Modality, packed: Packed, fits: Fits, source: str, case: int) -> str:
    """The sequence as the network reads it."""
    return "".join(modality.spelled(packed, case, fits.inputs[source]))


def write_structure(
    stem: Path, letters: str, places: NDArray[np.floating[Any]], trust: NDArray[np.floating[Any]]
) -> list[Path]:
    """STEM.pdb, unless the chain is too long for it, and STEM.cif. places: [9 L] or [L, 3, 3] angstrom; trust: [L], 0 to 1."""
    chain = as_chain(letters, places, trust)
    suffixes = (".pdb", ".cif") if len(letters) <= MOST_IN_PDB else (".cif",)
    files = [stem.with_name(stem.name + suffix) for suffix in suffixes]
    for file in files:
        structures.write(file, chain)
    return files


def write_predicted(run: Run, made: Predicted, folder: Path) -> list[Path]:
    """Two files, TARGET-row-N.pdb and .cif, for each case and each target that is a structure."""
    files: list[Path] = []
    fits = run.fits(run.main_folds()[0])
    for name, form in run.forms().items():
        if form.task != "structure":
            continue
        source = anchor_of(run.study.targets[name], run.study.inputs)
        modality, packed = run.study.inputs[source], made.packs[source]
        for case, row, places, trust in made.tables[name].select("case", "row", "score", "confidence").iter_rows():
            letters = letters_read(modality, packed, fits, source, case)
            if letters and len(letters) == len(trust):
                files += write_structure(folder / f"{name}-row-{row}", letters, np.array(places), np.array(trust))
    return files
