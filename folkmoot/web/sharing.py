"""Words to pass a petition on by: no button of anybody else's, only text and a letter."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from folkmoot.petitions.queries import PetitionLine


@dataclass(frozen=True, slots=True)
class Sharing:
    """``text`` to copy, which ends with ``link``; ``mail`` is the address of a letter with it, and
    ``embed`` what somebody writes into a page of their own to show the count there."""

    text: str
    link: str
    mail: str
    embed: str


def letter_to(subject: str, text: str) -> str:
    """The address that begins a letter to whomever its writer chooses."""
    return f"mailto:?subject={quote(subject)}&body={quote(text)}"


def sharing(line: PetitionLine) -> Sharing | None:
    """What to pass a petition on by, or None where its title may not be shown."""
    if not line.title:
        return None
    link = f"{settings.SITE_URL}{line.path}"
    asked = _("%(title)s: a petition to %(body)s.") % {"title": line.title, "body": line.body_name}
    if line.open:
        asked = _("%(asked)s Read it, and sign if you agree:") % {"asked": asked}
    text = f"{asked}\n{link}"
    title = _("Signatures")
    embed = f'<iframe src="{link}count/" title="{title}" width="320" height="200"></iframe>'
    return Sharing(text, link, letter_to(line.title, text), embed)
