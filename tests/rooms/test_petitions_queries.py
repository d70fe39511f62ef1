"""What everybody may see of petitions: what is listed, in which order, and what never leaves."""

import datetime as dt

import pytest

from folkmoot.common.errors import BadInput, NotFound
from folkmoot.duties import actions as duties
from folkmoot.duties.rules import NewDuty
from folkmoot.petitions.models import ModerationDecision, Petition, PetitionAnswer, Threshold
from folkmoot.petitions.queries import petition_file, petition_line
from folkmoot.petitions.queries_lists import (
    ASKED,
    CLOSING,
    MOST_SIGNED,
    SORTS,
    TRENDING,
    PetitionFilter,
    moving,
    near,
    petitions_in,
    petitions_like,
    petitions_to,
)
from folkmoot.petitions.rules.states import STATES
from folkmoot.petitions.rules.trending import score
from tests.rooms.petitions_watched import EXETER_CODE, LEEDS_CODE, matter, petition

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def all_pages(wanted: PetitionFilter, today: dt.date, size: int) -> list[int]:
    found, after = [], ""
    while True:
        page = petitions_like(wanted, today, after=after, size=size)
        found += [line.number for line in page.lines]
        after = page.after
        if not after:
            return found


def test_only_what_was_let_through_or_refused_is_public(today):
    other = petition(today)
    made = {
        state: petition(
            today,
            state,
            merged_into=other if state == "merged" else None,
            referred_to=other.body if state == "referred" else None,
        )
        for state in STATES
    }
    never_opened = petition(today, "withdrawn", opened_on=None, closes_on=None)
    private = {made["draft"].pk, made["sponsors"].pk, made["moderation"].pk, never_opened.pk}

    listed = set(all_pages(PetitionFilter(), today, 50))

    assert listed == {row.pk for row in (*made.values(), other)} - private
    for number in private:
        with pytest.raises(NotFound):
            petition_file(number, today)
        with pytest.raises(NotFound):
            petition_line(number, today)
    assert petition_file(made["merged"].pk, today).merged_into == (other.title, other_path(other))
    assert petition_file(other.pk, today).merged_from == (
        (other.title, other_path(made["merged"])),
    )


def other_path(row: Petition) -> str:
    return f"/petitions/{row.pk}/"


@pytest.mark.parametrize("state", ["rejected", "hidden"])
def test_hidden_words_and_titles_never_leave(today, state):
    secret = {"title": "SECRET title", "background": "SECRET", "detail": "SECRET"}
    names = {"creator_name": "SECRET name", "creator_shown": True}
    row = petition(today, state, words_hidden=True, title_hidden=True, **secret, **names)

    assert "SECRET" not in repr(petition_file(row.pk, today))
    assert "SECRET" not in repr(petitions_like(PetitionFilter(), today))
    assert petitions_like(PetitionFilter(words="secret"), today).total == 0
    assert f"Petition {row.pk}" in petition_line(row.pk, today).heading


def test_rejected_keeps_its_title_and_its_reason(today):
    row = petition(today, "rejected", reason="libel", words_hidden=True)

    found = petition_file(row.pk, today)

    assert found.line.title == row.title
    assert found.line.reason == "libel"
    assert "because" not in found.line.reason_words
    assert found.line.reason_words
    assert (found.background, found.detail, found.words_hidden) == ("", "", True)


def test_hidden_shows_no_words_whatever_its_marks_say(today):
    found = petition_file(petition(today, "hidden").pk, today)

    assert found.words_hidden
    assert found.background == found.detail == ""


def test_a_creator_is_named_only_if_asked_for(today):
    asked = petition(today, creator_name="A Neighbour", creator_shown=True)
    silent = petition(today, creator_name="A Neighbour")

    assert petition_file(asked.pk, today).creator_name == "A Neighbour"
    assert petition_file(silent.pk, today).creator_name == ""


