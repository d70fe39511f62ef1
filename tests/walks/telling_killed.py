"""Tells signers of an answer and is killed again and again; run by test_telling_killed.py.

A child process writes letters in small batches and is killed at a random instant. Whatever the
instant, letters were written to exactly those signers that the cursor has passed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
SIGNERS, JOINED, BATCH = 1_700, 300, 25


def prepare() -> None:
    """A petition with signers of whom three in four want to hear of its answer, and the answer.

    Another is joined with it, some of whose signers signed both.
    """
    from folkmoot.petitions.models_signing import CONFIRMED, Signature
    from folkmoot.petitions.rules.states import MERGED
    from tests.rooms import petitions_answered, petitions_made

    world = petitions_made.world(AT)
    petition = petitions_made.petition(world, signed=SIGNERS)
    joined = petitions_made.petition(world, MERGED, merged_into=petition, signed=JOINED)
    people = [(petition, number) for number in range(SIGNERS)]
    people += [(joined, SIGNERS - JOINED // 2 + number) for number in range(JOINED)]
    Signature.objects.bulk_create(
        Signature(
            petition=signed,
            state=CONFIRMED,
            email=f"signer-{number}@example.org",
            address_key=f"{number:032x}",
            tell_me=signed == joined or number % 4 != 0,
            signed_at=AT,
            confirmed_at=AT,
        )
        for signed, number in people
    )
    duty = petitions_answered.owed(petition, AT)
    petitions_answered.answered(world.officer, duty, AT)


def tell(told: int | None = None, *, two_steps: bool = False) -> None:
    """Write letters until all are written; ``told`` is written to before and after each commit.

    ``two_steps`` plants the fault that the walk must find: letters that are committed before the
    cursor has moved.
    """
    from django.db import connection, transaction

    from folkmoot.common import outbox
    from folkmoot.petitions.actions import telling
    from folkmoot.petitions.models import PetitionAnswer

    telling.BATCH = BATCH
    written = outbox.enqueue_many

    def enqueue_many(messages: Any, *, at: dt.datetime) -> None:
        written(messages, at=at)
        if two_steps:
            connection.connection.commit()
        if told is not None:
            os.write(told, b"w")
        time.sleep(random.uniform(0, 0.004))

    telling.enqueue_many = enqueue_many
    now = AT
    while PetitionAnswer.objects.filter(told_at__isnull=True).exists():
        telling.tell_signers(at=now, limit=BATCH)
        if told is not None:
            os.write(told, b"c")
        now += dt.timedelta(minutes=1)
    transaction.get_connection().close()


def trouble() -> str:
    """What is not as it must be, between two lives of the worker; "" for nothing."""
    from django.db.models import Min

    from folkmoot.common.models import Message
    from folkmoot.petitions.models import PetitionAnswer
    from folkmoot.petitions.models_signing import Signature

    answer = PetitionAnswer.objects.get()
    due = Signature.objects.filter(tell_me=True, pk__lte=answer.told_through)
    # Of whoever signed twice, the first signature.
    expected = sorted(due.values("email").annotate(first=Min("pk")).values_list("first", flat=True))
    rows = Message.objects.filter(key__startswith=f"petition-answered:{answer.pk}:")
    keys = rows.exclude(key__endswith=":creator").values_list("key", flat=True)
    found = sorted(int(key.rpartition(":")[2]) for key in keys)
    if found != expected:
        return f"{len(found)} letters, {len(expected)} signers passed"
    return ""


def killed_after(delay: float, *, two_steps: bool) -> bytes:
    """What a child told that was killed after so many seconds."""
    from django.db import connections

    connections.close_all()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        random.seed(os.getpid())
        tell(theirs, two_steps=two_steps)
        os._exit(0)
    os.close(theirs)
    # It has begun to write when it says so first: the time before that is not of interest.
    select.select([ours], [], [], 60)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = b""
    while select.select([ours], [], [], 0)[0] and (part := os.read(ours, 10_000)):
        said += part
    os.close(ours)
    return said


def main(kills: int, seed: int, *, two_steps: bool) -> dict[str, object]:
    """Kill so many times, then let it finish; what came of it."""
    from folkmoot.common.models import Message
    from folkmoot.petitions.models import PetitionAnswer
    from folkmoot.petitions.models_signing import Signature
    from tests.walks.crashing import settle

    prepare()
    dice = random.Random(seed)
    found = {"kills": 0, "while_writing": 0}
    for _ in range(kills):
        said = killed_after(dice.uniform(0, 0.03), two_steps=two_steps)
        settle()
        if wrong := trouble():
            return {**found, "broken": wrong}
        found["kills"] += 1
        found["while_writing"] += said.endswith(b"w")
        if PetitionAnswer.objects.filter(told_at__isnull=False).exists():
            break
    tell()
    wanted = Signature.objects.filter(tell_me=True).values("email").distinct().count()
    letters = Message.objects.filter(key__startswith="petition-answered:")
    sent = letters.exclude(key__endswith=":creator").count()
    return {**found, "broken": trouble()} if trouble() else {**found, "whole": sent == wanted}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from tests.migrated_database import migrate

    Path(os.environ["FOLKMOOT_HOME"]).mkdir(parents=True, exist_ok=True)
    migrate()
    came = main(int(sys.argv[1]), int(sys.argv[2]), two_steps=sys.argv[3:] == ["two-steps"])
    sys.stdout.write(json.dumps(came))
