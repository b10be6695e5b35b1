"""Check: from a study to cases that can be trained on, and everything that is wrong with them.

In: a study. Out: `Examined`: findings, and, unless one is an error, packed inputs, truths and folds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iatros import checks, notebook
from iatros.anchors import anchor_of, check_shared
from iatros.cases import fingerprint
from iatros.contracts import Cells, Fold, Learned, Level, Modality, Source, SplitCases, Target
from iatros.findings import SEVERITIES, Finding, InputError, from_source, rows_aside, worst
from iatros.packed import Packed, cached, key
from iatros.predictions import Form
from iatros.splits.leaks import LEAK
from iatros.study import Study, load
from iatros.workflow.cohort import Cohort, cells_of, gather, pooled_strata, without_rows
from iatros.workflow.in_notebook import fitting_watch
from iatros.workflow.watch import Watch

SPLIT_SEED = 0


@dataclass(frozen=True)
class Examined:
    """A study whose data were looked at.

    cohort: the cases that stay; plans: source -> plan; packs, truths: input, target -> packed cells over the same cases
    folds: of all schemes, the main one first; findings: everything, errors first
    leaks: errors that were forced, for the report's red line
    """

    study: Study
    cohort: Cohort
    findings: tuple[Finding, ...]
    plans: Mapping[str, Learned]
    packs: Mapping[str, Packed]
    truths: Mapping[str, Packed]
    folds: tuple[Fold, ...] = ()
    split_cases: SplitCases | None = None
    leaks: tuple[Finding, ...] = ()

    @property
    def first_repeat(self) -> list[Fold]:
        """Folds of the main split, of its first repeat: each case is tested once at most."""
        main = self.study.split.main.kind
        return [fold for fold in self.folds if fold.scheme == main and fold.repeat == 0]

    def forms(self) -> dict[str, Form]:
        """target -> how its predictions are read."""
        return {name: target.form(self.plans[name]) for name, target in self.study.targets.items()}

    def __repr__(self) -> str:
        return "\n".join([f"{self._in_words()}:", *checks.lines(self.findings)])

    def _repr_html_(self) -> str:
        parts = Counter(fold.scheme for fold in self.folds)
        folds = notebook.line(
            ", ".join(f"{scheme}: {count} {'fold' if count == 1 else 'folds'}" for scheme, count in parts.items())
        )
        return notebook.card(
            self._in_words(), notebook.line(checks.counted(self.findings)), checks.listed(self.findings), folds
        )

    def _in_words(self) -> str:
        return f"Check of {self.study.name}, {len(self.cohort):,} cases"

    def stopped(self) -> bool:
        """Is there an error?"""
        return worst(self.findings) == "error"

    def raise_errors(self) -> None:
        """Raise InputError for the first error, naming the others."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if errors:
            raise InputError(errors[0], [*_where(errors[0]), *(f"also: {other}" for other in errors[1:4])])


def check(study: Study | str | Path, *, allow_leak: bool = False, watch: Watch | None = None) -> Examined:
    """Look at a study's data. Findings come back; only what makes looking pointless raises InputError."""
    study, folder = opened(study)
    return examine(study, folder, allow_leak=allow_leak, watch=watch or fitting_watch())


def opened(study: Study | str | Path) -> tuple[Study, Path]:
    """The study, and the folder in which its relative paths start."""
    told, folder = (study, Path()) if isinstance(study, Study) else (load(study), Path(study).parent)
    inputs = {name: modality.rooted(folder) for name, modality in told.inputs.items()}
    return told.model_copy(update={"inputs": inputs}), folder


