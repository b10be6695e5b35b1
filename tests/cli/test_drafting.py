"""`iatros new` as a person types it."""

import json

import polars as pl
import pytest


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = range(60)
    pl.DataFrame(
        {"age": [40 + i % 30 for i in rows], "crp": [i * 7 % 23 for i in rows], "died": [i % 3 == 0 for i in rows]}
    ).write_csv("cases.csv")


def test_it_shows_its_guesses_and_what_to_do_next(typed):
    status, out, err = typed("new", "ward", "--from", "cases.csv")
    first, *_, last = out.splitlines()
    assert (status, err) == (0, "")
    assert first == "3 columns, 60 rows. Wrote ward.toml: please confirm the lines marked `# guess`"
    assert last == "next: iatros check ward.toml"
    assert "no column looks like a patient id: each row is taken as one patient" in out


def test_json_is_one_document(typed):
    status, out, _ = typed("new", "ward", "--from", "cases.csv", "--json")
    assert status == 0
    assert json.loads(out)["target"]["column"] == "died"


def test_a_second_time_it_refuses_and_says_what_to_do(typed):
    typed("new", "ward", "--from", "cases.csv")
    status, out, err = typed("new", "ward", "--from", "cases.csv")
    assert (status, out) == (1, "")
    assert "nothing is overwritten" in err
    assert "choose another name" in err


def test_without_a_source_the_command_line_is_at_fault(typed):
    assert typed("new", "ward")[0] == 2
