"""The forms by which offices act in cases: what each of them asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from folkmoot.common.reasons import DECISIONS, ENDINGS, REVIEWS
from folkmoot.framework.cases import rules
from folkmoot.framework.cases.queries import CaseFile
from folkmoot.web.forms import Field, Form
from folkmoot.web.pages.cases_rows import moves_of
from folkmoot.web.pages.cases_spaces import Space


def clock(space: Space, on: dt.date | None) -> tuple[Field, ...]:
    """The question that only a rehearsal asks: on which day this is done."""
    if not space.rehearsal:
        return ()
    hint = _("Move the clock of your rehearsal as far on as you like. In the record it is today.")
    return (Field("on", _("Day"), "day", hint, on.isoformat() if on else ""),)


def _choices(words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return (("", _("Choose")), *((key, _(text)) for key, text in words.items()))


def _reasons(title: str, hint: str = "") -> Field:
    said = hint or _("In plain words. It is published as you write it.")
    return Field("reasons", title, "words", said)


def equality() -> Field:
    """The equality statement that every decision carries."""
    return Field(
        "equality",
        _("What does this do to different groups of people?"),
        "words",
        _("Who gains and who loses by it, and how you weighed that. Every decision carries this."),
    )


def form_of(what: str, file: CaseFile, space: Space, today: dt.date) -> Form | None:
    """The form for something that may be done next in a case; None where it may not."""
    move = next((move for move in moves_of(file) if move.what == what), None)
    if move is None:
        return None
    day = max(day for day in (today, move.earliest) if day is not None)
    made = _FORMS[what](file, today)
    return replace(made, fields=(*made.fields, *clock(space, day)))


def _reply(file: CaseFile, today: dt.date) -> Form:
    due = file.line.reply_due
    fields = [Field("text", _("Your reply"), "words", _("It is published as you write it."))]
    # Asked for from the beginning, since a rehearsal may choose a day after the last one.
    fields.append(
        Field(
            "late",
            _("If the last day for a reply is over, give it as a late one all the same"),
            "yes",
            _("A late reply still ends what is owed. The decision need not wait for it."),
            "yes" if due is not None and today > due else "",
        )
    )
    return Form(
        rules.REPLY,
        _("Reply to the notice"),
        _("Publish the reply"),
        _("The reply is public at once and stays in the history of the case."),
        tuple(fields),
    )


def _decide(file: CaseFile, today: dt.date) -> Form:
    return Form(
        rules.DECIDE,
        _("Decide whether to step in"),
        _("Publish the decision"),
        _("A decision is made once. Going ahead needs the framework to allow it on that day too."),
        (
            Field("outcome", _("Decision"), "choice", "", "", _choices(DECISIONS)),
            _reasons(_("Reasons")),
            equality(),
        ),
    )


def _withdraw(file: CaseFile, today: dt.date) -> Form:
    return Form(
        rules.WITHDRAW,
        _("Take the proposal back"),
        _("Take it back"),
        _("The centre keeps out, and no reply is owed any more."),
        (_reasons(_("Why")),),
    )


def _review(file: CaseFile, today: dt.date) -> Form:
    return Form(
        rules.REVIEW,
        _("Review the step"),
        _("Publish the review"),
        _("A step whose exit test is met does not go on, nor one whose time is over."),
        (
            Field("outcome", _("What it comes to"), "choice", "", "", _choices(REVIEWS)),
            Field("text", _("The review"), "words", _("It is published as you write it.")),
        ),
    )


def _end(file: CaseFile, today: dt.date) -> Form:
    return Form(
        rules.END,
        _("End the step"),
        _("End it"),
        _("What is said of the ending must be so. The centre may always step out early."),
        (
            Field("ending", _("Why it ends"), "choice", "", "", _choices(ENDINGS)),
            _reasons(_("Reasons")),
        ),
    )


_FORMS = {
    rules.REPLY: _reply,
    rules.DECIDE: _decide,
    rules.WITHDRAW: _withdraw,
    rules.REVIEW: _review,
    rules.END: _end,
}
