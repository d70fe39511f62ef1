"""Paper is taken in whole or not at all, once, and nobody counts twice."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.duties.models import Duty
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions import counting, paper, patterns
from folkmoot.petitions.keys import person_key
from folkmoot.petitions.models import PaperBatch, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PAPER, SET_ASIDE, TAKEN_BACK
from folkmoot.petitions.queries import petition_file
from folkmoot.petitions.rules import limits, states
from folkmoot.petitions.rules.paper import read_paper
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.test_petitions_counting import check
from tests.rooms.test_petitions_signing import confirm, sign, take_back
from tests.rooms.test_petitions_signing_race import together

DAY = dt.timedelta(days=1)
PEOPLE = [("Ann Example", "LS1 1UR"), ("Bob Example", "LS1 1UR"), ("Siân O’Neill", "ls6 3aa")]


def sheet(*people, head="name,postcode"):
    return "\n".join([head, *(f"{name},{postcode}" for name, postcode in people)]).encode()


def take_in(petition, actor, at, rows=None, on=None, **more):
    return paper.take_in(
        actor=actor, petition=petition.pk, rows=rows or sheet(*PEOPLE), on=on or day_of(at), at=at,
        **more,
    )  # fmt: skip


def look(petition, actor, at, rows):
    return paper.look(actor=actor, petition=petition.pk, rows=rows, on=day_of(at), at=at)


@pytest.fixture(autouse=True)
def _any_number(monkeypatch):
    """Files of any size, but where their size is the question."""
    monkeypatch.setattr(limits, "PAPER_LEAST", 1)


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w):
    return made.petition(w)


def test_a_sheet_becomes_signatures_without_addresses(w, petition, at):
    batch = take_in(petition, w.officer, at)

    assert (batch.rows, batch.taken, batch.doubles, batch.on) == (3, 3, 0, day_of(at))
    rows = list(Signature.objects.filter(petition=petition).order_by("pk"))
    assert [(row.name, row.postcode) for row in rows] == [
        ("Ann Example", "LS1 1UR"), ("Bob Example", "LS1 1UR"), ("Siân O’Neill", "LS6 3AA"),
    ]  # fmt: skip
    for row in rows:
        assert (row.state, row.origin, row.paper) == (CONFIRMED, PAPER, batch)
        assert (row.email, row.address_key, row.name_shown, row.tell_me) == ("", "", False, False)
        assert (row.area, row.confirmed_at) == (made.PLACE, at)
        assert row.person_key
    counting.count_signatures(at=at)
    check(petition)
    assert petition.signatures == 3


def test_it_is_public_in_counts_only(w, petition, at):
    batch = take_in(petition, w.officer, at)
    act = PublicAct.objects.latest("pk")
    assert (act.verb, act.office) == ("take-in-paper", batch.office)
    assert act.subject == f"petition:{petition.pk}/signatures/3"
    assert "Example" not in act.canonical


def test_paper_reaches_thresholds(w, petition, at):
    people = [(f"{invented.FAKE.first_name()} Number{n}", "LS1 1UR") for n in range(12)]
    people = [(f"{name.replace('Number', '')}x{n}", code) for n, (name, code) in enumerate(people)]
    take_in(petition, w.officer, at, sheet(*people))
    counting.count_signatures(at=at)
    assert Duty.objects.get().key == f"petition/{petition.pk}/answer"


def test_who_has_signed_already_is_counted_and_not_taken(w, petition, at):
    confirm(sign(petition, at, name="ANN  EXAMPLE", postcode="LS11UR"), at)
    aside = confirm(sign(petition, at, name="Bob Example", network="198.51.100.1"), at)
    Signature.objects.filter(pk=aside.signature).update(state=SET_ASIDE)
    sign(petition, at, name="Siân O'Neill", postcode="LS6 3AA", network="198.51.100.2")
    rows = sheet(*PEOPLE, ("sian o neill", "LS63AA"), ("Ann Example", "LS6 3AA"))

    found = look(petition, w.officer, at, rows)
    assert (found.rows, found.twice, found.people) == (5, 1, 4)
    assert not PaperBatch.objects.exists()

    batch = take_in(petition, w.officer, at, rows)
    assert (batch.rows, batch.taken, batch.doubles) == (5, 2, 3)
    assert Signature.objects.filter(origin=PAPER).count() == 2


def test_who_is_on_another_sheet_is_not_taken_again(w, petition, at):
    take_in(petition, w.officer, at)
    batch = take_in(petition, w.officer, at, sheet(*PEOPLE, ("Cyd Example", "LS1 1UR")))
    assert (batch.taken, batch.doubles) == (1, 3)
    other = made.petition(w)
    assert take_in(other, w.officer, at).taken == 3


def test_who_took_their_signature_back_may_sign_on_paper(w, petition, at):
    row = sign(petition, at, name="Ann Example")
    confirm(row, at)
    take_back(row, at)
    assert take_in(petition, w.officer, at).taken == 3


def test_the_same_file_only_once(w, petition, at):
    take_in(petition, w.officer, at)
    with pytest.raises(Conflict):
        take_in(petition, w.officer, at)
    with pytest.raises(Conflict):
        look(petition, w.officer, at, sheet(*PEOPLE))
    assert Signature.objects.count() == 3


def test_every_fault_is_told_with_its_row_and_column_and_nothing_is_taken(w, petition, at):
    rows = sheet(
        ("Ann Example", "LS1 1UR"), ("", "QQ"), ("ann@example.org", "LS1 1UR"), ("Bob", "")
    )
    with pytest.raises(BadInput) as caught:
        take_in(petition, w.officer, at, rows)
    found = [(fault.where, fault.kind) for fault in caught.value.faults]
    assert found == [
        ("row 3, name", "empty"),
        ("row 3, postcode", "malformed-postcode"),
        ("row 4, name", "invalid"),
        ("row 5, postcode", "malformed-postcode"),
    ]
    assert not any("ann@example.org" in str(fault) for fault in caught.value.faults)
    assert not Signature.objects.exists()
    assert not PaperBatch.objects.exists()


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "file"),
        (b"  \n", "file"),
        (b"\xff\xfe\x00", "file"),
        (b"name,postcode\n\x00", "file"),
        (b"name,postcode\n", "file"),
        (b"who,where\nAnn,LS1 1UR", "row 1, name"),
        (b"name,name,postcode\n", "row 1, name"),
        (b"name,postcode,email\nAnn,LS1 1UR,a", "row 1"),
        (b"name,postcode\nAnn Example", "row 2"),
        (b"name,postcode\nExample, Ann,LS1 1UR", "row 2"),
        (b'name,postcode\n"Ann,LS1 1UR\n', "row 2"),
        (b"x" * (limits.PAPER_BYTES + 1), "file"),
        (b"name,postcode\n" + b"Ann,LS1 1UR\n" * (limits.PAPER_ROWS + 1), "file"),
    ],
)
def test_what_is_no_such_file(content, where):
    with pytest.raises(BadInput) as caught:
        read_paper(content)
    assert caught.value.faults[0].where == where


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_faults(content):
    for head in (b"", b"name,postcode\n"):
        rows = []
        with suppress(BadInput):
            rows = read_paper(head + content)
        assert all(row.name and row.postcode for row in rows)


def test_as_spreadsheets_save_it():
    text = "\ufeffPostcode;x".replace(";x", ",Name") + '\r\nls11ur,"Example, Ann"\r\n\r\n,\r\n'
    (row,) = read_paper(text.encode())
    assert (row.line, row.name, row.postcode) == (2, "Example, Ann", "LS1 1UR")


def test_only_officers_of_the_body_may(w, petition, at):
    centre = invented.with_role(at, "centre", "mhclg", "mhclg.example.org", by=w.administrator)
    elected = invented.with_role(
        at, "representative", invented.LEEDS, invented.LEEDS_DOMAIN, "leader", by=w.administrator
    )
    for actor in (
        None,
        w.creator,
        w.moderator,
        w.stranger,
        w.administrator,
        centre,
        elected,
    ):
        with pytest.raises(NotAllowed):
            take_in(petition, actor, at)
        with pytest.raises(NotAllowed):
            look(petition, actor, at, sheet(*PEOPLE))
        with pytest.raises(NotAllowed):
            take_back_paper(petition, actor, at)
    assert not Signature.objects.exists()


def take_back_paper(petition, actor, at, name="Ann Example", postcode="LS1 1UR"):
    paper.take_back_paper(actor=actor, petition=petition.pk, name=name, postcode=postcode, at=at)


def test_looking_at_a_file_tells_nobody_who_has_signed(w, petition, at):
    """An officer of the body that is asked learns nothing of a resident by a file of one row."""
    rows = sheet(("Ann Example", "LS1 1UR"))
    before = look(petition, w.officer, at, rows)
    confirm(sign(petition, at, name="Ann Example"), at)
    assert look(petition, w.officer, at, rows) == before


def test_few_people_are_taken_in_by_the_site_alone(w, petition, at, monkeypatch):
    monkeypatch.undo()
    nine = [(f"Ann {'abcdefghij'[n]}xample", "LS1 1UR") for n in range(9)]
    for rows in (sheet(*nine), sheet(*nine, *nine)):
        for do in (look, take_in):
            with pytest.raises(BadInput) as caught:
                do(petition, w.officer, at, rows)
            assert (caught.value.faults[0].where, caught.value.faults[0].kind) == (
                "file",
                "too-few",
            )
    assert not Signature.objects.exists()

    assert take_in(petition, w.site, at, sheet(*nine)).office == "site/moderators"
    ten = [(f"Bob {'abcdefghij'[n]}xample", "LS1 1UR") for n in range(10)]
    assert take_in(petition, w.officer, at, sheet(*ten)).taken == 10


def test_the_site_takes_in_no_paper_for_what_its_moderator_began(w, at):
    petition = made.petition(w, creator=w.site)
    with pytest.raises(NotAllowed):
        take_in(petition, w.site, at)
    assert take_in(petition, w.second, at).taken == 3


def test_how_many_were_not_taken_is_shown_from_five_on(w, petition, at):
    people = [(f"Eve {'abcdefghij'[n]}xample", "LS1 1UR") for n in range(5)]
    take_in(petition, w.officer, at, sheet(*people))
    take_in(petition, w.officer, at, sheet(*people[:4], *PEOPLE))
    take_in(petition, w.officer, at, sheet(*people, ("Cyd Example", "LS1 1UR")))
    shown = [(line.taken, line.missed) for line in petition_file(petition.pk, day_of(at)).paper]
    assert shown == [(5, None), (3, None), (1, 5)]


def test_who_confirms_online_while_a_sheet_is_taken_in_counts_once(w, petition, at, monkeypatch):
    """Confirming does not wait for taking in: so taking in looks again when it has written."""
    row = sign(petition, at, name="Ann Example")
    write = paper._write

    def slowly(*given):
        write(*given)
        Signature.objects.filter(pk=row.pk).update(state=CONFIRMED, confirmed_at=at)

    monkeypatch.setattr(paper, "_write", slowly)
    batch = take_in(petition, w.officer, at)

    batch.refresh_from_db()
    assert (batch.taken, batch.doubles) == (2, 1)
    assert Signature.objects.filter(state=CONFIRMED).count() == 3


@pytest.mark.parametrize("who", ["officer", "site"])
def test_a_signature_on_paper_is_taken_back_by_whoever_holds_the_sheet(w, petition, at, who):
    take_in(petition, w.officer, at)
    counting.count_signatures(at=at)
    online = confirm(sign(petition, at, name="Bob Exampler"), at)

    # Online signatures, and those of nobody, are answered alike and left alone.
    for name in ("Bob Exampler", "Nobody Example"):
        take_back_paper(petition, getattr(w, who), at, name)
    assert Signature.objects.get(pk=online.signature).state == CONFIRMED

    take_back_paper(petition, getattr(w, who), at, " ANN example", "ls11ur")
    gone = Signature.objects.get(state=TAKEN_BACK)
    assert (gone.name, gone.postcode, gone.person_key, gone.ended_at) == ("", "", "", at)
    # The record says the same of all three: it tells nobody who had signed.
    acts = PublicAct.objects.filter(verb="take-back-paper").values("subject", "reason", "link")
    where = {
        "subject": f"petition:{petition.pk}",
        "reason": "",
        "link": f"/petitions/{petition.pk}/",
    }
    assert list(acts) == [where] * 3
    counting.count_signatures(at=at)
    check(petition)
    assert petition.signatures == 3


def test_what_is_not_a_name_or_a_postcode_is_a_fault(w, petition, at):
    with pytest.raises(BadInput) as caught:
        take_back_paper(petition, w.officer, at, "", "LS")
    assert [fault.where for fault in caught.value.faults] == ["name", "postcode"]


@pytest.mark.parametrize(
    "state", [s for s in states.STATES if s not in (states.OPEN, states.CLOSED)]
)
def test_only_while_it_is_open_or_was(w, at, state):
    petition = made.petition(w, state)
    with pytest.raises(Conflict):
        take_in(petition, w.officer, at)


def test_for_four_weeks_after_its_end_of_sheets_that_came_before_it(w, at):
    petition = made.petition(w, states.CLOSED)
    assert take_in(petition, w.officer, at, on=petition.closes_on).taken == 3
    with pytest.raises(BadInput) as caught:
        take_in(petition, w.officer, at, sheet(("Cyd Example", "LS1 1UR")))
    assert caught.value.faults[0].where == "on"
    late = at + limits.PAPER_WITHIN + DAY
    with pytest.raises(Conflict):
        take_in(petition, w.officer, late, sheet(("Cyd Example", "LS1 1UR")), petition.closes_on)


@pytest.mark.parametrize("days", [-2, 1])
def test_nobody_signed_before_it_opened_or_after_today(w, petition, at, days):
    with pytest.raises(BadInput):
        take_in(petition, w.officer, at, on=day_of(at) + days * DAY)


def test_there_is_no_such_petition(w, at):
    with pytest.raises(NotFound):
        paper.take_in(actor=w.officer, petition=99_999_999, rows=b"", on=day_of(at), at=at)


def test_few_queries_for_many_rows(w, petition, at, django_assert_max_num_queries):
    rows = sheet(*((f"Ann {'abcdefghij'[n % 10] * (n // 10 + 1)}", "LS1 1UR") for n in range(400)))
    with django_assert_max_num_queries(20):
        batch = take_in(petition, w.officer, at, rows)
    assert batch.taken == 400


def test_paper_raises_no_alert(w, petition, at):
    rows = sheet(*((f"Ann {'abcdefghij'[n % 10] * (n // 10 + 1)}", "LS1 1UR") for n in range(100)))
    take_in(petition, w.officer, at, rows)
    counting.count_signatures(at=at)
    assert patterns.find_patterns(at=at) == 0


def test_the_same_file_from_many_at_once_is_taken_in_once(committing, at):
    w = made.world(at)
    petition = made.petition(w)
    row = sign(petition, at, name="Ann Example")

    def work(n):
        if n == 0:
            counting.count_signatures(at=at)
            return confirm(row, at)
        extra = [("Cyd Example", "LS1 1UR")] if n > 3 else []
        return take_in(petition, w.officer, at, sheet(*PEOPLE, *extra))

    found = together(work, 6)
    names = [type(one).__name__ for one in found]
    assert names.count("PaperBatch") == 2
    assert names.count("Conflict") == 3
    counting.count_signatures(at=at)
    check(petition)
    assert Signature.objects.filter(origin=PAPER).count() in (3, 4)
    keys = list(Signature.objects.filter(origin=PAPER).values_list("person_key", flat=True))
    assert len(keys) == len(set(keys))
    assert person_key("Cyd Example", "LS1 1UR") in keys
