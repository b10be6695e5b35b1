"""What names of columns mean. No name here is taken from a benchmark's file alone: each is a spelling in general use."""

import pytest

from iatros.drafting import words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("heartRate_bpm2", "heart rate bpm 2"),
        ("ICUType", "icu type"),
        ("In-hospital_death", "in hospital death"),
        ("sno.", "sno"),
    ],
)
def test_a_name_is_parted_into_words(name, said):
    assert words.spaced(name) == said


@pytest.mark.parametrize(
    "name",
    ["discharge_date", "ICU_LOS", "lengthOfStay", "total_costs", "hospital_charges", "DeathDate", "survival_days",
     "readmitted_30d", "follow_up_months", "DNR_order", "final_diagnosis", "outcome_code", "recurrence", "expired"],
)  # fmt: skip
def test_what_is_written_down_afterwards_is_told_by_its_name(name):
    assert words.afterwards(words.spaced(name))


@pytest.mark.parametrize(
    "name",
    ["age", "nipple_discharge", "family_history_of_death", "previous_relapses", "survey_item", "costal_margin", "lactose",
     "fibula", "dead_space_ventilation_before", "admission_type", "baseline_crp", "velocity"],
)  # fmt: skip
def test_what_only_sounds_like_it_is_left_in_peace(name):
    assert not words.afterwards(words.spaced(name))


@pytest.mark.parametrize("name", ["risk_30d", "prob_death", "pred", "surv12m", "mortality_probability"])
def test_probabilities_of_other_models_are_known_by_name(name):
    assert words.sounds_predicted(words.spaced(name))


def test_numbers_do_not_count_as_words_of_a_name():
    assert words.stem(words.spaced("status2")) == words.stem(words.spaced("status"))
