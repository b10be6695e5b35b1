"""A small run on sequences with a planted motif: its evidence, its report, one case, and variants of a VCF."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import iatros
from iatros.cases.simulated_sequences import LETTERS, MOTIF, motif_sequences
from iatros.cli import app
from iatros.evidence import Evidence
from iatros.explain.motifs import likeness
from iatros.findings import InputError
from iatros.runs import read_json
from iatros.workflow.explain import explain_case
from iatros.workflow.positions import effects_of_positions
from iatros.workflow.sequence_evidence import strongest_part
from iatros.workflow.variants import effects_of_variants

LENGTH, SITE = 60, 200
STUDY = {
    "name": "motif",
    "inputs": {
        "dna": {
            "kind": "sequence",
            "column": "dna",
            "alphabet": "dna",
            "encoder": {"kind": "gated_cnn", "width": 24, "size": 7, "dilations": [1, 2]},
        }
    },
    "targets": {"bound": {"kind": "class", "column": "bound", "positive": "yes"}},
    "split": {"kind": "holdout"},
    "training": {"epochs": 16, "seeds": 2, "threads": 1, "precision": "float32", "device": "cpu"},
    "evaluation": {"resamples": 100},
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table():
    made = motif_sequences(800, LENGTH, seed=1)
    return pl.DataFrame({"dna": made.texts, "bound": ["yes" if label else "no" for label in made.labels]})


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("motif")


@pytest.fixture(scope="module")
def motif_run(table, place):
    table.write_csv(place / "cases.csv")
    study = iatros.Study.model_validate(STUDY | {"cases": {"table": str(place / "cases.csv")}})
    return iatros.run(study, place / "run")


@pytest.fixture(scope="module")
def told(motif_run):
    return Evidence(**read_json(motif_run.folder.evidence))


@pytest.fixture(scope="module")
def genome(place):
    """A chromosome with one site, and variants in and out of it."""
    draw = np.random.default_rng(0)
    letters = list(draw.choice(list(LETTERS), 400))
    letters[SITE : SITE + 7] = "TGACTCA"
    (place / "genome.fa").write_text(f">chr1\n{''.join(letters)}\n")
    rows = ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for at in (SITE + 1, SITE + 4, 60, 330):
        other = "A" if letters[at] != "A" else "C"
        rows.append(f"chr1\t{at + 1}\tv{at}\t{letters[at]}\t{other}\t.\t.\tGENE={'SITE' if abs(at - SITE) < 9 else 'FAR'}")
    rows.append("chr1\t10\twrong\tN\tA")
    (place / "calls.vcf").write_text("\n".join(rows) + "\n")
    return place


def test_the_method_is_checked_and_the_motif_is_found(told):
    assert [check.method for check in told.checks] == ["integrated_gradients"]
    first = told.motifs[0]
    assert first.raises
    assert likeness(np.array(first.counts), MOTIF) > 0.8
    assert 0 < first.cases <= first.of
    assert told.words == ()


def test_cases_are_shown_with_their_letters(told, table):
    for case in told.cases:
        assert case.letters == table["dna"][case.case]
        assert len(case.attribution) == len(case.attribution_randomised) == LENGTH


def test_the_report_shows_letters_and_logos(motif_run):
    page = (motif_run.folder.path / "report.html").read_text("utf-8")
    assert "Letters of case" in page
    assert "<title id=" in page
    assert "Motif " in page
    assert page.count('class="scroll broad"') >= 4


def test_one_case_is_drawn_and_other_letters_are_tried(motif_run, told):
    found = explain_case(motif_run, told.cases[0].row)
    assert len(found.changes) == 12
    assert all(change.low <= change.effect <= change.high for change in found.changes)
    letters = told.cases[0].letters
    assert all(letters[change.position - 1] == change.before != change.after for change in found.changes)
    assert [path.rpartition("-")[2] for path in found.pictures] == ["letters.svg", "changes.svg"]
    assert json.dumps(found.as_json())
    assert any("log-odds" in line for line in found.lines())


def test_variants_in_the_site_matter_most(motif_run, genome):
    found = effects_of_variants(motif_run, genome / "calls.vcf", genome / "genome.fa")
    assert found.networks == 2
    assert set(found.frame["position"][:2]) == {SITE + 2, SITE + 5}
    assert (found.frame["effect"][:2] < 0).all()
    assert (found.frame["low"] <= found.frame["effect"]).all()
    assert any(finding.rows == (7,) for finding in found.findings)


def test_variants_are_those_of_their_windows(motif_run, genome):
    """By the run's own networks: log-odds of the calibrated probability are not used, so ranks are compared."""
    found = effects_of_variants(motif_run, genome / "calls.vcf", genome / "genome.fa").frame.sort("line")
    letters = (genome / "genome.fa").read_text().split("\n")[1]
    before, after = [], []
    for row in found.iter_rows(named=True):
        begin, at = row["position"] - 1 - LENGTH // 2, LENGTH // 2
        window = letters[begin : begin + LENGTH]
        before.append(window)
        after.append(window[:at] + row["alternative"] + window[at + 1 :])
    scores = iatros.predict(motif_run, pl.DataFrame({"dna": [*before, *after]}))["score"].to_numpy()
    change = scores[len(before) :] - scores[: len(before)]
    strong = np.abs(found["effect"].to_numpy()) > 0.3
    assert strong.sum() >= 2
    assert (np.sign(change[strong]) == np.sign(found["effect"].to_numpy()[strong])).all()


