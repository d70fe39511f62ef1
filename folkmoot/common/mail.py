"""Hands outbox messages of kind "email" to Django's mail backend (the console by default)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault
from folkmoot.common.outbox import Outgoing, Send
from folkmoot.common.purpose import labelled


def send_email(message: Outgoing) -> None:
    """Sends one message; returns when the mail server has taken it.

    The payload holds ``subject`` and ``text``, both plain. Its Message-ID comes from the
    message's key, so that a repeat can be told from a second message. Raises BadInput for
    another kind or a payload without them, and whatever the mail backend raises when it does
    not take it.
    """
    _email(message).send()


@contextmanager
def open_post() -> Iterator[Send]:
    """As ``send_email``, over one connection to the mail server for as long as this lasts.

    The connection is made when the first message is sent, and anew after any trouble.
    """
    line = get_connection()

    def send(message: Outgoing) -> None:
        email = _email(message)
        email.connection = line
        try:
            line.open()
            email.send()
        except BaseException:
            line.close()
            raise

    try:
        yield send
    finally:
        line.close()


def _email(message: Outgoing) -> EmailMessage:
    subject, text = message.payload.get("subject"), message.payload.get("text")
    if message.kind != "email" or not isinstance(subject, str) or not isinstance(text, str):
        raise BadInput(
            [
                Fault(
                    f"message {message.key}",
                    f"A message of kind {message.kind!r} cannot be sent as email.",
                    "Enqueue it as 'email' with a subject and a text.",
                )
            ]
        )
    name = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    if settings.REHEARSAL:
        made_up = _("This letter is from a rehearsal: what people and bodies do there is made up.")
        text = f"{made_up}\n\n{text}"
    return EmailMessage(
        subject=labelled(" ".join(subject.split())),
        body=text,
        to=[message.to],
        headers={"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"},
    )
