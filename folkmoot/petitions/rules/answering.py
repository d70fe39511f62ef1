"""Answers to petitions and what comes of them: pure rules, told the day. No Django, no clock."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from folkmoot.common.errors import Fault
from folkmoot.duties.rules import (
    PETITION_ANSWER,
    PETITION_DEBATE,
    PETITION_HEARING,
    QUESTION,
    day_words,
)
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.writing import length_fault, one_line, paragraphs

# What an answer came to: its key, its name, and what it means to whoever chooses it.
OUTCOMES: dict[str, str] = {
    "agreed": "Agreed",
    "agreed-in-part": "Agreed in part",
    "not-agreed": "Not agreed",
    "already-done": "Already done",
    "to-be-decided": "To be decided later",
    "cannot-decide": "Cannot decide this",
    "noted": "Noted",
}
OUTCOME_HINTS: dict[str, str] = {
    "agreed": "What was asked for will be done.",
    "agreed-in-part": "Some of what was asked for will be done.",
    "not-agreed": "What was asked for will not be done.",
    "already-done": "What was asked for is done already, or is under way.",
    "to-be-decided": "The decision comes later. Say by when under what happens next.",
    "cannot-decide": "The law gives the decision to somebody else. Say to whom.",
    "noted": "It is taken into account, and nothing is decided because of it.",
}

# Kinds of duty that a petition makes owed; and those of this room, of which bodies are reminded.
OF_PETITIONS = frozenset({PETITION_ANSWER, PETITION_HEARING, PETITION_DEBATE})
REMINDED = OF_PETITIONS | {QUESTION}

BODY, CREATOR = "body", "creator"
KEPT, LATE, BROKEN = "kept", "late", "broken"
MARKS: dict[str, str] = {KEPT: "Kept", LATE: "Kept, but late", BROKEN: "Not kept"}
# How a commitment stands on a day. Nobody decides who is right where the two do not agree.
DUE, OVERDUE, DISPUTED = "due", "overdue", "disputed"
STATES: dict[str, str] = {
    DUE: "Not due yet",
    OVERDUE: "Overdue",
    **MARKS,
    DISPUTED: "Seen differently",
}

# Letters to signers leave at least this many a second. All of them are spread over two hours, as
# long as that takes no more than so many a second, and else over longer, up to twenty hours.
SLOWEST_LETTERS, USUAL_LETTERS = 1.0, 10.0
SPREAD_OVER, TOLD_WITHIN = dt.timedelta(hours=2), dt.timedelta(hours=20)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """Something that a body says it will do, and the last day for it."""

    text: str
    due: dt.date | None


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to a petition, about to be given. ``outcome`` is a key of ``OUTCOMES``."""

    outcome: str
    decided: str
    why: str
    next_steps: str = ""
    commitments: tuple[NewCommitment, ...] = ()


def tidied(new: NewAnswer) -> NewAnswer:
    """The same as it is kept: paragraphs tidied; a commitment is one line of text."""
    return replace(
        new,
        outcome=new.outcome.strip(),
        decided=paragraphs(new.decided),
        why=paragraphs(new.why),
        next_steps=paragraphs(new.next_steps),
        commitments=tuple(replace(each, text=one_line(each.text)) for each in new.commitments),
    )


def faults_of(new: NewAnswer, today: dt.date) -> list[Fault]:
    """Everything wrong with a tidied answer. A commitment's faults are at "commitment-1" and on,
    those of its day at "due-1" and on."""
    faults = []
    if new.outcome not in OUTCOMES:
        faults.append(Fault("outcome", "Nothing is chosen.", "Choose what the answer comes to."))
    promised = bool(new.commitments)
    faults += _words("decided", new.decided, "Say what was decided.")
    faults += _words("why", new.why, "Say why.")
    faults += _words("next_steps", new.next_steps, "" if promised else "Say what happens next.")
    if len(new.commitments) > limits.COMMITMENTS:
        what = f"There are {len(new.commitments)} commitments."
        faults.append(Fault("commitments", what, f"Make at most {limits.COMMITMENTS}."))
    for number, each in enumerate(new.commitments, start=1):
        what = f"Say what commitment {number} is, or leave out its day."
        faults += _words(f"commitment-{number}", each.text, what, limits.COMMITMENT)
        if each.due is None:
            what = f"Commitment {number} has no day."
            faults.append(Fault(f"due-{number}", what, "Say by when, as in 2027-05-06."))
        elif not today <= each.due <= today + limits.COMMITMENT_WITHIN:
            faults.append(
                Fault(
                    f"due-{number}",
                    f"{day_words(each.due)} is over, or very far away.",
                    "Name a day from today on, within five years.",
                    value=str(each.due),
                )
            )
    return faults


def _words(where: str, text: str, missing: str, most: int = limits.ANSWER_PART) -> list[Fault]:
    """A fault where there is no text, said by ``missing`` ("" where that is none), or too much."""
    if missing and not text:
        return [Fault(where, "Nothing is written here.", missing, kind="length", value="0")]
    return length_fault(where, text, 0, most)


# The parts of an answer, in order, with their headings in its text.
DECIDED, WHY, NEXT = "What was decided", "Why", "What happens next"


def promised_text(promised: Iterable[tuple[str, dt.date]]) -> str:
    """Commitments (text, last day) as they stand at the end of an answer: a line for each."""
    return "\n".join(f"- By {day_words(due)}: {text}" for text, due in promised)


