"""Tables of who signed where and when: made off the request, safe beside the one before."""

import datetime as dt

import pytest

from folkmoot.api.rows_petitions import WhereDayRow, where_days
from folkmoot.bodies.models import Office
from folkmoot.common.errors import NotFound
from folkmoot.petitions.actions.breakdowns import renew_breakdowns
from folkmoot.petitions.models import Breakdown, Petition, SignatureCount
from folkmoot.petitions.queries_watch import ELSEWHERE, where_signed
from folkmoot.petitions.whereabouts import Whereabouts, forget, whereabouts
from folkmoot.places.models import Area, OfficialPostcode, PostcodeEdition
from tests.rooms.petitions_watched import EXETER_CODE, LEEDS_CODE, counts, matter, petition

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def districts() -> None:
    """Leeds, Exeter and twenty more, so that few can hide among many."""
    matter(LEEDS_CODE)
    matter(EXETER_CODE)
    for number in range(20):
        matter(f"E0700{number:04}")


def signed(row: Petition, by_place: dict[str, dict[dt.date, int]], kind: str = "district") -> None:
    counts(row, by_place, kind)
    if kind == "district":
        row.signatures += sum(sum(days.values()) for days in by_place.values())
        row.save()


def shown(row: Petition, today: dt.date) -> dict[str, int]:
    return {place.code: place.signatures for place in where_signed(row.pk, today).places}


def test_a_table_is_of_the_last_full_day(today):
    row = petition(today)
    signed(row, {LEEDS_CODE: {today - DAY: 40, today: 9}, EXETER_CODE: {today - DAY: 3}})

    assert where_signed(row.pk, today).day is None
    assert renew_breakdowns(today=today) == 1

    found = where_signed(row.pk, today)
    assert found.day == today - DAY
    assert (found.signatures, found.others) == (43, 3)
    (leeds,) = found.places
    assert (leeds.name, leeds.signatures, leeds.exact) == ("Leeds", 40, True)
    assert leeds.residents == 822_000
    assert leeds.rate == pytest.approx(40 / 822)


def test_a_table_waits_until_enough_have_signed_and_is_made_once(today):
    row = petition(today)
    signed(row, {LEEDS_CODE: {today - 2 * DAY: 20}, EXETER_CODE: {today - 2 * DAY: 4}})
    assert renew_breakdowns(today=today) == 0
    assert not Breakdown.objects.exists()

    signed(row, {"": {today - DAY: 1}})
    assert renew_breakdowns(today=today) == 1
    assert renew_breakdowns(today=today) == 0
    # Ten more do not make a new one; twenty-five do.
    signed(row, {LEEDS_CODE: {today: 10}})
    assert renew_breakdowns(today=today + DAY) == 0
    assert shown(row, today) == {LEEDS_CODE: 20}
    signed(row, {"FR": {today + DAY: 15}})
    assert renew_breakdowns(today=today + 2 * DAY) == 1
    assert shown(row, today) == {LEEDS_CODE: 30, "": 16}


def test_a_figure_moves_by_five_at_least(today):
    row = petition(today)
    signed(
        row, {LEEDS_CODE: {today - DAY: 40}, EXETER_CODE: {today - DAY: 8}, "": {today - DAY: 2}}
    )
    renew_breakdowns(today=today)
    signed(row, {LEEDS_CODE: {today: 30}, EXETER_CODE: {today: 2}})
    renew_breakdowns(today=today + DAY)

    found = {place.code: place for place in where_signed(row.pk, today).places}

    assert (found[LEEDS_CODE].signatures, found[LEEDS_CODE].exact) == (70, True)
    assert (found[EXETER_CODE].signatures, found[EXETER_CODE].exact) == (8, False)


def test_a_lone_hidden_place_takes_another_with_it(today):
    row = petition(today)
    everywhere = Area.objects.values_list("code", flat=True)
    signed(row, {code: {today - DAY: 10} for code in everywhere if code != EXETER_CODE})
    signed(row, {EXETER_CODE: {today - DAY: 2}, "": {today - DAY: 6}})

    renew_breakdowns(today=today)

    found = where_signed(row.pk, today)
    assert EXETER_CODE not in shown(row, today)
    assert "" not in shown(row, today)
    assert found.others == 8
    assert len(found.places) == 21


def test_days_are_kept_as_they_were_shown(today):
    row = petition(today)
    first = today - 4 * DAY
    signed(row, {LEEDS_CODE: {first: 30, first + DAY: 2, first + 3 * DAY: 9}})

    renew_breakdowns(today=today)

    days = where_signed(row.pk, today).days
    assert [day.day for day in days] == [first + n * DAY for n in range(4)]
    assert [day.signatures for day in days] == [30, None, None, 9]
    # Somebody takes a signature of the first day back; the day stays as it was shown.
    SignatureCount.objects.filter(day=first).update(signatures=29)
    signed(row, {LEEDS_CODE: {today: 40}})
    renew_breakdowns(today=today + DAY)
    found = where_signed(row.pk, today)
    assert [day.signatures for day in found.days] == [30, None, None, 9, 40]
    assert (found.signatures, found.undone) == (80, 1)


