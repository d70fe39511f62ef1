"""Report an error: private words, one public answer owed by whoever published the figure."""

import datetime as dt

import pytest
import yaml

from folkmoot.bodies.models import Body
from folkmoot.common.errors import BadInput, NotAllowed, TooOften
from folkmoot.common.models import Message, PublicAct
from folkmoot.common.reasons import WAIVERS
from folkmoot.duties import actions, queries
from folkmoot.duties.models import Duty, FigureReport
from folkmoot.duties.publishers import body_of_publisher, read_publishers
from folkmoot.people import retention
from folkmoot.people.actions import apply_retention, erase_me
from folkmoot.people.actions.rates import serves
from folkmoot.people.export import export_mine
from folkmoot.people.limits import USE_PROOF
from folkmoot.people.models import RateEvent
from folkmoot.people.queries import day_of
from folkmoot.shipped import shipped
from tests.rooms import duties_owed as owed
from tests.rooms import people_invented as invented
from tests.rooms.duties_owed import DAY, DFE, DFE_DOMAIN
from tests.rooms.people_invented import LEEDS, LEEDS_DOMAIN
from tests.rooms.test_petitions_signing_race import together

MINUTE = dt.timedelta(minutes=1)
WORDS = "The council's own report says 4, not 40."
RELEASE, ROW = "dfe-lait/1", 345


@pytest.fixture
def admin(db, at):
    owed.bodies()
    return invented.administrator(at)


def report(at, **fields):
    chosen = {"release": RELEASE, "row": ROW, "publisher": "Department for Education",
              "text": WORDS, "network": "192.0.2.7", **fields}  # fmt: skip
    return actions.report_figure(at=at, **chosen)


def test_a_report_makes_its_publisher_owe_an_answer(admin, at):
    sent = report(at, place="E10000008", service="special-educational-needs")

    (line,) = queries.duties_of(DFE, day_of(at))
    assert (line.kind, line.subject) == ("report", "release:dfe-lait/1/345")
    assert (line.rule, (line.due - line.since).days) == ("report-an-error", 28)
    assert (line.place, line.service) == ("E10000008", "special-educational-needs")
    assert sent.duty_id == line.id
    act = PublicAct.objects.latest("pk")
    assert (act.office, act.verb, act.body) == ("rule", "owe-answer", DFE)


def test_many_reports_of_one_figure_owe_one_answer_and_only_their_number_is_public(admin, at):
    for text in (WORDS, "I think so too.", "So do I."):
        report(at, text=text)
    report(at, row=346)

    lines = queries.duties_of(DFE, day_of(at))
    assert [queries.duty_file(line.id, day_of(at)).reports for line in lines] == [3, 1]
    assert (queries.reports_of(RELEASE, ROW), queries.reports_of(RELEASE, 9)) == (3, 0)
    public = repr([queries.duty_file(line.id, day_of(at)) for line in lines])
    assert WORDS not in public
    assert "So do I" not in "".join(PublicAct.objects.values_list("canonical", flat=True))


def test_a_figure_reported_again_after_its_answer_owes_another(admin, at):
    officer = invented.with_role(at, "officer", DFE, DFE_DOMAIN, by=admin)
    first = report(at).duty
    actions.answer(actor=officer, duty=first.pk, text="Row 345 is right.", at=at)
    second = report(at + DAY).duty

    assert second.pk != first.pk
    assert {first.key, second.key} == {"report:dfe-lait/1/345:1", "report:dfe-lait/1/345:2"}


@pytest.mark.parametrize(
    "publisher",
    [
        "Public Health Scotland; republished by the Office for National Statistics",
        (
            "Office for National Statistics; Police Service of Northern Ireland; republished by "
            "the Office for National Statistics"
        ),
        "Nobody in particular",
    ],
)
def test_where_the_publisher_is_not_known_that_is_said_and_nobody_is_blamed(admin, at, publisher):
    sent = report(at, publisher=publisher, contact=invented.address())

    assert sent.duty is None
    assert sent.contact == ""
    assert not Duty.objects.exists()
    assert queries.reports_of(RELEASE, ROW) == 1


