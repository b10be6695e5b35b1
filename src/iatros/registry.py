"""Kinds by name: which class a `kind = "..."` in a study stands for.

In: a group ("modalities", "encoders", ...) and a word. Out: the class, imported now and not before.
A registry is the dictionary `KINDS` of the group's package, kind -> "module:Class", filled further by entry points
`iatros.GROUP` of other packages.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

GROUPS = ("modalities", "targets", "encoders", "fusions", "safeguards", "splits")
NEAR = 0.6  # similarity from which a word is offered as the one that was meant


class Kind(BaseModel):
    """What a study may say about one input, target, encoder, fusion, safeguard or split. The methods stand on the same class.

    A subclass that can be named sets `kind: Literal["name"] = "name"`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: str


K = TypeVar("K", bound=Kind)


@cache
def addresses(group: str) -> Mapping[str, str]:
    """Kind -> "module:Class" of a group: our own, and those that installed packages add. Imports none of them."""
    own: dict[str, str] = dict(import_module(f"iatros.{group}").KINDS)
    own.update({point.name: point.value for point in entry_points(group=f"iatros.{group}")})
    return own


def load(group: str, kind: str) -> type[Kind]:
    """The class of a kind. Raises KeyError, whose text offers the nearest known kind."""
    known = addresses(group)
    if kind not in known:
        raise KeyError(f"unknown kind `{kind}`{did_you_mean(kind, known)}; there are {', '.join(sorted(known))}")
    module, _, name = known[kind].partition(":")
    found: type[Kind] = getattr(import_module(module), name)
    return found


def register(group: str, kind: str, address: str) -> None:
    """Add a kind while the program runs (a notebook, a test): `register("targets", "toy", "mymodule:Toy")`."""
    own: dict[str, str] = import_module(f"iatros.{group}").KINDS
    own[kind] = address
    addresses.cache_clear()


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=NEAR)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean `table`?)`, or nothing where no known word is near."""
    meant = nearest(word, known)
    return f" (did you mean `{meant}`?)" if meant else ""


class _OfGroup:
    """Pydantic's view of "any kind of this group": a table with `kind`, a bare word, or the object itself."""

    def __init__(self, group: str, default: str | None = None) -> None:
        self.group = group
        self.default = default

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda kind: kind.model_dump(mode="json", exclude_none=True)
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        choices = [handler(load(self.group, kind).__pydantic_core_schema__) for kind in sorted(addresses(self.group))]
        return {"anyOf": [*choices, {"enum": sorted(addresses(self.group))}]}  # a bare word is the kind with its defaults

    def _validate(self, value: Any) -> Kind:
        if isinstance(value, Kind):
            return value
        if isinstance(value, str):
            value = {"kind": value}
        if not isinstance(value, Mapping):
            raise PydanticCustomError("kind_type", "expected a table with a `kind`, or the name of a kind")
        kind = value.get("kind", self.default)
        if kind is None:
            raise PydanticCustomError(
                "kind_missing", "`kind` is missing; there are {known}", {"known": ", ".join(sorted(addresses(self.group)))}
            )
        try:
            found = load(self.group, str(kind))
        except KeyError as missing:
            raise PydanticCustomError("kind_unknown", "{what}", {"what": missing.args[0], "key": "kind"}) from None
        try:
            return found.model_validate({**value, "kind": kind})
        except ValidationError as wrong:
            said = "; ".join(
                f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}".removeprefix(": ") for e in wrong.errors()
            )
            raise PydanticCustomError("nested", "{said}", {"said": said, "inner": wrong.errors()}) from wrong


def of(group: str, kind: type[K], default: str | None = None) -> type[K]:
    """The type of a field that holds any registered kind of a group: `encoder: of("encoders", Encoder) | None = None`."""
    annotated: Any = Annotated[kind, _OfGroup(group, default)]
    return annotated  # type: ignore[no-any-return]  # mypy cannot follow a type made while the program runs


def kinds(group: str) -> list[type[Kind]]:
    """All classes of a group, imported: for schemas, reference pages and contract tests."""
    return [load(group, kind) for kind in sorted(addresses(group))]
