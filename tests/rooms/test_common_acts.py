import datetime as dt
import hashlib
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from folkmoot.common import acts
from folkmoot.common.errors import BadInput, Conflict
from folkmoot.common.models import ActNote, PublicAct
from folkmoot.measures.rules import faults as measure_faults


def refused():
    return pytest.raises(DatabaseError, match="never changed or deleted")


def publish(at: dt.datetime, **changes: str) -> PublicAct:
    fields = {
        "office": "operator",
        "verb": "publish-release",
        "subject": "release:12",
        "place": "E08000035",
        "service": "schools",
        "body": "ons",
        "link": "/releases/12/",
    }
    return acts.record_act(at=at, **{**fields, **changes})


def test_an_act_is_kept_as_canonical_json_with_its_digest(db, at):
    act = publish(at)
    act.refresh_from_db()

    fields = json.loads(act.canonical)
    nonce = fields.pop("nonce")
    assert fields == {
        "at": "2026-11-23T12:00:00.000000Z",
        "body": "ons",
        "link": "/releases/12/",
        "office": "operator",
        "place": "E08000035",
        "reason": "",
        "service": "schools",
        "subject": "release:12",
        "verb": "publish-release",
        "version": 1,
    }
    assert len(nonce) == 32
    assert list(json.loads(act.canonical)) == sorted(json.loads(act.canonical))
    assert " " not in act.canonical
    assert act.sha256 == hashlib.sha256(act.canonical.encode("utf-8")).hexdigest()


def test_equal_acts_are_two_acts_with_two_digests(db, at):
    first, second = publish(at), publish(at)

    assert first.pk != second.pk
    assert first.sha256 != second.sha256


def test_the_time_is_kept_in_utc_whatever_zone_it_came_in(db, at):
    summer = dt.datetime(2026, 7, 1, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))

    assert json.loads(publish(summer).canonical)["at"] == "2026-07-01T08:30:00.000000Z"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("office", "The Operator of Leeds"),
        ("office", ""),
        ("verb", "publish"),
        ("subject", "release 12"),
        ("subject", "release:12 because Ann Smith asked"),
        ("place", "Leeds"),
        ("service", "Schools & nurseries"),
        ("body", "Leeds City Council"),
        ("reason", "because we said so"),
        ("link", "https://example.org/"),
        ("link", "//example.org/"),
        ("link", "/search/?q=ann+smith"),
        ("subject", "release:" + "1" * 200),
    ],
)
def test_free_text_is_refused(db, at, field, value):
    with pytest.raises(BadInput) as refusal:
        publish(at, **{field: value})

    assert [fault.where for fault in refusal.value.faults] == [f"act, {field}"]
    assert not PublicAct.objects.exists()


def test_every_fault_is_named_at_once(db, at):
    with pytest.raises(BadInput) as refusal:
        publish(at.replace(tzinfo=None), office="Two words", verb="be", link="x")

    assert {fault.where for fault in refusal.value.faults} == {
        "act, office",
        "act, verb",
        "act, link",
        "act, at",
    }


def test_a_reason_is_one_of_its_verb_and_given_where_needed(db, at):
    with pytest.raises(BadInput):
        publish(at, verb="accept-fault")
    with pytest.raises(BadInput):
        publish(at, verb="accept-fault", reason="court-order")

    assert publish(at, verb="accept-fault", reason="bad-number").reason == "bad-number"


def test_every_reason_has_words():
    reasons = set().union(*(verb.reasons for verb in acts.VERBS.values()))

    assert reasons == acts.REASON_WORDS.keys()


def test_reasons_for_accepting_are_the_kinds_of_fault():
    assert acts.FAULT_KINDS.keys() == measure_faults.KINDS.keys()


def test_many_acts_are_written_together_or_not_at_all(db, at):
    good = acts.NewAct("operator", "publish-release", "release:1", at)
    bad = acts.NewAct("operator", "publish-release", "release one", at)

    with pytest.raises(BadInput):
        acts.record_acts([good, bad])
    assert not PublicAct.objects.exists()

    written = acts.record_acts([good, good])
    assert [act.pk for act in PublicAct.objects.order_by("pk")] == [act.pk for act in written]


CHANGES = {
    "update": "UPDATE common_publicact SET office = 'other'",
    "update of nothing seen": "UPDATE common_publicact SET sha256 = sha256",
    "delete": "DELETE FROM common_publicact",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_the_database_refuses_to_change_an_act(committing, at, statement):
    act = publish(at)

    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert PublicAct.objects.get().canonical == act.canonical


def test_the_database_refuses_to_empty_or_replace_the_record(committing, at):
    act = publish(at)
    if connection.vendor == "postgresql":
        statement, values = "TRUNCATE common_publicact CASCADE", []
    else:
        statement = (
            "INSERT OR REPLACE INTO common_publicact (id, office, verb, subject, place, service,"
            " body, reason, link, at, canonical, sha256)"
            " VALUES (%s, 'other', '', '', '', '', '', '', '', %s, '', '')"
        )
        values = [act.pk, at]

    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)

    assert PublicAct.objects.get().office == "operator"


def test_the_models_own_ways_of_change_are_refused_too(committing, at):
    act = publish(at)
    act.office = "other"

    for change in (act.save, act.delete, PublicAct.objects.all().delete):
        with refused(), transaction.atomic():
            change()


def test_the_refusal_can_be_taken_back_by_migrating_back(committing, at):
    from django.core.management import call_command

    publish(at)
    call_command("migrate", "common", "0001", verbosity=0)
    PublicAct.objects.update(office="other")
    call_command("migrate", "common", verbosity=0)

    with refused(), transaction.atomic():
        PublicAct.objects.update(office="operator")


def test_a_note_is_written_once(db, at):
    act = publish(at)

    assert acts.attach_note(act, "  Why we did it. ").text == "Why we did it."
    with pytest.raises(Conflict):
        acts.attach_note(act, "Another story.")
    with pytest.raises(BadInput):
        acts.attach_note(publish(at), "   ")


def test_a_withdrawn_note_leaves_a_tombstone_and_an_act(db, at):
    act = publish(at)
    acts.attach_note(act, "Words that must go.")

    withdrawal = acts.withdraw_note(act, office="operator", reason="personal-data", at=at)

    note = ActNote.objects.get()
    assert (note.text, note.withdrawn_reason, note.withdrawn_at) == ("", "personal-data", at)
    assert withdrawal.verb == "withdraw-note"
    assert withdrawal.subject == f"act:{act.pk}"
    assert withdrawal.place == act.place
    with pytest.raises(ProtectedError):
        act.delete()


def test_a_note_is_withdrawn_once_and_for_a_known_reason(db, at):
    act = publish(at)
    acts.attach_note(act, "Words.")

    with pytest.raises(BadInput):
        acts.withdraw_note(act, office="operator", reason="embarrassing", at=at)
    acts.withdraw_note(act, office="operator", reason="court-order", at=at)
    with pytest.raises(Conflict):
        acts.withdraw_note(act, office="operator", reason="court-order", at=at)
    assert PublicAct.objects.count() == 2
