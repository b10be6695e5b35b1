"""Kinds by name: the nearest word, what an unknown kind is told, what can be added."""

from __future__ import annotations

import pytest

from iatros.registry import GROUPS, Kind, addresses, did_you_mean, kinds, load, nearest, register


@pytest.mark.parametrize(("word", "meant"), [("tabel", "table"), ("IMAGE", "image"), ("xyz", None)])
def test_the_nearest_known_word_is_offered(word, meant):
    assert nearest(word, ["table", "image", "series"]) == meant
    assert did_you_mean(word, ["table", "image"]) == (f" (did you mean `{meant}`?)" if meant else "")


def test_an_unknown_kind_is_answered_with_the_nearest():
    with pytest.raises(KeyError, match="did you mean `table`"):
        load("modalities", "tabel")


@pytest.mark.parametrize("group", GROUPS)
def test_every_kind_says_its_own_name(group):
    assert [kind.model_fields["kind"].default for kind in kinds(group)] == sorted(addresses(group))
    assert all(issubclass(kind, Kind) for kind in kinds(group))


def test_a_kind_can_be_added_while_the_program_runs(monkeypatch):
    from iatros import targets

    monkeypatch.setattr(targets, "KINDS", dict(targets.KINDS))
    register("targets", "toy", "iatros.targets.value:Value")
    assert load("targets", "toy").__name__ == "Value"
    monkeypatch.undo()
    addresses.cache_clear()
    assert "toy" not in addresses("targets")
