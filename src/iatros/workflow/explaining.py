"""Explain: what the networks look at, whether that can be believed, and which cases they get wrong.

In: a trained run. Out: evidence.json and pictures. Everything is shown on test cases of the first fold of the main split.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from iatros.anchors import anchor_of
from iatros.contracts import Fold, Grid, Rows, Tokens
from iatros.evidence import CaseEvidence, Evidence, Importance, MethodCheck, MotifEvidence, ShapeEvidence, WordEvidence
from iatros.explain.cases import select, sure_and_wrong
from iatros.explain.chains import laid_over, shapes_of
from iatros.explain.columns import Column
from iatros.explain.image_check import best, check_images
from iatros.explain.importance import Measure, importance, permutation_importance
from iatros.explain.shapes import shape_evidence
from iatros.explain.shapley import shape_of_categories, shape_of_numbers, shapley
from iatros.explain.table_check import check_table
from iatros.metrics import ranking
from iatros.metrics.bootstrap import draw
from iatros.predictions import ENSEMBLE, OF_POSITIONS, Form
from iatros.runs import RunFolder, write_json
from iatros.training.members import Member, read_member
from iatros.workflow.comparing import Classical
from iatros.workflow.drift import save_reference
from iatros.workflow.examine import Examined
from iatros.workflow.fitting import Fleet
from iatros.workflow.picturing import case_pictures
from iatros.workflow.probing import probes
from iatros.workflow.sequence_evidence import letters_of, motifs, sequence_checks, words
from iatros.workflow.structure_evidence import contact_probabilities
from iatros.workflow.structure_files import letters_read, write_structure
from iatros.workflow.subjects import Explained, interesting, outcome
from iatros.workflow.trials import HEALTHY, Shown, healthy_rows, known, trial

SEED = 0
MOST_ROWS = 400  # cases on which importances are measured
RESAMPLES = 200
Floats = NDArray[np.float64]


def explain_run(
    folder: RunFolder,
    examined: Examined,
    fleet: Fleet,
    classical: Mapping[str, Classical],
    tables: Mapping[str, pl.DataFrame],
    results: Mapping[str, Any],
) -> Evidence:
    """All evidence of a run, written to its folder."""
    material = fleet.programme.material
    save_reference(folder, material, _learned_from(examined))
    found: list[Evidence] = []
    for name, form in examined.forms().items():
        shown = Shown(name, form, interesting(form, material.strata[name]))
        with fleet.engine.in_use():
            found.append(_of_target(folder, examined, fleet, shown, tables[name]))
    evidence = joined(found)
    write_json(folder.evidence, evidence.model_dump(mode="json"))
    return evidence


def _learned_from(examined: Examined) -> NDArray[np.int64]:
    """Cases that any network of the main split learned from: what is only ever tested does not tell what is familiar."""
    main = [fold for fold in examined.folds if fold.scheme == examined.folds[0].scheme]
    return np.unique(np.concatenate([fold.development() for fold in main]))


def joined(several: list[Evidence]) -> Evidence:
    """The evidence of several targets as one."""
    return Evidence(
        importances=tuple(i for e in several for i in e.importances),
        checks=tuple(c for e in several for c in e.checks),
        cases=tuple(c for e in several for c in e.cases),
        probes=tuple(p for e in several for p in e.probes),
        motifs=tuple(m for e in several for m in e.motifs),
        words=tuple(w for e in several for w in e.words),
        shapes=tuple(s for e in several for s in e.shapes),
        sure_and_wrong={name: value for e in several for name, value in e.sure_and_wrong.items()},
    )


def explained(fleet: Fleet, fold: Fold, seed: int | None = None) -> Explained:
    """One network of a fold, by default the first."""
    programme = fleet.programme
    fits = fleet.learned(fold).fits
    member = Member(fold.scheme, fold.repeat, fold.fold, programme.seeds[0] if seed is None else seed)
    network = read_member(programme.models, member, programme.material, fits, programme.fusion, programme.guards)
    return Explained(network, programme.material, fits, fold)


def columns_of(subject: Explained, source: str) -> list[Column]:
    """The columns of a table as the explanation reads them."""
    modality, packed = subject.material.inputs[source], subject.material.packs[source]
    return [Column(name, *places) for name, places in modality.parts(packed, subject.fits.inputs[source]).items()]


def _of_target(folder: RunFolder, examined: Examined, fleet: Fleet, shown: Shown, table: pl.DataFrame) -> Evidence:
    study, main = examined.study, examined.study.split.main.kind
    subject = explained(fleet, examined.first_repeat[0])
    importances: list[Importance] = []
    checks: list[MethodCheck] = []
    found_motifs: list[MotifEvidence] = []
    found_words: list[WordEvidence] = []
    for source, modality in study.inputs.items() if shown.form.task not in OF_POSITIONS else ():
        if modality.layout is Rows:
            importances += table_importances(examined, subject, shown, source)
            checks += table_checks(subject, shown, source, study.explanation.draws)
        elif modality.layout is Grid:
            checks += image_checks(examined, subject, shown, source)
        elif modality.layout is Tokens:
            checks += sequence_checks(study.explanation, subject, shown, source)
            found_motifs += motifs(subject, shown, source)
            found_words += words(subject, shown, source)
    tested = table.filter(
        (pl.col("scheme") == main) & (pl.col("repeat") == 0) & (pl.col("part") == "test"), pl.col("seed").is_null()
    )
    judged = tested.filter(pl.col("model") == ENSEMBLE)
    wrong = sure_and_wrong(judged, shown.form)
    cases = _cases(folder, examined, fleet, shown, judged, checks)
    return Evidence(
        importances=tuple(importances),
        checks=tuple(checks),
        cases=tuple(cases),
        probes=tuple(probes(examined, fleet.programme.material, shown.name, shown.form)),
        motifs=tuple(found_motifs),
        words=tuple(found_words),
        shapes=_shapes(folder, examined, fleet, shown, tested) if shown.form.task == "structure" else (),
        sure_and_wrong={shown.name: (wrong.count, wrong.of, wrong.sure)},
    )


def _shapes(
    folder: RunFolder, examined: Examined, fleet: Fleet, shown: Shown, tested: pl.DataFrame
) -> tuple[ShapeEvidence, ...]:
    """Test chains beside the truth, each as the networks of its own fold predict it; files of those that are shown."""
    fold_of = dict(zip(tested["case"].to_list(), tested["fold"].to_list(), strict=True))
    by_number = {fold.fold: fold for fold in examined.first_repeat}

    def contacts(case: int) -> Floats:
        networks = [explained(fleet, by_number[fold_of[case]], seed) for seed in fleet.programme.seeds]
        return contact_probabilities(networks, shown.name, case)

    found = shape_evidence(shown.name, tested, lambda case: int(examined.cohort.cases.rows[case]), contacts)
    source = anchor_of(examined.study.targets[shown.name], examined.study.inputs)
    for one in (chain for evidence in found for chain in evidence.shown):
        (shape,) = shapes_of(tested.filter(pl.col("case") == one.case, pl.col("model") == ENSEMBLE))
        fits, material = fleet.learned(by_number[fold_of[one.case]]).fits, fleet.programme.material
        letters = letters_read(material.inputs[source], material.packs[source], fits, source, one.case)
        stem = folder.path / "structures" / f"{shown.name}-{one.role}-row-{one.row}"
        write_structure(stem, letters, laid_over(shape.predicted, shape.truth), shape.confidence)
    return found


def table_importances(examined: Examined, subject: Explained, shown: Shown, source: str) -> list[Importance]:
    """Permutation importances with the shapes of Shapley effects, on test cases."""
    rows = known(subject, shown, source, subject.fold.rows("test"))[:MOST_ROWS]
    columns = columns_of(subject, source)
    truth = outcome(subject.material, shown.name, shown.form, shown.code, rows)
    if len(rows) < 20 or not columns or len(np.unique(truth)) < 2:
        return []
    generator = torch.Generator().manual_seed(SEED)
    of, layout = subject.subject(shown.name, shown.form, shown.code, source, rows)
    assert isinstance(layout, Rows)
    weights = np.concatenate([np.ones((1, len(rows))), draw(np.random.default_rng(SEED), RESAMPLES, len(rows))])
    losses = permutation_importance(of.of, layout, columns, _measure(truth, shown.form), weights, generator)
    background = subject.batch(known(subject, shown, source, subject.fold.rows("train"))[:HEALTHY]).inputs[source]
    assert isinstance(background, Rows)
    effects = shapley(of.of, layout, background, columns, generator).numpy().astype(np.float64)
    by_name = {column.name: effects[:, i] for i, column in enumerate(columns)}
    frame = examined.cohort.cases.frame[rows]
    told = [column for column in columns if column.name in frame.columns]  # others a modality has made of its cells
    shapes = {column.name: _shape(frame[column.name], by_name[column.name], column) for column in told}
    return [importance(loss, shown.name, source, shapes.get(loss.column)) for loss in losses]


def table_checks(subject: Explained, shown: Shown, source: str, draws: int) -> list[MethodCheck]:
    """Can Shapley values of this network be believed?"""
    columns, tried = columns_of(subject, source), trial(subject, shown, source, HEALTHY)
    if tried is None or len(columns) < 2:
        return []
    assert isinstance(tried.layout, Rows)
    assert isinstance(tried.background, Rows)
    generator = torch.Generator().manual_seed(SEED)
    return [check_table(tried.of, tried.layout, tried.background, columns, generator, shown.name, source, draws)]


def image_checks(examined: Examined, subject: Explained, shown: Shown, source: str) -> list[MethodCheck]:
    """Can the maps of this network be believed?"""
    said = examined.study.explanation
    tried = trial(subject, shown, source, said.cases)
    if tried is None:
        return []
    assert isinstance(tried.layout, Grid)
    assert isinstance(tried.background, Grid)
    generator = torch.Generator().manual_seed(SEED)
    background = tried.background.values
    return check_images(tried.of, tried.layout, background, generator, shown.name, source, said.methods, said.draws)


def _cases(
    folder: RunFolder, examined: Examined, fleet: Fleet, shown: Shown, judged: pl.DataFrame, checks: list[MethodCheck]
) -> list[CaseEvidence]:
    chosen = select(judged, shown.form)
    fold_of = dict(zip(judged["case"].to_list(), judged["fold"].to_list(), strict=True))
    by_number = {fold.fold: fold for fold in examined.first_repeat}
    subjects: dict[int, Explained] = {}
    made = []
    for role, case in chosen:
        number = fold_of[case.case]
        subject = subjects.setdefault(number, explained(fleet, by_number[number]))
        site = examined.cohort.site[case.case] if examined.cohort.site else ""
        evidence = CaseEvidence(
            target=shown.name, role=role, case=case.case, row=int(examined.cohort.cases.rows[case.case]), score=case.score,
            truth=case.truth, predicted=case.predicted, site=site or "",
        )  # fmt: skip
        made.append(_pictured(folder, examined, subject, shown, evidence, checks))
    return made


def _pictured(
    folder: RunFolder, examined: Examined, subject: Explained, shown: Shown, evidence: CaseEvidence, checks: list[MethodCheck]
) -> CaseEvidence:
    """The case with its columns and their effects, or its film and maps."""
    fields: tuple[tuple[str, str], ...] = ()
    update: dict[str, Any] = {}
    row = np.array([evidence.case], np.int64)
    several = sum(modality.layout is Tokens for modality in examined.study.inputs.values()) > 1
    for source, modality in examined.study.inputs.items():
        packed = subject.material.packs[source]
        if not packed.present[evidence.case]:
            continue
        of_source = [check for check in checks if check.input == source]
        method = best(of_source) if of_source else "integrated_gradients"
        picture = modality.picture(packed, evidence.case)
        if picture.image is None:
            named = several and modality.layout is Tokens
            fields += tuple((f"{source}: {name}", cell) for name, cell in picture.fields) if named else picture.fields
            if modality.layout is Rows and shown.form.task not in OF_POSITIONS:
                update["effects"] = case_effects(subject, shown, source, row)
            elif modality.layout is Tokens and shown.form.task not in ("next", "structure") and "letters" not in update:
                update |= letters_of(subject, shown, source, evidence.case, method)
        elif "image" not in update:
            healthy = healthy_rows(subject, shown, source)
            stem = f"{shown.name}-{evidence.role}-{evidence.case}"
            of, layout = subject.subject(shown.name, shown.form, shown.code, source, row)
            background = subject.batch(healthy).inputs[source] if len(healthy) else layout
            assert isinstance(layout, Grid)
            assert isinstance(background, Grid)
            update |= case_pictures(folder.path / "figures", stem, of, layout, background.values, method, picture.image)
            update |= {"input": source, "method": method}
    return evidence.model_copy(update={"fields": fields, **update})


def case_effects(subject: Explained, shown: Shown, source: str, row: NDArray[np.int64]) -> tuple[tuple[str, float], ...]:
    """Shapley effects of the columns on one case's score, largest first."""
    columns = columns_of(subject, source)
    healthy = subject.fold.rows("train")[:HEALTHY]
    background = subject.batch(healthy).inputs[source]
    of, layout = subject.subject(shown.name, shown.form, shown.code, source, row)
    assert isinstance(layout, Rows)
    assert isinstance(background, Rows)
    effects = shapley(of.of, layout, background, columns, torch.Generator().manual_seed(SEED), orders=30)[0].tolist()
    return tuple(sorted(((c.name, float(e)) for c, e in zip(columns, effects, strict=True)), key=lambda pair: -abs(pair[1])))


def _measure(truth: Floats, form: Form) -> Measure:
    """AUROC, or for values the squared correlation, with weights [R, N]."""
    if form.task != "value":
        return lambda score, weights: ranking.auroc(truth > 0.5, score, weights)

    def squared_correlation(score: Floats, weights: Floats) -> Floats:
        total = weights.sum(axis=1, keepdims=True)
        a, b = truth - weights @ truth[:, None] / total, score - weights @ score[:, None] / total
        covariance = (weights * a * b).sum(axis=1)
        squared: Floats = covariance**2 / np.maximum((weights * a**2).sum(axis=1) * (weights * b**2).sum(axis=1), 1e-12)
        return squared

    return squared_correlation


def _shape(cells: pl.Series, effects: Floats, column: Column) -> Any:
    if column.numbers:
        return shape_of_numbers(cells.cast(pl.Float64, strict=False).to_numpy().astype(np.float64), effects)
    return shape_of_categories(cells.cast(pl.String).fill_null("missing").to_list(), effects)
