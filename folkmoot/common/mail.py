"""Outgoing messages as plain-text email."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from folkmoot.common.outbox import Outgoing


def send_email(message: Outgoing) -> None:
    """Send ``message``, whose payload holds ``subject`` and ``text``, by Django's mail backend.

    Its Message-ID comes from its key, so that a repeat can be told from a second message.
    Raises KeyError without subject or text, and whatever the mail backend raises.
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    name = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    EmailMessage(
        subject=" ".join(str(message.payload["subject"]).split()),
        body=str(message.payload["text"]),
        to=[message.to],
        headers={"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"},
    ).send()
