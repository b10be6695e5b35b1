"""A draft as a TOML file that runs, each guess with a comment; as lines for the terminal; as JSON.

In: a draft, the study's name, where its table lies. Out: text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from iatros.drafting.draft import Draft
from iatros.drafting.letters import Letters
from iatros.drafting.outcome import Outcome, values_text
from iatros.drafting.profile import Profile
from iatros.findings import printable, quote
from iatros.toml import dumps

WIDTH = 118  # characters of a line
ONE_A_LINE = 60  # columns up to which each has a line with what it holds
FOLDS = 5  # of the default split
WARNED = 5  # suspicious columns that the terminal names one by one
SHOWN = 8  # names that a line of the terminal lists
TABLE, IMAGE = "measurements", "image"
SECTIONS = {"smiles": "molecule", "text": "text"}  # of the single input of letters; "sequence" for the others


def toml(draft: Draft, name: str, table: str, command: str) -> str:
    """The study as a file."""
    lines = [f"# {line}" for line in _heading(draft, table, command)]
    lines += ["", _pair("name", name), "", "[cases]", _pair("table", table), *_cases(draft)]
    lines += [line for image in draft.images for line in _image(draft, image)]
    lines += [line for one in draft.letters for line in _letters(draft, one)]
    lines += [*_table(draft), *_target(draft), *_split(draft)]
    return "\n".join(printable(line) for line in lines) + "\n"


def _heading(draft: Draft, table: str, command: str) -> list[str]:
    return [
        f"Written by `{command}`: {draft.columns:,} columns, {draft.rows:,} rows.",
        "Please confirm the lines marked `# guess`. `iatros schema` explains every key.",
        *[line for note in draft.notes for line in textwrap.wrap(note, WIDTH)],
    ]


def _cases(draft: Draft) -> Iterator[str]:
    where, why = inclusion(draft)
    if where:
        yield _guess(_pair("where", where), why)
    if draft.patient:
        yield _guess(_pair("patient", draft.patient.column), draft.patient.why)
    else:
        yield '# patient = "..."  # guess: no column looks like a patient id: each row is taken as one patient'
    for role in ("site", "time", "weight"):
        guess = getattr(draft, role)
        if guess:
            yield _guess(_pair(role, guess.column), guess.why)


def inclusion(draft: Draft) -> tuple[str, str]:
    """Who enters, where some outcomes are written as not known; and why. Two empty texts otherwise."""
    unknown, column = draft.target.unknown, draft.target.column
    if not unknown or draft.labels:
        return "", ""
    name = '"' + column.replace('"', '""') + '"'
    numeric = all(re.fullmatch(r"[+-]?\d+(\.\d+)?", value) for value in (*unknown, *draft.target.classes))
    listed = [value if numeric else "'" + value.replace("'", "''") + "'" for value in unknown]
    where = f"{name} <> {listed[0]}" if len(listed) == 1 else f"{name} NOT IN ({', '.join(listed)})"
    return where, f"{', '.join(map(quote, unknown))} says that the outcome is not known"


def _image(draft: Draft, image: Any) -> list[str]:
    path = [_pair("path", image.path)] if image.path not in ("", "{}") else []
    name = IMAGE if len(draft.images) == 1 else slug(image.column, IMAGE)
    return ["", f"[inputs.{name}]", 'kind = "image"', _guess(_pair("column", image.column), image.why), *path]


def _letters(draft: Draft, one: Letters) -> list[str]:
    guesses = [_guess(_pair("column", one.column), one.why), _pair("alphabet", one.alphabet)]
    if one.column in draft.pair[1:]:
        first = section_of(draft, draft.letters[0])
        guesses.append(_guess(_pair("shares", first), "the same sequences stand in both columns: one encoder reads them"))
    return ["", f"[inputs.{section_of(draft, one)}]", 'kind = "sequence"', *guesses]


def section_of(draft: Draft, one: Letters) -> str:
    """The name of an input of letters in the study."""
    plain = SECTIONS.get(one.alphabet, "sequence")
    return plain if len(draft.letters) == 1 else slug(one.column, plain)


def _table(draft: Draft) -> list[str]:
    if not draft.table:
        return _left(draft)
    beware = {guess.column: guess.why for guess in draft.suspects}
    lines = ["", f"[inputs.{TABLE}]", 'kind = "table"']
    if len(draft.table) <= ONE_A_LINE:
        cells = [(f"  {_text(one.name)},", f"{_holds(one)}{_beware(beware.get(one.name, ''))}") for one in draft.table]
        width = min(max(len(cell) for cell, _ in cells), 40)
        lines += ["columns = [", *(f"{cell:<{width}}  # {holds}" for cell, holds in cells), "]"]
    else:
        lines += _list("columns", [one.name for one in draft.table])
        lines += [f"# beware of `{name}`: {why}" for name, why in beware.items()]
    coded = [one.name for one in draft.table if one.plan.kind == "category" and one.numeric]
    if coded:
        lines += [*_list("categories", coded, "guess: few whole numbers, taken as names of classes, not as amounts")]
    return [*lines, *_missing(draft.table), *_left(draft)]


def _missing(table: Sequence[Profile]) -> list[str]:
    coded = [(one.name, [int(c) if c.is_integer() else c for c in one.plan.codes]) for one in table if one.plan.codes]
    if not coded:
        return []
    why = "guess: apart from all other values, or impossible: read as missing"
    return ["", f"[inputs.{TABLE}.missing]", *(f"{_pair(name, codes)}  # {why}" for name, codes in coded)]


def _left(draft: Draft) -> list[str]:
    if not draft.left:
        return []
    told = [line for one in draft.left for line in _wrapped(f"#   {_text(one.column)}: ", one.why)]
    return ["", "# guess: left out of the inputs; to use one all the same, add it to `columns`", *told]


def _target(draft: Draft) -> list[str]:
    target = draft.target
    name = target_name(draft)
    if draft.labels:
        return ["", f"[targets.{name}]", 'kind = "labels"', *_list("columns", draft.labels, f"guess: {target.why}")]
    lines = ["", f"[targets.{name}]", f"{_pair('kind', target.kind)}{_kind_why(target)}"]
    lines.append(_guess(_pair("column", target.column), target.why or "the likeliest of the columns"))
    lines += [f"# another candidate: {_text(other.column)} ({other.why})" for other in draft.others]
    if target.kind == "residues":
        lines += [_guess(_pair("mask", target.mask), "0 and 1: which letters count")] if target.mask else []
        lines += ["segments = true  # equal labels come in runs, which are learned beside them"] if target.in_runs else []
    if target.positive:
        lines.append(_guess(_pair("positive", _number(target.positive)), target.because))
        lines.append("# threshold = 0.2  # the risk from which one would act, if you know it")
    return lines


def target_name(draft: Draft) -> str:
    """The target's name in the study, which no input may have."""
    name = slug(draft.target.column, "outcome")
    images = [slug(image.column, IMAGE) for image in draft.images]
    return f"{name}_outcome" if name in (TABLE, IMAGE, *images, *(section_of(draft, one) for one in draft.letters)) else name


