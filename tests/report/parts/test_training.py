"""The loss curve of the page: what the record says, or that it says nothing."""

from dataclasses import replace

import pytest

from iatros.report.parts.training import training
from iatros.report.reading import read


def told(folder, history):
    reading = read(folder)
    return str(training(replace(reading, record={**reading.record, "history": history})))


def test_the_epoch_of_the_lowest_validation_loss_is_the_title(binary_run):
    html = told(binary_run, [[0.9, 0.8], [0.7, 0.6], [0.5, 0.65]])
    assert "lowest after epoch 2 of 3" in html
    assert "from 0.900 to 0.500; on validation cases at best 0.600" in html
    assert html.count("<path class=") == 4  # two lines, and their two marks in the key


def test_without_validation_cases_only_one_line_is_drawn(binary_run):
    html = told(binary_run, [[0.9, None], [0.7, None], [0.5, None]])
    assert "Training took 3 epochs" in html
    assert "validation cases<" not in html


@pytest.mark.parametrize("history", [None, [], [[0.9, None]], [[None, None], [0.4, 0.3]]])
def test_a_record_without_losses_says_so(binary_run, history):
    assert "not in the record" in told(binary_run, history)
