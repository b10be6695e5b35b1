"""The reference, made from the package itself: docstrings, the keys of every kind of study, the command's options.

In: what `iatros.cli` and the registries know. Out: Markdown in the place of `{{ keys }}` and `{{ verbs }}` on a page, and
docstrings as Sphinx reads them (ours are plain text, and keep their lines).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sphinx.application import Sphinx

from iatros.cli import app as command
from iatros.cli.keys import SECTION_GROUPS, default_words, keys_of, section, type_words
from iatros.registry import Kind, addresses
from iatros.study import Study

LIMITS = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))
SHORT = 60  # characters of a default that are shown


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("source-read", _filled)
    app.connect("autodoc-process-docstring", _as_written)
    return {"parallel_read_safe": True}


def _filled(app: Sphinx, page: str, source: list[str]) -> None:
    for mark, written in (("{{ keys }}", keys_page), ("{{ verbs }}", verbs_page)):
        if mark in source[0]:
            source[0] = source[0].replace(mark, "\n".join(written()))
    if page == app.config.root_doc:
        source[0] += "\n".join(_contents(source[0]))


def _contents(index: str) -> Iterator[str]:
    """The side bar: the links of each part of the index, under its heading. The index itself stays plain Markdown."""
    for part in re.split(r"^## ", index, flags=re.MULTILINE):
        pages = re.findall(r"\]\(([\w/-]+)\.md\)", part)
        caption = part.partition("\n")[0] if not part.startswith("# ") else "Start"
        if pages:
            yield from ("", "```{toctree}", ":hidden:", f":caption: {caption}", "", *dict.fromkeys(pages), "```", "")


def keys_page() -> Iterator[str]:
    """Every section of a study, and every registered kind of it, with all keys."""
    for name, field in Study.model_fields.items():
        yield from (f"## {name}", "", _sentence(field.description), "")
        if name in SECTION_GROUPS:
            for kind in sorted(addresses(SECTION_GROUPS[name])):
                yield from _kind(f"{name}.{kind}")
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(keys_of(field.annotation))
    yield from ("## encoder", "", "The network that reads one input: `[inputs.NAME.encoder]`.", "")
    for kind in sorted(addresses("encoders")):
        yield from _kind(f"encoder.{kind}")


def _kind(key: str) -> Iterator[str]:
    found = section(key)
    yield from (f"### {key}", "", _sentence(found.__doc__), "")
    yield from _keys({name: field for name, field in keys_of(found).items() if name != "kind"})


def _keys(fields: Mapping[str, FieldInfo], above: str = "") -> Iterator[str]:
    """One definition a key; those of a section within the section follow it."""
    for name, field in fields.items():
        takes = ", ".join([f"`{type_words(field.annotation)}`", *_limits(field)])
        yield from (f"`{above}{name}`", f": {takes}; {_default(field)}. {_sentence(field.description)}", "")
        inner = _inner(field.annotation)
        if inner is not None:
            yield from _keys(keys_of(inner), f"{above}{name}.")


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The section that a key holds, if it holds one: `augment` of an image."""
    choices = [annotation, *getattr(annotation, "__args__", ())]
    sections = [c for c in choices if isinstance(c, type) and issubclass(c, BaseModel) and not issubclass(c, Kind)]
    return sections[0] if sections else None


def _limits(field: FieldInfo) -> list[str]:
    """ "at least 1", "below 1"."""
    found = [(words, getattr(limit, name)) for limit in field.metadata for name, words in LIMITS if hasattr(limit, name)]
    return [f"{words} {value:g}" for words, value in found]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    shown = default_words(field.get_default(call_default_factory=True))
    if shown == "none":
        return "by default none"
    return f"by default `{shown}`" if len(shown) <= SHORT else "each of its keys has a default"


def verbs_page() -> Iterator[str]:
    """Every verb with what it does, its arguments and its options."""
    root: Any = typer.main.get_command(command)  # Any: a group of typer's own click
    yield from _verbs("iatros", root.commands)


def _verbs(above: str, verbs: Mapping[str, Any]) -> Iterator[str]:
    for name, verb in verbs.items():
        if hasattr(verb, "commands"):
            yield from _verbs(f"{above} {name}", verb.commands)
            continue
        usage = " ".join([above, name, *(_named(p) for p in verb.params if p.param_type_name == "argument")])
        yield from (f"## {above} {name}", "", f"`{usage}`", "", _sentence(verb.help), "")
        for parameter in verb.params:
            shown = ", ".join(parameter.opts) if parameter.param_type_name == "option" else _named(parameter)
            yield from (f"`{shown}`", f": {_sentence(parameter.help) or 'see above'}", "")


def _named(argument: Any) -> str:
    """STUDY, or [CASES] where it may be left out."""
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _sentence(text: str | None) -> str:
    """A docstring or description on one line, in Markdown. Angle brackets and braces stand for themselves."""
    flat = " ".join((text or "").split())
    return re.sub(r"(?<!`)<(?=\d)", r"\\<", flat)


def _as_written(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Our docstrings as reStructuredText: paragraphs as they are, lists of shapes and arguments line by line."""
    blocks = re.split(r"\n\s*\n", "\n".join(lines).strip())
    lines[:] = [line for block in blocks for line in (*_block(block.split("\n")), "")]


def _block(lines: list[str]) -> list[str]:
    if lines[0].lstrip().startswith(">>>"):
        return lines
    if any(re.search(r"\S {2,}\S", line) or line.startswith(" ") for line in lines):
        return ["::", "", *(f"    {line}" for line in lines)]
    if re.match(r"[\w`, ]+: ", lines[0]) and len(lines) > 1:
        return [f"| {_inline(line)}" for line in lines]
    return [_inline(line) for line in lines]


def _inline(line: str) -> str:
    """Single backticks as code; the characters that reStructuredText would read as something else as themselves."""
    parts = line.split("`")
    return "".join(f"``{part}``" if i % 2 else re.sub(r"([*_|\\])", r"\\\1", part) for i, part in enumerate(parts))
