"""The public register, a case, and the forms of offices; and that rehearsals never get there."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from folkmoot.common.models import PublicAct
from folkmoot.framework.cases import actions
from folkmoot.framework.cases.importing import import_elsewhere
from folkmoot.framework.models import Case
from folkmoot.shipped import shipped
from folkmoot.web import remembered
from folkmoot.web.pages.place import MOST_CASES
from tests.built_database import BUILT_AT
from tests.rooms import cases_begun as begun
from tests.rooms.cases_begun import DAY, DEVON_COUNCIL, DFE, EQUALITY, REASONS
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

HERE = "/interventions/"
TODAY = BUILT_AT.date()
MATTER = f"/place/devon/{begun.SEN}/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(BUILT_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def stage(db, at):
    """A ladder in use, real figures of three councils, and people who act."""
    return begun.stage(at)


def words(answer: Any) -> str:
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def read(client: Client, path: str, status: int = 200) -> str:
    remembered.forget()
    answer = get(client, path)
    assert answer.status_code == status, path
    return words(answer)


def noticed(stage, at):
    return actions.propose(**begun.proposal(actor=stage.official, at=at))


def refused(stage, at):
    asked = begun.proposal(actor=stage.official, at=at)
    return actions.propose(**{**asked, "place": begun.YORK, "body": ""})


def test_a_notice_is_public_with_its_trace_and_the_same_for_everybody(stage, at):
    case = noticed(stage, at)
    path = f"{HERE}{case.pk}/"
    said = read(Client(), path)

    assert "Notice given; Devon County Council owes a reply by" in said
    assert "Met:" in said
    assert re.search(r"release \d+, row \d+", said)
    assert REASONS in said
    assert "gave notice that it may step in" in said
    assert "Outside the framework" not in said
    remembered.forget()
    seen_by_officer = get(browser_of(stage.devon), path)
    assert seen_by_officer.content == get(Client(), path).content
    assert "cookie" not in seen_by_officer.get("Vary", "").lower()
    assert "X-Robots-Tag" not in seen_by_officer


def test_each_figure_of_a_trace_is_reported_by_words_of_its_own(stage, at):
    case = noticed(stage, at)
    html = get(Client(), f"{HERE}{case.pk}/").content.decode()
    named = re.findall(r'href="(/report/[^"]+)">Report an error<span [^>]+>: ([^<]+)</span>', html)

    assert named
    assert all(re.search(r"^[a-z0-9-]+, .+, release \d+, row \d+$", said) for _, said in named)
    assert len({said for _, said in named}) == len({link for link, _ in named})


def test_a_refusal_says_whose_matter_it_is_and_why(stage, at):
    case = refused(stage, at)
    said = read(Client(), f"{HERE}{case.pk}/")

    assert "This is a matter for the local people." in said
    assert "Not met:" in said
    assert "What may follow" not in said


def test_the_register_is_narrowed_by_place_service_step_outcome_and_list(stage, at):
    one, other = noticed(stage, at), refused(stage, at)
    links = {one.pk: f'href="{HERE}{one.pk}/"', other.pk: f'href="{HERE}{other.pk}/"'}

    def listed(query: str) -> set[int]:
        remembered.forget()
        html = get(Client(), f"{HERE}{query}").content.decode()
        return {key for key, link in links.items() if link in html}

    assert listed("") == {one.pk, other.pk}
    assert listed("?place=devon") == {one.pk}
    assert listed(f"?service={begun.SEN}&step=notice") == {one.pk, other.pk}
    assert listed("?step=support") == set()
    assert listed("?state=refused") == {other.pk}
    assert listed("?which=interventions") == {one.pk}
    assert listed("?which=non-interventions") == {other.pk}
    for query in ("?state=magic", "?which=magic", "?place=magic", "?step=magic"):
        read(Client(), f"{HERE}{query}", 404)
    read(Client(), f"{HERE}?below=x", 400)
    html = get(Client(), f"{HERE}?step=notice").content.decode()
    assert '<option value="notice" selected>Notice (illustrative)</option>' in html
    assert '<option value="support">Support</option>' in html
    assert "There are: notice, support." in read(Client(), f"{HERE}?step=magic", 404)
    assert "/interventions/feed/?step=notice" in html
    feed = get(Client(), f"{HERE}feed/?step=support").content.decode()
    assert "<entry>" not in feed


def entries(query: str = "") -> list[str]:
    """The entries of the feed, newest first."""
    remembered.forget()
    feed = get(Client(), f"{HERE}feed/{query}")
    assert feed["Content-Type"].startswith("application/atom+xml")
    return re.findall(r"<entry>.*?</entry>", feed.content.decode(), re.S)


def test_the_feed_tells_what_was_done_the_newest_first(stage, at):
    one, other = noticed(stage, at), refused(stage, at)
    first, second = entries()

    assert "matter for the local people" in first
    assert f"{HERE}{other.pk}/" in first
    assert f"{HERE}{one.pk}/" in second
    (narrowed,) = entries("?state=refused")
    assert f"{HERE}{other.pk}/" in narrowed


def test_the_feed_tells_a_review_of_an_old_case_though_many_newer_were_refused(stage, at, now):
    """What happens is told when it happens, however many cases were begun since."""
    case = begun.running(stage)
    for _ in range(52):
        refused(stage, at + 30 * DAY)
    assert f"{HERE}{case.pk}/" not in "".join(entries())
    now.move_to(BUILT_AT + 40 * DAY)
    actions.review(
        actor=stage.minister, case=case.pk, outcome="goes-on", text=REASONS, at=at + 40 * DAY
    )
    newest = entries()[0]
    assert f"{HERE}{case.pk}/" in newest
    assert "reviewed the step" in newest
    assert f"<updated>{(at + 40 * DAY):%Y-%m-%d}" in newest
    actions.reply(actor=stage.devon, case=case.pk, text=begun.REPLY, late=True, at=at + 41 * DAY)
    newest = entries()[0]
    assert "replied to the notice" in newest
    assert "Devon County Council" in newest


def part_of(html: str, key: str) -> str:
    return re.search(rf'<section class="fm-[a-z]+" id="{key}">.*?</section>', html, re.S)[0]


def test_a_matter_and_its_place_list_what_the_centre_did_and_left_alone(stage, at, now):
    assert "The centre has proposed nothing here" in read(Client(), MATTER)
    assert 'id="cases"' not in get(Client(), "/place/devon/").content.decode()

    first = noticed(stage, at)
    actions.withdraw(actor=stage.official, case=first.pk, reasons=REASONS, at=at)
    second, elsewhere = noticed(stage, at), refused(stage, at)
    remembered.forget()
    html = get(Client(), MATTER).content.decode()
    change = part_of(html, "change")
    open_now, past = change.split(">Open now<")[1].split(">Past<")
    assert f'href="{HERE}{second.pk}/"' in open_now
    assert f'href="{HERE}{first.pk}/"' in past
    assert f"{HERE}{elsewhere.pk}/" not in html
    assert "Notice given; Devon County Council owes a reply by" in open_now
    assert "Proposal withdrawn." in past
    assert "23 November 2026" in past
    summary = html.split('<nav aria-label="Parts of this page">')[0]
    assert "owes a reply by" in summary

    said = part_of(get(Client(), "/place/devon/").content.decode(), "cases")
    assert said.index(f"{HERE}{second.pk}/") < said.index(f"{HERE}{first.pk}/")
    york = get(Client(), f"/place/york/{begun.SEN}/").content.decode()
    assert "Refused: a matter for the local people." in part_of(york, "change")
    assert f'href="{HERE}{elsewhere.pk}/"' in part_of(york, "change")


def test_a_place_lists_the_newest_cases_only_and_counts_the_rest(stage, at):
    made = [refused(stage, at).pk for _ in range(MOST_CASES + 2)]
    remembered.forget()
    section = part_of(get(Client(), "/place/york/").content.decode(), "cases")

    assert [int(key) for key in re.findall(rf'href="{HERE}(\d+)/"', section)] == made[:1:-1]
    assert "2 more cases in the register" in section


def test_a_remembered_page_is_made_anew_by_everything_done_in_a_case(stage, at, now):
    client = Client()

    def seen(path: str) -> str:
        remembered._SHELF.looked -= remembered.LOOK
        return get(client, path).content.decode()

    pages = (MATTER, "/place/devon/")
    before = [seen(path) for path in pages]
    assert before == [seen(path) for path in pages]
    case = noticed(stage, at)
    for path in pages:
        assert f"{HERE}{case.pk}/" in seen(path)
    assert "owes a reply by" in seen(MATTER)
    actions.reply(actor=stage.devon, case=case.pk, text=begun.REPLY, at=at)
    assert "Devon County Council replied on" in seen(MATTER)
    now.move_to(BUILT_AT + 40 * DAY)
    begun.decide(stage, case, after=40)
    assert "In force until" in seen(MATTER)


def test_a_place_tells_what_other_sources_say_and_that_it_is_incomplete(built, client):
    import_elsewhere(shipped("data"))
    remembered.forget()
    section = part_of(get(client, "/place/birmingham/").content.decode(), "cases")

    assert "Planned to end on" in section or "not known to this site" in section
    assert "Incomplete." in section
    assert 'id="cases"' not in get(client, "/place/leeds/").content.decode()


def test_real_interventions_from_elsewhere_are_listed_and_marked_incomplete(built, client):
    import_elsewhere(shipped("data"))
    said = read(client, HERE)
    table = said.partition("Real interventions in councils")[2]

    assert table.count("Incomplete.") == 13
    assert "Planned to end on 31 March 2028." in table
    assert "Planned to end on 31 May 2030." in table
    assert "not known to this site" in table


def test_the_centre_sees_the_finding_before_it_proposes(stage, at):
    client = browser_of(stage.official)
    ask = f"{HERE}propose/?centre={DFE}&place=devon&service={begun.SEN}&step=notice"
    said = read(client, ask)

    assert "allows this step" in said
    assert "Met:" in said
    assert not Case.objects.exists()
    short = post(
        client, ask, f"{HERE}propose/", centre=DFE, place="devon", service=begun.SEN,
        step="notice", body=DEVON_COUNCIL, reasons="Too short",
    )  # fmt: skip
    assert short.status_code == 400
    assert 'href="#reasons"' in short.content.decode()
    assert "Too short</textarea>" in short.content.decode()
    assert not Case.objects.exists()

    done = post(
        client, ask, f"{HERE}propose/", centre=DFE, place="devon", service=begun.SEN,
        step="notice", body=DEVON_COUNCIL, reasons=REASONS,
    )  # fmt: skip
    case = Case.objects.get()
    assert done["Location"] == f"{HERE}{case.pk}/"
    assert (case.state, case.space) == ("noticed", "record")
    assert PublicAct.objects.filter(verb="give-notice", link=f"{HERE}{case.pk}/").exists()


def test_every_fault_of_a_form_is_named_at_once_and_nothing_is_done(stage, at, now):
    case = noticed(stage, at)
    now.move_to(BUILT_AT + 40 * DAY)
    path = f"{HERE}{case.pk}/decide/"
    client = browser_of(stage.official)
    answer = post(client, path, path, outcome="perhaps", reasons="no", equality="")
    html = answer.content.decode()

    assert answer.status_code == 400
    for field in ("outcome", "reasons", "equality"):
        assert f'href="#{field}"' in html
        assert f'id="{field}-error"' in html
    case.refresh_from_db()
    assert case.state == "noticed"


def test_reply_decision_review_and_end_through_the_forms(stage, at, now):
    case = noticed(stage, at)
    path = f"{HERE}{case.pk}/"

    def do(person, what, after, **said):
        now.move_to(BUILT_AT + after * DAY)
        seen = str(Case.objects.get(pk=case.pk).version)
        done = post(browser_of(person), f"{path}{what}/", f"{path}{what}/", seen=seen, **said)
        assert done.status_code == 302, words(done)
        return read(Client(), path)

    assert begun.REPLY in do(stage.devon, "reply", 1, text=begun.REPLY)
    decision = {"outcome": "go-ahead", "reasons": REASONS, "equality": EQUALITY}
    decided = do(stage.official, "decide", 45, **decision)
    assert "In force until" in decided
    assert EQUALITY in decided
    assert "the step goes on" in do(stage.official, "review", 100, outcome="goes-on", text=REASONS)
    assert "Ended on" in do(stage.official, "end", 120, ending="ended-early", reasons=REASONS)


def test_what_was_decided_already_is_not_decided_again(stage, at, now):
    case = noticed(stage, at)
    path = f"{HERE}{case.pk}/decide/"
    now.move_to(BUILT_AT + 45 * DAY)
    client = browser_of(stage.official)
    seen = {"seen": str(case.version)}
    said = {"outcome": "do-not-step-in", "reasons": REASONS, "equality": EQUALITY, **seen}
    token = re.search(r'value="([^"]{64})"', get(client, path).content.decode())[1]
    fields = {**said, "csrfmiddlewaretoken": token}

    assert client.post(path, fields, secure=True).status_code == 302
    assert client.post(path, fields, secure=True).status_code == 409
    assert get(client, path).status_code == 409


def test_a_minister_may_step_in_outside_the_framework_and_it_stays_marked(stage, at):
    path = f"{HERE}override/"
    said = {
        "centre": DFE, "place": "devon", "service": begun.SEN, "power": "children-direction",
        "reasons": REASONS, "equality": EQUALITY, "until": str(TODAY + 90 * dt.timedelta(1)),
        "body": DEVON_COUNCIL,
    }  # fmt: skip
    client = browser_of(stage.minister)
    bad = post(client, path, path, **{**said, "until": "soon", "reasons": ""})
    assert bad.status_code == 400
    nobody = post(client, path, path, **{**said, "body": "magic"})
    assert 'href="#body"' in nobody.content.decode()
    done = post(client, path, path, **said)
    assert done.status_code == 302, words(done)
    there = done["Location"]
    assert "Outside the framework." in read(Client(), there)

    # The step runs already, and the body still owes and may give its reply.
    replied = post(browser_of(stage.devon), f"{there}reply/", f"{there}reply/", text=begun.REPLY)
    assert replied.status_code == 302, words(replied)
    after = read(Client(), there)
    assert begun.REPLY in after
    assert "Reply to the notice" not in after
    assert "Outside the framework." in after


@pytest.mark.parametrize("what", ["decide", "withdraw", "reply"])
def test_only_the_office_asked_may_act(stage, at, what):
    case = noticed(stage, at)
    path = f"{HERE}{case.pk}/{what}/"

    assert get(Client(), path)["Location"].startswith("/sign-in/?next=")
    for person in (stage.leeds, stage.administrator):
        assert get(browser_of(person), path).status_code == 403
    allowed = stage.devon if what == "reply" else stage.official
    answer = get(browser_of(allowed), path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert get(browser_of(stage.leeds), f"{HERE}propose/").status_code == 403


def test_a_form_without_its_token_is_refused(stage, at):
    case = noticed(stage, at)
    client = browser_of(stage.official)
    answer = client.post(f"{HERE}{case.pk}/withdraw/", {"reasons": REASONS}, secure=True)

    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.state == "noticed"


def queries_of(path: str) -> int:
    remembered.forget()
    with CaptureQueriesContext(connection) as asked:
        assert get(Client(), path).status_code == 200
    return len(asked)


def test_pages_ask_few_questions_of_the_database(stage, at):
    read(Client(), MATTER)  # what a process reads once
    bare = {path: queries_of(path) for path in (MATTER, "/place/devon/")}
    case = noticed(stage, at)
    for path, most in ((HERE, 8), (f"{HERE}{case.pk}/", 9), (f"{HERE}feed/", 6)):
        assert queries_of(path) <= most, path
    # Their ceilings without a case are in tests/web/test_pages.py; what is owed in cases is one.
    for path, most in bare.items():
        assert queries_of(path) <= most + 1, path
