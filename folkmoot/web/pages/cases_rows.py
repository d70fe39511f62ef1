"""A case as its page shows it: who did what when, in words, and the trace it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from folkmoot.bodies.rules import OFFICE_KINDS
from folkmoot.common.acts import WITHDRAWAL_REASONS
from folkmoot.common.plain_text import to_html
from folkmoot.duties.rules import OPEN_STATES
from folkmoot.duties.rules import REPLY as REPLY_DUTY
from folkmoot.framework.cases import rules
from folkmoot.framework.cases.queries import CaseFile, CaseLine, EventLine
from folkmoot.framework.cases.rules import Move
from folkmoot.framework.rules.facts import Fact
from folkmoot.framework.rules.trigger import Checked, Finding
from folkmoot.measures.rules.periods import label
from folkmoot.web.reporting import report_path


@dataclass(frozen=True, slots=True)
class FactRow:
    """A figure that a condition rests on, with where it is published."""

    measure: str
    period: str
    value: str
    shortfall: str
    release: str
    release_link: str
    row: int
    report_link: str


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition of a finding."""

    asks: str
    found: str
    met: bool
    group: int
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one thing done, as HTML; or why they are gone.

    ``id`` is that of words of the case; 0 for those of an answer, which are the duty's.
    """

    title: str
    office: str
    html: SafeString | None
    withdrawn: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing done in a case."""

    number: int
    on: dt.date
    who: str
    did: str
    why: str
    labels: tuple[str, ...]
    said: tuple[Said, ...]
    trace: tuple[ConditionRow, ...]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """What may be done next: by whom, from when, and where its form is."""

    did: str
    who: str
    earliest: dt.date | None
    link: str


def did_words() -> dict[str, str]:
    """What is done in a case, in words that follow the name of whoever did it."""
    return {
        rules.PROPOSE: _("proposed this step"),
        rules.REFUSE: _("was told that this is a matter for the local people"),
        rules.NOTICE: _("gave notice that it may step in"),
        rules.WITHDRAW: _("took the proposal back"),
        rules.LAPSE: _("let the notice lapse, as nobody had decided on it in time"),
        rules.REPLY: _("replied to the notice"),
        rules.DECIDE: _("decided"),
        rules.REVIEW: _("reviewed the step"),
        rules.END: _("ended the step"),
        rules.OVERRIDE: _("stepped in outside the framework, as an emergency"),
    }


def may_words() -> dict[str, str]:
    """What may be done next, as the words of a link."""
    return {
        rules.REPLY: _("Reply to the notice"),
        rules.DECIDE: _("Decide whether to step in"),
        rules.WITHDRAW: _("Take the proposal back"),
        rules.REVIEW: _("Review the step"),
        rules.END: _("End the step"),
    }


def office_name(office: str, names: Mapping[str, str]) -> str:
    """An office as people read it: "Department for Education (minister in charge)"."""
    body, _slash, post = office.partition("/")
    if body == "rule":
        return _("The rule itself")
    name = names.get(body, body)
    if not post:
        return name
    return f"{name} ({OFFICE_KINDS.get(post, post.replace('-', ' '))})"


def condition_rows(finding: Finding) -> tuple[ConditionRow, ...]:
    """The trace of a finding, in order."""
    return tuple(_condition(checked) for checked in finding.conditions)


def _condition(checked: Checked) -> ConditionRow:
    facts = tuple(_fact(fact) for fact in checked.rests_on)
    return ConditionRow(checked.asks, checked.found, checked.met, checked.trigger, facts)


def _fact(fact: Fact) -> FactRow:
    source, _slash, number = fact.release.partition("/")
    return FactRow(
        measure=fact.measure,
        period=label(fact.period),
        value="" if fact.value is None else f"{fact.value:g}",
        shortfall="" if fact.shortfall is None else f"{fact.shortfall:g}",
        release=number,
        release_link=f"/release/{source}/{number}/",
        row=fact.row,
        report_link=report_path(fact.release, fact.row),
    )


def _words(title: str, office: str, text: str, withdrawn: bool, reason: str, key: int = 0) -> Said:
    why = _(WITHDRAWAL_REASONS.get(reason, reason)) if withdrawn else ""
    return Said(title, office, None if withdrawn else to_html(text), why, key)


def _said(event: EventLine, names: Mapping[str, str]) -> Iterable[Said]:
    titles = {"reasons": _("Reasons"), "equality": _("What it does to different groups of people")}
    for words in event.words:
        title = titles.get(words.part, words.part)
        yield _words(title, "", words.text, words.withdrawn, words.withdrawn_reason, words.id)
    for answer in event.answers:
        title = _("In its own words") if answer.number == 1 else _("Correction")
        office = office_name(answer.office, names) if answer.number > 1 else ""
        yield _words(title, office, answer.text, answer.withdrawn, answer.withdrawn_reason)


def names_of(line: CaseLine) -> dict[str, str]:
    """Names of the two bodies of a case, by slug."""
    return {line.centre: line.centre_name, line.body: line.body_name}


def event_rows(file: CaseFile) -> tuple[EventRow, ...]:
    """Everything done in a case, oldest first."""
    names = names_of(file.line)
    did = did_words()
    return tuple(
        EventRow(
            number=event.number,
            on=event.on,
            who=office_name(event.office, names),
            did=did.get(event.what, event.what),
            why=event.reason_words if event.what != rules.REFUSE else "",
            labels=event.labels,
            said=tuple(_said(event, names)),
            trace=condition_rows(event.finding) if event.finding else (),
        )
        for event in file.events
    )


def titled(step: str, title: str) -> str:
    """A step in words: a framework without a ladder knows no title but the step's id."""
    return title if title != step else capfirst(step.replace("-", " "))


def step_words(line: CaseLine) -> str:
    """What was proposed, in words."""
    return titled(line.step, line.step_title)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as lists show it: ``step`` and ``service`` in words."""

    line: CaseLine
    step: str
    service: str


def case_rows(lines: Iterable[CaseLine], titles: Mapping[str, str]) -> list[CaseRow]:
    """Cases in their order; ``titles``: a service's slug → its title."""
    return [
        CaseRow(line, step_words(line), titles.get(line.service, line.service)) for line in lines
    ]


def owes_reply(file: CaseFile) -> bool:
    """Whether the body still owes its reply: in an emergency, or late, after the decision too."""
    return any(d.kind == REPLY_DUTY and d.state in OPEN_STATES for d in file.duties)


def moves_of(file: CaseFile) -> list[Move]:
    """What may be done next in a case, a reply that is still owed among it."""
    moves = list(file.moves)
    if owes_reply(file) and not any(move.what == rules.REPLY for move in moves):
        moves.insert(0, Move(rules.REPLY, file.line.body_name, file.line.notice_on))
    return moves


def move_rows(file: CaseFile) -> tuple[MoveRow, ...]:
    """What may be done next in a case, each with its form."""
    may = may_words()
    return tuple(
        MoveRow(may[move.what], move.who, move.earliest, f"{file.line.path}{move.what}/")
        for move in moves_of(file)
    )
