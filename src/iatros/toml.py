"""TOML files: what stands on which line, and faults told by file, line and key.

In: a file and the pydantic class it declares. Out: the object, or an InputError made for the screen.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from iatros.findings import Finding, InputError, quote
from iatros.registry import did_you_mean, nearest

M = TypeVar("M", bound=BaseModel)
LARGEST_FILE = 1_000_000  # bytes of a declaration
TABLES = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xls", ".ods", ".parquet", ".pq", ".feather", ".arrow", ".npz")
NEW = "`iatros new NAME --from {}`"
BARE_KEY = re.compile(r"^[A-Za-z0-9_-]+$")
HEADER = re.compile(r"^\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
ASSIGNMENT = re.compile(r"^\s*(?P<path>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
KEY_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")


def read(path: Path, kind: type[M]) -> M:
    """Read and validate. Raises InputError."""
    text = _text(path)
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise _syntax(path, text, str(wrong) or "nested too deeply") from None
    try:
        return kind.model_validate(content)
    except ValidationError as wrong:
        raise explain(wrong, kind, str(path), text, content) from None


def explain(wrong: ValidationError, kind: type[BaseModel], file: str = "", text: str = "", content: Any = None) -> InputError:
    """The first fault (and a count of the others) of a declaration, in words for its author."""
    faults = sorted(_flat(wrong.errors()), key=lambda fault: fault["type"] != "extra_forbidden")  # it explains the rest
    location, what, todo = _sentence(faults[0], kind, content)
    line = line_of(text, location)
    where = f"{file}:{line}" if line else file
    finding = Finding("error", what, todo, file=where)
    detail = _marked(where, text, line, str(location[-1]) if location else "", todo)
    others = [_sentence(fault, kind, content)[1] for fault in faults[1:4]]
    return InputError(finding, [*detail, *(f"also: {other}" for other in others)])


def line_of(text: str, location: Sequence[str | int]) -> int:
    """The line, from 1, on which a key (or the nearest section above it) stands; 0 where there is no text."""
    lines = dict(_lines(text))
    path = tuple(str(part) for part in location if not isinstance(part, int))
    while path:
        below = [line for known, line in lines.items() if known[: len(path)] == path]
        if below:  # a section may stand only in the names of those below it: [targets.outcome] for `targets`
            return lines.get(path, below[0])
        path = path[:-1]
    return 1 if text else 0


def dumps(content: Mapping[str, Any]) -> str:
    """A dictionary of plain values as TOML: keys first, then tables."""
    return "\n".join(_table(content, ())).strip() + "\n"


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            todo = f"name the study's .toml file in it; of a folder of images, {NEW.format(path)} makes one"
            raise InputError(Finding("error", "this is a folder", todo, file=str(path)))
        if path.suffix.lower() in TABLES and path.is_file():
            what, todo = "this is a table, not a study", f"{NEW.format(path)} looks at it and writes a study"
            raise InputError(Finding("error", what, todo, file=str(path)))
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(Finding("error", "too large for a study", "name a .toml file of a few lines", file=str(path)))
        raw = path.read_bytes()
    except FileNotFoundError:
        near = nearest(path.stem, [p.stem for p in path.parent.glob("*.toml")]) if path.parent.is_dir() else None
        told = "check the name; `iatros schema` explains what a study says"
        meant = f"did you mean `{path.parent / near}.toml`?" if near else told
        raise InputError(Finding("error", "there is no such file", meant, file=str(path))) from None
    except OSError as wrong:
        raise InputError(
            Finding("error", f"cannot be read ({wrong.strerror})", "check its permissions", file=str(path))
        ) from None
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(Finding("error", "is not UTF-8 text", "save it as UTF-8", file=str(path))) from None


def _syntax(path: Path, text: str, message: str) -> InputError:
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else max(1, text.count("\n"))
    what = re.sub(r"\s*\(at .*\)", "", message)
    source = text.split("\n")[line - 1] if line <= text.count("\n") + 1 else ""
    if "overwrite" in what or "twice" in what:
        assigned = ASSIGNMENT.match(source) or HEADER.match(source)
        what = f"`{assigned['path']}` is given twice" if assigned else what
        todo = "keep one of the two"
    else:
        what, todo = f"this is not TOML: {what[:1].lower()}{what[1:]}", "check quotes, brackets and the `=` on this line"
    where = f"{path}:{line}"
    return InputError(Finding("error", what, todo, file=where), _marked(where, text, line, "", todo))


def _flat(errors: Sequence[Any], outer: tuple[str | int, ...] = ()) -> Iterator[dict[str, Any]]:
    for error in errors:
        location = (*outer, *error["loc"])
        inner = error.get("ctx", {}).get("inner") if error["type"] == "nested" else None
        if inner:
            yield from _flat(inner, location)
        else:
            yield {**error, "loc": location}


def _sentence(error: Mapping[str, Any], kind: type[BaseModel], content: Any) -> tuple[tuple[str | int, ...], str, str]:
    """Location, fault and remedy of one pydantic error."""
    location = tuple(part for part in error["loc"] if part not in ("[key]", "main"))
    known_types = ("int", "float", "str", "tuple", "constrained-int", "constrained-float", "literal")
    location = tuple(
        p for p in location if not (isinstance(p, str) and ((p.startswith(known_types) and "[" in p) or p in known_types))
    )
    name = ".".join(str(part) for part in location)
    section, key = (".".join(map(str, location[:-1])), str(location[-1])) if location else ("", "")
    value = error.get("input")
    match error["type"]:
        case "extra_forbidden":
            keys = keys_at(kind, location[:-1], content)
            place = f" in [{section}]" if section else ""
            return location, f"unknown key `{key}`{place}{did_you_mean(key, keys)}", f"keys here: {', '.join(sorted(keys))}"
        case "missing":
            return location[:-1], f"`{name}` is missing", f"add {'a section ' if key in SECTIONS else ''}`{name}`"
        case "kind_unknown":
            return (*location, "kind"), f"{name}: {error['msg']}", "name one of these kinds"
        case "kind_missing" | "kind_type":
            return location, f"{name}: {error['msg']}", 'write `kind = "..."`'
        case "value_error":
            return location, _lower(error["msg"].removeprefix("Value error, ")), "mend it in the study"
        case "string_pattern_mismatch":
            return (
                location,
                f"`{name}` cannot be {quote(value)}",
                "use letters, digits, `_` and `-` only, starting with a letter",
            )
        case "too_short":
            return location, f"`{name}` is empty", "name at least one"
        case _:
            return location, f"`{name}` cannot be {quote(value)}: {_lower(error['msg'])}", "`iatros schema` explains each key"


SECTIONS = ("cases", "inputs", "targets")


def keys_at(kind: type[BaseModel], location: Sequence[str | int], content: Any) -> set[str]:
    """The keys that a table of the study may have; for a table with a `kind`, those of that kind."""
    from iatros.registry import load

    groups = {"inputs": "modalities", "targets": "targets", "safeguards": "safeguards", "split": "splits", "fusion": "fusions"}
    path = [str(part) for part in location]
    table = content
    for part in path:
        table = table.get(part, {}) if isinstance(table, Mapping) else {}
    group = "encoders" if path and path[-1] == "encoder" else groups.get(path[0]) if path else None
    if group and (len(path) > 1 or path[0] in ("split", "fusion")):
        named = table.get("kind") if isinstance(table, Mapping) else None
        named = named or (path[-1] if group == "safeguards" else "folds" if group == "splits" else None)
        try:
            return set(load(group, str(named)).model_fields) | ({"also"} if group == "splits" else set())
        except KeyError:
            return {"kind"}
    current: Any = kind
    for part in path:
        found = current.model_fields.get(part) if isinstance(current, type) and issubclass(current, BaseModel) else None
        current = found.annotation if found else None
    return set(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else set()


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """(path of a key or section, its line) in order of the text; lines inside multi-line strings and arrays have no key."""
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        header, assigned = HEADER.match(line), ASSIGNMENT.match(line)
        if header and "=" not in header["path"]:
            section = _parts(header["path"])
            yield section, number
        elif assigned:
            yield (*section, *_parts(assigned["path"])), number


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in KEY_PART.findall(path))


def _marked(where: str, text: str, line: int, key: str, todo: str) -> list[str]:
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return []
    source = "".join(c if c.isprintable() else " " for c in lines[line - 1])[:120]
    at = source.find(key) if key else -1
    marks = [" " * (9 + at) + "^" * len(key)] if at >= 0 else []
    return [where, f"{line:6} │ {source}", *marks]


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _table(content: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {k: v for k, v in content.items() if not isinstance(v, Mapping)}
    tables = {k: v for k, v in content.items() if isinstance(v, Mapping)}
    if path and (plain or not tables):
        yield f"\n[{'.'.join(_key(part) for part in path)}]"
    for name, value in plain.items():
        yield f"{_key(name)} = {_value(value)}"
    for name, table in tables.items():
        yield from _table(table, (*path, name))


def _key(name: str) -> str:
    return name if BARE_KEY.fullmatch(name) else _text_value(name)


def _text_value(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON lets the delete character stand


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text_value(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value)
