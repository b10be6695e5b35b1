"""The study: TOML and objects, there and back, and faults told by file, line and key."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from iatros.findings import InputError
from iatros.study import CasesSection, Study, load

WHOLE = """name = "sepsis"

[cases]
table = "cases.csv"
patient = "patient_id"

[inputs.labs]
kind = "table"
columns = ["age", "crp"]

[targets.outcome]
kind = "class"
column = "died"
"""


def written(tmp_path, text: str):
    path = tmp_path / "sepsis.toml"
    path.write_text(text, "utf-8")
    return path


def fault(tmp_path, text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        load(written(tmp_path, text))
    return caught.value


def test_a_study_reads_and_fills_in_what_an_expert_would_choose(tmp_path):
    study = load(written(tmp_path, WHOLE))
    assert study.split.main.kind == "folds"
    assert study.training.seed_list() == (0,)
    assert list(study.inputs) == ["labs"]


def test_toml_and_back_gives_the_same_study(tmp_path):
    text = (
        WHOLE.replace('patient = "patient_id"', 'patient = "patient_id"\nsite = "ward"')
        + "\n[safeguards.weights]\n[training]\nseeds = [3, 4]\n"
    )
    study = load(written(tmp_path, text))
    assert study.split.schemes()[1].kind == "sites"
    assert load(written(tmp_path, study.to_toml())) == study
    assert tomllib.loads(study.to_toml())["safeguards"]["weights"]["kind"] == "weights"


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("columns =", "colums =", 9, ["unknown key `colums`", "did you mean `columns`?"]),
        ('kind = "table"', 'kind = "tabel"', 8, ["unknown kind `tabel`", "did you mean `table`?"]),
        ('"sepsis"', '"../../escaped"', 1, ["name", "../../escaped"]),
        ("[targets.outcome]", "[target.outcome]", 11, ["unknown key `target`", "did you mean `targets`?"]),
        ('["age", "crp"]', "[]", 9, ["columns"]),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_nearest_right_word(tmp_path, before, after, line, words):
    raised = fault(tmp_path, WHOLE.replace(before, after))
    assert raised.finding.file.endswith(f"sepsis.toml:{line}")
    for word in words:
        assert word in raised.finding.what


def test_values_of_the_wrong_type_are_quoted(tmp_path):
    raised = fault(tmp_path, WHOLE + '\n[training]\nprecision = "fp8"\n')
    assert "training.precision" in raised.finding.what
    assert "fp8" in raised.finding.what


def test_a_section_given_twice_is_told_with_its_line(tmp_path):
    raised = fault(tmp_path, WHOLE + '\n[inputs.labs]\nkind = "table"\ncolumns = ["crp"]\n')
    assert raised.finding.file.endswith(":15")
    assert "inputs.labs" in raised.finding.what


def test_a_quote_that_is_not_closed_is_told_with_its_line(tmp_path):
    assert fault(tmp_path, WHOLE.replace('"cases.csv"', '"cases.csv')).finding.file.endswith(":4")


def test_a_missing_study_offers_its_neighbour(tmp_path):
    written(tmp_path, WHOLE)
    with pytest.raises(InputError, match=r"sepsis\.toml"):
        load(tmp_path / "sepsi.toml")


def test_a_study_in_utf_16_is_read(tmp_path):
    path = tmp_path / "old.toml"
    path.write_bytes(WHOLE.encode("utf-16"))
    assert load(path).name == "sepsis"


def test_sites_need_a_column_of_sites(tmp_path):
    assert "site" in fault(tmp_path, WHOLE + '\n[split]\nkind = "sites"\n').finding.what


def test_a_kind_of_split_given_twice_is_refused(tmp_path):
    split = '\n[split]\nkind = "holdout"\nalso = ["folds", { kind = "holdout", test = 0.3 }]\n'
    assert "the kind `holdout` twice" in fault(tmp_path, WHOLE + split).finding.what


def test_an_anchor_must_be_an_input(tmp_path):
    assert "scan" in fault(tmp_path, WHOLE + 'input = "scan"\n').finding.what


def test_a_study_with_a_site_is_also_judged_on_sites_not_seen(tmp_path):
    study = load(written(tmp_path, WHOLE.replace("[inputs", 'site = "ward"\n[inputs', 1)))
    assert [split.kind for split in study.split.schemes()] == ["folds", "sites"]


def test_the_schema_knows_every_registered_kind():
    from iatros.registry import GROUPS, addresses

    told = str(Study.model_json_schema())
    for group in GROUPS:
        for kind in addresses(group):
            assert f"'{kind}'" in told, kind


@pytest.mark.parametrize("table", [1, True, ["cases.csv"], {"a": 1}, "", " "])
def test_what_is_no_place_is_no_table(table):
    with pytest.raises(ValidationError, match="write the name of a file"):
        CasesSection(table=table)


LETTERS = {"name": "x", "cases": {"table": "a.csv"}, "inputs": {"p": {"kind": "sequence", "column": "s"}}}
STATES, KIND = {"kind": "residues", "column": "y", "classes": ["H", "E"]}, {"kind": "class", "column": "k"}


@pytest.mark.parametrize(
    ("targets", "more", "share"),
    [
        ({"states": STATES}, {}, 0.0),
        ({"states": STATES, "kind": KIND}, {}, 0.1),
        ({"kind": KIND}, {}, 0.1),
        ({"kind": KIND}, {"safeguards": {}}, 0.0),
        ({"kind": KIND}, {"safeguards": {"weights": {}}}, 0.0),
        ({"kind": KIND}, {"safeguards": {"calibration": {"method": "none"}}}, 0.0),
        ({"kind": KIND}, {"safeguards": {"conformal": {}}}, 0.1),
        ({"kind": {"kind": "value", "column": "k"}}, {"safeguards": {"calibration": {}}}, 0.0),
        ({"kind": {"kind": "labels", "columns": ["k", "l"]}}, {"safeguards": {"conformal": {}}}, 0.0),
        ({"states": STATES}, {"split": {"kind": "folds", "calibration": 0.2}}, 0.2),
    ],
)
def test_a_calibration_part_is_cut_from_training_where_something_learns_from_it(targets, more, share):
    study = Study.model_validate(
        {**LETTERS, "targets": targets, "split": {"kind": "folds", "also": [{"kind": "holdout"}]}, **more}
    )
    assert study.split.main.calibration == share
    again = Study(**tomllib.loads(study.to_toml()))
    assert (again, again.to_toml()) == (study, study.to_toml())
    guarded = tomllib.loads(study.to_toml()) | {
        "targets": {"kind": KIND},
        "safeguards": {"calibration": {"kind": "calibration"}},
    }
    assert Study(**guarded).split.main.calibration == (share or 0.1)
    if not more.get("split"):
        assert study.split.also[0].calibration == share
