"""Kinds of target: what each brings to the sections. One file each; `of` finds it.

A kind is a module with the functions of `Task`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from markupsafe import Markup

from iatros.predictions import Form
from iatros.report.parts import strangers
from iatros.report.reading import View
from iatros.report.section import NEW_HOSPITAL, Card, Caution, Part


class Task(Protocol):
    """What the module of a kind of target offers."""

    def short(self, view: View) -> Markup:
        """The answer in short, in natural frequencies where that can be."""

    def cards(self, view: View) -> list[Card]:
        """Four verdicts."""

    def cautions(self, view: View) -> list[Caution]:
        """Warnings by rule."""

    def good(self, view: View) -> Part:
        """How good is it?"""

    def help_(self, view: View) -> Part:
        """Would it help?"""

    def hospital(self, view: View) -> Part:
        """In my hospital?"""


def cards(view: View) -> list[Card]:
    """Four verdicts; where cases are sequences of no hospital, strangers among them stand in a new hospital's place."""
    found = of(view.form).cards(view)
    if not strangers.concern(view.reading):
        return found
    return [strangers.card(view) if card.question == NEW_HOSPITAL else card for card in found]


def of(form: Form) -> Task:
    """The module that knows this kind of target."""
    name = "binary" if form.binary else {"class": "several"}.get(form.task, form.task)
    return cast(Task, import_module(f"iatros.report.tasks.{name}"))
