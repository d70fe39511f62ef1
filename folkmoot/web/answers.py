"""Who answers, who holds the office, and what is owed, ready to print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from folkmoot.bodies.queries import body_path
from folkmoot.bodies.rules import Answer, HolderLine, Law, Member, Note, OfficeLine, ServiceAnswers
from folkmoot.duties.queries import DutyLine
from folkmoot.duties.rules import KINDS, OF_CASES, REVIEW
from folkmoot.framework.cases.course import case_path
from folkmoot.petitions.queries_answers import answer_path
from folkmoot.petitions.rules.answering import OF_PETITIONS
from folkmoot.web.requirements import day


@dataclass(frozen=True, slots=True)
class Responsible:
    """Somebody who answers: a body, its office, and who holds that.

    ``holder`` names the person; ``unknown`` is whether a person holds the office and nobody has
    told this site who. ``possible`` is whether it is one of several, ``each`` whether several
    answer, each for its own part; ``share`` says how much of the place is its own, in words.
    ``what`` is what it decides, delivers or has no say in.
    """

    role: str
    who: str
    link: str
    homepage: str
    office: str
    holder: str
    holder_source: str
    unknown: bool
    possible: bool
    each: bool
    share: str
    what: tuple[tuple[str, str], ...]
    laws: tuple[Law, ...]
    since: str


def holder_words(holder: HolderLine | None) -> str:
    """ "Steve Race (Labour), since 4 July 2024"."""
    if holder is None:
        return ""
    party = f" ({holder.party})" if holder.party else ""
    return _("%(name)s%(party)s, since %(day)s") % {
        "name": holder.name,
        "party": party,
        "day": day(holder.since),
    }


def _share(share: float | None) -> str:
    if share is None or share >= 0.995:
        return ""
    if share < 0.005:
        return _("less than 1 in 100 of the place")
    return _("about %(share)d in 100 of the place") % {"share": round(share * 100)}


def responsible(answer: Answer) -> Responsible:
    """``answer`` ready to print."""
    what = [
        (title, text)
        for title, text in (
            (_("Decides:"), answer.decides),
            (_("Delivers:"), answer.delivers),
            (_("Has no say in:"), answer.no_say),
        )
        if text
    ]
    office = answer.office
    return Responsible(
        role=answer.role,
        who=answer.who,
        link=body_path(answer.body.slug) if answer.body else "",
        homepage=answer.body.homepage if answer.body else "",
        office=office.title if office is not None and not office.whole else "",
        holder=holder_words(answer.holder),
        holder_source=answer.holder.source if answer.holder else "",
        unknown=answer.holder_unknown,
        possible=answer.possible,
        each=answer.each,
        share=_share(answer.share),
        what=tuple(what),
        laws=answer.laws,
        since=day(answer.since) if answer.since else "",
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """A member of parliament who may speak for people in a place.

    ``exact`` where the address asked about is in the constituency; ``possible`` where that is
    not known and it is one of several.
    """

    constituency: str
    holder: str
    unknown: bool
    link: str
    exact: bool
    possible: bool


@dataclass(frozen=True, slots=True)
class Speakers:
    """The members of a place in their order; the ``exact`` one apart, where it is known."""

    exact: Speaker | None
    others: tuple[Speaker, ...]

    @property
    def possible(self) -> bool:
        """Whether the others are possible ones."""
        return any(speaker.possible for speaker in self.others)


def speakers(members: Iterable[Member], code: str = "") -> Speakers:
    """Members ready to print, the one of the constituency with this ``code`` first.

    A code of none of them tells nothing.
    """
    found = list(members)
    known = any(member.code == code for member in found if code)
    lines = [
        Speaker(
            member.constituency,
            holder_words(member.office.holder),
            member.office.holder is None,
            f"{body_path(member.office.key.partition('/')[0])}#{member.office.slug}",
            exact=known and member.code == code,
            possible=member.possible and not known,
        )
        for member in found
    ]
    return Speakers(
        next((line for line in lines if line.exact), None),
        tuple(line for line in lines if not line.exact),
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """An answer owed or given: what it is, a sentence on how it stands, and where it is told.

    ``answer`` is where its body answers, "" where that is done or is done on the duty's own page.
    ``waivable``: whether it is of a kind that may be waived.
    """

    id: int
    what: str
    says: str
    state: str
    body: str
    body_link: str
    link: str
    answer: str = ""
    waivable: bool = True


def _answer_link(line: DutyLine) -> str:
    """Where an answer that is still owed to a petition, or in a case, is given."""
    number = line.subject.rpartition(":")[2]
    if not line.open or not number.isdigit():
        return ""
    if line.kind in OF_CASES:
        return case_path(int(number), "record") + f"{line.kind}/"
    return answer_path(int(number), line.id) if line.kind in OF_PETITIONS else ""


def owed(line: DutyLine) -> Owed:
    """A duty ready to print. Its link is "" while it has no page of its own."""
    return Owed(
        id=line.id,
        what=_(KINDS.get(line.kind, line.kind)),
        says=line.says,
        state=line.state,
        body=line.body_name,
        body_link=body_path(line.body),
        link=line.path if has_page(line.path) else "",
        answer=_answer_link(line),
        waivable=line.kind != REVIEW,
    )


def has_page(path: str) -> bool:
    """Whether this site answers at an address of its own."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Answers:
    """Everybody who answers for one service in one place, by what they do, and what is open."""

    service: str
    title: str
    decides: tuple[Responsible, ...]
    delivers: tuple[Responsible, ...]
    others: tuple[Responsible, ...]
    gaps: tuple[Note, ...]
    overlaps: tuple[Note, ...]
    elsewhere: tuple[Note, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.decides or self.delivers or self.others)


def answers_of(found: ServiceAnswers) -> Answers:
    """The answers for one service, ready to print."""
    lines = [responsible(answer) for answer in found.answers]
    return Answers(
        service=found.service,
        title=found.title,
        decides=tuple(line for line in lines if line.role == "decides"),
        delivers=tuple(line for line in lines if line.role == "delivers"),
        others=tuple(line for line in lines if line.role not in ("decides", "delivers")),
        gaps=found.gaps,
        overlaps=found.overlaps,
        elsewhere=found.elsewhere,
    )


@dataclass(frozen=True, slots=True)
class Post:
    """An office of a body and who holds it."""

    slug: str
    title: str
    law: Law | None
    holders: tuple[str, ...]
    source: str
    as_at: str
    unknown: bool


def post_of(office: OfficeLine) -> Post:
    """An office ready to print."""
    return Post(
        slug=office.slug,
        title=office.title,
        law=office.law,
        holders=tuple(holder_words(holder) for holder in office.holders),
        source=office.holders[0].source if office.holders else "",
        as_at=day(office.holders[0].as_at) if office.holders else "",
        unknown=not office.holders and not office.whole,
    )
