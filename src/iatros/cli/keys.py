"""`iatros schema`: every key of a study with its type, default and meaning; the JSON schema for editors."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from iatros.cli.document import print_json
from iatros.findings import Finding, InputError
from iatros.registry import GROUPS, Kind, addresses, did_you_mean, load
from iatros.study import Study

SECTION_GROUPS = {
    "inputs": "modalities",
    "targets": "targets",
    "safeguards": "safeguards",
    "split": "splits",
    "fusion": "fusions",
    "encoder": "encoders",
}


def show_schema(key: str | None, *, as_json: bool) -> None:
    """Print the schema, or what is below one key of it."""
    if as_json:
        print_json(json_schema() if key is None else part_of_schema(key))
        return
    print("\n".join(overview() if key is None else described(key)))


def json_schema() -> dict[str, Any]:
    """The JSON schema of a study file, every registered kind included."""
    made = Study.model_json_schema(mode="validation")
    made["required"].remove("split")  # the study fills it in
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def part_of_schema(key: str) -> dict[str, Any]:
    """The JSON schema of a section or kind, or of one key of it. Raises InputError."""
    above, _, last = key.rpartition(".")
    try:
        return section(key).model_json_schema()
    except InputError:
        if _names_kind(key):
            raise
    schema = section(above).model_json_schema()
    if last not in schema["properties"]:
        raise _unknown(key, set(schema["properties"]))
    defined = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return {**schema["properties"][last], **defined}


def overview() -> list[str]:
    """All sections, and the kinds of each."""
    lines = ["A study is a TOML file. Its keys and sections:", ""]
    for name, field in Study.model_fields.items():
        group = SECTION_GROUPS.get(name)
        kinds = f"  kinds: {', '.join(sorted(addresses(group)))}" if group else ""
        lines.append(f"  {name:12} {_first(field.description)}{kinds}")
    lines += [
        "",
        "more: iatros schema training, iatros schema inputs.image, iatros schema encoder.resnet, iatros schema training.rate",
    ]
    return lines


def described(key: str) -> list[str]:
    """One section or kind with all its keys, or one key of it."""
    parts = key.split(".")
    try:
        return _keys_of(section(key), f"[{key}]")
    except InputError:
        if _names_kind(key):
            raise
    kind = section(".".join(parts[:-1]))
    fields = keys_of(kind)
    if parts[-1] not in fields:
        raise _unknown(key, set(fields))
    return list(_key_lines(parts[-1], fields[parts[-1]]))


def keys_of(kind: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a section or kind, as a study writes them."""
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def section(key: str) -> type[BaseModel]:
    """The class behind "training", "inputs.image", "encoder.resnet". Raises InputError."""
    parts = key.split(".")
    group = SECTION_GROUPS.get(parts[0])
    if group and len(parts) == 2:
        if parts[1] not in addresses(group):
            raise _unknown(key, {f"{parts[0]}.{kind}" for kind in addresses(group)})
        return load(group, parts[1])
    if group:
        raise _unknown(key, {f"{parts[0]}.{kind}" for kind in addresses(group)})
    current: type[BaseModel] = Study
    for part in parts:
        annotation = current.model_fields[part].annotation if part in current.model_fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            raise _unknown(
                key, set(Study.model_fields) | {f"{name}.{kind}" for name, g in SECTION_GROUPS.items() for kind in addresses(g)}
            )
        current = annotation
    return current


def _keys_of(kind: type[BaseModel], title: str) -> list[str]:
    lines = [title, *([f"  {_first(kind.__doc__)}"] if kind.__doc__ else []), ""]
    for name, field in keys_of(kind).items():
        lines += _key_lines(name, field)
    return lines


def _key_lines(name: str, field: FieldInfo) -> Iterator[str]:
    if field.is_required():
        default = "required"
    else:
        value = field.get_default(call_default_factory=True)
        default = f"default {default_words(value)}"
    yield f"  {name:14} {type_words(field.annotation)}; {default}"
    if field.description:
        yield f"  {'':14} {' '.join(field.description.split())}"


def type_words(annotation: Any) -> str:
    """What a key takes, in a word: `integer | "auto"`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return type_words(typing.get_args(annotation)[0])
    if origin is typing.Literal:
        return " | ".join(json.dumps(choice) for choice in typing.get_args(annotation))
    if origin in (typing.Union, types.UnionType):
        return " | ".join(type_words(a) for a in typing.get_args(annotation) if a is not type(None))
    if origin in (tuple, list):
        return f"[{type_words(typing.get_args(annotation)[0])}, ...]"
    if origin in (dict, Mapping):
        return "table"
    names = {int: "integer", float: "number", str: "text", bool: "true | false", Any: "text"}
    if isinstance(annotation, type) and issubclass(annotation, Kind):
        return f"a kind ({', '.join(g for g in GROUPS if g.startswith(annotation.__name__.lower()[:5]))})"
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def default_words(value: Any) -> str:
    """A default as a study would write it, or "none"."""
    if value is None:
        return "none"
    return json.dumps(value.model_dump(mode="json") if isinstance(value, BaseModel) else value, ensure_ascii=False, default=str)


def _names_kind(key: str) -> bool:
    """Is this a section ("training") or a kind ("inputs.image"), not a key of one?"""
    parts = key.split(".")
    return len(parts) == 1 or (len(parts) == 2 and parts[0] in SECTION_GROUPS)


def _first(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def _unknown(key: str, known: set[str]) -> InputError:
    above, dot, _ = key.rpartition(".")
    here = known if any("." in name for name in known) else {f"{above}{dot}{name}" for name in known}
    return InputError(
        Finding("error", f"there is no key `{key}`{did_you_mean(key, here)}", f"there are {', '.join(sorted(known))}")
    )
