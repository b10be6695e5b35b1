"""Generate: sequences written by the language model of a run, judged against those that it learned from.

In: a finished run with a target `next`. Out: `Generated`: texts, how likely each is, and a judgement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.anchors import anchor_of
from iatros.cases import Cases
from iatros.contracts import Cells, Learned
from iatros.encoders.recurrent import RecurrentNetwork
from iatros.findings import Finding, InputError, quote
from iatros.generation.judging import Alphabet, Judgement, judge
from iatros.generation.language import LanguageModel, Member, sample
from iatros.heads.next_letter import END, NextReadout
from iatros.training.feed import Material
from iatros.training.members import Member as Trained
from iatros.training.members import read_member
from iatros.workflow.cohort import cells_of
from iatros.workflow.comparing import codes_of
from iatros.workflow.learned_from import cases_by_use
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.predict import absent, predicted

NEXT = "next"
MOST = 100_000  # sequences written at a time


@dataclass(frozen=True)
class Generated:
    """texts; ended: [N] False where one was cut at the longest that is read; log_likelihood: [N] nats, prefix not counted
    judgement: None where the run's own cases are gone; findings: what to mind"""

    texts: tuple[str, ...]
    ended: NDArray[np.bool_]
    log_likelihood: NDArray[np.float64]
    alphabet: Alphabet
    judgement: Judgement | None
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        judged = None if self.judgement is None else self.judgement.as_json()
        told = [{"what": f.what, "todo": f.todo, "check": f.check} for f in self.findings]
        return {"count": len(self.texts), "cut": int((~self.ended).sum()), "judgement": judged, "warnings": told}

    def lines(self) -> list[str]:
        """For the screen."""
        cut = int((~self.ended).sum())
        told = [f"{len(self.texts):,} sequences written" + (f", {cut:,} cut at the longest that is read" if cut else "")]
        if self.judgement is None:
            return told
        one = self.judgement
        rows = [
            ("valid", one.valid, None, ""),
            ("unique", one.unique, None, "of the valid"),
            ("new", one.new, None, "of the unique, not in training letter by letter"),
            ("copying", one.copying, one.held_copying, f"with {one.stretch} letters in a row from training"),
            ("identity to the nearest", one.identity, one.held_identity, "median, of pairs by the shorter's letters"),
            ("hardly new", one.near, None, "90 % identical to one of training"),
            ("distance of short words", one.apart, one.held_apart, f"of {one.word} letters, to held-out ones; 0 is equal"),
        ]
        told += ["", f"{'':26}{'written':>8}{'held out':>10}"]
        for name, ours, theirs, what in rows:
            if ours is not None:
                told.append(f"  {name:24}{_short(ours):>8}{_short(theirs):>10}   {what}".rstrip())
        if one.held_apart is not None:
            told.append("  distance, held out: of as many training sequences to the held-out ones")
        return [*told, *([f"  {one.unjudged}"] if one.unjudged else [])]


def generate(
    run: Run | str | Path,
    count: int = 100,
    *,
    temperature: float = 1.0,
    nucleus: float = 1.0,
    prefix: str = "",
    seed: int = 0,
) -> Generated:
    """Write new sequences with the language model of a run: all networks of its main split, averaged at every letter.

    temperature: 0 always takes the likeliest letter, 1 is the model as it is; nucleus: the share of the probability within
    which letters are drawn (Holtzman et al. 2020); prefix: how every sequence begins. The same seed gives the same sequences.
    Raises InputError where the run has no language model, or what is asked for cannot be.
    """
    run = run if isinstance(run, Run) else open_run(run)
    _refuse(count, temperature, nucleus)
    name = _language_target(run)
    source, fitted, model = language_model(run, name)
    modality = run.study.inputs[source]
    begun = _codes(run, source, fitted, prefix) if prefix else np.zeros(0, np.int64)
    if len(begun) >= model.longest or END in begun:
        what = f"no sequence can begin with {quote(prefix)}"
        todo = f"give at most {model.longest - 1:,} letters that the model knows"
        raise InputError(Finding("error", what, todo, column="prefix"))
    made = sample(model, count, temperature=temperature, nucleus=nucleus, prefix=begun.tolist(), seed=seed)
    texts = tuple(modality.cell(codes, fitted) for codes in made.codes)
    alphabet = cast(Alphabet, fitted.model_dump()["alphabet"])
    judgement, findings = _judged(run, source, texts, alphabet)
    return Generated(texts, made.ended, made.log_likelihood, alphabet, judgement, tuple(findings))


