"""A file of holders: every fault with its row, and all or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from faker import Faker

from folkmoot.bodies import holders_file
from folkmoot.bodies.actions import HoldersImported, import_holders, remove_holder
from folkmoot.bodies.models import Body, Holder, Office
from folkmoot.common.errors import BadInput, Fault, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from tests.rooms.bodies_loaded import AT, bodies

__all__ = ["bodies"]

fake = Faker("en_GB")
Faker.seed(11)
LINK = "https://democracy.leeds.gov.uk/members"
HEADER = "name,organization,role,start_date,end_date,source,party"


@pytest.fixture
def loaded(bodies: Any, db: Any) -> None:
    """Shipped bodies, and what a test writes is undone."""


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def row(
    name: str, since: str, until: str = "", body: str = "leeds-city-council", **more: str
) -> str:
    role = more.get("role", "leader")
    return (
        f"{name},{body},{role},{since},{until},{more.get('source', LINK)},{more.get('party', '')}"
    )


def load(*rows: str, office: str = "operator") -> HoldersImported:
    return import_holders(csv_of(*rows), office=office, at=AT)


def faults_of(content: bytes, office: str = "operator") -> list[Fault]:
    with pytest.raises(BadInput) as caught:
        import_holders(content, office=office, at=AT)
    return list(caught.value.faults)


def test_a_file_is_loaded_and_each_body_gets_one_public_act(loaded: None) -> None:
    name, other = fake.name(), fake.name()
    done = load(
        row(name, "2024-05-16", party="Labour"),
        row(other, "2023-01-09", role="Director of children's services"),
        row(fake.name(), "2022-03-01", body="E06000023", role="chief-finance-officer"),
    )
    assert done == HoldersImported(3, 0, 0, ("bristol-city-council", "leeds-city-council"))
    holder = Holder.objects.get(office__body__slug="leeds-city-council", office__kind="leader")
    assert (holder.name, holder.party, holder.source) == (name, "Labour", LINK)
    assert holder.as_at == AT.date()
    acts = list(PublicAct.objects.filter(verb="import-holders").order_by("pk"))
    assert [act.body for act in acts] == ["bristol-city-council", "leeds-city-council"]
    assert {act.office for act in acts} == {"operator"}
    assert not any(name in act.canonical or other in act.canonical for act in acts)


def test_the_same_file_again_changes_nothing_and_is_no_act(loaded: None) -> None:
    line = row(fake.name(), "2024-05-16")
    load(line)
    assert load(line) == HoldersImported(0, 0, 1, ())
    assert PublicAct.objects.filter(verb="import-holders").count() == 1


def test_a_successor_needs_the_end_of_the_one_before(loaded: None) -> None:
    first, second = "Ann Before", "Bea After"
    load(row(first, "2021-05-20"))
    faults = faults_of(csv_of(row(second, "2026-05-14")))
    assert [f.kind for f in faults] == ["overlapping-holders"]
    assert faults[0].where == "row 2, start_date"
    assert first in faults[0].what
    assert first in faults[0].remedy
    assert Holder.objects.filter(name=second).count() == 0
    done = load(row(first, "2021-05-20", "2026-05-14"), row(second, "2026-05-14"))
    assert (done.added, done.changed) == (1, 1)


def test_a_member_of_parliament_of_the_shipped_list_can_be_followed(loaded: None) -> None:
    office = Office.objects.get(body__slug="house-of-commons", slug="exeter")
    old = office.holders.get()
    new = fake.name()
    done = load(
        row(old.name, old.since.isoformat(), "2026-09-01", body="house-of-commons", role="exeter"),
        row(new, "2026-10-02", body="house-of-commons", role="Member of Parliament for Exeter"),
    )
    assert (done.added, done.changed) == (1, 1)
    assert set(office.holders.values_list("name", flat=True)) == {old.name, new}


def test_many_may_be_councillors_at_a_time(loaded: None) -> None:
    names = [fake.unique.name() for _ in range(4)]
    done = load(*(row(name, "2026-05-07", role="ward-councillors") for name in names))
    assert done.added == 4


def test_every_fault_of_a_file_is_named_at_once(loaded: None) -> None:
    found = faults_of(
        csv_of(
            row("", "2024-05-16"),
            row("Ann Able", "16/05/2024"),
            row("Ann Able", "2024-05-16", "2023-01-01"),
            row("Ann Able", "2024-02-30"),
            row("Ann Able", "2031-05-16"),
            row("Ann Able", "2024-05-16", source="the internet"),
            row("Ann Able", "2024-05-16", body="leeds-city-counsil"),
            row("Ann Able", "2024-05-16", role="king"),
            row("<b>Ann</b>", "2024-05-16"),
            "Ann Able,leeds-city-council",
            row("x" * 121, "2024-05-16"),
            row("Ann Able", "2024-05-16", role="council"),
        )
    )
    assert [f.where for f in found] == [
        "row 2, name",
        "row 3, start_date",
        "row 4, end_date",
        "row 5, start_date",
        "row 6, start_date",
        "row 7, source",
        "row 8, organization",
        "row 9, role",
        "row 10, name",
        "row 11",
        "row 12, name",
        "row 13, role",
    ]
    assert all(f.remedy for f in found)
    assert "leeds-city-council" in found[6].remedy
    assert found[6].value == "leeds-city-counsil"
    assert "leader" in found[7].remedy
    assert not Holder.objects.filter(name="Ann Able").exists()
    assert not PublicAct.objects.filter(verb="import-holders").exists()


def test_one_bad_row_keeps_out_the_good_ones(loaded: None) -> None:
    good = fake.name()
    faults_of(csv_of(row(good, "2024-05-16"), row("Ann", "never", role="monitoring-officer")))
    assert not Holder.objects.filter(name=good).exists()


def test_the_same_term_twice_and_two_at_a_time_in_one_file(loaded: None) -> None:
    twice = faults_of(csv_of(row("Ann Able", "2024-05-16"), row("Ann Able", "2024-05-16")))
    assert [(f.where, f.kind) for f in twice] == [("row 3, name", "conflicting-key")]
    both = faults_of(csv_of(row("Ann Able", "2024-05-16"), row("Bea Bold", "2025-05-16")))
    assert [(f.where, f.kind) for f in both] == [("row 3, start_date", "overlapping-holders")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "missing-column"),
        (b"name,role\nAnn,leader", "missing-column"),
        (csv_of(header=HEADER), "invalid"),
        (csv_of("a,b,c,d,e,f,g,h", header=HEADER + ",email"), "unknown-column"),
        (csv_of(header=HEADER + ",person"), "unknown-column"),
        (b"\xff\xfe\x00name", "unreadable"),
        (b"name\x00,organization", "unreadable"),
        (csv_of('"an open quote,leeds-city-council'), "invalid"),
        (b"x" * (holders_file.LARGEST + 1), "too-large"),
    ],
)
def test_files_that_are_no_list_of_holders(loaded: None, content: bytes, kind: str) -> None:
    assert kind in {f.kind for f in faults_of(content)}


def test_contact_details_are_refused_with_their_column(loaded: None) -> None:
    found = faults_of(csv_of(header=HEADER + ",email"))
    assert "'email'" in found[0].what
    assert "no contact details" in found[0].remedy


def test_a_mark_of_spreadsheets_is_no_name(loaded: None) -> None:
    found = faults_of(csv_of(row("=HYPERLINK(1)", "2024-05-16")))
    assert found[0].where == "row 2, name"
    assert load(row("Siân O'Brien-Łoś", "2024-05-16")).added == 1


def test_a_body_with_a_byte_order_mark_and_other_names_of_columns(loaded: None) -> None:
    header = "\ufeffPerson,Organisation,Post,Since,Source_URL"
    text = f"{header}\nAnn Able,E08000035,Leader,2024-05-16,{LINK}\n"
    assert import_holders(text.encode(), office="operator", at=AT).added == 1


def test_an_officer_may_say_so_of_their_own_body_only(loaded: None) -> None:
    own = row(fake.name(), "2024-05-16")
    other = row(fake.name(), "2024-05-16", body="bristol-city-council", role="monitoring-officer")
    assert load(own, office="leeds-city-council/head-of-paid-service").added == 1
    with pytest.raises(NotAllowed, match="Bristol City Council"):
        load(own, other, office="leeds-city-council/head-of-paid-service")
    with pytest.raises(NotAllowed):
        load(own, office="leeds-city-council/no-such-office")
    with pytest.raises(NotAllowed):
        load(other, office="leeds-city-council")
    with pytest.raises(NotAllowed):
        load(own, office="nobody-at-all")
    assert Holder.objects.filter(office__body__slug="bristol-city-council").count() == 0


def test_a_term_lies_within_the_life_of_its_office(loaded: None) -> None:
    found = faults_of(
        csv_of(
            row("Ann Able", "1999-05-06", body="west-yorkshire-combined-authority", role="mayor")
        )
    )
    assert [fault.where for fault in found] == ["row 2, start_date"]
    assert "began on" in found[0].what
    office = Office.objects.get(body__slug="leeds-city-council", kind="leader")
    office.ended = dt.date(2020, 1, 1)
    office.save()
    found = faults_of(csv_of(row("A", "2010-05-06", "2021-01-01"), row("B", "2021-05-06")))
    assert [fault.where for fault in found] == ["row 2, end_date", "row 3, start_date"]


def test_a_party_stays_where_the_file_has_no_such_column(loaded: None) -> None:
    load(row("Ann Able", "2024-05-16", party="Labour"))
    short = HEADER.removesuffix(",party")
    line = f"Ann Able,leeds-city-council,leader,2024-05-16,2026-05-14,{LINK}"
    assert import_holders(csv_of(line, header=short), office="operator", at=AT).changed == 1
    assert Holder.objects.get(name="Ann Able").party == "Labour"
    load(row("Ann Able", "2024-05-16", "2026-05-14"))
    assert Holder.objects.get(name="Ann Able").party == ""


def test_the_day_for_which_a_source_was_right_may_be_given(loaded: None) -> None:
    line = row("Ann Able", "2024-05-16")
    import_holders(csv_of(f"{line},2025-01-31", header=f"{HEADER},as_at"), office="operator", at=AT)
    assert Holder.objects.get(name="Ann Able").as_at == dt.date(2025, 1, 31)
    assert load(line).unchanged == 1
    found = faults_of(csv_of(f"{line},2031-01-31", header=f"{HEADER},as_at"))
    assert [fault.where for fault in found] == ["row 2, as_at"]


def test_the_day_is_that_of_the_clocks_in_london(loaded: None) -> None:
    """Half an hour past midnight in summer is still the day before in universal time."""
    at, day = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC), dt.date(2026, 7, 1)
    body = Body.objects.get(slug="leeds-city-council")
    Office.objects.create(body=body, slug="clerk", title="Clerk", kind="chair", started=day)
    clerk = "leeds-city-council/clerk"

    done = import_holders(csv_of(row("Ann Able", "2026-07-01")), office=clerk, at=at)
    assert done.added == 1
    assert Holder.objects.get(name="Ann Able").as_at == day
    Holder.objects.update(as_at=dt.date(2026, 1, 1))
    import_holders(csv_of(row("Ann Able", "2026-07-01", party="Labour")), office=clerk, at=at)
    assert Holder.objects.get(name="Ann Able").as_at == day
    remove_holder(
        key="leeds-city-council/leader", name="Ann Able", since=day,
        reason="wrong-holder", office=clerk, at=at,
    )  # fmt: skip
    assert not Holder.objects.filter(name="Ann Able").exists()


def test_keys_of_other_systems_are_passed_over(loaded: None) -> None:
    header = "id,person_id,name,organization_id,post_id,on_behalf_of_id,start_date,source"
    line = f"m/1,p/2,Ann Able,leeds-city-council,leader,party/3,2024-05-16,{LINK}"
    assert import_holders(csv_of(line, header=header), office="operator", at=AT).added == 1
    assert Holder.objects.get(name="Ann Able").party == ""


def test_what_is_wrong_is_taken_away_in_public_and_put_right(loaded: None) -> None:
    load(row("Jhon Smith", "2024-05-16"))
    gone = {"key": "leeds-city-council/leader", "name": "Jhon Smith",
            "since": dt.date(2024, 5, 16), "at": AT}  # fmt: skip
    with pytest.raises(BadInput):
        remove_holder(**gone, reason="because", office="operator")
    with pytest.raises(NotAllowed):
        remove_holder(**gone, reason="wrong-holder", office="bristol-city-council/leader")
    remove_holder(**gone, reason="wrong-holder", office="leeds-city-council/leader")
    with pytest.raises(NotFound):
        remove_holder(**gone, reason="wrong-holder", office="operator")
    act = PublicAct.objects.latest("pk")
    assert (act.verb, act.body, act.reason) == (
        "remove-holder", "leeds-city-council", "wrong-holder",
    )  # fmt: skip
    assert "Smith" not in act.canonical
    assert load(row("John Smith", "2024-05-16")).added == 1


def test_a_place_with_a_force_and_a_commissioner_is_told_apart_by_the_role(loaded: None) -> None:
    done = load(
        row(fake.name(), "2024-05-09", body="E23000035", role="commissioner"),
        row(fake.name(), "2025-01-09", body="E23000035", role="chief constable"),
    )
    assert done.bodies == (
        "devon-and-cornwall-police",
        "police-and-crime-commissioner-for-devon-and-cornwall",
    )


def test_the_file_reader_alone_needs_no_database() -> None:
    rows, faults = holders_file.read_holders(
        csv_of(row("Ann Able", "2024-05-16")), today=dt.date(2026, 11, 23)
    )
    assert faults == []
    assert rows[0].line == 2
    assert rows[0].until is None
