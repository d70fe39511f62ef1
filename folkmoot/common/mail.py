"""Hands outbox messages of kind "email" to Django's mail backend (the console by default).

Letters of one kind differ in a few words, so what is the same in their headers is checked and
folded once (``_Mail``); the bytes are those that Django would write.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.mime.text import MIMEText
from email.policy import Compat32, compat32
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, SafeMIMEText, get_connection
from django.core.mail.message import forbid_multi_line_headers
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


# Headers that many letters share. Those of one letter alone are none of these: nobody's address is
# kept in memory.
_SHARED = frozenset(
    {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From",
     "Auto-Submitted"}
)  # fmt: skip
_SHORT = 78
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")

_checked = lru_cache(maxsize=64)(forbid_multi_line_headers)


@lru_cache(maxsize=64)
def _folded(name: str, value: str, linesep: str) -> bytes:
    return compat32.clone(linesep=linesep).fold_binary(name, value)


class _Folding(Compat32):
    """Folds headers as the email package does, and remembers what many letters share."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as bytes, with the end of its line."""
        if type(value) is str:
            if name in _SHARED:
                return _folded(name, value, self.linesep)
            line = f"{name}: {value}"
            if len(line) <= _SHORT and _PLAIN.fullmatch(value):
                return f"{line}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_FOLDING = _Folding()


class _Mail(SafeMIMEText):
    """Mail of plain text as Django's own, against headers of several lines too; what many letters
    share is checked once."""

    def __setitem__(self, name: str, val: Any) -> None:
        check = _checked if name in _SHARED else forbid_multi_line_headers
        MIMEText.__setitem__(self, *check(name, val, self.encoding))


class _Letter(EmailMessage):
    """One letter of plain text to one address."""

    def message(self, **_policy: Any) -> Any:
        """The letter as mail: what Django makes of it, sooner. Later Djangos hand over a policy."""
        mail = _Mail(str(self.body), self.content_subtype, settings.DEFAULT_CHARSET)
        mail.policy = _FOLDING
        mail["Subject"] = self.subject
        mail["From"] = self.from_email
        mail["To"] = ", ".join(self.to)
        mail["Date"] = formatdate(localtime=settings.EMAIL_USE_LOCALTIME)
        for name, value in self.extra_headers.items():
            mail[name] = value
        return mail


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
    # The subject of a code to sign in holds the code: it must not be remembered.
    kind = EmailMessage if message.key.startswith("sign-in-code:") else _Letter
    return kind(
        subject=labelled(" ".join(subject.split())),
        body=text,
        to=[message.to],
        headers={"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"},
    )