def examine(
    study: Study, folder: Path, *, allow_leak: bool, watch: Watch, size: Callable[[Examined], int] | None = None
) -> Examined:
    """The arrows of the checks, in order: cells, packing, across cases, folds.

    size: how many parameters the study's network has. Only a run asks, for to count them is to build it, which needs PyTorch;
    a check of a table must not wait for that.
    """
    watch.began("check", "reading the cases")
    cohort, findings = gather(study, folder)
    sources: dict[str, Source] = {**study.inputs, **study.targets}
    findings += look_at_cells(cohort, sources)
    cohort, _ = without_rows(cohort, rows_aside(findings))
    if worst(findings) == "error" or len(cohort) == 0:
        return _unpacked(study, cohort, findings)
    _fit_together(study)
    watch.began("check", f"packing {len(cohort):,} cases")
    plans = {name: source.plan(cells_of(cohort.cases, source)) for name, source in sources.items()}
    packs, truths, more = pack_all(study.inputs, study.targets, plans, cohort)
    findings += more
    cohort, stay = without_rows(cohort, rows_aside(more))
    packs, truths = ({name: taken(p, stay) for name, p in some.items()} for some in (packs, truths))
    if worst(findings) == "error" or len(cohort) == 0:
        return _unpacked(study, cohort, findings)
    watch.began("check", "comparing cases")
    return compared(Examined(study, cohort, (), plans, packs, truths), findings, allow_leak, size)


def _fit_together(study: Study) -> None:
    """Refuse a dense target whose input has no such positions, before it is packed beside it. Others wait for the networks."""
    for name in study.inputs:
        check_shared(name, study.inputs)
    if any(target.needs is not Level.WHOLE for target in study.targets.values()):
        from iatros.model import check_fit  # imports PyTorch, which a check of whole cases does not wait for

        check_fit(study.inputs, study.targets)


def look_at_cells(cohort: Cohort, sources: Mapping[str, Source]) -> list[Finding]:
    """What each source says of its own cells."""
    found: list[Finding] = []
    for name, source in sources.items():
        found += from_source(source.check(cells_of(cohort.cases, source)), name, cohort.cases.file)
    return found


def pack_all(
    inputs: Mapping[str, Modality], targets: Mapping[str, Target], plans: Mapping[str, Learned], cohort: Cohort
) -> tuple[dict[str, Packed], dict[str, Packed], list[Finding]]:
    """Pack inputs through the cache, and targets, which are small, without it."""
    packs, findings = {}, list[Finding]()
    for name, modality in inputs.items():
        packs[name] = packed_input(modality, cells_of(cohort.cases, modality), plans[name])
        here = [
            replace(f, file=cohort.cases.file) if f.rows else f for f in packs[name].findings
        ]  # the cache may know another path
        findings += from_source(here, name, cohort.cases.file)
    truths = {}
    for name, target in targets.items():
        anchor = anchor_of(target, inputs)
        truths[name] = target.pack(cells_of(cohort.cases, target), plans[name], packs[anchor])
        findings += from_source(truths[name].findings, name, cohort.cases.file)
    return packs, truths, findings


def packed_input(modality: Modality, cells: Cells, plan: Learned) -> Packed:
    """An input's cells from the cache, packed now if they are not there."""
    address = key(modality.kind, modality.version, modality.options(), plan, fingerprint(cells, modality.files))
    return cached(address, modality.Plan, lambda: modality.pack(cells, plan))


def taken(packed: Packed, stay: NDArray[np.int64]) -> Packed:
    """Some cases of packed cells, all of whose arrays run over cases."""
    if len(stay) == len(packed):
        return packed
    arrays = {name: array[stay] if len(array) == len(packed) else array for name, array in packed.arrays.items()}
    return Packed(arrays, packed.present[stay], packed.plan, packed.findings)


