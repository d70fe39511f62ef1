"""A council's meetings: stated, called off, and the one at which a debate that is owed is due."""

import datetime as dt
import importlib

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.duties.models import Duty
from folkmoot.petitions.actions.meetings import call_off_meeting, state_meetings
from folkmoot.petitions.actions.thresholds import reach
from folkmoot.petitions.models import Meeting, Petition, Threshold
from folkmoot.petitions.queries_meetings import coming_meetings, debate_due
from folkmoot.petitions.rules.meetings import MOST_DATES, read_dates
from folkmoot.petitions.rules.thresholds import AGENDA_DAYS, bank_holidays, clear_days, debate_day
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, LEEDS

GUARD = importlib.import_module("folkmoot.petitions.migrations.0014_state_council_meetings")
SOURCE = "https://democracy.leeds.gov.uk/ieListMeetings.aspx?CommitteeId=111"
MONDAY = dt.date(2026, 11, 23)
days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))


def state(w, dates, **more):
    text = "\n".join(str(each) for each in dates)
    fields = {"actor": w.officer, "body": LEEDS, "dates": text, "source": SOURCE, "at": w.at}
    return state_meetings(**{**fields, **more})


def reached(w):
    """A petition that reaches its debate now; (its threshold, the duty)."""
    petition = made.petition(w)
    with transaction.atomic():
        row = Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
        row.signatures = 100
        row.save(update_fields=["signatures"])
        reach(petition=row, at=w.at)
    threshold = Threshold.objects.get(petition=petition, kind="debate")
    return threshold, Duty.objects.get(key=threshold.duty)


# The rule.


@given(days, st.integers(0, 400))
@example(MONDAY, 0)
@example(dt.date(2026, 12, 21), 20)
def test_clear_days_are_the_working_days_between(since, many):
    until = since + many * DAY
    between = [since + number * DAY for number in range(1, many)]

    assert clear_days(since, until) == sum(
        day.weekday() < 5 and day not in bank_holidays(day.year) for day in between
    )
    assert clear_days(until, since) == 0


def test_bank_holidays_are_those_that_the_government_published():
    # gov.uk/bank-holidays, England and Wales, 2026; a weekend's own day may stand beside its lieu.
    published = ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]

    assert [
        f"{day:%m-%d}" for day in bank_holidays(2026) if day.weekday() < 5
    ] == published  # fmt: skip


@pytest.mark.parametrize(
    ("reached_on", "meeting", "in_time"),
    [
        (MONDAY, dt.date(2026, 11, 30), False),  # Tuesday to Friday: four
        (MONDAY, dt.date(2026, 12, 1), True),  # and the Monday: five
        (dt.date(2026, 11, 27), dt.date(2026, 12, 4), False),
        (dt.date(2026, 11, 27), dt.date(2026, 12, 5), True),
        (dt.date(2026, 11, 28), dt.date(2026, 12, 4), False),
        (dt.date(2026, 11, 28), dt.date(2026, 12, 5), True),
        (dt.date(2026, 12, 21), dt.date(2026, 12, 30), False),  # neither the 25th nor the 28th
        (dt.date(2026, 12, 21), dt.date(2026, 12, 31), True),
    ],
)
def test_five_clear_days_for_the_agenda(reached_on, meeting, in_time):
    assert (debate_day(reached_on, 90, [meeting]) == meeting) is in_time


@given(
    days, st.integers(1, 365), st.lists(st.integers(-30, 500).map(lambda n: n * DAY), max_size=8)
)
def test_a_debate_is_due_at_the_first_meeting_in_time_and_never_after_its_days(
    since, within, ahead
):
    meetings = [since + each for each in ahead]

    day = debate_day(since, within, meetings)

    fit = [
        each
        for each in meetings
        if clear_days(since, each) >= AGENDA_DAYS and each <= since + within * DAY
    ]
    assert day == min(fit, default=None)
    assert debate_day(since, within, reversed(meetings)) == day


# What is written.


def test_dates_are_read_as_people_write_them():
    text = "\n2027-05-06\r\n 12 January 2027 \n\n09/03/2027\n"

    assert read_dates(text, MONDAY, []) == (
        [dt.date(2027, 1, 12), dt.date(2027, 3, 9), dt.date(2027, 5, 6)],
        [],
    )


