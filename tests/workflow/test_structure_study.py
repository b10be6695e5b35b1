"""A study of structures, from a table of files to a report and new predictions."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from typer.testing import CliRunner

import iatros
from iatros.cases import structures
from iatros.cli import app
from iatros.evidence import Evidence
from iatros.heads.backbone import build, ideal
from iatros.metrics.geometry import distances
from iatros.metrics.structure import lddt
from iatros.report import write
from iatros.study import Study
from iatros.workflow.explain import explain_case

TURNS = {"A": (-57.8, -47.0), "V": (-120.0, 130.0)}  # helix, strand
CASES = 32


def chain(rng: np.random.Generator, length: int) -> tuple[str, np.ndarray]:
    """Runs of A, which are helices, and of V, which are strands."""
    letters = ""
    while len(letters) < length:
        letters += "AV"[rng.integers(2)] * int(rng.integers(6, 12))
    letters = letters[:length]
    torsions = torch.tensor([[*TURNS[letter], 180.0] for letter in letters], dtype=torch.float64) * math.pi / 180
    return letters, build(ideal(torsions[None]))[0].numpy()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("structures"), np.random.default_rng(0)
    rows = []
    for i in range(CASES):
        letters, places = chain(rng, int(rng.integers(28, 40)))
        structures.write(folder / f"{i}.cif", structures.chain_of(letters, places))
        rows.append({"protein": letters, "fold": f"{i}.cif"})
    pl.DataFrame(rows).write_csv(folder / "chains.csv")
    study = Study(
        name="shapes",
        cases={"table": str(folder / "chains.csv")},
        inputs={
            "chain": {
                "kind": "sequence", "column": "protein", "alphabet": "protein",
                "encoder": {"kind": "gated_cnn", "width": 16, "dilations": [1, 2]},
            }
        },
        targets={"shape": {"kind": "structure", "column": "fold", "channels": 4, "dilations": [1], "refined": 3}},
        split={"kind": "holdout"},
        training={"epochs": 12, "batch": 8, "rate": 0.02, "precision": "float32", "threads": 1, "seeds": 2},
        evaluation={"resamples": 100},
    )  # fmt: skip
    return iatros.run(study, tmp_path_factory.mktemp("run") / "run")


def test_the_planted_rule_is_found_and_judged_beside_both_baselines(made):
    overall = {row.model: row for row in made.metrics if row.metric == "lddt" and not row.group and not row.against}
    assert {"iatros", "distance by separation", "nearest template"} <= set(overall)
    assert overall["iatros"].value > overall["distance by separation"].value
    assert overall["iatros"].low <= overall["iatros"].value <= overall["iatros"].high
    assert {"drmsd", "tm_score", "contact_precision"} <= {row.metric for row in made.metrics}


def test_predictions_hold_coordinates_confidence_and_contacts(made):
    table = pl.read_parquet(made.folder.predictions("shape")).filter(pl.col("model") == "iatros")
    assert (table["score"].list.len() == table["truth"].list.len()).all()
    assert (table["score"].list.len() == 9 * table["confidence"].list.len()).all()
    assert table["contacts"].list.len().max() > 0


def test_the_report_speaks_of_structures(made):
    page = (made.folder.path / "report.html").read_text("utf-8")
    assert "Is it the right fold?" in page
    assert "three-dimensional structure of a chain" in page
    assert "estimates the three-dimensional structure" in page
    evidence = json.loads((made.folder.path / "evidence.json").read_text("utf-8"))
    assert {"worst", "best"} <= {case["role"] for case in evidence["cases"]}


def test_the_best_the_median_and_the_worst_chain_are_kept_as_they_were_judged(made):
    """Against the predictions table, by the metrics themselves."""
    (kept,) = Evidence(**json.loads(made.folder.evidence.read_text("utf-8"))).shapes
    table = pl.read_parquet(made.folder.predictions("shape"))
    ours = table.filter(pl.col("model") == "iatros", pl.col("part") == "test", pl.col("seed").is_null())
    scores = {}
    for case, *cells in ours.select("case", "truth", "score").iter_rows():
        scores[case] = lddt(*(distances(np.array(cell).reshape(-1, 3, 3)[:, 1]) for cell in cells))
    order = sorted(scores.values(), reverse=True)
    assert [one.role for one in kept.shown] == ["best", "median", "worst"]
    assert [one.lddt for one in kept.shown] == pytest.approx([order[0], order[(len(order) - 1) // 2], order[-1]], abs=1e-3)
    assert set(kept.errors) == {"iatros", "distance by separation", "nearest template"}
    assert kept.chains == len(ours)
    assert sum(kept.trust.n) == kept.residues
    for one in kept.shown:
        contacts = ours.filter(pl.col("case") == one.case)["contacts"][0].to_list()
        far = [i * one.length + j for i, j, _ in one.contacts if j - i >= 24]
        assert far[:3] == contacts[:3]  # the network whose coordinates are shown


def test_the_report_draws_chains_and_can_draw_them_again(made):
    page = made.folder.report.read_text("utf-8")
    assert page.count('class="turn"') == 3
    assert page.count("Contact map, case") == 6  # a title and a caption each
    assert "Chosen by rule" in page
    assert "Confidence against real lDDT-CA" in page
    made.folder.report.unlink()
    write(made.folder)
    again = made.folder.report.read_text("utf-8")
    assert re.findall(r"<figure id.*?</figure>", again, re.DOTALL) == re.findall(r"<figure id.*?</figure>", page, re.DOTALL)


def test_shown_chains_lie_beside_the_report_where_the_truth_lies(made):
    files = sorted((made.folder.path / "structures").iterdir())
    assert [file.suffix for file in files] == [".cif", ".pdb"] * 3
    (kept,) = Evidence(**json.loads(made.folder.evidence.read_text("utf-8"))).shapes
    best = kept.shown[0]
    found = structures.read(made.folder.path / "structures" / f"shape-best-row-{best.row}.pdb").chain()
    np.testing.assert_allclose(found.coordinates[:, 1], best.predicted, atol=0.06)
    np.testing.assert_allclose(found.confidence, 100 * np.array(best.confidence), atol=0.06)


def test_predicted_chains_are_written_by_the_command_line_and_read_by_another_program(made, tmp_path):
    parsers = pytest.importorskip("Bio.PDB", reason="Biopython is not installed: no independent reader of structures")
    letters = "AAAAAAAAVVVVVVVV"
    pl.DataFrame({"protein": [letters]}).write_csv(tmp_path / "new.csv")
    told = CliRunner().invoke(
        app, ["predict", str(made.folder.path), str(tmp_path / "new.csv"), "-o", str(tmp_path / "out.csv")]
    )
    assert told.exit_code == 0, told.output
    assert "2 files" in told.output
    trust = [float(cell) for cell in pl.read_csv(tmp_path / "out.csv")["confidence"][0].split()]
    for parser, suffix in ((parsers.PDBParser(QUIET=True), "pdb"), (parsers.MMCIFParser(QUIET=True), "cif")):
        atoms = list(parser.get_structure("x", str(tmp_path / "out-structures" / f"shape-row-2.{suffix}")).get_atoms())
        assert [atom.get_name() for atom in atoms] == ["N", "CA", "C"] * len(letters)
        assert [atom.get_parent().get_resname() for atom in atoms[::3]] == ["ALA"] * 8 + ["VAL"] * 8
        np.testing.assert_allclose([atom.get_bfactor() for atom in atoms[1::3]], 100 * np.array(trust), atol=0.01)
        bonds = np.linalg.norm(np.diff([atom.coord for atom in atoms], axis=0), axis=1)
        assert 1.2 < bonds.min() < bonds.max() < 1.7


def test_one_chain_is_explained_by_a_page_and_files(made):
    (kept,) = Evidence(**json.loads(made.folder.evidence.read_text("utf-8"))).shapes
    found = explain_case(made, kept.shown[-1].row)
    assert found.score == pytest.approx(kept.shown[-1].lddt, abs=1e-3)
    assert [path.rpartition(".")[2] for path in found.pictures] == ["html", "pdb", "cif"]
    page = Path(found.pictures[0]).read_text("utf-8")
    assert page.count("<svg class=") == 2
    assert "\ue000" not in page
    assert json.dumps(found.as_json())
    assert "lDDT-CA" in found.lines()[0]


def test_new_sequences_get_structures(made):
    frame = iatros.predict(made, pl.DataFrame({"protein": ["AAAAAAAAVVVVVVVV", None]}))
    assert len(frame["score"][0]) == 9 * 16
    assert len(frame["confidence"][0]) == 16
    assert frame["score"][1] is None
