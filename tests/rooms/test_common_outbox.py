import contextlib
import datetime as dt
import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.mail import BadHeaderError, EmailMessage
from django.db import connection, transaction
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common import mail, outbox
from folkmoot.common.errors import BadInput, NotFound
from folkmoot.common.mail import _email, send_email
from folkmoot.common.models import Message
from folkmoot.people.actions import ask_for_code

FAKE = Faker("en_GB")
FAKE.seed_instance(20261123)


class Postbox:
    """Keeps what it was handed; refuses the keys it is told to."""

    def __init__(self, refuse=()):
        self.handed = []
        self.refuse = set(refuse)
        self.lock = threading.Lock()

    def __call__(self, message):
        with self.lock:
            self.handed.append(message)
        if message.key in self.refuse:
            raise OSError(f"no route to {message.to}")


class Died(BaseException):
    """Stands for the worker's process being killed."""


def put(at, key="petition:1", **changes):
    fields = {
        "kind": "email",
        "to": FAKE.safe_email(),
        "payload": {"subject": "Your petition", "text": "It has an answer."},
    }
    with transaction.atomic():
        return outbox.enqueue(key=key, at=at, **{**fields, **changes})


def test_many_are_written_at_once_and_one_that_is_there_is_left_alone(committing, at):
    first = put(at, "petition:1")
    many = [
        outbox.NewMessage(f"petition:{number}", FAKE.safe_email(), {"text": str(number)}, at)
        for number in (1, 2, 3)
    ]
    with transaction.atomic():
        outbox.enqueue_many(many, at=at)
        outbox.enqueue_many(many[1:], at=at)

    kept = Message.objects.order_by("pk").values_list("key", "to", "kind")
    assert list(kept) == [
        ("petition:1", first.to, "email"),
        ("petition:2", many[1].to, "email"),
        ("petition:3", many[2].to, "email"),
    ]
    with pytest.raises(BadInput), transaction.atomic():
        outbox.enqueue_many([outbox.NewMessage("two words", "x@example.org", {}, at)], at=at)
    with pytest.raises(RuntimeError):
        outbox.enqueue_many(many, at=at)


def test_a_message_leaves_once_and_is_then_forgotten(committing, at):
    message = put(at)
    postbox = Postbox()

    assert outbox.deliver_due(at=at, limit=10, send=postbox) == outbox.Delivery(sent=1)
    assert outbox.deliver_due(at=at, limit=10, send=postbox) == outbox.Delivery()

    assert [sent.to for sent in postbox.handed] == [message.to]
    kept = Message.objects.get()
    assert kept.sent_at is not None
    assert (kept.key, kept.to, kept.payload) == ("petition:1", "", {})


def test_a_message_goes_with_its_cause_when_that_is_rolled_back(committing, at):
    with transaction.atomic():
        outbox.enqueue(key="petition:1", kind="email", to="", payload={}, at=at)
        transaction.set_rollback(True)

    assert not Message.objects.exists()


def test_a_message_needs_a_transaction(committing, at):
    with pytest.raises(RuntimeError):
        outbox.enqueue(key="petition:1", kind="notice", to="", payload={}, at=at)


def test_nothing_is_sent_inside_a_transaction(committing, at):
    put(at)
    postbox = Postbox()

    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.deliver_due(at=at, limit=1, send=postbox)

    assert not postbox.handed


def test_sending_happens_outside_any_transaction(committing, at):
    put(at)
    seen = []

    outbox.deliver_due(at=at, limit=1, send=lambda _: seen.append(connection.in_atomic_block))

    assert seen == [False]


def test_one_cause_has_one_message(committing, at):
    first = put(at)
    second = put(at, to=FAKE.safe_email())

    assert second.pk == first.pk
    assert Message.objects.get().to == first.to


@pytest.mark.parametrize("key", ["", "to ann", "ann@example.org", "a" * 201])
def test_a_key_holds_no_address_and_no_words(db, at, key):
    with pytest.raises(BadInput):
        put(at, key=key)


def test_a_message_waits_until_it_is_due(committing, at):
    put(at, due_at=at + dt.timedelta(days=1))
    postbox = Postbox()

    outbox.deliver_due(at=at, limit=10, send=postbox)
    assert not postbox.handed

    outbox.deliver_due(at=at + dt.timedelta(days=1), limit=10, send=postbox)
    assert len(postbox.handed) == 1


def test_a_limit_leaves_the_rest_for_the_next_run_oldest_first(committing, at):
    for hour in (3, 1, 2):
        put(at, key=f"cause:{hour}", due_at=at - dt.timedelta(hours=4 - hour))
    postbox = Postbox()

    outbox.deliver_due(at=at, limit=2, send=postbox)

    assert [message.key for message in postbox.handed] == ["cause:1", "cause:2"]