def test_a_petition_is_closed_once_its_last_day_is_over(today):
    row = petition(today, closes_on=today)

    assert petition_line(row.pk, today).days_left == 1
    assert "today is the last day" in petition_line(row.pk, today).says
    after = petition_line(row.pk, today + DAY)
    assert (after.state, after.days_left) == ("closed", None)
    assert petitions_like(PetitionFilter(state="open"), today).total == 1
    assert petitions_like(PetitionFilter(state="open"), today + DAY).total == 0
    assert petitions_like(PetitionFilter(state="closed"), today + DAY).total == 1


def test_thresholds_come_with_what_is_owed(today, at):
    row = petition(today)
    key = f"petition/{row.pk}/answer"
    new = NewDuty(
        key=key,
        kind="petition-answer",
        body=row.body.slug,
        subject=f"petition:{row.pk}",
        rule="test",
        rule_version="1",
        since=today,
        due=today + 30 * DAY,
        place=row.area.code,
        service=row.service.slug,
    )
    duty = duties.owe(new=new, by="rule", at=at)
    Threshold.objects.create(
        petition=row, kind="answer", needed=10, days=30, reached_at=at, duty=key
    )
    Threshold.objects.create(petition=row, kind="debate", needed=100, days=60)

    found = petition_file(row.pk, today)

    assert [each.needed for each in found.thresholds] == [10, 100]
    assert found.thresholds[0].duty == found.duties[0]
    assert found.next_threshold == found.thresholds[1]
    assert petitions_like(PetitionFilter(state="owed"), today).total == 1
    assert petitions_like(PetitionFilter(state="answered"), today).total == 0
    PetitionAnswer.objects.create(petition=row, duty=duty, outcome="agreed", at=at)
    assert petition_line(row.pk, today).answered
    assert petitions_like(PetitionFilter(state="answered"), today).total == 1


def test_decisions_are_told_without_the_person(today, at):
    row = petition(today, "rejected", reason="hoax")
    ModerationDecision.objects.create(
        petition=row, step="first", outcome="rejected", reason="hoax", since=at - DAY, at=at,
        office="site/moderators",
    )  # fmt: skip

    (decision,) = petition_file(row.pk, today).decisions

    assert (decision.outcome, decision.reason, decision.at) == ("rejected", "hoax", at)
    assert not hasattr(decision, "person")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_give_every_petition_once_in_the_same_order(today, at, sort, size):
    for number in range(7):
        petition(
            today,
            signatures=10 * (number % 3),
            last_day=number % 2 + 5,
            counted_at=at,
            opened_on=today - (number % 4) * DAY,
            closes_on=today + (number % 3) * DAY,
        )
    petition(today, "rejected")
    petition(today, "rejected")
    whole = [line.number for line in petitions_like(PetitionFilter(sort=sort), today).lines]

    found = all_pages(PetitionFilter(sort=sort), today, size)

    assert found == whole
    assert len(set(found)) == len(found) == (7 if sort in (TRENDING, CLOSING) else 9)


def test_orders_are_what_they_are_called(today, at):
    old = petition(today, opened_on=today - 50 * DAY, signatures=5000, last_day=10, counted_at=at)
    new = petition(today, opened_on=today - DAY, signatures=40, last_day=40, counted_at=at)
    soon = petition(today, closes_on=today, signatures=200, last_day=90, counted_at=at)
    stale = petition(today, last_day=900, signatures=900, counted_at=at - 3 * DAY)

    def order(sort: str) -> list[int]:
        lines = petitions_like(PetitionFilter(sort=sort), today).lines
        return [line.number for line in lines]

    assert order("newest") == [new.pk, stale.pk, soon.pk, old.pk]
    assert order(MOST_SIGNED) == [old.pk, stale.pk, soon.pk, new.pk]
    assert order(CLOSING)[0] == soon.pk
    assert order(TRENDING) == [soon.pk, new.pk, old.pk]
    closed = petition(today, "closed", last_day=999, counted_at=at)
    quiet = petition(today, opened_on=today - 60 * DAY)
    found = [line.number for line in moving(today, limit=9)]
    assert found == [soon.pk, new.pk, old.pk, stale.pk, quiet.pk]
    assert closed.pk not in found


