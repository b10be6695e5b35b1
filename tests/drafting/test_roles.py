"""Who is the patient, where, when, in which part, with which weight?"""

import datetime

import numpy as np
import polars as pl
import pytest

from iatros.drafting import roles
from iatros.drafting.profile import profile

N = 200


def profiles(**columns):
    frame = pl.DataFrame(columns)
    return [profile(column) for column in frame.get_columns()]


@pytest.mark.parametrize(
    "name",
    ["patient_id", "PatientID", "subject", "MRN", "Participant No", "pid", "person_id", "patientnumber", "id", "lesion_id"],
)
def test_a_patient_is_known_by_the_name_of_the_column(name):
    found = roles.patient(profiles(age=np.arange(N) % 60, **{name: np.arange(N) // 3 + 7000}))
    assert found.column == name
    assert "different in 200 rows" in found.why


@pytest.mark.parametrize("name", ["patient_age", "patients_per_ward", "inpatient", "hospital_id", "group"])
def test_what_only_holds_the_word_is_no_patient(name):
    assert roles.patient(profiles(**{name: np.arange(N) % 9})) is None


def test_a_patient_goes_before_a_stay_and_the_coarser_of_two_before_the_finer():
    rows = np.arange(N)
    assert roles.patient(profiles(stay_id=rows, patient_id=rows // 2)).column == "patient_id"
    assert roles.patient(profiles(patient_id=rows, person=rows // 2)).column == "person"


def test_a_hospital_is_a_site_and_a_part_of_the_body_is_none():
    where = np.resize(["north", "south", "east"], N)
    assert roles.site(profiles(hospital=where)).column == "hospital"
    assert roles.site(profiles(site=np.resize(["left breast", "right breast"], N))) is None
    assert roles.site(profiles(hospital=[f"h{i}" for i in range(N)])) is None


def test_admission_is_the_time_and_neither_birth_nor_discharge():
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(days=i) for i in range(N)]
    frame = pl.DataFrame({"birth_date": days, "discharge_date": days, "recorded": days, "admission": days})
    assert roles.time([profile(column) for column in frame.get_columns()], frame).column == "admission"
    gaps = frame.select("admission").with_columns(pl.when(pl.int_range(N) > 3).then("admission").alias("admission"))
    assert roles.time([profile(gaps["admission"])], gaps) is None


def test_a_given_division_is_one_of_known_words():
    part = np.resize(["train", "train", "val", "test"], N)
    found = roles.split(profiles(cv=np.resize(["train", "val"], N), usage=part, arm=np.resize(["a", "b"], N)))
    assert [guess.column for guess in found] == ["usage", "cv"]


@pytest.mark.parametrize(
    ("name", "values", "is_weight"),
    [("weight", [1.0, 5.5], True), ("sampling_weight", np.linspace(0.5, 9, N), True),
     ("weight", np.linspace(50, 110, N), False), ("weight", [70.0, -1.0], False),
     ("birth_weight", np.linspace(2.1, 4.4, N), False)],
)  # fmt: skip
def test_a_sampling_weight_is_told_from_a_body_weight(name, values, is_weight):
    assert (roles.weight(profiles(**{name: np.resize(values, N)})) is not None) is is_weight