def _kind_why(target: Outcome) -> str:
    if target.kind == "value":
        return "  # guess: a number of many values"
    if target.kind == "residues":
        return f"  # guess: signs {' '.join(target.classes)}"
    return f"  # guess: {len(target.classes)} different values: {', '.join(quote(c, 24) for c in sorted(target.classes)[:8])}"


def _split(draft: Draft) -> list[str]:
    if draft.split:
        return ["", "[split]", 'kind = "column"', _guess(_pair("column", draft.split.column), draft.split.why)]
    if draft.pair:
        why = "both sequences of a tested pair are new: a model may know the others by how often they are paired"
        columns = _guess(_pair("columns", list(draft.pair)), why)
        return [
            "",
            "[fusion]",
            'kind = "symmetric"  # (a, b) and (b, a) are the same',
            "",
            "[split]",
            'kind = "partners"',
            columns,
        ]
    if draft.family:
        why = "relatives stay on one side: the model is judged on families that it never saw"
        return ["", "[split]", 'kind = "homology"', _guess(_pair("column", draft.family), why)]
    if draft.patients < FOLDS:
        return ["", "[split]", 'kind = "folds"', _guess(_pair("k", max(2, draft.patients)), "there are no more patients")]
    return []


def slug(column: str, otherwise: str) -> str:
    """A column's name as the name of a section: `In-hospital death` -> `in_hospital_death`."""
    made = re.sub(r"\W+", "_", column).strip("_").lower()[:60]
    return made if re.fullmatch(r"[^\W\d_][\w-]*", made) else otherwise


def _holds(one: Profile) -> str:
    values = "" if one.plan.kind == "boolean" else values_text(one)
    kind = {"boolean": "yes or no"}.get(one.plan.kind, one.plan.kind)
    gaps = f"; {1 - one.known / one.rows:.0%} missing" if not one.complete else ""
    return f"{kind}: {values}{gaps}" if values else f"{kind}{gaps}"


def _beware(why: str) -> str:
    return f"; beware: {why}" if why else ""


def _list(key: str, names: Sequence[str], why: str = "") -> list[str]:
    line = f"{_pair(key, list(names))}"
    if len(line) + len(why) + 4 <= WIDTH:
        return [f"{line}  # {why}" if why else line]
    packed = textwrap.wrap(
        ", ".join(_text(name).replace(" ", "\0") for name in names) + ",",
        WIDTH - 4,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [f"{key} = [{f'  # {why}' if why else ''}", *(f"    {part.replace(chr(0), ' ')}" for part in packed), "]"]


def _guess(line: str, why: str) -> str:
    return f"{line}  # guess: {why}"


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent="#     ", break_long_words=False, break_on_hyphens=False
    )


def _pair(key: str, value: Any) -> str:  # Any: what TOML holds
    return dumps({key: value}).strip()


def _text(value: str) -> str:
    return _pair("x", value).removeprefix("x = ")


def _number(value: str) -> int | str:
    return int(value) if re.fullmatch(r"\d{1,9}", value) else value


