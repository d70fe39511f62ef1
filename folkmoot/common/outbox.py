"""Messages that leave after commit: written with their cause, sent once, then forgotten.

``enqueue`` writes the message in the transaction that causes it, so it exists exactly when
its cause does. ``deliver_due`` claims a few messages for a lease, hands them one by one to
``send`` outside any transaction, and records what came of each before the next. A worker that
dies between handing a message over and recording it leaves a lapsed lease: the message is claimed
alone and sent once more, and if that worker dies too it is held for an operator, so nobody is ever
written to three times.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import takewhile

from django.db import connection, transaction
from django.db.models import F, Q

from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.models import Message
from folkmoot.common.statements import first, lazily, moment

# Longer than any one sending may take, so that a live worker never loses its claim.
LEASE = dt.timedelta(minutes=10)
# New messages are claimed so many at a time; a worker that has held them for this long gives
# back those that it has not begun with.
CLAIMED_AT_ONCE = 50
HELD = LEASE / 2
FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=6)
MAX_ATTEMPTS = 12
# After this long a failed message is of no more use to anyone, and its address is erased.
KEEP_FAILED = dt.timedelta(days=30)

_KEY = re.compile(r"[A-Za-z0-9]+(?:[-._:/][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as its sender sees it. ``attempt`` counts from 1."""

    key: str
    kind: str
    to: str
    payload: dict[str, object]
    attempt: int


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message about to be written, one of many; ``enqueue`` says what each field is."""

    key: str
    to: str
    payload: dict[str, object]
    due_at: dt.datetime
    kind: str = "email"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one run: messages sent, to be tried again, and given up."""

    sent: int = 0
    again: int = 0
    failed: int = 0


Send = Callable[[Outgoing], None]


def enqueue(
    *,
    key: str,
    kind: str,
    to: str,
    payload: dict[str, object],
    at: dt.datetime,
    due_at: dt.datetime | None = None,
) -> Message:
    """Write a message to leave at ``due_at`` (at once if None), in the caller's transaction.

    ``key`` names the cause, without personal data: it stays when the message is erased. A
    second message for the same key is the same message, which is returned. Raises BadInput
    for a malformed key, and RuntimeError outside a transaction.
    """
    _check([key])
    message, _ = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "to": to,
            "payload": payload,
            "created_at": at,
            "due_at": due_at or at,
        },
    )
    return message


def enqueue_many(messages: Iterable[NewMessage], *, at: dt.datetime) -> None:
    """Write many messages in the caller's transaction, in few statements.

    One whose key is there already is left as it is. Raises BadInput for a malformed key, and
    RuntimeError outside a transaction.
    """
    messages = list(messages)
    _check([message.key for message in messages])
    rows = [
        Message(
            key=message.key,
            kind=message.kind,
            to=message.to,
            payload=message.payload,
            created_at=at,
            due_at=message.due_at,
        )
        for message in messages
    ]
    Message.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _check(keys: Iterable[str]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a message belongs inside the transaction that causes it")
    if any(len(key) > 200 or not _KEY.fullmatch(key) for key in keys):
        raise BadInput(
            [Fault("message, key", "This is not a key.", "Use letters, digits and -._:/ only.")]
        )


def deliver_due(*, at: dt.datetime, limit: int, send: Send) -> Delivery:
    """Send up to ``limit`` messages that are due, and record what came of each.

    ``at`` is the time when the run begins; time that passes while sending is added to it.
    ``send`` returns when the message has been handed over and raises anything if it has not.
    Several workers may run at once. Raises RuntimeError inside a transaction.
    """
    began = time.monotonic()

    def now() -> dt.datetime:
        return at + dt.timedelta(seconds=time.monotonic() - began)

    done = Counter[str]()
    left = limit
    while left > 0:
        claimed = _claim(now(), min(left, CLAIMED_AT_ONCE))
        if not claimed:
            break
        give_back = now() + HELD
        for place, message in enumerate(claimed):
            if place and now() >= give_back:
                _release(claimed[place:])
                break
            done[_hand_over(message, send, now)] += 1
            left -= 1
    return Delivery(done[_SENT], done[_AGAIN], done[_FAILED])


_SENT, _AGAIN, _FAILED = "sent", "again", "failed"


def _hand_over(message: Message, send: Send, now: Callable[[], dt.datetime]) -> str:
    """Send one claimed message, and record what came of it: one of the three words above."""
    if message.failed_at is not None:
        return _FAILED
    try:
        send(Outgoing(message.key, message.kind, message.to, message.payload, message.attempts))
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        return _FAILED if _record_trouble(message, now(), error) else _AGAIN
    _record_sent(message, now())
    return _SENT


def _claim(now: dt.datetime, most: int) -> list[Message]:
    """Take due messages for a lease: new ones together, or one alone that stopped a worker.

    One that stopped two workers is given up, and comes alone too, with ``failed_at``.
    """
    with transaction.atomic(durable=True):
        # On PostgreSQL rows held by other workers are passed over; on SQLite the transaction
        # itself is exclusive from its beginning (transaction_mode IMMEDIATE).
        due = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(sent_at__isnull=True, failed_at__isnull=True, due_at__lte=now)
            .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
            .order_by("due_at", "pk")[:most]
        )
        if due and due[0].claimed_until is not None:
            return [_claim_again(due[0], now)]
        new = list(takewhile(lambda message: message.claimed_until is None, due))
        if new:
            for message in new:
                message.attempts += 1
                message.claimed_until = now + LEASE
            Message.objects.filter(pk__in=[message.pk for message in new]).update(
                attempts=F("attempts") + 1, claimed_until=now + LEASE
            )
        return new


