"""A database is for the record or for a rehearsal, and is never taken for the other."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.core import mail
from django.db import IntegrityError, transaction

from folkmoot.cli.main import main
from folkmoot.common import purpose
from folkmoot.common.actions import settle_purpose, switch_off
from folkmoot.common.errors import BadInput
from folkmoot.common.mail import send_email
from folkmoot.common.models import Purpose
from folkmoot.common.outbox import deliver_due, enqueue


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_database_keeps_the_purpose_it_was_begun_for(db, at, settings, rehearsal):
    settings.REHEARSAL = rehearsal
    settle_purpose(at)
    settle_purpose(at)
    purpose.check_purpose()

    settings.REHEARSAL = not rehearsal
    for refuses in (purpose.check_purpose, lambda: settle_purpose(at)):
        with pytest.raises(BadInput) as refused:
            refuses()
        assert ("made up" in refused.value.faults[0].what) is rehearsal
    assert [row.rehearsal for row in Purpose.objects.all()] == [rehearsal]


def test_what_holds_acts_and_never_said_is_the_record(db, at, settings):
    switch_off(feature="ask", at=at)
    settings.REHEARSAL = True

    with pytest.raises(BadInput, match="1 fault"):
        settle_purpose(at)
    assert not Purpose.objects.exists()

    settings.REHEARSAL = False
    settle_purpose(at)
    assert not Purpose.objects.get().rehearsal


def test_there_is_one_purpose(db, at):
    settle_purpose(at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Purpose.objects.create(rehearsal=True, since=at)


@pytest.mark.parametrize("command", ["deliver", "work --once", "serve"])
def test_a_rehearsal_is_not_served_or_sent_from_as_the_record(db, at, settings, command):
    settings.REHEARSAL = True
    settle_purpose(at)
    settings.REHEARSAL = False

    done = CliRunner().invoke(main, command.split())

    assert done.exit_code == 3
    assert "FOLKMOOT_REHEARSAL" in done.output


def test_letters_of_a_rehearsal_say_so(db, at, settings):
    for rehearsal in (False, True):
        settings.REHEARSAL = rehearsal
        enqueue(
            key=f"letter:{rehearsal}", kind="email", to="ann@example.org", at=at,
            payload={"subject": "It was answered", "text": "Read it."},
        )  # fmt: skip
        deliver_due(at=at, limit=5, send=send_email)

    real, made_up = mail.outbox
    assert (real.subject, real.body) == ("It was answered", "Read it.")
    assert made_up.subject == "Rehearsal: It was answered"
    assert "made up" in made_up.body.splitlines()[0]
    assert made_up.body.endswith("\n\nRead it.")
