"""The report speaks as a doctor would: names of outcomes, warnings, counts and signs."""

import re
from dataclasses import replace
from importlib import import_module

import pytest

from iatros.findings import Finding
from iatros.predictions import Form
from iatros.report import reading as reading_of
from iatros.report import write
from iatros.report.methods import methods
from iatros.report.numbers import bare, limits, risk
from iatros.report.parts import wording
from iatros.report.parts.explorer import hundred
from iatros.report.reading import View
from iatros.report.render import coded, nope
from iatros.report.warnings import cautions
from iatros.results import MetricRow


def view(run, name, classes):
    return View(reading_of.read(run), name, Form(task="class", name=name, classes=classes))


@pytest.mark.parametrize(
    ("name", "classes", "words", "headings"),
    [
        ("disease", ("other", "num > 0"), "disease", ("without", "with disease")),
        ("pneumonia", ("0", "1"), "pneumonia", ("without", "with pneumonia")),
        ("malignant", ("B", "M"), "the outcome (malignant)", ("without", "with the outcome (malignant)")),
        ("diagnosis", ("benign", "malignant"), "the outcome (malignant)", ("benign", "malignant")),
        ("lesion", ("mole", "melanoma"), "melanoma", ("mole", "melanoma")),
    ],
)
def test_an_outcome_is_called_by_a_word_that_follows_with(binary_run, name, classes, words, headings):
    found = view(binary_run, name, classes)
    assert (found.words, found.headings) == (words, headings)


def test_words_of_checks_lose_their_code():
    assert wording.spoken('`fbs` is "4.0" in 36 % (-0.02 to 0.1, -0.00)') == "“fbs” is “4” in 36% (−0.02 to 0.1, 0.00)"
    assert coded("declare `threshold` <now>") == "declare <code>threshold</code> &lt;now&gt;"
    assert "<code>groups</code>" in nope("name columns in `groups`")


def test_a_finding_names_its_column_once():
    left = wording.found(Finding("warning", "66% of the cells are missing", "see", column="ca"))
    named = wording.found(Finding("warning", "`ca` varies", "see", column="ca"))
    assert (left, named) == ("Ca: 66% of the cells are missing", "“ca” varies")


def test_a_column_that_gives_the_outcome_away_is_a_question_to_the_doctor():
    what = "2 columns alone reach an AUROC over 0.95 for `ill`: `worst area` .975, `radius` .970"
    told = wording.found(Finding("warning", what, "take it out", check="gives_away"))
    assert told == "The outcome can nearly be read off “worst area”, “radius”: was it known before the outcome was?"


@pytest.mark.parametrize(
    ("some", "whole", "told"), [(0, 4, "none of 4 hospitals is"), (1, 4, "1 of 4 hospitals is"), (3, 4, "3 of 4 hospitals are")]
)
def test_counts_agree_with_their_verbs(some, whole, told):
    assert wording.of_all(some, whole, "hospital") == told


def test_codes_lose_their_zero_and_risks_promise_nothing():
    assert [bare(word) for word in ("4.0", "-1.0", "4.5", "v1.0", "M")] == ["4", "-1", "4.5", "v1.0", "M"]
    assert [risk(value) for value in (0.9999, 0.5, 0.0001)] == ["over 99.9%", "50.0%", "under 0.1%"]


@pytest.mark.parametrize("prevalence", [0.5533, 0.625, 0.005, 0.0, 1.0])
def test_the_hundred_are_those_that_the_script_draws(prevalence):
    found = hundred(prevalence, 0.943, 0.589)
    ill = int(100 * prevalence + 0.5)
    assert found.ill == ill
    assert found.needless == int((100 - ill) * (1 - 0.589) + 0.5)
    assert found.found + found.missed + found.needless + found.spared == 100


def test_a_probe_that_warns_says_what_it_means(make_run, tmp_path):
    run = make_run(tmp_path / "run", ["disease"])
    told = [caution for caution in cautions(reading_of.read(run)) if "not measured gives" in caution.title]
    assert told[0].text.startswith("The pattern of missing values alone, without a single value, reaches an AUROC of 0.758 [")
    assert wording.explanations("shapley") == "shares by Shapley values"