def test_genes_are_ranked_by_their_variants(motif_run, genome, tmp_path):
    found = effects_of_variants(motif_run, genome / "calls.vcf", genome / "genome.fa", genes="GENE")
    assert found.genes["gene"].to_list() == ["SITE", "FAR"]
    own = found.frame.filter(pl.col("genes") == "SITE")["effect"].abs()
    assert found.genes["effect"][0] == pytest.approx(own.mean())
    assert found.genes["variants"].to_list() == [2, 2]
    assert found.genes["low"][0] > found.genes["high"][1]
    (tmp_path / "genes.bed").write_text(f"chr1\t{SITE}\t{SITE + 7}\tSITE\n")
    by_bed = effects_of_variants(motif_run, genome / "calls.vcf", genome / "genome.fa", genes=str(tmp_path / "genes.bed"))
    assert by_bed.genes.row(0) == found.genes.row(0)


def test_genes_that_no_variant_names_are_an_error(motif_run, genome):
    with pytest.raises(InputError, match="no variant lies in a gene by `SYMBOL`"):
        effects_of_variants(motif_run, genome / "calls.vcf", genome / "genome.fa", genes="SYMBOL")


def aligned(count: int, begin: int) -> pl.DataFrame:
    """Sequences that hold the site at one place."""
    draw = np.random.default_rng(5)
    texts = ["".join(draw.choice(list(LETTERS), LENGTH)) for _ in range(count)]
    return pl.DataFrame({"dna": [f"{text[:begin]}TGACTCA{text[begin + 7 :]}" for text in texts]})


def test_positions_of_the_site_have_the_largest_effects(motif_run):
    found = effects_of_positions(motif_run, aligned(12, 20))
    first = found.frame.head(5)
    assert set(first["position"]) <= set(range(21, 28))
    assert (first["low"] > 0).all()
    assert ((first["low"] <= first["effect"]) & (first["effect"] <= first["high"])).all()
    assert all("TGACTCA"[at - 21] == letter for at, letter in first.select("position", "letter").iter_rows())
    assert (found.cases, found.of, found.networks) == (12, 12, 2)
    assert len(found.frame) == LENGTH


def test_sequences_of_several_lengths_have_no_positions_in_common(motif_run):
    with pytest.raises(InputError, match="50 to 60 letters, most of them 60") as refused:
        effects_of_positions(motif_run, pl.concat([aligned(3, 20), pl.DataFrame({"dna": ["ACGTA" * 10]})]))
    assert refused.value.finding.rows == (4,)


def test_the_command_line_prints_genes_and_positions(motif_run, genome, tmp_path):
    run, out = str(motif_run.folder.path), tmp_path / "effects.csv"
    words = [
        "--variants",
        str(genome / "calls.vcf"),
        "--reference",
        str(genome / "genome.fa"),
        "--genes",
        "GENE",
        "-o",
        str(out),
    ]
    told = CliRunner().invoke(app, ["explain", run, *words])
    assert "2 genes, mean absolute effect" in told.output
    assert pl.read_csv(tmp_path / "effects-genes.csv")["gene"].to_list() == ["SITE", "FAR"]
    aligned(4, 20).write_csv(tmp_path / "sites.csv")
    told = CliRunner().invoke(app, ["explain", run, "--positions", str(tmp_path / "sites.csv")])
    assert "limits over 4 cases" in told.output
    assert "and 40 smaller ones" in told.output
    assert CliRunner().invoke(app, ["explain", run, "--genes", "GENE", "--case", "3"]).exit_code == 2


def test_no_variant_left_is_an_error_with_its_reason(motif_run, genome, tmp_path):
    (tmp_path / "none.vcf").write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nchr9\t10\tx\tA\tC\n")
    with pytest.raises(InputError, match="no such chromosome"):
        effects_of_variants(motif_run, tmp_path / "none.vcf", genome / "genome.fa")


def test_a_run_of_tables_has_no_variants(run, genome):
    with pytest.raises(InputError, match=r"reads no DNA|one input alone"):
        effects_of_variants(run, genome / "calls.vcf", genome / "genome.fa")


def test_the_strongest_part_of_a_long_sequence_is_shown():
    said = np.zeros(1_000)
    said[505:515] = 1
    begin = strongest_part(said, 100)
    assert begin % 10 == 0
    assert begin <= 505 <= 515 <= begin + 100
    assert strongest_part(said[:90], 100) == 0
