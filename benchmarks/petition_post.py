"""A mail backend for benchmarks/petition_load.py: makes each message in full, and files it.

Everything but the mail server itself is done as in use. The file is what the post brings to the
people of the benchmark, who find the link to confirm in it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Post(BaseEmailBackend):
    """Appends messages to the file that PETITION_POST names, one write for each."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__()
        self.file = os.open(os.environ["PETITION_POST"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def close(self) -> None:
        """Forget the file; a later ``open`` of another backend opens it anew."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Files every message; how many."""
        for message in email_messages:
            os.write(self.file, message.message().as_bytes() + b"\n\n")
        return len(email_messages)
