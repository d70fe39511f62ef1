"""A petition's page in words: how it stands, how far it is to an answer, what happened when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.people.queries import day_of
from folkmoot.petitions.queries import DecisionLine, PetitionFile, ThresholdLine
from folkmoot.petitions.queries_meetings import DebateDue, next_for_debate
from folkmoot.petitions.rules.moderation import APPEAL
from folkmoot.petitions.rules.reasons import words_of
from folkmoot.petitions.rules.states import HIDDEN, OPEN, REJECTED, STATES
from folkmoot.petitions.rules.thresholds import DEBATE, KINDS, SITE_SCHEME
from folkmoot.web.meetings import When, debate_ahead, debate_owed, within


def signatures_words(number: int) -> str:
    """ "1,312 signatures"."""
    return ngettext("%(n)s signature", "%(n)s signatures", number) % {"n": f"{number:,}"}


def status(file: PetitionFile) -> str:
    """How a petition stands, most important first: "312 signatures; 188 more make a written
    answer owed. Open for signatures until 3 May 2027: 161 days left."."""
    line, ahead = file.line, file.next_threshold
    if not counted(file):
        return standing(file)
    said = signatures_words(line.signatures)
    if line.open and ahead is not None:
        more = max(ahead.needed - line.signatures, 1)
        said = ngettext(
            "%(count)s; %(more)s more makes %(what)s owed",
            "%(count)s; %(more)s more make %(what)s owed",
            more,
        ) % {"count": said, "more": f"{more:,}", "what": _(KINDS[ahead.kind])}
    owed = " ".join(duty.says for duty in file.duties if duty.open)
    return " ".join(part for part in (f"{said}.", owed, standing(file)) if part)


def counted(file: PetitionFile) -> bool:
    """Whether it matters how many signed: it was opened once, and is not hidden."""
    return file.line.opened_on is not None and file.line.state != HIDDEN


def standing(file: PetitionFile) -> str:
    """Its state as a sentence, with the reason where there is one."""
    line = file.line
    why = words_of(line.reason)
    return f"{line.says.removesuffix('.')}: {why}." if why and not line.open else line.says


@dataclass(frozen=True, slots=True)
class Goal:
    """One threshold in words, with its bar. ``share``: "1 in 200 residents", or "".

    ``more`` explains when it is due, ``source`` is where the body published that; "" for nothing.
    """

    what: str
    more: str
    source: str
    needed: int
    share: str
    signatures: int
    reached: bool
    says: str
    link: str
    link_words: str

    @property
    def shown(self) -> int:
        """How long the bar is, of ``needed``."""
        return self.needed if self.reached else min(self.signatures, self.needed)


def goals(file: PetitionFile, today: dt.date) -> list[Goal]:
    """Every threshold of a petition, the lowest first: one query at most."""
    return [_goal(each, file, today) for each in file.thresholds]


def _when(each: ThresholdLine, file: PetitionFile, today: dt.date) -> When:
    """When what a threshold makes owed is due, or would be if it were reached today."""
    if each.kind != DEBATE or not (each.reached or file.line.open):
        return When(within(each.days))
    if each.reached:
        return debate_owed(DebateDue(each.meeting, each.days))
    return debate_ahead(each.days, next_for_debate(file.line.body, today, each.days))


def _goal(each: ThresholdLine, file: PetitionFile, today: dt.date) -> Goal:
    when = _when(each, file, today)
    number, duty = file.line.signatures, each.duty
    if each.reached_on is not None:
        said = _("Reached on %(day)s.") % {"day": f"{each.reached_on:%-d %B %Y}"}
    elif file.line.open:
        more = max(each.needed - number, 1)
        said = ngettext("%(n)s more to go.", "%(n)s more to go.", more) % {"n": f"{more:,}"}
    else:
        said = _("Not reached.")
    return Goal(
        what=_("%(what)s, %(when)s") % {"what": _(KINDS[each.kind]), "when": when.words},
        more=when.more,
        source=when.source,
        needed=each.needed,
        share=_("1 in %(n)s residents") % {"n": f"{round(1 / each.share):,}"} if each.share else "",
        signatures=number,
        reached=each.reached,
        says=said,
        link=duty.path if duty else "",
        link_words=duty.says if duty else "",
    )


def scheme_words(file: PetitionFile) -> str:
    """Whose numbers these are."""
    if file.scheme == SITE_SCHEME:
        return _(
            "These numbers are this site's own. English law sets none since the duty of councils "
            "to answer petitions was repealed (Localism Act 2011, section 46)."
        )
    if not file.scheme:
        return ""
    return _("These numbers are those that %(body)s adopted (version %(version)s).") % {
        "body": file.line.body_name,
        "version": file.scheme_version,
    }


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day. ``by`` is an office, or ""."""

    on: dt.date
    what: str
    by: str = ""


def history(file: PetitionFile) -> list[Event]:
    """What happened to a petition, the oldest first."""
    return sorted(_events(file), key=lambda event: event.on)


def _events(file: PetitionFile) -> Iterator[Event]:
    line = file.line
    yield Event(file.created_on, _("Begun."))
    yield from (_decision(each) for each in file.decisions)
    for each in file.thresholds:
        if each.reached_on is not None:
            words = {"n": f"{each.needed:,}", "what": _(KINDS[each.kind])}
            yield Event(each.reached_on, _("%(n)s signatures: %(what)s became owed.") % words)
    for sheet in file.paper:
        taken = signatures_words(sheet.taken)
        yield Event(sheet.on, _("%(n)s on paper were checked and taken in.") % {"n": taken})
    for batch in file.batches:
        many = signatures_words(batch.signatures)
        yield Event(batch.set_aside_on, _("%(n)s set aside as unusual.") % {"n": many})
        if batch.restored_on is not None:
            what = _("They were restored, but for those that their signers took back meanwhile.")
            yield Event(batch.restored_on, what)
    if file.erased_on is not None:
        erased = _("Its words were erased for law: %(why)s.") % {"why": file.erased_why}
        yield Event(file.erased_on, erased)
    for duty in file.duties:
        if duty.ended_on is not None:
            yield Event(duty.ended_on, duty.says)
    if line.ended_on is not None and line.state not in {REJECTED, HIDDEN}:
        yield Event(line.ended_on, standing(file))


def _decision(each: DecisionLine) -> Event:
    why = words_of(each.reason)
    if each.step == APPEAL:
        upheld = _("On appeal, the first decision was found wrong.")
        what = _("On appeal, the first decision stands.") if each.reason else upheld
        return Event(day_of(each.at), what, each.office)
    did = _("Opened for signatures") if each.outcome == OPEN else _(STATES[each.outcome])
    return Event(day_of(each.at), f"{did}: {why}." if why else f"{did}.", each.office)