def test_how_few_signed_in_a_day_is_told_by_nothing(today, at):
    rows = [
        petition(today, signatures=8, last_day=last_day, counted_at=at) for last_day in range(6)
    ]

    assert [petition_line(row.pk, today).last_day for row in rows] == [*[None] * 5, 5]
    few = PetitionFilter(sort=TRENDING)
    assert [line.number for line in petitions_like(few, today).lines] == [rows[5].pk]
    page = petitions_like(few, today, size=1)
    assert page.after == ""
    # The rest in the order in which they were begun, whatever they had.
    found = [line.number for line in moving(today, limit=9)]
    assert found == [rows[5].pk, *(row.pk for row in reversed(rows[:5]))]


def test_the_score_of_trending_is_what_it_says():
    assert score(0, 0) == 0
    assert score(20, 20) < score(100, 1000) < score(1_000_000, 6_000_000)
    assert score(10, 10) < score(20, 20) < 1


def test_lists_are_narrowed(today):
    matter(EXETER_CODE, "roads", "exeter-city-council")
    area, service, body = matter(EXETER_CODE, "roads", "exeter-city-council")
    here = petition(today, area=area, service=service, body=body, title="Mend our 100% bad roads")
    petition(today)

    for wanted in (
        PetitionFilter(place=EXETER_CODE),
        PetitionFilter(service="roads"),
        PetitionFilter(body="exeter-city-council"),
        PetitionFilter(words="ROADS mend"),
        PetitionFilter(words="mned bad raods"),
    ):
        assert all_pages(wanted, today, 50) == [here.pk]
    assert petitions_like(PetitionFilter(words="library"), today).total == 0


def test_what_is_not_a_list_is_said(today):
    with pytest.raises(NotFound, match="trending"):
        petitions_like(PetitionFilter(sort="magic"), today)
    with pytest.raises(NotFound, match="open"):
        petitions_like(PetitionFilter(state="draft"), today)
    assert "draft" not in ASKED
    for sort in SORTS:
        for after in ("x", "1", "~", "~x", "x~1", "2026-13-01~1", f"1~{10**30}", f"{10**30}~1"):
            with pytest.raises(BadInput):
                petitions_like(PetitionFilter(sort=sort), today, after=after)


def test_a_matter_a_place_and_a_body_have_their_petitions(today):
    few, many = petition(today, signatures=3), petition(today, signatures=30)
    older = petition(today, "closed", signatures=99, closes_on=today - 9 * DAY)
    newer = petition(today, "closed", signatures=1, closes_on=today - DAY)
    petition(today, "rejected")
    petition(today, "draft")
    wanted = [many.pk, few.pk, newer.pk, older.pk]

    assert [line.number for line in petitions_in(LEEDS_CODE, "waste", today)] == wanted
    assert [line.number for line in petitions_in(LEEDS_CODE, "", today)] == wanted
    assert [line.number for line in petitions_to("leeds-city-council", today)] == wanted
    assert [line.number for line in near([LEEDS_CODE, EXETER_CODE], today)] == wanted[:2]
    assert petitions_in(LEEDS_CODE, "roads", today) == petitions_in(EXETER_CODE, "", today) == []


def test_a_file_costs_a_pinned_number_of_queries(today, django_assert_max_num_queries):
    number = petition(today).pk

    with django_assert_max_num_queries(7):
        petition_file(number, today)
    with django_assert_max_num_queries(2):
        petitions_like(PetitionFilter(), today)
    with django_assert_max_num_queries(1):
        petitions_in(LEEDS_CODE, "waste", today)
