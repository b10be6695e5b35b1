"""Which columns must not be inputs? Each is planted, and its reason told."""

import numpy as np
import polars as pl
import pytest

from iatros.cases import read
from iatros.drafting.draft import draft
from iatros.findings import InputError

N = 400
RNG = np.random.default_rng(1)
ILL = RNG.random(N) < 0.3
CRP = RNG.normal(20, 5, N) + 6 * ILL


def left(**columns):
    made = draft(read(pl.DataFrame({"crp": CRP, **columns, "died": ILL.astype(int)})))
    assert made.target.column == "died"
    return {one.column: one.kind for one in made.left}, {guess.column for guess in made.suspects}, made


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("scan_uid", [f"1.2.{i}" for i in range(N)], "identifier"),
        ("key", np.arange(N) * 7 + 3, "identifier"),
        ("nodule", np.arange(N) // 2, "identifier"),
        ("surname", [f"n{i % 90}" for i in range(N)], "personal"),
        ("outcome_text", np.where(ILL, "bad", "good"), "afterwards"),
        ("ward_note", np.where(ILL, "terminal", "fine"), "answer"),
        ("fold", np.arange(N) % 5, "division"),
        ("los", RNG.integers(1, 30, N), "afterwards"),
        ("total_charges", RNG.gamma(2, 900, N), "afterwards"),
        ("risk_90d", RNG.random(N), "afterwards"),
        ("time", RNG.gamma(2, 90, N), "afterwards"),
        ("closed", np.where(ILL & (RNG.random(N) < 0.7), "lost to follow-up", "regular"), "afterwards"),
        ("mask_area", RNG.random(N), "marking"),
        ("report", ["/mnt/films/of_the_ward/north/2019/series_of_the_day_" + str(i) for i in range(N)], "text"),
        ("discharge_report", ["a long text about the patient of this very day " + str(i) for i in range(N)], "afterwards"),
        ("protein_id", ["ACDEFGHIKLMNPQ" + "ACDEFGHIKL"[i % 10] * (i // 10 + 1) for i in range(N)], "identifier"),
        ("ward", ["A"] * N, "empty"),
    ],
)
def test_a_planted_column_is_left_out_for_its_reason(name, values, kind):
    found, _, made = left(**{name: values})
    assert found == {name: kind}
    assert [one.name for one in made.table] == ["crp"]


def test_gaps_that_tell_the_outcome_are_found():
    found, _, _ = left(autoantibody=[float(RNG.normal()) if ill else None for ill in ILL])
    assert found == {"autoantibody": "answer"}


def test_a_very_good_measurement_stays_with_a_warning():
    troponin = RNG.normal(0, 1, N) + 2.8 * ILL
    found, suspects, _ = left(troponin=troponin)
    assert (found, suspects) == ({}, {"troponin"})


def test_a_class_that_is_easy_to_tell_does_not_make_a_column_the_answer():
    kind = np.arange(N) % 3
    length = np.where(kind == 0, RNG.normal(1, 0.1, N), RNG.normal(5, 1, N) + kind)
    made = draft(read(pl.DataFrame({"length": length, "species": np.array(["a", "b", "c"])[kind]})))
    assert ([one.column for one in made.left], [one.column for one in made.suspects]) == ([], ["length"])


def test_what_describes_the_file_is_used_with_a_warning_if_nothing_else_is_left():
    frame = pl.DataFrame({"width": RNG.integers(300, 700, N), "height": RNG.integers(300, 700, N), "label": ILL.astype(int)})
    made = draft(read(frame))
    assert {one.name for one in made.table} == {guess.column for guess in made.suspects} == {"width", "height"}


def test_a_table_with_nothing_to_learn_from_says_why_of_each_column():
    frame = pl.DataFrame(
        {"id": np.arange(N), "letters": ["A C D E F G H I K " + "C D " * i for i in range(N)], "label": ILL.astype(int)}
    )
    with pytest.raises(InputError, match="`letters`: letters with blanks between them: write them together"):
        draft(read(frame))
