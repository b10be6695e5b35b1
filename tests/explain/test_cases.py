import polars as pl

from iatros.explain.cases import judged, select, sure_and_wrong
from iatros.predictions import Form

BINARY = Form(task="class", classes=("well", "ill"))


def table(truth, score, case=None):
    return pl.DataFrame({"case": case or list(range(len(truth))), "truth": truth, "score": score})


def test_sure_and_wrong_are_counted_on_both_sides():
    found = sure_and_wrong(table([True, False, True, False], [0.05, 0.95, 0.99, 0.6]), BINARY)
    assert (found.count, found.of, found.sure) == (2, 4, 0.9)


def test_repeated_predictions_of_a_case_count_once_by_their_mean():
    found = judged(table([True, True], [0.0, 1.0], case=[7, 7]), BINARY)
    assert [(case.case, case.score) for case in found] == [(7, 0.5)]


def test_the_worst_come_first_and_the_best_have_the_outcome():
    chosen = select(table([True, False, True, False, True], [0.02, 0.01, 0.99, 0.7, 0.6]), BINARY, worst=2, best=1, typical=1)
    assert [(role, case.case) for role, case in chosen][:3] == [("worst", 0), ("worst", 3), ("best", 2)]
    assert len({case.case for _, case in chosen}) == 4


def test_of_several_classes_the_one_said_must_be_sure():
    form = Form(task="class", classes=("a", "b", "c"))
    predictions = pl.DataFrame(
        {"case": [0, 1], "truth": ["a", "c"], "score:a": [0.02, 0.1], "score:b": [0.95, 0.5], "score:c": [0.03, 0.4]}
    )
    assert sure_and_wrong(predictions, form).count == 1
    assert [case.predicted for case in judged(predictions, form)] == ["b", "b"]


def test_of_several_labels_the_worst_one_stands_for_the_case():
    form = Form(task="labels", classes=("x", "y"))
    predictions = pl.DataFrame(
        {"case": [0, 1], "truth:x": [True, None], "truth:y": [True, False], "score:x": [0.04, 0.9], "score:y": [0.9, 0.3]}
    )
    assert [(c.case, c.truth) for c in judged(predictions, form)] == [(0, "x"), (1, "no y")]
    assert sure_and_wrong(predictions, form).count == 1


def test_a_value_is_judged_by_its_error_and_never_sure():
    form = Form(task="value")
    predictions = table([1.0, 5.0, None], [1.5, 2.0, 3.0])
    assert [case.wrong for case in judged(predictions, form)] == [0.5, 3.0]
    assert sure_and_wrong(predictions, form).count == 0
    assert select(predictions, form, worst=1)[0][1].case == 1


def test_a_table_of_another_program_needs_no_case_column():
    assert [c.case for c in judged(pl.DataFrame({"truth": [True, False], "score": [0.9, 0.2]}), BINARY)] == [0, 1]
