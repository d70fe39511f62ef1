"""A public question to an office: its life, and the answer that it makes owed. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from folkmoot.common.errors import Fault
from folkmoot.duties.rules import OwnRule
from folkmoot.petitions.rules import limits, states
from folkmoot.petitions.rules.reasons import reasons_for
from folkmoot.petitions.rules.writing import length_fault

CHECKED, ASKED, REJECTED, HIDDEN, WITHDRAWN = (
    "moderation",
    "asked",
    "rejected",
    "hidden",
    "withdrawn",
)
# States with their words on pages.
STATES: dict[str, str] = {
    CHECKED: "Being checked",
    ASKED: "Asked in public",
    REJECTED: "Not accepted",
    HIDDEN: "Hidden",
    WITHDRAWN: "Withdrawn by whoever asked",
}
# From each state, where a question may go. What was asked in public can be hidden, not unasked.
MOVES: dict[str, frozenset[str]] = {
    CHECKED: frozenset({ASKED, REJECTED, WITHDRAWN}),
    ASKED: frozenset({HIDDEN}),
    REJECTED: frozenset({ASKED, HIDDEN}),
    # What was hidden by mistake goes back to what it was.
    HIDDEN: frozenset({ASKED, REJECTED}),
    WITHDRAWN: frozenset(),
}
# Reasons of the published standards that are about petitions only.
NOT_FOR_QUESTIONS = frozenset({"duplicate"})
# The reasons of the published standards that a question may be refused or hidden for, by code.
REFUSALS = {
    reason.code: reason
    for reason in reasons_for(states.REJECTED)
    if reason.code not in NOT_FOR_QUESTIONS
}

# No law sets a number of days for this. It is what this site asks of every body alike.
QUESTION_RULE = OwnRule(
    "public-question",
    "2026-11-23",
    28,
    "An office that is asked a public question about a service that its body answers for, answers "
    "in public within 28 days.",
)


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question about to be asked.

    ``place`` is a GSS code, ``service`` and ``body`` are slugs, ``office`` is the slug of an
    office of that body or "" for the body. ``name`` is shown only if ``name_shown``. ``agreed``:
    whether the asker agreed that the question is published.
    """

    text: str
    place: str
    service: str
    body: str
    office: str = ""
    name: str = ""
    name_shown: bool = False
    agreed: bool = False


def faults_of(new: NewQuestion) -> list[Fault]:
    """Everything wrong with the words of a tidied question."""
    faults = length_fault("text", new.text, limits.QUESTION_LEAST, limits.QUESTION)
    if new.name_shown:
        faults += length_fault("name", new.name, limits.NAME_LEAST, limits.NAME)
    elif len(new.name) > limits.NAME:
        faults += length_fault("name", new.name, 0, limits.NAME)
    if not new.agreed:
        faults.append(
            Fault(
                "agreed",
                "A question is public, and may show what you think.",
                "Tick the box if you agree that it is published. Without that it cannot be asked.",
                kind="consent",
            )
        )
    for where, key in (("place", new.place), ("service", new.service), ("body", new.body)):
        if not key:
            faults.append(Fault(where, "Nothing is chosen.", f"Choose a {where}.", kind="empty"))
    return faults


def question_path(number: int) -> str:
    """Where the page of a question is."""
    return f"/questions/{number}/"


def readable(state: str, reason: str) -> bool:
    """Whether everybody may read the words: of what is asked, and of what was not accepted unless
    its reason hides them."""
    if state == REJECTED:
        return reason in REFUSALS and not REFUSALS[reason].hides_words
    return state == ASKED