def test_a_lone_small_day_takes_another_with_it(today):
    row = petition(today)
    first = today - 3 * DAY
    signed(row, {LEEDS_CODE: {first: 30, first + DAY: 2, first + 2 * DAY: 9}})

    renew_breakdowns(today=today)

    assert [day.signatures for day in where_signed(row.pk, today).days] == [30, None, None]


def test_what_is_restored_or_counted_late_is_told_as_one_number(today):
    row = petition(today)
    first = today - 2 * DAY
    signed(row, {LEEDS_CODE: {first: 40, first + DAY: 30}})
    renew_breakdowns(today=today)
    signed(row, {EXETER_CODE: {first: 60, today: 6}})
    renew_breakdowns(today=today + DAY)

    found = where_signed(row.pk, today)

    assert [day.signatures for day in found.days] == [40, 30, 6]
    assert (found.signatures, found.earlier, found.undone) == (136, 60, 0)
    assert where_days(found)[-1] == WhereDayRow(None, 60)
    assert sum(line.signatures or 0 for line in where_days(found)) == found.signatures


def test_a_petition_is_shown_by_district_unless_the_operator_chose(today):
    row = petition(today)
    _, _, body = matter(body="house-of-commons")
    Office.objects.create(
        body=body, slug="seat", title="Member of Parliament for Leeds East", code="E14001000",
        kind="member", seats=1,
    )  # fmt: skip
    signed(row, {LEEDS_CODE: {today - DAY: 50}, EXETER_CODE: {today - DAY: 3}})
    signed(row, {"E14001000": {today - DAY: 53}}, "constituency")

    renew_breakdowns(today=today)

    found = where_signed(row.pk, today)
    assert found.kind == "district"
    assert found.places[0].rate is not None


def test_a_petition_is_shown_by_one_geography_for_ever(today, settings):
    settings.BY_CONSTITUENCY = True
    row = petition(today)
    _, _, body = matter(body="house-of-commons")
    seats = {"E14001000": "Leeds East", "E14001001": "Leeds West"}
    seats |= {f"E1400200{number}": f"Elsewhere {number}" for number in range(9)}
    for code, name in seats.items():
        Office.objects.create(
            body=body, slug=code.lower(), title=f"Member of Parliament for {name}", code=code,
            kind="member", seats=1,
        )  # fmt: skip
    signed(row, {LEEDS_CODE: {today - DAY: 50}, "FR": {today - DAY: 4}})
    signed(row, {"E14001000": {today - DAY: 30}, "E14001001": {today - DAY: 20}}, "constituency")

    renew_breakdowns(today=today)

    found = where_signed(row.pk, today)
    assert found.kind == "constituency"
    names = [(place.name, place.signatures) for place in found.places]
    assert names == [("Leeds East", 30), ("Leeds West", 20)]
    assert found.others == 4
    assert found.places[0].rate is None
    signed(row, {LEEDS_CODE: {today: 62}})
    signed(row, {"E14002000": {today: 2}}, "constituency")
    renew_breakdowns(today=today + DAY)
    again = where_signed(row.pk, today)
    assert again.kind == "constituency"
    assert "E08000035" not in shown(row, today)
    assert shown(row, today)[""] == 64
    assert ELSEWHERE in {place.name for place in again.places}


def test_a_postcode_has_a_constituency_where_the_official_directory_is_loaded(at):
    OfficialPostcode.objects.create(
        postcode="LS11UR", district=LEEDS_CODE, constituency="E14001320"
    )
    PostcodeEdition.objects.create(name="test", sha256="", rows=1, loaded_at=at)
    forget()

    assert whereabouts("LS1 1UR") == Whereabouts(LEEDS_CODE, "E14001320")
    assert whereabouts("LS1 1XX") == Whereabouts("", "")
    forget()


def test_constituencies_of_an_earlier_review_are_not_shown(today, settings):
    settings.BY_CONSTITUENCY = True
    row = petition(today)
    signed(row, {LEEDS_CODE: {today - DAY: 50}, EXETER_CODE: {today - DAY: 3}})
    signed(row, {"E14000777": {today - DAY: 53}}, "constituency")

    renew_breakdowns(today=today)

    assert where_signed(row.pk, today).kind == "district"
    assert shown(row, today) == {LEEDS_CODE: 50}


def test_only_petitions_that_were_open_have_tables(today):
    for state in ("rejected", "draft", "hidden"):
        row = petition(today, state)
        signed(row, {LEEDS_CODE: {today - DAY: 400}})
        with pytest.raises(NotFound):
            where_signed(row.pk, today)

    assert renew_breakdowns(today=today) == 0


def test_two_workers_make_one_table(today):
    row = petition(today)
    signed(row, {LEEDS_CODE: {today - DAY: 40}, EXETER_CODE: {today - DAY: 3}})
    renew_breakdowns(today=today)
    kept = Breakdown.objects.get()

    # What the second found due before the first was done.
    from folkmoot.petitions.actions import breakdowns

    assert breakdowns._renew(row.pk, today - DAY) == 0
    assert Breakdown.objects.get().places == kept.places