def test_no_page_shows_what_only_a_programmer_reads(whole_run):
    html = re.sub(r"<(style|script|pre).*?</\1>", "", write(whole_run).read_text("utf-8"), flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", html)
    assert not re.search(
        r"`|\bnan\b|\bNone\b(?! of)|=True\b|\bFalse\b|\[\]|\{'|\bfloat\d|\b1 \w+s are\b|\b0 of \d+ \w+ are\b", shown
    )


def test_a_long_table_folds_and_a_whole_one_is_a_sentence(make_run, tmp_path):
    row = {"label": "x", "all": "1", "by_outcome": ["1", "1"], "missing": "0 (0%)"}
    entries = [
        {"name": f"c{i}", "rows": [row | {"label": f"c{i}"}], "outcomes": ["no", "yes"], "sizes": [250, 150]} for i in range(30)
    ]
    gaps = {"columns": ["c1", "c2"], "sites": ["all"], "share": [[0.0], [0.0]]}
    page = write(make_run(tmp_path / "run", ["disease"], table_one=entries, missing_by_site=gaps)).read_text("utf-8")
    assert "<summary>18 more rows</summary>" in page
    assert "With disease, n = 150" in page
    assert "have a value for every one of the 2 input columns" in page
    assert 'class="heat"' not in page


def test_the_flow_ends_with_who_was_analysed(whole_run):
    page = write(whole_run).read_text("utf-8")
    assert re.search(r"<b>410</b> rows", page)
    assert re.search(r"<b>10</b> set aside: age &gt;= 18", page)
    assert re.search(r"<b>400</b> patients analysed<br>150 \(37\.5%\) with disease", page)


def test_a_slope_without_an_interval_says_why():
    row = MetricRow(target="t", metric="calibration_slope", value=1.6, cases=178, scheme="folds", part="test", model="iatros")
    assert limits(row) == "[no interval: undefined in many resamples]"
    assert limits(row.model_copy(update={"metric": "auroc"})) == "[interval not measured]"


@pytest.mark.parametrize(
    ("inputs", "cases", "called"),
    [
        ({"p": {"kind": "sequence", "alphabet": "protein"}}, {}, "proteins"),
        ({"p": {"kind": "sequence", "alphabet": "smiles"}, "t": {"kind": "table"}}, {}, "molecules"),
        ({"p": {"kind": "sequence", "alphabet": "dna"}}, {}, "sequences"),
        ({"a": {"kind": "sequence", "alphabet": "protein"}, "b": {"kind": "sequence", "alphabet": "protein"}}, {}, "pairs"),
        ({"p": {"kind": "sequence", "alphabet": "protein"}}, {"patient": "id"}, "patients"),
        ({"note": {"kind": "sequence", "alphabet": "text"}}, {}, "patients"),
        ({"labs": {"kind": "table"}}, {}, "patients"),
    ],
)
def test_cases_that_are_no_patients_are_not_called_so(binary_run, inputs, cases, called):
    found = replace(reading_of.read(binary_run), study={"inputs": inputs, "cases": cases})
    assert wording.units(found) == called
    assert wording.setting(found, "time") == f"later {called}"


@pytest.mark.parametrize(
    ("scheme", "said"), [("partners", "both things of each pair"), ("homology", "whole families of relatives")]
)
def test_what_is_resampled_whole_is_named_and_has_no_intervals_of_wilson(binary_run, scheme, said):
    found = reading_of.read(binary_run)
    rows = tuple(row.model_copy(update={"scheme": scheme}) for row in found.rows)
    text = methods(replace(found, rows=rows, study={"evaluation": {"resamples": 200}}))
    assert f"bootstrap resamples of {said}, shared by all models." in text
    assert "Wilson" not in text


def test_a_page_about_proteins_speaks_of_no_patients(binary_run):
    study = {"inputs": {"p": {"kind": "sequence", "alphabet": "protein"}}, "evaluation": {"resamples": 200}}
    found = replace(reading_of.read(binary_run), study=study)
    assert import_module("iatros.report.sections.patients").section(found).title == "What were the proteins?"
    said = methods(found)
    assert "bootstrap resamples of proteins, shared" in said
    assert "patient" not in said
    assert not any("patient numbers" in caution.title for caution in cautions(found))
