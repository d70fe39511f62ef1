"""A form in words: what is asked, what was typed, what is wrong with it; and why the law asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from folkmoot.common.acts import LEGAL_REASONS, MAX_NOTE_LENGTH
from folkmoot.common.errors import BadInput, Fault

# Room for a text and for what tidying takes away again.
_MOST = MAX_NOTE_LENGTH + 1000


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``kind``: "words" (lines of text), "choice", "day", "text" or "yes"."""

    name: str
    label: str
    kind: str = "words"
    hint: str = ""
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The questions of one act, with the words on its button."""

    what: str
    title: str
    button: str
    about: str
    fields: tuple[Field, ...]
    faults: tuple[Fault, ...] = ()

    def asked(self, typed: Mapping[str, Any]) -> Form:
        """The same form with what was typed into it."""
        return replace(
            self,
            fields=tuple(
                replace(field, value=str(typed.get(field.name, ""))[:_MOST].strip())
                for field in self.fields
            ),
        )

    def refused(self, faults: Sequence[Fault]) -> Form:
        """The same form with every fault beside its question."""
        own = {fault.where: fault for fault in reversed(faults)}
        return replace(
            self,
            faults=tuple(faults),
            fields=tuple(replace(field, fault=own.get(field.name)) for field in self.fields),
        )

    def sent(self, typed: Mapping[str, Any], do: Callable[[dict[str, Any]], object]) -> Form:
        """The same form once ``do`` was called with its values: with faults where that refused.

        Raises what ``do`` raises besides BadInput.
        """
        form = self.asked(typed)
        try:
            do(form.values())
        except BadInput as bad:
            return form.refused(bad.faults)
        return form

    @property
    def status(self) -> int:
        """The status of a page that shows it."""
        return BadInput.status if self.faults else 200

    def values(self) -> dict[str, Any]:
        """What was typed, as actions take it. Raises BadInput with everything that is no date."""
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        for field in self.fields:
            if field.kind == "day":
                try:
                    found[field.name] = day_of_text(field.name, field.value)
                except BadInput as bad:
                    faults += bad.faults
            elif field.kind == "yes":
                found[field.name] = field.value == "yes"
            else:
                found[field.name] = field.value
        if faults:
            raise BadInput(faults)
        return found


def day_of_text(where: str, text: str) -> dt.date | None:
    """A day as it was typed, None where nothing was. Raises BadInput."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        fault = Fault(where, _("This is not a date."), _("Write it as in 2027-05-06."))
        raise BadInput([fault]) from None


def legal_reasons() -> list[tuple[str, str]]:
    """Each reason of law for which words may go, with its words."""
    return [(code, _(words)) for code, words in LEGAL_REASONS.items()]


def legal_fields(why: str) -> tuple[Field, Field]:
    """What is asked before words go for law: ``why``, and that whoever does it is sure."""
    return (
        Field("reason", why, "choice", choices=(("", _("Choose")), *legal_reasons())),
        Field("sure", _("I am sure: this cannot be undone"), "yes"),
    )


def legal_faults(reason: str, *, sure: bool) -> list[Fault]:
    """What is wrong with the answers to them."""
    faults = []
    if reason not in LEGAL_REASONS:
        what = _("There is no such reason.") if reason else _("You did not say why.")
        faults.append(Fault("reason", what, _("Choose why the law asks for it."), value=reason))
    if not sure:
        remedy = _("Tick the box. It cannot be undone.")
        faults.append(Fault("sure", _("You did not say that you are sure."), remedy))
    return faults
