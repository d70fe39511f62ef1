"""Letters to people who signed, many at a time and off the request.

The letter, not the page, says whether somebody has signed already or whether there is room for
another name at an address, so that nobody but its owner learns it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.outbox import NewMessage, enqueue_many
from folkmoot.people.letters import words_of
from folkmoot.people.retention import FAILED_MAIL
from folkmoot.petitions import tokens
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PENDING, SET_ASIDE
from folkmoot.petitions.rules import limits

CONFIRM, ALREADY, NO_ROOM = "petition_confirm", "petition_signed_already", "petition_no_room"

# Places for what differs from letter to letter. No text from people holds such a character.
_MARK = "\x01"
_MARKED = re.compile(f"{_MARK}(\\w+){_MARK}")
_DIFFERS = ("name", "confirm", "code", "take_back")


@dataclass(frozen=True, slots=True)
class Form:
    """A letter that was rendered once, to be filled in many times: text and keys by turns."""

    subject: tuple[str, ...]
    text: tuple[str, ...]

    def filled(self, words: Mapping[str, str]) -> dict[str, object]:
        """The letter with these words in its places, as the outbox carries it."""
        return {"subject": _fill(self.subject, words), "text": _fill(self.text, words)}


def _fill(parts: tuple[str, ...], words: Mapping[str, str]) -> str:
    return "".join(words[part] if odd % 2 else part for odd, part in enumerate(parts))


def form(letter: str, petition: Petition, shown: bool) -> Form:
    """The letter to signers of one petition, with places for what differs."""
    title = _("Petition %(number)s") % {"number": petition.pk}
    words = words_of(
        letter,
        title=title if petition.title_hidden else petition.title,
        number=petition.pk,
        shown=shown,
        days=limits.CONFIRM_WITHIN.days,
        failed=FAILED_MAIL.after.days,
        **{key: f"{_MARK}{key}{_MARK}" for key in _DIFFERS},
    )
    return Form(
        tuple(_MARKED.split(str(words["subject"]))), tuple(_MARKED.split(str(words["text"])))
    )


def confirming_key(signature: int) -> str:
    """The key in the outbox of the letter that asks somebody to confirm a signature."""
    return f"petition/letter/{signature}"


@transaction.atomic
def write_letters(*, at: dt.datetime, limit: int = 500) -> int:
    """Write to up to ``limit`` people who signed and have had no letter; how many.

    Letters and the note that they were written are one transaction: killed at any moment, each
    is written once. Several may run at once.
    """
    rows = list(
        Signature.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(state=PENDING, letter_at__isnull=True)
        .order_by("pk")[:limit]
    )
    if not rows:
        return 0
    petitions = Petition.objects.in_bulk({row.petition_id for row in rows})
    signed = _signed(rows)
    forms: dict[tuple[str, int, bool], Form] = {}
    messages = []
    for row in rows:
        letter, about = _letter(row, signed[row.petition_id, row.address_key])
        key = (letter, row.petition_id, row.name_shown)
        if key not in forms:
            forms[key] = form(letter, petitions[row.petition_id], row.name_shown)
        words = {
            "name": row.name,
            "confirm": tokens.make(tokens.CONFIRM, row.pk),
            "code": tokens.code(row.pk),
            "take_back": tokens.make(tokens.TAKE_BACK, about),
        }
        payload = forms[key].filled(words)
        messages.append(NewMessage(confirming_key(row.pk), row.email, payload, at))
    enqueue_many(messages, at=at)
    Signature.objects.filter(pk__in=[row.pk for row in rows]).update(letter_at=at)
    return len(rows)


def _signed(rows: Iterable[Signature]) -> dict[tuple[int, str], list[Signature]]:
    """By petition and address: the signatures that stand."""
    found: dict[tuple[int, str], list[Signature]] = defaultdict(list)
    others = Signature.objects.filter(
        address_key__in={row.address_key for row in rows}, state__in=(CONFIRMED, SET_ASIDE)
    ).exclude(address_key="")
    for other in others.only("petition_id", "address_key", "person_key", "postcode"):
        found[other.petition_id, other.address_key].append(other)
    return found


def _letter(row: Signature, others: list[Signature]) -> tuple[str, int]:
    """(Which letter to write, the number of the signature that it tells how to take back)."""
    for other in others:
        if other.person_key == row.person_key:
            return ALREADY, other.pk
    full = len(others) >= limits.NAMES_PER_ADDRESS
    if full or any(not row.postcode or other.postcode != row.postcode for other in others):
        return NO_ROOM, row.pk
    return CONFIRM, row.pk