def text_of(new: NewAnswer) -> str:
    """The words of the answer as they are published: plain text, in three parts."""
    promised = promised_text((each.text, each.due) for each in new.commitments if each.due)
    after = "\n\n".join(part for part in (new.next_steps, promised) if part)
    parts = ((DECIDED, new.decided), (WHY, new.why), (NEXT, after))
    return "\n\n".join(f"{title}\n{text}" for title, text in parts)


def parts_of(text: str, promised: str) -> tuple[tuple[str, str], ...]:
    """The parts of an answer's text, (heading, words), for pages that show ``promised`` apart.

    Words that nobody composed so are one part without a heading.
    """
    decided, _, rest = text.partition(f"\n\n{WHY}\n")
    why, _, after = rest.partition(f"\n\n{NEXT}\n")
    if not decided.startswith(f"{DECIDED}\n") or not why or not after:
        return (("", text),)
    after = after.removesuffix(promised).strip() if promised else after
    found = ((DECIDED, decided.removeprefix(f"{DECIDED}\n")), (WHY, why), (NEXT, after))
    return tuple((title, words) for title, words in found if words)


def state_of(due: dt.date, body: str, creator: str, today: dt.date) -> str:
    """How a commitment stands on a day: a key of ``STATES``.

    ``body`` and ``creator`` are the newest mark of each, or "". One mark alone holds.
    """
    said = {mark for mark in (body, creator) if mark}
    if len(said) > 1:
        return DISPUTED
    if said:
        return said.pop()
    return OVERDUE if today > due else DUE


def says(due: dt.date, state: str, today: dt.date) -> str:
    """How a commitment stands, as a sentence."""
    day = day_words(due)
    if state == DUE:
        left = (due - today).days
        return f"Due by {day}; {_days(left)} left." if left else "Due today."
    if state == OVERDUE:
        return f"Overdue since {day}; {_days((today - due).days)} late."
    if state == DISPUTED:
        return f"It was due by {day}. The body and the creator of the petition do not agree."
    return f"{MARKS[state]}; it was due by {day}."


def fault_of_mark(mark: str, by: str, due: dt.date, today: dt.date) -> list[Fault]:
    """What is wrong with marking a commitment so on a day: one fault, or none.

    Before its day is over nothing is late; and only the body can know then that it breaks it.
    """
    if mark not in MARKS:
        return [Fault("mark", "Nothing is chosen.", "Choose what became of it.")]
    early = mark == LATE or (mark == BROKEN and by == CREATOR)
    if early and today <= due:
        what = f"It is not due before the end of {day_words(due)}."
        return [Fault("mark", what, "Wait until that day is over.", value=mark)]
    return []


@dataclass(frozen=True, slots=True)
class Tally:
    """How many commitments stand in each state. ``ended``: those whose end somebody told."""

    due: int = 0
    overdue: int = 0
    kept: int = 0
    late: int = 0
    broken: int = 0
    disputed: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.due + self.overdue + self.ended

    @property
    def ended(self) -> int:
        """Those of which somebody said what became of them."""
        return self.kept + self.late + self.broken + self.disputed


def tally(states: Iterable[str]) -> Tally:
    """How many of these ``states`` there are of each."""
    return Tally(**Counter(states))


def shown_opinions(yes: int, no: int) -> tuple[int | None, int | None]:
    """How many said that it answered, and that it did not; None for what is not shown.

    A number of fewer than five people is hidden, and no total is ever shown beside it from which
    it could be worked out.
    """
    least = limits.SMALLEST_SHOWN
    return (yes if yes >= least else None, no if no >= least else None)


def slot_of(due: dt.date, today: dt.date, since: dt.date | None = None) -> str:
    """Which reminder is to be sent on a day, or "": the key of one that is sent once.

    "new" from ``since`` on (where there is one), then "14" and "3" days before it is due, then
    "overdue-1", "overdue-2" and on, one a week. A day on which nobody looked is made good later.
    """
    left = (due - today).days
    if left < 0:
        return f"overdue-{(-left - 1) // _WEEK + 1}"
    for days in sorted(limits.REMIND_BEFORE):
        if left <= days:
            return str(days)
    return "new" if since is not None and today >= since else ""


def letters_a_second(signers: int) -> float:
    """How many letters about an answer may leave in a second, where so many signed."""
    usual = min(signers / SPREAD_OVER.total_seconds(), USUAL_LETTERS)
    return max(SLOWEST_LETTERS, usual, signers / TOLD_WITHIN.total_seconds())


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


# The links in letters count these for ever: only add to the end, to eight at most.
_KINDS_IN_LINKS = (PETITION_ANSWER, PETITION_HEARING, PETITION_DEBATE)
_ROOM = 8


def number_of_opinion(kind: str, signature: int) -> int:
    """One number for an answer of a ``kind`` and a signer of its petition, for the link to say
    an opinion: a petition is owed one answer of a kind."""
    return signature * _ROOM + _KINDS_IN_LINKS.index(kind)


def numbers_of_opinion(number: int) -> tuple[str, int]:
    """(kind, signature) of such a number; the kind is "" where there is none."""
    signature, kind = divmod(number, _ROOM)
    return (_KINDS_IN_LINKS[kind] if kind < len(_KINDS_IN_LINKS) else "", signature)
