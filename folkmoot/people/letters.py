"""Letters that this room writes: plain text, left in the outbox with their cause."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string

from folkmoot.common.outbox import enqueue


def words_of(letter: str, **words: object) -> dict[str, object]:
    """The letter ``emails/<letter>.txt`` as the outbox carries it: its subject and its text.

    The template's first line is the subject.
    """
    text = render_to_string(f"emails/{letter}.txt", {"site_url": settings.SITE_URL, **words})
    subject, _, body = text.strip().partition("\n")
    return {"subject": subject, "text": body.strip()}


def post(*, key: str, letter: str, to: str, at: dt.datetime, **words: object) -> None:
    """Leave the letter ``emails/<letter>.txt`` for ``to`` in the outbox, in this transaction.

    ``key`` names the cause, without personal data.
    """
    enqueue(key=key, kind="email", to=to, payload=words_of(letter, **words), at=at)
