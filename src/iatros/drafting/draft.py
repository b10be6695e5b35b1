"""Look at cases, and guess the study that they are for. In: cases. Out: a `Draft`: every guess with its reason.

Only what a table can say without training is used: names, values, and how well each column alone tells the outcome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from iatros.cases import Cases
from iatros.cases.cohort import no_such_column
from iatros.drafting import outcome, roles
from iatros.drafting.exclusion import LAST_RESORT, SUSPICIOUS, Left, Tells, reasons, tells, truth_of
from iatros.drafting.letters import BIOLOGICAL, Letters, labels_of, letters, pair_of, why_no_families
from iatros.drafting.outcome import Outcome
from iatros.drafting.per_letter import per_letter
from iatros.drafting.pictures import Pictures, elsewhere, pictures
from iatros.drafting.profile import Profile, profile
from iatros.drafting.roles import Guess
from iatros.findings import Finding, InputError
from iatros.registry import nearest

LOOKED_AT = 50_000  # rows, of a longer table evenly spread ones
TOLD_BY = 10_000  # rows from which it is judged how well a column tells the outcome
LIKELY = 4.0  # points behind the best, within which another column is named as a candidate
MANY_ROWS_A_PATIENT = 20  # on average, from which the table is one of events
SIGNAL = 30  # columns of one name and a number
MANY_LABELS = 3  # columns of yes and no beside an image that are several findings rather than one outcome


@dataclass(frozen=True)
class Draft:
    """A study as guessed.

    rows, columns: of the table; table: profiles of the columns that are inputs
    targets: the outcome first, or one a label; others: further candidates; suspects: inputs that tell much, with the reason
    letters: sequences and texts; family: the column by whose families the folds are made, "" for none
    pair: the two columns of sequences that a case pairs, () for none
    split: the column that divides the cases; patient, site, time, weight: as in [cases]; where: who enters
    left: columns left out; notes: what else a reader should know; patients: how many there are
    """

    rows: int
    columns: int
    table: tuple[Profile, ...]
    images: tuple[Pictures, ...]
    target: Outcome
    letters: tuple[Letters, ...] = ()
    family: str = ""
    pair: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    others: tuple[Outcome, ...] = ()
    patient: Guess | None = None
    site: Guess | None = None
    time: Guess | None = None
    weight: Guess | None = None
    split: Guess | None = None
    left: tuple[Left, ...] = ()
    suspects: tuple[Guess, ...] = ()
    notes: tuple[str, ...] = ()
    patients: int = 0


def draft(cases: Cases, target: str | None = None) -> Draft:
    """A study for these cases. target: the column to predict, where it is known.

    Raises InputError where there is no such column, none that could be predicted, or none to learn from.
    """
    seen = _spread(cases, LOOKED_AT)
    profiles = [profile(seen.frame[name], name in seen.arrays) for name in seen.frame.columns]
    images = pictures(profiles, cases)
    who, splits = roles.patient(profiles), roles.split(profiles)
    cast = Draft(
        len(cases), len(profiles), (), tuple(images), Outcome("", "class", "", 0), patient=who, site=roles.site(profiles),
        time=roles.time(profiles, seen.frame), weight=roles.weight(profiles),
    )  # fmt: skip
    taken = {guess.column for guess in (cast.patient, cast.site, cast.time, cast.weight, *splits) if guess}
    taken |= {image.column for image in images}
    cast = _released(_predicted(cast, profiles, seen, target, taken))
    cast = replace(cast, split=_kept_apart(splits, cast, cases))
    patients = cases.frame[cast.patient.column].n_unique() if cast.patient else len(cases)
    cast = replace(cast, patients=patients)
    return _of_letters(cast, profiles, cases) if cast.target.kind == "residues" else _with_inputs(cast, seen, profiles, cases)


def _spread(cases: Cases, most: int) -> Cases:
    """All cases, or evenly spread ones of a long table."""
    if len(cases) <= most:
        return cases
    return cases.take(np.linspace(0, len(cases) - 1, most).astype(np.int64))


def _predicted(cast: Draft, profiles: Sequence[Profile], cases: Cases, told: str | None, taken: set[str]) -> Draft:
    """The outcome and the other candidates; several labels where an image has them and nothing is named like an outcome."""
    lettered = per_letter(profiles, cases.frame, told)
    if told is not None:
        return _labelled(cast, *lettered) if lettered else replace(cast, target=_told(profiles, cases, told))
    labels = _labels_of_array(cases)
    found = outcome.candidates(profiles, [*taken, *_identifiers(profiles)])
    if not labels and cast.images and not (found and found[0].clear):
        labels = _labels_of_images(profiles, cases, taken)
    if labels:
        name = next((array for array in cases.arrays if labels[0].startswith(f"{array}_")), "findings")
        return replace(cast, target=Outcome(name, "class", f"{len(labels)} columns of yes and no", 0), labels=labels)
    if lettered and not (found and found[0].clear):
        return _labelled(cast, *lettered)
    if not found:
        todo = "name the column to predict with `--target COLUMN`; it needs at least two values and few gaps"
        if [one.name for one in profiles] == ["id", "description", "sequence"]:  # a FASTA file
            todo = "write it into the headers, `>name label=1`, or give a table with a column of sequences"
        raise InputError(Finding("error", "no column looks like an outcome", todo, cases.file, check="no_outcome"))
    others = tuple(other for other in found[1:] if other.clear and found[0].score - other.score <= LIKELY)
    return replace(cast, target=found[0], others=others[:4])


def _labelled(cast: Draft, sequence: Letters, target: Outcome) -> Draft:
    return replace(cast, target=target, letters=(sequence,))


def _told(profiles: Sequence[Profile], cases: Cases, column: str) -> Outcome:
    chosen = next((one for one in profiles if one.name == column), None)
    if chosen is None:
        raise InputError(no_such_column(column, [one.name for one in profiles], cases.file))
    made = outcome.outcome(chosen, why="named on the command line")
    if made is None:
        what, todo = "it is empty, constant, or different in nearly every row", "name a column that can be predicted"
        raise InputError(Finding("error", what, todo, cases.file, column=column, check="no_outcome"))
    return made


def _identifiers(profiles: Sequence[Profile]) -> list[str]:
    from iatros.drafting.words import IDENTIFIER, PERSONAL

    named = [one for one in profiles if IDENTIFIER.search(one.words) or PERSONAL.search(one.words)]
    return [one.name for one in [*named, *(p for p in profiles if roles.divides(p))]]


def _labels_of_array(cases: Cases) -> tuple[str, ...]:
    """The columns of an array of labels, [M, K] of 0 and 1."""
    for name, array in cases.arrays.items():
        if array.ndim == 2 and f"{name}_0" in cases.frame.columns and set(np.unique(array[:1000]).tolist()) <= {0, 1}:
            return tuple(f"{name}_{i}" for i in range(array.shape[1]))
    return ()


def _labels_of_images(profiles: Sequence[Profile], cases: Cases, taken: set[str]) -> tuple[str, ...]:
    """Columns of 0 and 1 beside images: findings, each there or not."""
    binary = [p.name for p in profiles if p.name not in taken and p.numeric and set(p.categories) == {"0", "1"}]
    return tuple(binary) if len(binary) >= MANY_LABELS else ()


def _released(cast: Draft) -> Draft:
    """Roles given back by a column that the user wants predicted."""

    def kept(guess: Guess | None) -> Guess | None:
        return None if guess is None or guess.column == cast.target.column else guess

    return replace(cast, patient=kept(cast.patient), site=kept(cast.site), time=kept(cast.time), weight=kept(cast.weight))


def _kept_apart(splits: Sequence[Guess], cast: Draft, cases: Cases) -> Guess | None:
    """The first given division by which no patient is both in the test part and outside it, and that has the rare class."""
    from iatros.splits.column import codes
    from iatros.splits.inner import TEST

    for guess in splits:
        if guess.column == cast.target.column:
            continue
        part = codes(cases.frame[guess.column].cast(pl.String).to_list())
        if not (part == TEST).any():
            continue
        if cast.patient is None:
            return guess
        who = cases.frame[cast.patient.column].cast(pl.String).fill_null("").to_numpy()
        if not set(who[part == TEST].tolist()) & set(who[(part >= 0) & (part != TEST)].tolist()) - {""}:
            return guess
    return None


def _with_inputs(cast: Draft, seen: Cases, profiles: Sequence[Profile], cases: Cases) -> Draft:
    """The columns to learn from, what is left out of them, and what to beware of."""
    few = _spread(seen, TOLD_BY)
    roles_ = {guess.column for guess in (cast.patient, cast.site, cast.time, cast.weight, cast.split) if guess}
    own = {cast.target.column, *cast.labels, *(image.column for image in cast.images), *roles_}
    free = [one for one in profiles if one.name not in own and not one.array]
    told = _told_by(cast, few, free)
    left = reasons(free, cast.target, told)
    read, unfit = _lettered([one for one in free if one.name not in left], seen)
    left |= unfit
    kept = [one for one in free if one.name not in left and one.name not in {some.column for some in read}]
    notes = [_where_images_are(one, cases) for one in free if one.name in left and left[one.name].kind == "file"]
    notes += [*_doubts(cast), *_survival(cast, left), *_numbered(kept)]
    suspects = _suspects(kept, told, cast)
    if not kept and not cast.images and not read:
        kept, left, suspects = _last_resort(free, left, cases)
    pair = pair_of(read, seen.frame)
    family, why = ("", "") if pair else _families(replace(cast, letters=tuple(read)), cases)
    return replace(
        cast, table=tuple(kept), letters=tuple(read), family=family, pair=pair, left=tuple(left.values()),
        suspects=tuple(suspects), notes=tuple(n for n in [*notes, why] if n),
    )  # fmt: skip


def _of_letters(cast: Draft, profiles: Sequence[Profile], cases: Cases) -> Draft:
    """A label for each letter is read from the letters alone."""
    roles_ = {guess.column for guess in (cast.patient, cast.site, cast.time, cast.weight, cast.split) if guess}
    used = {cast.letters[0].column, cast.target.column, cast.target.mask, *roles_}
    labels = labels_of([one for one in profiles if letters(one) is not None], cases.frame)
    beside = f"each letter's label is read from `{cast.letters[0].column}` alone"
    left = [
        Left(one.name, "answer", f"a label for each letter of `{labels[one.name]}`")
        if one.name in labels
        else Left(one.name, "kind", beside)
        for one in profiles
        if one.name not in used
    ]
    family, why = _families(cast, cases)
    return replace(cast, images=(), left=tuple(left), family=family, notes=(why,) if why else ())


def _lettered(free: Sequence[Profile], seen: Cases) -> tuple[list[Letters], dict[str, Left]]:
    """Sequences and texts to learn from, and those that should not be: labels of each letter, words about a sequence."""
    found = {one.name: made for one in free if (made := letters(one)) is not None}
    labels = labels_of([one for one in free if one.name in found], seen.frame)
    left = {name: Left(name, "answer", f"a label for each letter of `{of}`") for name, of in labels.items()}
    if any(one.alphabet in BIOLOGICAL for one in found.values()):
        why = "words about a sequence: they may name what is to be predicted"
        left |= {name: Left(name, "text", why) for name, one in found.items() if one.alphabet == "text"}
    return [one for name, one in found.items() if name not in left], left


def _families(cast: Draft, cases: Cases) -> tuple[str, str]:
    """The column by whose families the folds are made, "" where the cases are divided already; and why there is none."""
    biological = [one for one in cast.letters if one.alphabet in BIOLOGICAL]
    if cast.split or not biological:
        return "", ""
    why = why_no_families(biological[0], cases, cast.patient.column if cast.patient else None)
    return ("", f"no split by families: {why}") if why else (biological[0].column, "")


def _told_by(cast: Draft, few: Cases, free: Sequence[Profile]) -> Tells:
    frame = few.frame
    group = np.arange(len(frame))
    if cast.patient:
        group = np.unique(frame[cast.patient.column].cast(pl.String).fill_null("").to_numpy(), return_inverse=True)[1]
    target = cast.labels[0] if cast.labels else cast.target.column
    chosen = outcome.outcome(profile(frame[target])) or replace(cast.target, column=target, classes=("0", "1"))
    truth = truth_of(frame, chosen, profile(frame[target]))
    return tells(frame, [one.name for one in free], truth, group.astype(np.int64))


def _suspects(kept: Sequence[Profile], told: Tells, cast: Draft) -> list[Guess]:
    """Inputs that alone tell the outcome suspiciously well, the best first."""
    found = [(told.auroc.get(one.name, float("nan")), one.name) for one in kept]
    good = sorted(((auroc, name) for auroc, name in found if auroc > SUSPICIOUS), reverse=True)
    return [Guess(name, f"alone has an AUROC of {auroc:.3f} for `{cast.target.column}`") for auroc, name in good]


def _last_resort(
    free: Sequence[Profile], left: dict[str, Left], cases: Cases
) -> tuple[list[Profile], dict[str, Left], list[Guess]]:
    """Nothing is left to learn from: the least bad columns, each with a warning. Raises InputError if there are none."""
    for kind in LAST_RESORT:
        kept = [one for one in free if left[one.name].kind == kind and one.plan.kind != "left out"]
        if kept:
            names = {one.name for one in kept}
            why = [Guess(one.name, f"{left[one.name].why}; used only because nothing else is left") for one in kept]
            return kept, {name: one for name, one in left.items() if name not in names}, why
    listed = "; ".join(f"`{one.column}`: {one.why}" for one in list(left.values())[:6]) or "there is no other column"
    what = f"no column can be an input: {listed}"
    raise InputError(Finding("error", what, "add columns of measurements, or images", cases.file, check="no_inputs"))


def _doubts(cast: Draft) -> list[str]:
    """What makes the guess of the outcome a weak one."""
    said = []
    if not cast.target.clear and not cast.labels:
        said.append(
            f"no column is named like an outcome; `{cast.target.column}` is a weak guess: `--target COLUMN` names another"
        )
    if cast.patient and cast.rows >= MANY_ROWS_A_PATIENT * cast.patients:
        said.append("a patient has many rows, each taken as one case; a table of events has first to become one row a case")
    return said


def _survival(cast: Draft, left: dict[str, Left]) -> list[str]:
    times = [one.column for one in left.values() if "time until the event" in one.why]
    if not times:
        return []
    return [f"`{times[0]}` and `{cast.target.column}` look like survival: this study predicts whether, not yet when"]


def _numbered(kept: Sequence[Profile]) -> list[str]:
    """Many columns of one stem (t0, t1, t2 ...) are samples of a signal, or genes; the table takes them one by one."""
    stems = Counter(re.sub(r"\d+$", "", one.name) for one in kept if re.search(r"\d$", one.name) and one.numeric)
    many = [(stem, count) for stem, count in stems.most_common(1) if count >= SIGNAL]
    return [f"{count} columns are called `{stem}` and a number: samples of a signal? They are read as unrelated numbers"
            for stem, count in many]  # fmt: skip


def _where_images_are(one: Profile, cases: Cases) -> str:
    archive = elsewhere(one, cases)
    if not archive:
        return ""
    folder = nearest(archive.removesuffix(".zip"), ["images"]) or archive.removesuffix(".zip")
    return (
        f"`{one.name}` names images in {archive}: unpack it beside the table (`unzip {archive} -d {folder}`), remove this "
        "study and run `iatros new` again; the images are then an input"
    )
