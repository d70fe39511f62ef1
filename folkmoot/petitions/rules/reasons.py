"""Why a petition or a question is not accepted, hidden or sent elsewhere: the published standards.

The codes and their short words are those of the public record (``common.reasons``); here is what
each means, what it may lead to, and what is then shown. No Django.
"""

from __future__ import annotations

from dataclasses import dataclass

from folkmoot.common.reasons import MODERATION
from folkmoot.petitions.rules.states import HIDDEN, MERGED, REFERRED, REJECTED

# Why a petition was withdrawn: no moderator decided it.
BY_CREATOR, NO_SPONSORS = "by-creator", "no-sponsors"
WITHDRAWALS: dict[str, str] = {
    BY_CREATOR: "its creator withdrew it",
    NO_SPONSORS: "too few people supported it in time",
}

_REFUSED = frozenset({REJECTED, HIDDEN})


@dataclass(frozen=True, slots=True)
class Reason:
    """One published standard.

    ``standard`` says to people who write what is asked of them, ``words`` follow "because".
    ``leads_to``: the states that it may lead to. What is rejected stays listed with its title and
    its text, unless ``hides_words`` or ``hides_title``: that is what happens unless a moderator
    chooses otherwise.
    """

    code: str
    standard: str
    leads_to: frozenset[str] = _REFUSED
    hides_words: bool = False
    hides_title: bool = False

    @property
    def words(self) -> str:
        """Why, in words that follow "because"."""
        return MODERATION[self.code]


_ALL = (
    Reason("not-a-request", "Ask for something that somebody can do, in words that a neighbour "
           "understands."),
    Reason("duplicate", "Ask for something that no open petition asks that body for already. We "
           "join the two, and the older one goes on.", frozenset({MERGED})),
    Reason("not-this-body", "Ask the body that answers for the matter. We pass it to that body.",
           frozenset({REFERRED, REJECTED})),
    Reason("no-body-here", "Ask about a public service that a body on this site answers for."),
    Reason("own-procedure", "Use the procedure that the law gives where there is one: for a "
           "planning or licensing application, an appeal or a complaint to an ombudsman."),
    Reason("one-case", "Ask for what concerns many. For the case of one person or household there "
           "are complaints and appeals.", hides_words=True),
    Reason("private-facts", "Leave out private facts about anybody: health, family, address, "
           "beliefs, offences.", hides_words=True, hides_title=True),
    Reason("libel", "Say nothing of a person or an organisation that you could not prove and that "
           "harms their name.", hides_words=True, hides_title=True),
    Reason("sub-judice", "Leave out what is before a court.", hides_words=True),
    Reason("confidential", "Leave out what is confidential by law or by an order of a court.",
           hides_words=True, hides_title=True),
    Reason("offensive", "Attack the problem and not people. No threats, no abuse, no hatred.",
           hides_words=True, hides_title=True),
    Reason("unlawful", "Ask for nothing that breaks the law, and call on nobody to break it.",
           hides_words=True),
    Reason("advertising", "Do not advertise.", hides_words=True),
    Reason("party-political", "Do not ask for votes for or against a party or a candidate."),
    Reason("election-period", "In the weeks before an election, wait with what could bear on it. "
           "You can ask again when it is over."),
    Reason("hoax", "Mean what you ask."),
    Reason("staff", "Name no members of staff, and do not ask that somebody be dismissed, "
           "appointed or honoured.", hides_words=True, hides_title=True),
)  # fmt: skip

# Every reason by its code, in the order in which the standards are published.
REASONS: dict[str, Reason] = {reason.code: reason for reason in _ALL}


def reasons_for(state: str) -> tuple[Reason, ...]:
    """The reasons that may lead to a state, in their published order."""
    return tuple(reason for reason in _ALL if state in reason.leads_to)


def words_of(code: str) -> str:
    """Why, in words that follow "because", for any reason that a petition can carry; else ""."""
    return MODERATION.get(code) or WITHDRAWALS.get(code, "")