def log_likelihood(run: Run | str | Path, cases: Any) -> pl.DataFrame:  # Any: as in `predict`
    """How likely each case is to the language model of a run: row, log_likelihood (nats), letters, perplexity; null: none.

    The end counts as a letter, where the case is read to its end; a letter that is not known does not.
    """
    run = run if isinstance(run, Run) else open_run(run)
    frame = predicted(run, cases).frame
    name = _language_target(run)
    column = "score" if len(run.study.targets) == 1 else f"{name}:score"
    logs = pl.col(column).list.eval(pl.element().drop_nans().log())
    return frame.select("row", log_likelihood=logs.list.sum(), letters=logs.list.len()).with_columns(
        perplexity=(-pl.col("log_likelihood") / pl.col("letters")).exp()
    )


def language_model(run: Run, target: str) -> tuple[str, Learned, LanguageModel]:
    """The input that is read, what was fitted of it, and the networks, but for folds that read other pieces than the first."""
    folds = run.main_folds()
    first = run.fits(folds[0])
    packs = {name: absent(modality, 1, run) for name, modality in run.study.inputs.items()}
    material = Material(run.study.inputs, run.study.targets, packs, {}, np.ones(1))
    source, guards = anchor_of(run.study.targets[target], run.study.inputs), tuple(run.study.safeguards.values())
    members = []
    for fold in folds:
        fits = run.fits(fold)
        if fits.inputs[source] != first.inputs[source]:
            continue
        for seed in run.study.training.seed_list():
            trained = Trained(fold.scheme, fold.repeat, fold.fold, seed)
            network = read_member(run.folder.models, trained, material, fits, run.study.fusion, guards)
            reader, readout = network.encoders[network.reader[source]], network.dense[target]
            assert isinstance(reader, RecurrentNetwork)
            assert isinstance(readout, NextReadout)
            members.append(Member(reader, readout))
    return source, first.inputs[source], LanguageModel(tuple(members), members[0].readout.longest)


def _language_target(run: Run) -> str:
    found = [name for name, target in run.study.targets.items() if target.kind == NEXT]
    if not found:
        todo = 'declare a target with `kind = "next"`, and run the study'
        raise InputError(Finding("error", "this run has no language model", todo, file=str(run.folder.path)))
    return found[0]


def _refuse(count: int, temperature: float, nucleus: float) -> None:
    asked = (
        ("count", 1 <= count <= MOST, count, f"give a number from 1 to {MOST:,}"),
        ("temperature", 0 <= temperature <= 100, temperature, "give 0 for the likeliest letters, 1 for the model as it is"),
        ("nucleus", 0 < nucleus <= 1, nucleus, "give a share above 0, at most 1"),
    )
    for name, sound, value, todo in asked:
        if not sound:
            raise InputError(Finding("error", f"`{name}` is {value:g}", todo, column=name))


def _codes(run: Run, source: str, fitted: Learned, text: str) -> NDArray[np.int64]:
    """A text as the run's networks read it."""
    modality = run.study.inputs[source]
    frame = pl.DataFrame({column: [text] for column in modality.columns_used()})
    packed = modality.pack(Cells(frame, np.ones(1, np.int64)), run.plans[source])
    if not packed.present[0]:
        return np.zeros(1, np.int64)
    return codes_of(modality, packed, fitted, np.zeros(1, np.int64))[0]


def _judged(run: Run, source: str, texts: tuple[str, ...], alphabet: Alphabet) -> tuple[Judgement | None, list[Finding]]:
    used = cases_by_use(run)
    if used is None or not len(used.learned):
        what = "the sequences that the run learned from cannot be read again, so what was written is not judged"
        return None, [Finding("warning", what, "put the study's table back where its study says", check="not_judged")]
    learned, held = (list(_texts(run, source, cases)) for cases in (used.learned, used.held))
    found = judge(texts, learned, held, alphabet)
    if not found.copies:
        return found, []
    often = f"{found.copying:.1%} of what was written repeats {found.stretch} or more letters of a training sequence"
    beside = "" if found.held_copying is None else f"; of held-out sequences {found.held_copying:.1%} do"
    private = "; it may tell of a person" if alphabet == "text" else ""
    todo = "do not share it without reading it, raise the temperature, or train for fewer epochs"
    return found, [Finding("warning", often + beside + private, todo, check="copies_training")]


def _texts(run: Run, source: str, cases: Cases) -> Iterator[str]:
    """Cases as the networks would write them: read by the run's plan and spelled again."""
    modality = run.study.inputs[source]
    packed = modality.pack(cells_of(cases, modality), run.plans[source])
    fitted = run.fits(run.main_folds()[0]).inputs[source]
    for codes in codes_of(modality, packed, fitted, np.flatnonzero(packed.present)):
        yield modality.cell(codes, fitted)


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".removeprefix("0") if value < 1 else f"{value:.3f}"
