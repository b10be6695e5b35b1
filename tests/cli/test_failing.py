"""How the program ends: exit status and words."""

import pytest
import typer

from iatros.cli.failing import BUG, BUG_FILE, Stopped, fault_lines, guarded, lines_of
from iatros.findings import Finding, InputError

FAULT = InputError(Finding("error", '"4o" is not a number', "write a number", "c.csv", (3,), "age", "labs"))


def ends(problem):
    def command():
        raise problem

    return command


class PanicError(BaseException):
    """What extensions written in Rust raise: no Exception."""


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (typer.Exit(1), 1, ""),
        (FAULT, 1, "error: labs: "),
        (MemoryError(), 1, "error: not enough memory"),
        (typer.BadParameter("no such thing"), 2, "no such thing"),
        (KeyboardInterrupt(), 130, "stopped; `iatros run s.toml` goes on from there"),
        (typer.Abort(), 130, "stopped; `iatros run s.toml` goes on from there"),
        (Stopped("train, epoch 7"), 130, "stopped at train, epoch 7; `iatros run s.toml` goes on from there"),
    ],
)
def test_each_end_has_its_status_and_words(problem, status, words, capsys):
    assert guarded(ends(problem), "iatros run s.toml", kept=True) == status
    told = capsys.readouterr()
    assert words in told.err
    assert not told.out


def test_a_verb_that_keeps_nothing_says_that_it_begins_anew(capsys):
    assert guarded(ends(KeyboardInterrupt()), "iatros runs") == 130
    assert capsys.readouterr().err.splitlines()[-1] == "stopped, nothing is half-written; `iatros runs` does it anew"


def test_what_a_command_returns_is_its_status(capsys):
    assert [guarded(lambda: 1), guarded(lambda: None), guarded(lambda: 0)] == [1, 0, 0]
    assert guarded(lambda: 130) == 130  # Typer's word for Ctrl-C
    assert capsys.readouterr().err.strip() == "stopped"


@pytest.mark.parametrize("problem", [ZeroDivisionError("patient 4711"), PanicError("patient 4711")])
def test_a_fault_of_ours_says_so_shows_no_trace_and_keeps_what_was_in_the_data_to_itself(
    problem, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IATROS_DEBUG", raising=False)
    assert guarded(ends(problem)) == BUG
    told, kept = capsys.readouterr().err, (tmp_path / BUG_FILE).read_text("utf-8")
    assert "a fault of Iatros itself, not of your data" in told
    assert "Traceback" not in told
    assert type(problem).__name__ in kept
    assert "4711" not in told + kept


def test_debugging_shows_the_fault_itself(monkeypatch):
    monkeypatch.setenv("IATROS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        guarded(ends(ZeroDivisionError()))


def test_an_error_says_what_where_and_what_to_do():
    assert fault_lines(FAULT) == ['error: labs: "4o" is not a number', "  c.csv, row 3, column `age`", "  write a number"]
    assert fault_lines(InputError(FAULT.finding, ["s.toml:4"]))[1] == "  s.toml:4"
    assert lines_of([FAULT.finding] * 2) == fault_lines(FAULT) * 2


def test_no_name_in_the_data_steers_the_terminal():
    told = fault_lines(InputError(Finding("error", "no column `il\x1b[31ml`", "mend\x07 it")))
    assert told == ["error: no column `il\\x1b[31ml`", "  mend\\x07 it"]
