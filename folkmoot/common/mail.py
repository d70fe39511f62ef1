"""Hands outbox messages of kind "email" to Django's mail backend (the console by default)."""

from __future__ import annotations

from django.core.mail import EmailMessage

from folkmoot.common.errors import BadInput, Fault
from folkmoot.common.outbox import Outgoing


def send_email(message: Outgoing) -> None:
    """Sends one message; returns when the mail server has taken it.

    The payload holds ``subject`` and ``text``, both plain. Raises BadInput for another kind or a
    payload without them, and whatever the mail backend raises when it does not take it.
    """
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
    EmailMessage(subject=subject, body=text, to=[message.to]).send()
