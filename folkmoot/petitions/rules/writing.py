"""What somebody writes to begin a petition: plain text, tidied, with every fault at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from folkmoot.common.errors import Fault
from folkmoot.common.plain_text import tidy
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.signing import name_faults

_SPACES = re.compile(r"\s+")
_GAPS = re.compile(r"\n{3,}")
# At least this many letters and figures: a title of dots asks for nothing.
_LETTERS = 5


@dataclass(frozen=True, slots=True)
class NewPetition:
    """A petition about to be written, or written anew.

    ``title`` is what is asked for. ``place`` is a GSS code; ``service`` and ``body`` are slugs;
    ``office`` is the slug of an office of that body, or "" for the body. ``creator_name`` is shown
    only if ``creator_shown``. ``term``: days that it is to be open, one of ``limits.TERMS``.
    """

    title: str
    background: str
    detail: str
    place: str
    service: str
    body: str
    office: str = ""
    creator_name: str = ""
    creator_shown: bool = False
    term: int = limits.USUAL_TERM


def one_line(text: str) -> str:
    """``text`` tidied, on one line, with single spaces."""
    return _SPACES.sub(" ", tidy(text)).strip()


def paragraphs(text: str) -> str:
    """``text`` tidied, with no more than one empty line at a time."""
    lines = "\n".join(line.rstrip() for line in tidy(text).split("\n"))
    return _GAPS.sub("\n\n", lines).strip()


def tidied(words: NewPetition) -> NewPetition:
    """The same as it is kept: lines and paragraphs tidied, keys without spaces around them."""
    return replace(
        words,
        title=one_line(words.title),
        background=paragraphs(words.background),
        detail=paragraphs(words.detail),
        place=words.place.strip().upper(),
        service=words.service.strip(),
        body=words.body.strip(),
        office=words.office.strip(),
        creator_name=one_line(words.creator_name),
    )


def length_fault(where: str, text: str, least: int, most: int) -> list[Fault]:
    """A fault where ``text`` is shorter or longer, in characters, than it may be."""
    length = len(text)
    if least <= length <= most:
        return []
    what = f"This has {length} characters." if length else "Nothing is written here."
    remedy = f"Write between {least} and {most}." if least else f"Write at most {most}."
    return [Fault(where, what, remedy, kind="length", value=str(length))]


def faults_of(words: NewPetition) -> list[Fault]:
    """Everything wrong with tidied ``words``, whatever the place and body are."""
    faults = [
        *length_fault("title", words.title, limits.TITLE_LEAST, limits.TITLE),
        *length_fault("background", words.background, limits.BACKGROUND_LEAST, limits.BACKGROUND),
        *length_fault("detail", words.detail, 0, limits.DETAIL),
        *name_faults(words.creator_name, "creator_name"),
    ]
    if not faults and sum(c.isalnum() for c in words.title) < _LETTERS:
        faults.append(
            Fault("title", "There are hardly any letters.", "Say in words what you ask for.")
        )
    for where, key in (("place", words.place), ("service", words.service), ("body", words.body)):
        if not key:
            faults.append(Fault(where, "Nothing is chosen.", f"Choose a {where}.", kind="empty"))
    if words.term not in limits.TERMS:
        known = ", ".join(str(term) for term in limits.TERMS)
        faults.append(
            Fault("term", "This term is not offered.", f"Choose one of {known} days.",
                  value=str(words.term))
        )  # fmt: skip
    return faults