def test_a_refused_message_is_tried_again_later_and_later(committing, at):
    message = put(at)
    postbox = Postbox(refuse=[message.key])

    assert outbox.deliver_due(at=at, limit=5, send=postbox) == outbox.Delivery(again=1)
    kept = Message.objects.get()
    first_wait = kept.due_at - at
    assert first_wait >= outbox.FIRST_WAIT
    assert kept.last_error == "OSError"
    assert kept.to == message.to

    outbox.deliver_due(at=kept.due_at, limit=5, send=postbox)
    second_wait = Message.objects.get().due_at - kept.due_at
    assert second_wait >= 2 * outbox.FIRST_WAIT

    postbox.refuse.clear()
    outbox.deliver_due(at=at + dt.timedelta(days=1), limit=5, send=postbox)
    assert Message.objects.get().sent_at is not None
    assert [message.attempt for message in postbox.handed] == [1, 2, 3]


def test_one_bad_message_does_not_stop_the_others(committing, at):
    put(at, key="bad:1", due_at=at - dt.timedelta(hours=1))
    put(at, key="good:1")

    def send(message):
        if message.key == "bad:1":
            raise KeyError("subject")

    assert outbox.deliver_due(at=at, limit=5, send=send) == outbox.Delivery(sent=1, again=1)


def test_after_many_attempts_a_message_is_held_not_lost(committing, at):
    message = put(at)
    postbox = Postbox(refuse=[message.key])
    later = at
    for _ in range(outbox.MAX_ATTEMPTS + 3):
        outbox.deliver_due(at=later, limit=5, send=postbox)
        later += dt.timedelta(days=1)

    assert len(postbox.handed) == outbox.MAX_ATTEMPTS
    held = Message.objects.get()
    assert held.failed_at is not None
    assert held.to == message.to

    postbox.refuse.clear()
    outbox.retry_failed(key=message.key, at=later)
    assert outbox.deliver_due(at=later, limit=5, send=postbox) == outbox.Delivery(sent=1)
    with pytest.raises(NotFound):
        outbox.retry_failed(key=message.key, at=later)


def test_the_address_of_a_failed_message_is_erased_in_the_end(committing, at):
    put(at)
    Message.objects.update(failed_at=at)

    assert outbox.forget_failed(at=at + outbox.KEEP_FAILED - dt.timedelta(seconds=1)) == 0
    assert outbox.forget_failed(at=at + outbox.KEEP_FAILED) == 1
    assert Message.objects.get().to == ""


def die_after_handing_over(postbox):
    def send(message):
        postbox(message)
        raise Died

    return send


def test_a_worker_that_dies_before_recording_repeats_once_at_most(committing, at):
    put(at)
    postbox = Postbox()
    for hours in (0, 1, 2, 3):
        try:
            outbox.deliver_due(
                at=at + dt.timedelta(hours=hours), limit=5, send=die_after_handing_over(postbox)
            )
        except Died:
            continue

    assert len(postbox.handed) == 2
    held = Message.objects.get()
    assert held.failed_at is not None
    assert held.last_error == "stopped two workers"


def test_a_claim_is_respected_until_its_lease_ends(committing, at):
    put(at)
    postbox = Postbox()
    with pytest.raises(Died):
        outbox.deliver_due(at=at, limit=1, send=die_after_handing_over(postbox))

    soon = at + outbox.LEASE - dt.timedelta(minutes=1)
    assert outbox.deliver_due(at=soon, limit=1, send=postbox) == outbox.Delivery()
    after = at + outbox.LEASE + dt.timedelta(minutes=1)
    assert outbox.deliver_due(at=after, limit=1, send=postbox) == outbox.Delivery(sent=1)
    assert len(postbox.handed) == 2


def test_what_a_dead_worker_had_not_begun_with_is_sent_and_nothing_thrice(committing, at):
    keys = [put(at, key=f"cause:{number:02}").key for number in range(30)]
    postbox = Postbox()
    dice = random.Random(4)

    def send(message):
        postbox(message)
        if dice.random() < 0.4:
            raise Died

    for hour in range(60):
        with contextlib.suppress(Died):
            outbox.deliver_due(at=at + dt.timedelta(hours=hour), limit=50, send=send)

    handed = Counter(message.key for message in postbox.handed)
    assert sorted(handed) == keys
    assert max(handed.values()) <= 2
    held = Message.objects.filter(failed_at__isnull=False)
    assert Message.objects.filter(sent_at__isnull=True).count() == held.count()
    assert held.exists()
    assert all(handed[message.key] == 2 for message in held)


