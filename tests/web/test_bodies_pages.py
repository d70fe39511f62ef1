"""Public bodies, what they owe, and reports of errors in figures."""

import datetime as dt
import re
from html import unescape

import pytest

from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import BODY_KINDS, CENTRAL
from folkmoot.duties.models import Duty, DutyAnswer, FigureReport
from folkmoot.web import remembered
from tests.web.test_pages import get, text_of

# Kinds whose bodies serve a nation or speak for it, or of which nobody here knows whom they serve.
PLACELESS = CENTRAL | {"devolved-body", "devolved-government", "nhs-trust", "parliament"}
FIGURE = "/report/dfe-lait/1/308078/"


def owe(slug, key, since, due, **more):
    Duty.objects.create(
        key=key, kind="reply", body=Body.objects.get(slug=slug), subject="intervention:1",
        rule="r", rule_version="1", since=since, due=due, **more,
    )  # fmt: skip


def answer(key, on):
    duty = Duty.objects.get(key=key)
    at = dt.datetime.combine(on, dt.time(12), dt.UTC)
    office = f"{duty.body.slug}/council"
    DutyAnswer.objects.create(duty=duty, number=1, text="We will.", office=office, on=on, at=at)
    Duty.objects.filter(pk=duty.pk).update(
        ended="answered", ended_on=on, ended_at=at, ended_by=office
    )


def test_every_kind_of_body_is_listed(built, client, today):
    html = get(client, "/bodies/")
    for kind in ("County council", "Police force", "Integrated care board", "Combined authority"):
        assert f">{kind}</h2>" in html
    assert html.count('href="/body/') > 500


def test_a_body_says_what_it_answers_for_by_what_law_and_who_holds_its_offices(built, client):
    html = get(client, "/body/devon-county-council/")
    said = text_of(html)
    assert 'href="/place/devon/special-educational-needs/"' in html
    assert "Children and Families Act 2014" in said
    assert "not known to this site" in said
    assert 'id="tell-us"' in html
    assert "Steve Race" in text_of(get(client, "/body/house-of-commons/"))


@pytest.mark.parametrize("kind", [kind for kind in BODY_KINDS if kind not in PLACELESS])
def test_what_a_body_of_each_kind_answers_for_has_a_page(built, client, kind):
    body = Body.objects.filter(kind=kind, area__isnull=False, ended=None).order_by("slug").first()
    assert body is not None
    part = (
        get(client, f"/body/{body.slug}/").split("What it answers for")[1].split("Offices, and")[0]
    )
    links = re.findall(r'href="(/place/[a-z0-9-]+/[a-z0-9-]+/)"', part)
    assert links
    for link in {*links[::3], links[-1], *(each for each in links if "/fire-" in each)}:
        html = get(client, link)
        assert body.name in unescape(html), link
        assert "/service/fire-and-rescue/" not in html
        assert ("does not deal with" in html) == ("/fire-" in link)


@pytest.mark.parametrize("kind", sorted(PLACELESS))
def test_a_kind_without_places_of_its_own_leads_to_no_place(built, client, kind):
    found = Body.objects.filter(kind=kind, ended=None).order_by("slug")
    assert found
    assert not found.filter(area__isnull=False)
    for body in found[:3]:
        html = get(client, f"/body/{body.slug}/")
        part = html.split("What it answers for")[1].split("Offices, and")[0]
        assert 'href="/place/' not in part
        assert ("They run no service" in part) == (kind == "parliament")
        assert ("Which places it serves is not known" in part) == (kind == "nhs-trust")


def test_a_service_says_who_answers_by_kind_of_place(built, client):
    table = re.search(r'id="answers-caption".*?</table>', get(client, "/service/schools/"), re.S)[0]
    rows = {text_of(row) for row in re.findall(r"<tr>.*?</tr>", table, re.S)}

    assert any("Unitary council" in row and "The council;" in row for row in rows), rows
    assert any("county (two tiers)" in row and "The county council" in row for row in rows), rows