def test_every_publisher_of_the_shipped_sources_is_a_body_or_said_not_to_be(admin):
    entries = read_publishers(shipped("catalogue"))
    for file in (shipped("catalogue") / "bodies").glob("*.yaml"):
        for body in (yaml.safe_load(file.read_text()) or {}).get("national", []):
            Body.objects.get_or_create(
                slug=body["slug"], defaults={"name": body["name"], "kind": body["kind"]}
            )
    sources = [yaml.safe_load(f.read_text()) for f in (shipped("catalogue") / "sources").iterdir()]
    publishers = {source["publisher"] for source in sources}
    assert len(publishers) > 15
    unknown = {p for p in publishers if body_of_publisher(p) is None}
    silent = {name for name, entry in entries.items() if entry.body is None}

    several = {p for p in unknown if p.count(";") > 1}
    assert {p.split(";")[0] for p in unknown - several} == silent
    assert all(Body.objects.filter(slug=e.body).exists() for e in entries.values() if e.body)


def test_faults_of_the_file_of_publishers_are_all_found(tmp_path):
    folder = tmp_path / "duties"
    folder.mkdir()
    file = folder / "publishers.yaml"
    file.write_text("- {publisher: X, body: Y, why: short}\n- {publisher: Office for Z}\n")
    with pytest.raises(BadInput) as refused:
        read_publishers(tmp_path)
    assert {f.where.split(", ")[1] for f in refused.value.faults} == {
        "0.publisher", "0.body", "0.why", "1.body", "1.why",
    }  # fmt: skip
    file.write_text("[")
    with pytest.raises(BadInput, match="fault"):
        read_publishers(tmp_path)


def test_faults_of_a_report_are_told_at_once_and_nothing_is_kept(admin, at):
    with pytest.raises(BadInput) as refused:
        report(at, text=" ", contact="not an address")
    assert {f.where for f in refused.value.faults} == {"text", "contact"}
    with pytest.raises(BadInput):
        report(at, text="x" * 5001)
    assert not FigureReport.objects.exists()
    assert not Duty.objects.exists()


def test_reports_from_one_network_are_limited(admin, at):
    for number in range(10):
        report(at, row=number + 1, proof=f"{number:064x}")
    with pytest.raises(TooOften):
        report(at, row=99, proof="f" * 64)
    assert report(at, row=99, network="198.51.100.1").duty
    assert Duty.objects.count() == 11
    assert report(at + dt.timedelta(hours=1, seconds=1), row=100).duty


def test_without_a_solved_puzzle_a_network_reports_less_often(admin, at):
    for number in range(4):
        report(at, row=number + 1)
    with pytest.raises(TooOften):
        report(at, row=99)
    assert report(at, row=99, proof="f" * 64).duty


def test_a_solved_puzzle_serves_once(admin, at):
    for number in range(5):
        report(at + number * 14 * MINUTE, row=number + 1, proof="f" * 64)
    # The first had the wider limit, four more the tighter one: there is no sixth.
    with pytest.raises(TooOften):
        report(at + 59 * MINUTE, row=99, proof="f" * 64)
    assert report(at + 59 * MINUTE, row=99, proof="e" * 64).duty
    # Nothing of the puzzle itself is kept, and the digest goes with the other counts.
    kept = RateEvent.objects.filter(kind=USE_PROOF)
    assert kept.count() == 2
    assert not kept.filter(key__in=("f" * 64, "e" * 64)).exists()
    apply_retention(at=at + retention.RATE_EVENTS.after + 2 * DAY)
    assert not kept.exists()