def lines(draft: Draft, study: str) -> list[str]:
    """What the terminal shows: TERMINAL.md's list of guesses, what is left out, what to do next."""
    said = [f"{draft.columns:,} columns, {draft.rows:,} rows. Wrote {study}: please confirm the lines marked `# guess`"]
    said += [_row("patient", f"`{draft.patient.column}`: {draft.patient.why}" if draft.patient else
                  "no column looks like a patient id: each row is taken as one patient")]  # fmt: skip
    said += [
        _row(role, f"`{g.column}`: {g.why}") for role in ("site", "time", "weight", "split") if (g := getattr(draft, role))
    ]
    said += [_row("split", f"families of `{draft.family}`: relatives stay on one side")] if draft.family else []
    said += (
        [_row("split", f"pairs of `{draft.pair[0]}` and `{draft.pair[1]}`: of a tested pair both are new")]
        if draft.pair
        else []
    )
    said += [_row("target", _target_line(draft))]
    said += [_row("", f"or `{other.column}`: {other.why}", guess=False) for other in draft.others]
    where, why = inclusion(draft)
    said += [_row("where", f"{where}: {why}")] if where else []
    said += [_row("inputs", line) for line in _input_lines(draft)]
    grouped: dict[str, list[str]] = {}
    for one in draft.left:
        grouped.setdefault(one.why, []).append(one.column)
    said += [
        _row("left out" if i == 0 else "", f"{_names(names)}: {why}", i == 0) for i, (why, names) in enumerate(grouped.items())
    ]
    said += [_row("warning", f"`{guess.column}` {guess.why}", guess=False) for guess in draft.suspects[:WARNED]]
    more = [guess.column for guess in draft.suspects[WARNED:]]
    said += [_row("", f"and {_names(more)} too", guess=False)] if more else []
    said += [_row("note", note, guess=False) for note in draft.notes]
    return [printable(line) for line in [*said, f"next: iatros check {study}"]]


def _row(what: str, text: str, guess: bool = True) -> str:
    return f"  {what:<9} {text}{'    # guess' if guess else ''}"


def _target_line(draft: Draft) -> str:
    target = draft.target
    if draft.labels:
        return f"{_names(draft.labels)}: {target.why}; taken as labels"
    if target.kind == "value":
        return f"`{target.column}`: {target.why}; taken as value"
    if target.kind == "residues":
        counted = f"; those count whose sign in `{target.mask}` is 1" if target.mask else ""
        return f"`{target.column}` ({' '.join(target.classes)}): {target.why}{counted}; taken as residues"
    positive = f", positive {quote(target.positive)}: {target.because}" if target.positive else ""
    listed = ", ".join(quote(value, 24) for value in sorted(target.classes)[:SHOWN])
    return f"`{target.column}` has {len(target.classes)} values ({listed}): {target.why}; taken as class{positive}"


def _input_lines(draft: Draft) -> list[str]:
    said = [f"images: `{image.column}`, {image.why}" for image in draft.images]
    said += [f"{'text' if one.alphabet == 'text' else 'sequences'}: `{one.column}`, {one.why}" for one in draft.letters]
    kinds = {kind: [one for one in draft.table if one.plan.kind == kind] for kind in ("number", "category", "boolean", "date")}
    plural = {"number": "numbers", "category": "categories", "boolean": "of yes or no", "date": "dates"}
    counts = [f"{len(some)} {kind if len(some) == 1 else plural[kind]}" for kind, some in kinds.items() if some]
    coded = [f"`{one.name}` {', '.join(f'{code:g}' for code in one.plan.codes)}" for one in draft.table if one.plan.codes]
    read = f" (read as missing: {'; '.join(coded[:SHOWN])})" if coded else ""
    return said + ([", ".join(counts) + read] if counts else [])


def _names(names: Sequence[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:SHOWN])
    return listed + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def as_json(draft: Draft, study: str) -> dict[str, Any]:  # Any: JSON
    """Every guess, for programs."""
    target = draft.target
    roles = {role: guess and {"column": guess.column, "why": guess.why}
             for role in ("patient", "site", "time", "weight", "split") for guess in (getattr(draft, role),)}  # fmt: skip
    return {
        "study": study, "rows": draft.rows, "columns": draft.columns, **roles,
        "target": {"column": target.column, "kind": "labels" if draft.labels else target.kind, "why": target.why,
                   "classes": list(target.classes), "positive": target.positive or None, "columns": list(draft.labels)},
        "candidates": [{"column": other.column, "why": other.why} for other in draft.others],
        "where": inclusion(draft)[0] or None,
        "inputs": {"images": [image.column for image in draft.images],
                   "sequences": {one.column: one.alphabet for one in draft.letters},
                   "table": {one.name: one.plan.kind for one in draft.table},
                   "missing": {one.name: list(one.plan.codes) for one in draft.table if one.plan.codes}},
        "left_out": [{"column": one.column, "kind": one.kind, "why": one.why} for one in draft.left],
        "warnings": [{"column": guess.column, "why": guess.why} for guess in draft.suspects],
        "notes": list(draft.notes),
    }  # fmt: skip
