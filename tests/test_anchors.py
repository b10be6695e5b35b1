"""One answer to which input a dense target is about."""

from __future__ import annotations

import pytest

from iatros.anchors import anchor_of, encoder_of
from iatros.registry import load

BAG, CONVOLUTIONS = {"kind": "bag"}, {"kind": "gated_cnn", "width": 8, "dilations": [1]}


def table():
    return load("modalities", "table").model_validate({"kind": "table", "columns": ["age"]})


def letters(encoder=None):
    return load("modalities", "sequence").model_validate({"kind": "sequence", "column": "dna", "encoder": encoder})


def residues(**said):
    return load("targets", "residues").model_validate({"kind": "residues", "column": "states", **said})


def whole(**said):
    return load("targets", "class").model_validate({"kind": "class", "column": "y", **said})


def test_a_target_of_whole_cases_is_about_the_first_input_or_the_one_it_names():
    inputs = {"who": table(), "dna": letters()}
    assert anchor_of(whole(), inputs) == "who"
    assert anchor_of(whole(input="dna"), inputs) == "dna"


def test_a_dense_target_is_about_the_first_input_whose_encoder_gives_positions():
    assert anchor_of(residues(), {"who": table(), "dna": letters()}) == "dna"
    assert anchor_of(residues(), {"words": letters(BAG), "dna": letters(CONVOLUTIONS)}) == "dna"


def test_an_input_that_is_named_goes_first_where_it_is_there():
    inputs = {"a": letters(), "b": letters()}
    assert anchor_of(residues(input="b"), inputs) == "b"
    assert anchor_of(residues(input="b"), {"a": letters()}) == "a"


@pytest.mark.parametrize(("modality", "kind"), [(letters(), "gated_cnn"), (letters(BAG), "bag")])
def test_an_encoder_is_the_one_named_or_the_modalitys_own(modality, kind):
    assert encoder_of(modality).kind == kind
