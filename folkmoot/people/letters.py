"""Letters that this room writes: plain text, left in the outbox with their cause."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string

from folkmoot.common.outbox import enqueue


def post(*, key: str, letter: str, to: str, at: dt.datetime, **words: object) -> None:
    """Leave the letter ``emails/<letter>.txt`` for ``to`` in the outbox, in this transaction.

    The template's first line is the subject. ``key`` names the cause, without personal data.
    """
    text = render_to_string(f"emails/{letter}.txt", {"site_url": settings.SITE_URL, **words})
    subject, _, body = text.strip().partition("\n")
    enqueue(key=key, kind="email", to=to, payload={"subject": subject, "text": body.strip()}, at=at)
