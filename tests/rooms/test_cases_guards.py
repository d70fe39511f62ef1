"""What the database itself refuses about cases, on both databases."""

import pytest
from django.db import IntegrityError, connection, transaction

from folkmoot.framework.cases import actions
from folkmoot.framework.models import Case, CaseEvent, CaseWords
from folkmoot.people.queries import day_of
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import DAY, EQUALITY, REASONS, YORK, YORK_COUNCIL
from tests.rooms.duties_owed import DFE


def test_the_database_keeps_the_course_of_a_case_as_it_was(committing, at):
    stage = begun.stage(at)
    today = day_of(at)
    refused, noticed = begun.propose(stage, place=YORK), begun.propose(stage)
    outside = actions.override(
        actor=stage.minister, centre=DFE, place=YORK, service=begun.SEN,
        power="children-direction", reasons=REASONS, equality=EQUALITY, until=today + 9 * DAY,
        body=YORK_COUNCIL, at=at,
    )  # fmt: skip

    def update(case, **fields):
        return lambda: Case.objects.filter(pk=case.pk).update(**fields)

    wrong = {
        "mark of an override": update(outside, outside=False, step="notice", power=""),
        "space": update(noticed, space="rehearsal", run="x"),
        "place": update(noticed, area=refused.area),
        "body": update(noticed, body=None),
        "day": update(noticed, proposed_on=today - DAY),
        "closed": update(refused, last_on=today + DAY),
        "reopened": update(refused, state="noticed", notice_on=today, reply_due=today),
        "running without a decision": update(noticed, state="running", starts=today, ends=today),
        "ended without an ending": update(outside, state="ended", ended_on=today),
        "stopped without a decision": update(noticed, state="stopped"),
        "ends before it starts": update(outside, ends=today - DAY),
        "reply before notice": update(noticed, reply_due=today - DAY),
        "deleted": lambda: Case.objects.filter(pk=refused.pk).delete(),
        "event changed": lambda: CaseEvent.objects.update(office="someone/else"),
        "event deleted": lambda: CaseEvent.objects.all().delete(),
        "words changed": lambda: CaseWords.objects.update(text="Other words."),
        "words taken without a reason": lambda: CaseWords.objects.update(text=""),
        "words replaced": lambda: _replace(CaseWords.objects.first()),
        "words deleted": lambda: CaseWords.objects.all().delete(),
        "open twice": lambda: Case.objects.create(
            **{**_fields(noticed), "pk": None, "version": 1}),
        "record with a run": lambda: Case.objects.create(
            **{**_fields(refused), "pk": None, "run": "x"}),
    }  # fmt: skip
    tables = (Case, CaseEvent, CaseWords)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    let_through = []
    for name, change in wrong.items():
        try:
            with transaction.atomic():
                change()
                let_through.append(name)
                transaction.set_rollback(True)
        except IntegrityError:
            pass
    assert let_through == []
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def _replace(words):
    """Other words in the same place, by the statement of SQLite that takes the old row away."""
    if connection.vendor == "postgresql":
        words.text = "Other words."
        words.save()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO framework_casewords"
            " (event_id, part, text, withdrawn_reason) VALUES (%s, %s, 'Other words.', '')",
            [words.event_id, words.part],
        )


def _fields(case):
    return {field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields} | {
        "id": None
    }


def test_a_case_that_is_open_changes_in_its_course(committing, at):
    stage = begun.stage(at)
    case = begun.running(stage)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="noticed")
    assert Case.objects.filter(pk=case.pk).update(last_on=day_of(at) + 99 * DAY) == 1
