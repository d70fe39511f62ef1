"""In the rehearsal space, over the real figures: refused with a trace; then the whole course."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import time_machine

from folkmoot.common.models import PublicAct
from folkmoot.framework.models import Case, RehearsalAct, Standing
from tests.rooms import people_invented as invented
from tests.walks.seated import browser_of
from tests.walks.signing_in import get, post

DFE, SEN = "department-for-education", "special-educational-needs"
PROPOSE = "/rehearsal/interventions/propose/"
WORDS = "For two years hardly any plan in Devon has been made within 20 weeks."
EQUALITY = "Children with special needs gain most; no group of people is known to lose by it."
BANNER = "Nothing here is real."
DAY = dt.timedelta(days=1)
# Once the newest version of the shipped frameworks is in force.
BEGUN_AT = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def now():
    with time_machine.travel(BEGUN_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def player(built, now):
    """Somebody signed in who plays the minister for education."""
    client = browser_of(invented.person(BEGUN_AT))
    done = post(client, "/rehearsal/", "/rehearsal/part/", body=DFE, part="minister")
    assert done["Location"] == "/rehearsal/"
    return client


def page(client: Any, path: str, status: int = 200) -> str:
    """The words of a page of the rehearsal space, which is labelled and listed nowhere."""
    answer = get(client, path)
    assert answer.status_code == status, path
    return words(answer)


def words(answer: Any) -> str:
    html = answer.content.decode()
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert '<meta name="robots" content="noindex' in html
    assert BANNER in html
    assert "no-store" in answer["Cache-Control"]
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def ask(place: str, step: str = "notice") -> str:
    return f"{PROPOSE}?centre={DFE}&place={place}&service={SEN}&step={step}"


def proposed(client: Any, place: str, step: str = "notice", **more: str) -> str:
    """Propose a step and come to the page of the case."""
    asked = {"centre": DFE, "place": place, "service": SEN, "step": step, "reasons": WORDS}
    done = post(client, ask(place, step), PROPOSE, **asked, **more)
    assert done.status_code == 302, done.content.decode()
    return str(done["Location"])


def do(client: Any, case: str, what: str, on: dt.date, **said: str) -> str:
    """Fill in a form of a case and come back to its page."""
    seen = str(Case.objects.get(pk=case.split("/")[-2]).version)
    done = post(client, f"{case}{what}/", f"{case}{what}/", on=on.isoformat(), seen=seen, **said)
    assert done.status_code == 302, done.content.decode()
    assert done["Location"] == case
    return page(client, case)


def nowhere_else(client: Any, case: str) -> None:
    """Nothing of the case is in the register, its feed, the record, the API or files."""
    number = case.split("/")[-2]
    assert not PublicAct.objects.filter(verb__endswith="-step").exists()
    assert not PublicAct.objects.filter(subject=f"case:{number}").exists()
    for path in ("/interventions/", "/interventions/feed/", "/record/", "/record/feed/"):
        answer = get(client, path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert case not in text, path
        assert f"/interventions/{number}/" not in text, path
        assert WORDS not in text, path
    assert get(client, f"/interventions/{number}/").status_code == 404


def test_where_no_trigger_holds_it_is_a_matter_for_the_local_people(player):
    best = Standing.objects.filter(standard="ehc-plan-20-weeks", newest=True, state="meets")
    place = best.order_by("area__name").first().area

    before = page(player, ask(place.slug))
    assert "This is a matter for the local people." in before
    assert "Not met:" in before
    assert not Case.objects.exists()

    case = proposed(player, place.slug)
    after = page(player, case)
    assert "This is a matter for the local people." in after
    assert "Its own framework does not allow it" in after
    assert "the line is met" in after
    assert re.search(r"release \d+, row \d+", after)
    assert "What may follow" not in after
    assert WORDS in after
    nowhere_else(player, case)


def test_a_step_out_of_order_is_refused_too(player):
    said = page(player, ask("devon", "support"))

    assert "This is a matter for the local people." in said
    assert "It was not taken." in said


def test_devon_through_notice_reply_decision_review_and_exit(player):
    start = BEGUN_AT.date()
    before = page(player, ask("devon"))
    assert "Illustrative ladder" in before
    assert "If you propose it, notice is given to Devon at once" in before
    assert "Devon County Council then owes a reply." in before

    case = proposed(player, "devon")
    noticed = page(player, case)
    assert "Notice given; Devon County Council owes a reply by 28 December 2026." in noticed

    # Nobody replies for the council before playing the council.
    refused = get(player, f"{case}reply/")
    assert refused.status_code == 403
    assert refused["X-Robots-Tag"].startswith("noindex")
    part = {"part": "body", "body": "devon-county-council", "next": case}
    assert post(player, case, "/rehearsal/part/", **part)["Location"] == case
    replied = do(player, case, "reply", start + 10 * DAY, text="We have taken on psychologists.")
    assert "Devon County Council replied on 10 December 2026" in replied
    assert "We have taken on psychologists." in replied

    # A decision waits for the days of notice and reply, however early the reply came.
    decision = {"outcome": "go-ahead", "reasons": WORDS, "equality": EQUALITY}
    early = {**decision, "on": "2026-12-11"}
    too_early = post(player, f"{case}decide/", f"{case}decide/", **early)
    assert too_early.status_code == 400
    assert "The days of notice and reply are not over" in words(too_early)
    assert EQUALITY in words(too_early)
    decided = do(player, case, "decide", start + 29 * DAY, **decision)
    assert "In force until 29 December 2027 at the latest." in decided
    assert EQUALITY in decided

    reviewed = do(
        player,
        case,
        "review",
        dt.date(2027, 6, 22),
        outcome="goes-on",
        text="Hardly any better than a year ago.",
    )
    assert "Hardly any better than a year ago." in reviewed
    assert "the step goes on" in reviewed

    too_soon = {"ending": "time-over", "reasons": WORDS, "on": "2027-12-01"}
    assert post(player, f"{case}end/", f"{case}end/", **too_soon).status_code == 400
    ended = do(
        player,
        case,
        "end",
        dt.date(2027, 12, 30),
        ending="time-over",
        reasons="Its longest time is over.",
    )
    assert "Ended on 30 December 2027." in ended
    assert "What may follow" not in ended

    acts = RehearsalAct.objects.filter(case__pk=case.split("/")[-2]).values_list("verb", flat=True)
    assert {"propose-step", "give-notice", "decide-step", "review-step", "end-step"} <= set(acts)
    nowhere_else(player, case)


def test_nobody_else_sees_or_moves_a_rehearsal(player):
    case = proposed(player, "devon")
    other = browser_of(invented.person(BEGUN_AT))
    post(other, "/rehearsal/", "/rehearsal/part/", body=DFE, part="minister")

    for path in (case, f"{case}decide/", f"{case}withdraw/"):
        assert get(other, path).status_code == 404
    token = re.search(r'value="([^"]+)"', get(other, "/rehearsal/").content.decode())[1]
    fields = {"reasons": WORDS, "csrfmiddlewaretoken": token}
    assert other.post(f"{case}withdraw/", fields, secure=True).status_code == 404
    assert Case.objects.get(pk=case.split("/")[-2]).state == "noticed"
    assert case not in get(other, "/rehearsal/").content.decode()
    assert case in get(player, "/rehearsal/").content.decode()


def test_what_was_rehearsed_is_erased_when_asked(player):
    case = proposed(player, "devon")
    assert post(player, "/rehearsal/", "/rehearsal/forget/")["Location"] == "/rehearsal/"

    assert not Case.objects.exists()
    assert get(player, case).status_code == 404