def test_a_report_that_is_refused_spends_no_puzzle(admin, at):
    with pytest.raises(BadInput):
        report(at, text="", proof="f" * 64)
    for number in range(10):
        report(at, row=number + 1, proof=f"{number:064x}")
    with pytest.raises(TooOften):
        report(at, row=99, proof="f" * 64)
    assert RateEvent.objects.filter(kind=USE_PROOF).count() == 10
    assert report(at, row=99, proof="f" * 64, network="198.51.100.1").duty
    assert RateEvent.objects.filter(kind=USE_PROOF).count() == 11


def test_of_many_at_once_one_is_the_first(committing, at):
    first = together(lambda _number: serves(proof="f" * 64, at=at), 6)
    assert sorted(first) == [False] * 5 + [True]
    assert serves(proof=None, at=at) is False
    assert serves(proof="", at=at) is False


def test_who_may_read_what_was_reported(admin, at):
    duty = report(at).duty
    today = day_of(at)
    for role in ("officer", "centre"):
        who = invented.with_role(at, role, DFE, DFE_DOMAIN, by=admin)
        assert queries.reports_for(who, duty.pk, today) == [WORDS]
    assert queries.reports_for(admin, duty.pk, today) == [WORDS]
    leeds = invented.with_role(at, "officer", LEEDS, LEEDS_DOMAIN, by=admin)
    moderator = invented.with_role(at, "moderator", DFE, DFE_DOMAIN, by=admin)
    for who in (None, invented.person(at), leeds, moderator):
        with pytest.raises(NotAllowed):
            queries.reports_for(who, duty.pk, today)


def test_who_left_an_address_is_told_once_and_forgotten(admin, at):
    officer = invented.with_role(at, "officer", DFE, DFE_DOMAIN, by=admin)
    reader = invented.address()
    duty = report(at, contact=f" {reader.upper()} ").duty
    report(at)
    Message.objects.all().delete()
    actions.answer(actor=officer, duty=duty.pk, text="You are right; a new release has 4.", at=at)

    (letter,) = Message.objects.all()
    assert letter.to == reader
    assert f"/duties/{duty.pk}/" in letter.payload["text"]
    assert "Department for Education" in letter.payload["text"]
    assert WORDS not in str(letter.payload)
    assert set(FigureReport.objects.values_list("contact", flat=True)) == {""}


def test_who_reported_is_told_of_a_waiver_too_and_forgotten(admin, at):
    reader = invented.address()
    duty = report(at, contact=reader).duty
    Message.objects.all().delete()
    actions.waive(actor=admin, duty=duty.pk, reason="no-error-reported", at=at)
    (letter,) = Message.objects.all()
    assert (letter.key.partition(":")[0], letter.to) == ("report-waived", reader)
    assert WAIVERS["no-error-reported"] in letter.payload["text"]
    assert set(FigureReport.objects.values_list("contact", flat=True)) == {""}


def test_a_person_sees_and_erases_what_they_reported(admin, at):
    who = invented.person(at)
    duty = report(at, contact=who.email).duty
    report(at, text="Another's words.", contact=invented.address())
    assert [r["text"] for r in export_mine(who)["figure-reports"]] == [WORDS]

    erase_me(person=who, at=at)
    texts = sorted(FigureReport.objects.values_list("text", flat=True))
    assert texts == ["", "Another's words."]
    assert queries.duty_file(duty.pk, day_of(at)).reports == 2


def test_words_and_addresses_go_when_their_time_is_up(admin, at):
    duty = report(at, contact=invented.address()).duty
    rule = retention.FIGURE_REPORTS
    before = apply_retention(at=at + rule.after - dt.timedelta(seconds=1)).erased[rule.key]
    kept = FigureReport.objects.get()
    assert (before, kept.text) == (0, WORDS)
    assert apply_retention(at=at + rule.after).erased[rule.key] == 1
    gone = FigureReport.objects.get()
    assert (gone.text, gone.contact) == ("", "")
    assert apply_retention(at=at + rule.after).erased[rule.key] == 0
    duty.refresh_from_db()
    assert duty.ended == ""