def compared(
    examined: Examined, findings: list[Finding], allow_leak: bool, size: Callable[[Examined], int] | None = None
) -> Examined:
    """Compare cases with one another and divide them by every scheme of the study; check what stands on both sides."""
    study, cohort = examined.study, examined.cohort
    inputs = {name: cells_of(cohort.cases, modality) for name, modality in study.inputs.items()}
    outcomes = {name: cells_of(cohort.cases, target) for name, target in study.targets.items()}
    truths = truths_of(examined)
    asked = filter(None, [study.evaluation.identity])
    columns = sorted({*asked, *(name for split in study.split.schemes() for name in split.columns_used())})
    strata = pooled_strata(study.targets, examined.truths, len(cohort))
    cases = replace(cohort.for_split(strata, columns), things=_things(study, examined.packs))
    findings = findings + from_source(
        checks.cells(inputs, outcomes, truths, cases, patient=study.cases.patient or "", site=study.cases.site or ""), ""
    )
    exact = checks.equal_rows(inputs)
    twins = checks.near(study.inputs, examined.packs)
    grouped = replace(cases, group=checks.joined(cases, exact, *twins.values()))
    folds, found = divided(study, cases, grouped, allow_leak)
    predictors = sum(len(modality.columns_used()) for modality in study.inputs.values() if not modality.files)
    parameters = size(replace(examined, folds=tuple(folds))) if size and folds else 0
    checked = checks.across(
        folds, cases, truths, copies=exact, twins=twins, predictors=predictors, parameters=parameters, allow_leak=allow_leak
    )
    findings += checks.forgiven([*found, *checked.findings], allow_leak)
    leaks = tuple(f for f in findings if allow_leak and f.check == LEAK)
    ordered = sorted(dict.fromkeys(findings), key=lambda f: SEVERITIES.index(f.severity))
    return replace(examined, findings=checks.Findings(ordered), folds=checked.folds, split_cases=cases, leaks=leaks)


def _things(study: Study, packs: Mapping[str, Packed]) -> dict[str, Sequence[Hashable]]:
    """Column -> the things that an input reads there."""
    read = {m.columns_used()[0]: m.things(packs[name]) for name, m in study.inputs.items() if len(m.columns_used()) == 1}
    return {column: things for column, things in read.items() if things is not None}


def truths_of(examined: Examined) -> list[checks.Truth]:
    """The outcomes of all targets as checks read them."""
    rows = np.arange(len(examined.cohort))
    return [
        truth
        for name, form in examined.forms().items()
        for truth in checks.truths(form, examined.study.targets[name].truth_columns(examined.truths[name], rows), name)
    ]


def divided(study: Study, cases: SplitCases, grouped: SplitCases, allow_leak: bool = False) -> tuple[list[Fold], list[Finding]]:
    """Folds of every scheme. A split that Iatros makes keeps copies together; given columns and sites are taken as they are.

    A scheme with an error has no folds; `allow_leak`: a leak is none.
    """
    folds, findings = list[Fold](), list[Finding]()
    for split in study.split.schemes():
        told = grouped if split.regroups else cases
        found = split.check(told)
        findings += found
        if worst(checks.forgiven(found, allow_leak)) != "error":
            made = split.folds(told, SPLIT_SEED)
            empty = _empty(split.kind, made, cases.file)
            folds += [] if empty else made
            findings += empty or split.proof(told, made)
    return folds, findings


def _empty(kind: str, folds: Sequence[Fold], file: str) -> list[Finding]:
    """An error where a fold has no case to learn from or to judge by."""
    lacking = [part for part in ("train", "test") if any(not len(fold.rows(part)) for fold in folds)]
    what = f"the split `{kind}` leaves a fold without a case to {' and to '.join(lacking)}"
    todo = "patients and copies stay together: look for one that joins all cases, or give another split"
    return [Finding("error", what, todo, file, check="empty_fold")] if lacking else []


def _unpacked(study: Study, cohort: Cohort, findings: list[Finding]) -> Examined:
    if len(cohort) == 0 and worst(findings) != "error":
        findings = [
            *findings,
            Finding("error", "no case is left: all were set aside", "mend the rows named", file=cohort.cases.file),
        ]
    return Examined(study, cohort, checks.Findings(findings), {}, {}, {})


def _where(finding: Finding) -> list[str]:
    from iatros.findings import place

    where = place(finding.file, finding.rows, finding.column)
    return [where] if where else []