def test_every_fault_of_dates_is_named_with_its_line():
    lines = [
        "2027-01-12", "soon", "2026-11-22", "2028-11-25", "12 January 2027", "2027-02-30",
        "2027-03-01",
    ]  # fmt: skip

    found, faults = read_dates("\n".join(lines), MONDAY, {dt.date(2027, 3, 1)})

    assert found == []
    assert [(fault.where, fault.value) for fault in faults] == [
        (f"line {number}", lines[number - 1]) for number in (2, 3, 4, 5, 6, 7)
    ]
    assert len({fault.what for fault in faults}) == 5
    assert "line 1" in faults[3].what


@pytest.mark.parametrize("text", ["", " \n ", "2027-01-12\n" * (MOST_DATES + 1)])
def test_none_and_too_many_are_one_fault(text):
    found, faults = read_dates(text, MONDAY, [])

    assert (found, [fault.where for fault in faults]) == ([], ["dates"])


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    found, faults = read_dates(text, MONDAY, [])

    assert bool(found) is not bool(faults)
    assert all(day >= MONDAY for day in found)


# The acts.


def test_an_officer_states_meetings_in_public(db, at):
    w = made.world(at)
    today = at.date()

    rows = state(w, [today + 60 * DAY, today + 20 * DAY])

    assert [row.on for row in rows] == [today + 20 * DAY, today + 60 * DAY]
    assert {row.by for row in Meeting.objects.all()} == {f"{LEEDS}/chief-executive"}
    act = PublicAct.objects.get(verb="state-meetings")
    assert (act.office, act.subject, act.body) == (rows[0].by, f"council-meetings:{LEEDS}", LEEDS)
    shown = coming_meetings(LEEDS, today + 20 * DAY)
    assert [(each.on, each.source, each.called_off_on) for each in shown] == [
        (today + 20 * DAY, SOURCE, None),
        (today + 60 * DAY, SOURCE, None),
    ]
    assert [each.on for each in coming_meetings(LEEDS, today + 21 * DAY)] == [today + 60 * DAY]


def test_one_that_is_moved_is_called_off_and_stated_anew(db, at):
    w = made.world(at)
    day = at.date() + 20 * DAY
    (row,) = state(w, [day])
    with pytest.raises(BadInput):
        state(w, [day])

    off = call_off_meeting(actor=w.officer, meeting=row.pk, at=at + DAY)
    state(w, [day])

    assert (off.withdrawn_at, off.withdrawn_by) == (at + DAY, f"{LEEDS}/chief-executive")
    assert PublicAct.objects.get(verb="call-off-meeting").subject == f"council-meeting:{row.pk}"
    shown = coming_meetings(LEEDS, at.date())
    assert [each.called_off_on for each in shown] == [(at + DAY).date(), None]
    with pytest.raises(Conflict):
        call_off_meeting(actor=w.officer, meeting=row.pk, at=at + DAY)
    standing = shown[1].number
    with pytest.raises(Conflict):
        call_off_meeting(actor=w.officer, meeting=standing, at=at + 21 * DAY)
    with pytest.raises(NotFound):
        call_off_meeting(actor=w.officer, meeting=0, at=at)


@pytest.mark.parametrize("who", ["creator", "moderator", "stranger", "site", "administrator", None])
def test_only_an_officer_of_the_body_states_and_calls_off(db, at, who):
    w = made.world(at)
    (row,) = state(w, [at.date() + 20 * DAY])
    actor = getattr(w, who) if who else None

    with pytest.raises(NotAllowed):
        state(w, [at.date() + 30 * DAY], actor=actor)
    with pytest.raises(NotAllowed):
        call_off_meeting(actor=actor, meeting=row.pk, at=at)

    assert Meeting.objects.get().withdrawn_at is None


def test_every_fault_at_once_and_nothing_is_stated(db, at):
    w = made.world(at)

    with pytest.raises(BadInput) as refused:
        state(w, ["soon", at.date() - DAY, at.date() + DAY], source="http://www.leeds.gov.uk/")

    where = [fault.where for fault in refused.value.faults]
    assert where == ["line 1", "line 2", "source"]
    with pytest.raises(NotFound):
        state(w, [at.date() + DAY], body="nobody")
    assert not Meeting.objects.exists()
    assert not PublicAct.objects.filter(verb="state-meetings").exists()


