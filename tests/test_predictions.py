"""How a predictions table is to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from iatros.predictions import Form

NAMES = st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=5, unique=True)


def test_two_classes_have_one_score_that_of_the_last():
    form = Form(task="class", classes=("well", "ill"))
    assert (form.binary, form.positive, form.scores(), form.truths()) == (True, "ill", ("score",), ("truth",))


@given(NAMES)
def test_several_classes_have_a_score_each_and_one_truth(names):
    form = Form(task="class", classes=tuple(names))
    if len(names) > 2:
        assert form.scores() == tuple(f"score:{name}" for name in names)
    assert form.truths() == ("truth",)
    assert form.positive == names[-1]


@given(NAMES)
def test_labels_have_a_score_and_a_truth_each(names):
    form = Form(task="labels", classes=tuple(names))
    assert not form.binary
    assert form.scores() == tuple(f"score:{name}" for name in names)
    assert form.truths() == tuple(f"truth:{name}" for name in names)


def test_one_label_is_no_pair_of_classes():
    assert Form(task="labels", classes=("edema",)).scores() == ("score:edema",)


def test_a_value_has_one_score_and_needs_no_classes():
    form = Form(task="value", unit="days")
    assert (form.binary, form.scores(), form.truths()) == (False, ("score",), ("truth",))


@pytest.mark.parametrize("task", ["class", "labels"])
def test_classes_and_labels_must_be_named(task):
    with pytest.raises(ValidationError, match="names its classes"):
        Form(task=task)


@given(NAMES, st.sampled_from(["class", "labels"]), st.one_of(st.none(), st.floats(0.01, 0.99)))
def test_a_form_comes_back_from_json(names, task, threshold):
    form = Form(task=task, classes=tuple(names), threshold=threshold, range=(0.1, 0.5))
    assert Form.model_validate_json(form.model_dump_json()) == form


def test_a_form_cannot_be_changed_behind_ones_back():
    form = Form(task="value")
    with pytest.raises(ValidationError, match="frozen"):
        form.unit = "h"
    with pytest.raises(ValidationError, match="Extra inputs"):
        Form(task="value", units="h")