def test_a_slow_worker_gives_back_what_it_has_not_begun_with(committing, at, monkeypatch):
    for number in range(3):
        put(at, key=f"cause:{number}")
    monkeypatch.setattr(outbox, "HELD", dt.timedelta(0))
    seen = []

    def send(message):
        seen.append(set(Message.objects.filter(claimed_until=None).values_list("key", flat=True)))

    assert outbox.deliver_due(at=at, limit=3, send=send) == outbox.Delivery(sent=3)
    assert seen[1] == {"cause:0"}
    assert set(Message.objects.values_list("attempts", "unconfirmed")) == {(1, 0)}


def test_workers_side_by_side_send_each_message_once(committing, at):
    keys = {put(at, key=f"cause:{number}").key for number in range(40)}
    postbox = Postbox()
    together = threading.Barrier(4, timeout=60)

    def work(_):
        together.wait()
        while outbox.deliver_due(at=at, limit=3, send=postbox) != outbox.Delivery():
            pass
        connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))

    assert sorted(message.key for message in postbox.handed) == sorted(keys)
    assert Message.objects.filter(sent_at__isnull=False).count() == 40


def test_mail_is_plain_text_and_a_repeat_has_the_same_name(at):
    address = FAKE.safe_email()
    message = outbox.Outgoing(
        "petition:1", "email", address, {"subject": "An\nanswer", "text": "Hello."}, 1
    )

    send_email(message)
    send_email(message)

    first, second = django_mail.outbox
    assert (first.to, first.subject, first.body) == ([address], "An answer", "Hello.")
    assert not getattr(first, "alternatives", [])
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)


@pytest.mark.parametrize("linesep", ["\n", "\r\n"])
@given(
    subject=_WORDS,
    text=st.text(st.characters(exclude_categories=("Cs",)), max_size=2_000),
    to=st.sampled_from(
        [
            "a@example.org",
            "ä.b@exämple.org",
            "a b@example.org",
            f"{'long' * 15}@{'x' * 60}.example",
            '"a, b"@example.org',
            "Ann <a@example.org>",
            "Änne <a@example.org>",
            "a",
            "a@b\nc.example",
        ]
    ),
)
def test_mail_is_written_as_django_would_write_it(linesep, subject, text, to):
    payload = {"subject": subject, "text": text}
    with time_machine.travel(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), tick=False):
        own = _email(outbox.Outgoing("petition:1", "email", to, payload, 1))
        written = EmailMessage(own.subject, own.body, None, own.to, headers=own.extra_headers)
        try:
            expected = written.message().as_bytes(linesep=linesep)
        except ValueError as error:
            with pytest.raises(type(error)):
                own.message().as_bytes(linesep=linesep)
        else:
            assert own.message().as_bytes(linesep=linesep) == expected
            assert own.message().as_string() == written.message().as_string()


def test_a_header_has_one_line_and_no_address_is_kept_in_memory(at):
    def letter(to):
        return _email(outbox.Outgoing("petition:1", "email", to, {"subject": "S", "text": ""}, 1))

    with pytest.raises(BadHeaderError):
        letter("a@example.org\nBcc: b@example.org").message()
    mail._folded.cache_clear()
    letter("a@example.org").message().as_bytes()
    letter("b@example.org").message().as_bytes()
    assert mail._folded.cache_info().currsize == mail._folded.cache_info().misses == 6
    assert mail._folded.cache_info().hits == 6


def test_no_code_to_sign_in_is_kept_in_memory(db, at):
    ask_for_code(email=FAKE.safe_email(), network="198.51.100.0/24", next_path="", at=at)
    message = Message.objects.get(key__startswith="sign-in-code:")
    code = re.search(r"\d{4} \d{4}", message.payload["subject"]).group()
    sent = _email(outbox.Outgoing(message.key, message.kind, message.to, message.payload, 1))

    mail._folded.cache_clear()
    mail._checked.cache_clear()
    assert code in sent.message()["Subject"]
    assert code.encode() in sent.message().as_bytes()
    assert mail._folded.cache_info().currsize == mail._checked.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("letter", {"subject": "An answer", "text": "Hello."}), ("email", {"text": "Hello."})],
)
def test_what_is_not_an_email_is_not_sent_as_one(kind, payload):
    with pytest.raises(BadInput):
        send_email(outbox.Outgoing("petition:1", kind, FAKE.safe_email(), payload, 1))

    assert not django_mail.outbox
