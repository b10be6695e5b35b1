import numpy as np
import polars as pl
import pytest

from iatros.evaluation import Settings, evaluate
from iatros.evaluation.external import from_table
from iatros.findings import InputError


def frame(**columns):
    base = {"y_true": [0, 1, 0, 1, 1, 0], "y_score": [0.1, 0.8, 0.3, 0.7, 0.4, 0.2]}
    return pl.DataFrame(base | columns)


@pytest.mark.parametrize(("truth", "score"), [("label", "prob"), ("Outcome", "Risk"), ("truth", "prediction"), ("y", "y_pred")])
def test_columns_are_found_by_the_names_that_programs_use(truth, score):
    table, form, findings = from_table(frame().rename({"y_true": truth, "y_score": score}))
    assert table["truth"].to_list() == [False, True, False, True, True, False]
    assert form.binary
    assert not findings


def test_what_is_told_goes_before_what_is_found():
    table, form, _ = from_table(
        frame(mine=["a", "b", "a", "b", "b", "b"]), truth="mine", score="y_score", positive="a", threshold=0.2
    )
    assert table["truth"].to_list() == [True, False, True, False, False, False]
    assert (form.positive, form.threshold) == ("a", 0.2)


def test_context_is_taken_where_it_is_found_and_patients_become_codes():
    table, _, _ = from_table(
        frame(Patient=["Ann", "Ann", "Bo", None, None, "Bo"], Hospital=list("xxyyxy"), weights=[1, 1, 2, 2, 1, 1])
    )
    assert table["patient"].n_unique() == 4
    assert not {"Ann", "Bo"} & set(table["patient"])
    assert table["site"].to_list() == list("xxyyxy")
    assert table["weight"].sum() == 8


def test_missing_truth_scores_and_words_among_numbers_set_their_rows_aside():
    table, _, findings = from_table(frame(y_true=[0, 1, None, 1, 1, 0], y_score=["0.1", "0.8", "0.3", "", "4o", "0.2"]))
    assert table["case"].to_list() == [0, 1, 5]
    assert {(f.what, f.rows) for f in findings} == {
        ('"4o" is not a number', (6,)),
        ("truth is missing", (4,)),
        ("the score is missing", (5,)),
    }


def test_scores_that_are_no_probabilities_are_ranked_and_not_calibrated():
    table, form, findings = from_table(frame(y_score=[1, 8, 3, 7, 4, 2]))
    assert findings[0].check == "not_probabilities"
    found = evaluate(table, form, settings=Settings(resamples=50, small_counts="show"))
    assert {"auroc"} <= {row.metric for row in found.rows}
    assert "brier" not in {row.metric for row in found.rows}


def test_several_classes_have_a_score_column_each():
    base = {"label": ["a", "b", "c", "a", "?"], **{f"prob_{name}": [0.2, 0.3, 0.5, 0.1, 0.1] for name in "abc"}}
    table, form, findings = from_table(pl.DataFrame(base))
    assert form.classes == ("a", "b", "c")
    assert len(table) == 4
    assert findings[0].rows == (6,)


def test_a_truth_with_many_numbers_is_a_value():
    generator = np.random.default_rng(0)
    table, form, _ = from_table(pl.DataFrame({"truth": generator.normal(size=30), "prediction": generator.normal(size=30)}))
    assert form.task == "value"
    assert table["truth"].dtype == pl.Float64


@pytest.mark.parametrize(
    ("given", "told", "words"),
    [
        (frame().drop("y_score"), {}, "no column for the score was found"),
        (frame(), {"truth": "y_tru"}, "did you mean `y_true`"),
        (frame(), {"positive": "2"}, "is no value of `y_true`"),
        (frame(), {"score": "y_true", "truth": "y_true"}, "the same column"),
        (frame(), {"threshold": 20.0}, "is not between 0 and 1"),
        (frame(y_true=[1] * 6), {}, "one class cannot be judged"),
        (frame(y_true=["a", "b"] * 3), {}, "which of a and b is the outcome"),
        (frame(y_true=["a", "b", "c"] * 2), {}, "different values"),
        (frame(y_score=["x"] * 6), {}, "is not a number"),
        (frame(y_score=[None] * 6), {}, "no row has both truth and score"),
        (frame()[:0], {}, "has no rows"),
        (frame(part=["train"] * 6), {}, "no row is of part `test`"),
    ],
)
def test_what_makes_judging_pointless_is_said_with_a_remedy(given, told, words):
    with pytest.raises(InputError, match=words) as stopped:
        from_table(given, **told)
    assert stopped.value.finding.todo