def test_a_national_body_says_where_it_answers(built, client):
    said = text_of(get(client, "/body/department-for-education/"))
    assert "Schools" in said
    assert "oversees" in said


def test_promptness_stands_beside_the_kind_only_and_shows_volume_and_certainty(
    built, client, today
):
    assert "nothing can be said" in text_of(get(client, "/body/devon-county-council/"))
    long_ago, due = today - dt.timedelta(days=90), today - dt.timedelta(days=30)
    owe("devon-county-council", "one", long_ago, due)
    answer("one", due)
    owe("devon-county-council", "two", long_ago, due)
    owe("kent-county-council", "three", long_ago, due)
    owe("leeds-city-council", "four", long_ago, due)
    remembered.forget()
    html = get(client, "/body/devon-county-council/")
    table = re.search(r'id="prompt-caption".*?</table>', html, re.S)[0]

    assert "1 of 2 in time (likely between" in text_of(html)
    assert "Kent County Council" in table
    assert "Leeds" not in table
    assert "Answer overdue" in text_of(html)


def test_an_error_reported_makes_the_publisher_owe_a_public_answer(built, client):
    sent = client.post(FIGURE, {"text": "It should be 32, see page 4.", "contact": ""})
    assert sent.status_code == 302
    html = get(client, sent["Location"])

    assert "reported 1 time" in text_of(html)
    assert "Answer owed by" in text_of(html)
    assert "Department for Education" in text_of(html)
    assert "page 4" not in html
    assert Duty.objects.get().body.slug == "department-for-education"


def test_an_empty_report_changes_nothing_and_says_what_is_wrong(built, client):
    answer = client.post(FIGURE, {"text": " ", "contact": "nobody"})
    html = answer.content.decode()

    assert answer.status_code == 400
    assert 'href="#text"' in html
    assert 'href="#contact"' in html
    assert not FigureReport.objects.exists()
    assert not Duty.objects.exists()


def test_a_report_needs_the_token_of_its_form(built):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(FIGURE, {"text": "Wrong."}).status_code == 403


@pytest.mark.parametrize(
    ("path", "figure"),
    [
        ("/place/leeds/childrens-social-care/", r'<li id="[a-z0-9-]+">.*?</li>'),
        ("/place/leeds/", r'<article class="fm-measure fm-mini">.*?</article>'),
        ("/place/leeds/?show=worse", r'<li><a href="/measure/.*?</li>'),
        ("/place/devon/", r'<li class="fm-need is-failing">.*?</li>'),
        ("/measure/gigabit-broadband/?place=leeds", r'<section [^>]*id="here">.*?</section>'),
    ],
)
def test_folded_listed_and_small_figures_can_be_reported_too(built, client, path, figure):
    found = re.findall(figure, get(client, path), re.S)
    assert found
    for one in found:
        title = re.search(r'href="/(?:measure|standard)/[^"]*">([^<]+)</a>', one)
        named = title[1] if title else "gigabit broadband"
        link = re.search(
            r'<a rel="nofollow" href="(/report/[a-z0-9-]+/\d+/\d+/)">Report an error'
            r'<span class="govuk-visually-hidden">: ([^<]+)</span></a>',
            one,
        )
        if "cannot tell" in one and link is None:
            continue  # a figure that is in no row of a release
        assert link, one
        assert named in link[2]
        get(client, link[1])


def test_every_drawn_figure_has_a_way_to_report_it(built, client):
    html = get(client, "/place/devon/special-educational-needs/")
    articles = re.findall(r"<article.*?</article>", html, re.S)
    assert articles
    for article in articles:
        assert re.search(r'href="/report/[a-z0-9-]+/1/\d+/"', article)
    path = re.search(r'href="(/report/[^"]+)"', articles[0])[1]
    assert "Devon" in get(client, path)


def test_a_row_that_is_not_there_cannot_be_reported(built, client):
    get(client, "/report/dfe-lait/1/999999999/", status=404)
    assert client.post("/report/dfe-lait/1/999999999/", {"text": "Wrong."}).status_code == 404