# What is owed.


def test_a_debate_is_due_at_the_first_meeting_with_time_for_the_agenda(db, at):
    w = made.world(at)
    today = at.date()
    state(w, [today + 3 * DAY, today + 45 * DAY, today + 80 * DAY])

    threshold, duty = reached(w)

    assert (duty.due, threshold.meeting.on) == (today + 45 * DAY, today + 45 * DAY)
    others = Duty.objects.exclude(pk=duty.pk).order_by("due")
    assert [(each.due - today).days for each in others] == [30, 60]
    assert not Threshold.objects.exclude(kind="debate").filter(meeting__isnull=False).exists()


@pytest.mark.parametrize("ahead", [[], [3], [91], [3, 91, 400]])
def test_without_such_a_meeting_it_is_due_within_the_days_of_the_scheme(db, at, ahead):
    w = made.world(at)
    if ahead:
        state(w, [at.date() + number * DAY for number in ahead])

    threshold, duty = reached(w)

    assert (threshold.meeting, duty.due) == (None, at.date() + 90 * DAY)
    assert debate_due(duty.key).meeting is None


def test_meetings_of_others_and_those_called_off_do_not_count(db, at):
    w = made.world(at)
    today = at.date()
    (off,) = state(w, [today + 20 * DAY])
    call_off_meeting(actor=w.officer, meeting=off.pk, at=at)
    state(w, [today + 30 * DAY], actor=w.stranger, body=w.other_body.slug)

    assert reached(w)[1].due == today + 90 * DAY


def test_the_day_never_moves_afterwards(db, at):
    w = made.world(at)
    (row,) = state(w, [at.date() + 45 * DAY])
    threshold, duty = reached(w)

    call_off_meeting(actor=w.officer, meeting=row.pk, at=at + DAY)
    state(w, [at.date() + 30 * DAY, at.date() + 60 * DAY])
    with transaction.atomic():
        petition = Petition.objects.select_for_update(no_key=True).get(pk=threshold.petition_id)
        reach(petition=petition, at=at + 2 * DAY)

    duty.refresh_from_db()
    due = debate_due(duty.key)
    assert duty.due == at.date() + 45 * DAY
    assert (due.meeting.on, due.meeting.called_off_on) == (duty.due, (at + DAY).date())


# What the database refuses.


def refused(change, why):
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        change()


def test_the_database_keeps_what_was_stated(committing, at):
    w = made.world(at)
    first, second = state(w, [at.date() + 20 * DAY, at.date() + 45 * DAY])
    rows = Meeting.objects.filter(pk=first.pk)
    for change, why in (
        (lambda: rows.update(on=at.date() + 21 * DAY), GUARD.CHANGED),
        (lambda: rows.update(source="https://example.org/"), GUARD.CHANGED),
        (lambda: rows.update(body=w.other_body), GUARD.CHANGED),
        (lambda: rows._raw_delete("default"), GUARD.DELETED),
    ):
        refused(change, why)

    rows.update(withdrawn_at=at, withdrawn_by="a/b")

    refused(lambda: rows.update(withdrawn_at=None, withdrawn_by=""), GUARD.CALLED_OFF)
    refused(lambda: rows.update(withdrawn_by="c/d"), GUARD.CALLED_OFF)
    threshold = reached(w)[0]
    assert threshold.meeting == second
    stamped = Threshold.objects.filter(pk=threshold.pk)
    refused(lambda: stamped.update(meeting=first), GUARD.guard.UNREACHED)
    refused(lambda: stamped.update(meeting=None), GUARD.guard.UNREACHED)


def test_sqlite_does_not_replace_a_meeting_either(db, at):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    (row,) = state(made.world(at), [at.date() + 20 * DAY])
    columns = [field.column for field in Meeting._meta.concrete_fields]
    names = ", ".join(f'"{name}"' for name in columns)
    new_id = ", ".join("NULL" if name == "id" else f'"{name}"' for name in columns)
    table = Meeting._meta.db_table
    for chosen in (names, new_id):
        with (
            pytest.raises(IntegrityError, match=GUARD.CHANGED),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {chosen} FROM {table}")
    assert Meeting.objects.get().pk == row.pk