def _claim_again(message: Message, now: dt.datetime) -> Message:
    """Take a message whose last worker died with it, or give it up if another had before.

    What that worker had claimed with it comes after it, so it had not begun with any of that.
    """
    _release(
        Message.objects.filter(
            claimed_until=message.claimed_until, sent_at__isnull=True, failed_at__isnull=True
        ).exclude(pk=message.pk)
    )
    message.unconfirmed += 1
    if message.unconfirmed > 1:
        message.failed_at = now
        message.claimed_until = None
        message.last_error = "stopped two workers"
    else:
        message.attempts += 1
        message.claimed_until = now + LEASE
    message.save(
        update_fields=["attempts", "claimed_until", "unconfirmed", "failed_at", "last_error"]
    )
    return message


def _release(messages: Iterable[Message]) -> None:
    """Give messages back that were claimed and not begun with."""
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        attempts=F("attempts") - 1, claimed_until=None
    )


_SENT_NOW = """UPDATE common_message SET sent_at = %s, claimed_until = NULL, "to" = '',
payload = '{}', last_error = '' WHERE id = %s"""


def _record_sent(message: Message, now: dt.datetime) -> None:
    """Note that it was sent, and erase to whom and what.

    Where the database's machine loses its power before that is on the disk, the message is one
    whose worker died: it is sent once more.
    """
    first(_SENT_NOW + lazily(), [moment(now), message.pk])


def _record_trouble(message: Message, now: dt.datetime, error: Exception) -> bool:
    """Plan another attempt, or give up: True if given up. Keeps the error's type only,
    because its words may hold an address."""
    giving_up = message.attempts >= MAX_ATTEMPTS
    wait = min(FIRST_WAIT * 2 ** (message.attempts - 1), LONGEST_WAIT)
    Message.objects.filter(pk=message.pk).update(
        claimed_until=None,
        due_at=now + wait,
        failed_at=now if giving_up else None,
        last_error=type(error).__name__,
    )
    return giving_up


def retry_failed(*, key: str, at: dt.datetime) -> None:
    """Put a message that was given up back in the queue. Raises NotFound if there is none."""
    back = Message.objects.filter(key=key, failed_at__isnull=False).exclude(to="")
    if not back.update(failed_at=None, due_at=at, attempts=0, unconfirmed=0, last_error=""):
        raise NotFound(f"No failed message has the key {key!r}.")


def forget_failed(*, at: dt.datetime) -> int:
    """Erase the address and words of messages given up ``KEEP_FAILED`` ago; how many."""
    old = Message.objects.filter(failed_at__lte=at - KEEP_FAILED).exclude(to="")
    return old.update(to="", payload={})


def forget_messages(keys: Collection[str]) -> int:
    """Give up the messages with these keys that still wait, and erase them; how many."""
    waiting = Message.objects.filter(key__in=keys)
    return waiting.filter(sent_at__isnull=True).delete()[0]


def forget_messages_to(address: str) -> int:
    """Give up every message that still waits for ``address``, and erase it; how many."""
    waiting = Message.objects.filter(to__iexact=address)
    return waiting.filter(sent_at__isnull=True).delete()[0]
