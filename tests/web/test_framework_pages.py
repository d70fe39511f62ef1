"""What is required and what is left to places, on the pages that say so."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from folkmoot.framework.models import StandardAccount, Standing
from folkmoot.framework.queries import current
from folkmoot.web import remembered
from tests.web.test_pages import get, text_of


def part(html, key):
    return re.search(rf'<section class="fm-part" id="{key}">.*?</section>', html, re.S)[0]


def test_a_matter_below_a_minimum_says_it_in_cases_and_leaves_the_rest_to_the_place(built, client):
    html = part(get(client, "/place/devon/special-educational-needs/"), "required")
    failing = re.search(r'<div class="fm-failing">.*?</div>', html, re.S)[0]

    assert "About 1,440 of 1,491 late: below the minimum." in text_of(failing)
    assert "regulation 13(2)" in failing
    assert "In force since 1 September 2014" in text_of(failing)
    assert "last 9 published periods" in text_of(failing)
    assert failing.count("fm-need ") == 1
    local = re.search(r'<div class="fm-local">.*?</div>', html, re.S)[0]
    assert "Different is not failing" in text_of(local)
    assert "is-failing" not in local


NO_COUNTS = "This site holds no count to go with it, so how many are affected cannot be said."


def test_where_nothing_counts_the_cases_the_pages_say_that_nobody_can_tell(built, client):
    need = required_of(client, "/place/devon/special-educational-needs/", "ehc-no-plan-16-weeks")
    assert NO_COUNTS in need
    assert NO_COUNTS in text_of(get(client, "/standard/ehc-no-plan-16-weeks/"))


def required_of(client, path, standard):
    needs = re.findall(r'<li class="fm-need .*?</li>', get(client, path), re.S)
    return text_of(next(need for need in needs if f'"/standard/{standard}/"' in need))


SEN = "/place/devon/special-educational-needs/"
SOCIAL = "/place/devon/childrens-social-care/"


@pytest.mark.parametrize(
    ("path", "standard", "says", "affects"),
    [
        (
            SEN,
            "ehc-plan-20-weeks",
            "About 1,440 of 1,491 late: below the minimum.",
            "This affects about 1,440 of 1,491 new plans.",
        ),
        (
            SEN,
            "ehc-review-yearly",
            "172 of 8,284 not recorded as held",
            "This affects 172 of 8,284 expected yearly reviews.",
        ),
        (
            SOCIAL,
            "conference-15-days",
            "185 of 911 late: short of what guidance asks.",
            "This affects 185 of 911 first conferences.",
        ),
    ],
)
def test_how_many_cases_were_affected_is_said_where_the_file_counts_them(
    built, client, path, standard, says, affects
):
    said = required_of(client, path, standard)
    assert says in said
    assert affects in said
    assert NO_COUNTS not in said


def test_the_place_page_says_how_many_are_affected_and_why_only_about(built, client):
    failing = required_of(client, "/place/devon/", "ehc-plan-20-weeks")
    assert "This affects about 1,440 of 1,491 new plans." in failing
    page = text_of(get(client, "/standard/ehc-plan-20-weeks/"))
    assert "New plans affected" in page
    assert NO_COUNTS not in page
    why = text_of(get(client, "/measure/dfe-ehc-plans-20-weeks/"))
    assert "only about right" in why


def test_what_is_counted_is_called_what_it_is(built, client):
    board = Standing.objects.filter(standard="ae-four-hours", newest=True, failing=True).first()
    said = text_of(get(client, f"/place/{board.area.slug}/"))
    assert f"This affects {board.affected:,} of {board.cases:,} attendances." in said
    assert NO_COUNTS not in said
    page = text_of(get(client, "/standard/ae-four-hours/"))
    assert "Attendances affected" in page
    assert "People affected" not in page
    assert NO_COUNTS not in page
    # A target for recycling affects no people that could be counted.
    assert NO_COUNTS not in text_of(get(client, "/standard/recycling-65-by-2035/"))


def test_no_place_is_judged_after_its_end_and_its_successor_is(built, client):
    after = Standing.objects.filter(area__ended__isnull=False).select_related("area")
    assert [
        (row.area.name, row.period)
        for row in after
        if dt.date.fromisoformat(row.period[:10]) > row.area.ended
    ] == []
    in_use = current(timezone.localdate()).id
    waits = Standing.objects.filter(standard="ae-four-hours", framework=in_use)
    names = [row.area.name for row in waits.filter(newest=True).select_related("area")]
    assert len(names) == len(set(names)) == 42
    for code in ("E54000063", "E54000064"):
        months = waits.filter(area__code=code)
        assert months.count() == 26
        assert min(months.values_list("period", flat=True)).startswith("2023-04")
    said = required_of(client, "/place/nhs-sussex/emergency-care/", "ae-four-hours")
    assert "below the minimum" in said.lower()
    assert "The release has no figure" not in said


def test_doubt_and_guidance_are_never_called_failing(built, client):
    html = part(get(client, "/place/devon/special-educational-needs/"), "required")
    rest = html.split("Other limits and national standards")[1]
    assert "Why this is in doubt" in text_of(rest)
    assert "is-failing" not in rest

    social = part(get(client, "/place/devon/childrens-social-care/"), "required")
    assert "Asked for, but no minimum" in text_of(social)
    assert "short of what guidance asks" in text_of(social)
    assert "is-failing" not in social


def test_the_strip_is_hatched_only_where_a_minimum_binds_the_place(built, client):
    html = get(client, "/place/devon/special-educational-needs/")
    hatched = [a for a in re.findall(r"<article.*?</article>", html, re.S) if "c-below" in a]

    assert len(hatched) == 1
    assert "Hatched: below the minimum of 100" in text_of(hatched[0])
    assert "c-below" not in get(client, "/place/devon/schools/")


def test_a_place_says_what_is_below_the_minimum_before_what_stands_out(built, client):
    html = get(client, "/place/exeter/")
    assert html.index('id="below"') < html.index("What stands out")
    below = re.search(r'<section [^>]*id="below">.*?</section>', html, re.S)[0]
    assert "Devon" in text_of(below)  # the county is failing for the district's people
    assert 'href="/place/devon/special-educational-needs/#required"' in below


def test_a_place_that_meets_its_minimums_says_so_without_red(built, client):
    Standing.objects.filter(area__slug="leeds").update(failing=False)
    StandardAccount.objects.filter(standard="ehc-plan-20-weeks").update(
        computed_at="2027-01-01T00Z"
    )
    Standing.objects.filter(area__kind__in=["integrated-care-board"]).update(failing=False)
    remembered.forget()
    html = get(client, "/place/leeds/")
    below = re.search(r'<section [^>]*id="below">.*?</section>', html, re.S)[0]

    assert "Nothing, as far as published figures tell" in text_of(below)
    assert "is-failing" not in below


def test_a_place_outside_england_is_not_judged_by_a_framework_of_england(built, client):
    html = get(client, "/place/cardiff/")
    assert 'id="below"' not in html
    matter = re.search(r'href="(/place/cardiff/[a-z-]+/)"', html)[1]
    assert "no framework of standards" in text_of(part(get(client, matter), "required"))


def test_a_page_changes_when_standings_do(built, client):
    path = "/place/devon/special-educational-needs/"
    assert "About 1,440 of 1,491 late" in get(client, path)
    Standing.objects.filter(area__slug="devon", standard="ehc-plan-20-weeks").update(
        value=50.0, failing=False, state="meets"
    )
    row = StandardAccount.objects.get(
        standard="ehc-plan-20-weeks", framework=current(timezone.localdate()).id
    )
    assert "About 1,440 of 1,491 late" in get(client, path)  # kept, until a build says otherwise
    row.computed_at = row.computed_at.replace(year=2030)
    row.save()
    remembered._SHELF.looked -= remembered.LOOK
    assert "About 1,440 of 1,491 late" not in get(client, path)


@pytest.mark.parametrize(
    "path",
    [
        "/frameworks/",
        "/framework/illustrative/",
        "/framework/illustrative/2026-11-23.1/",
        "/framework/compare/?a=england-as-found&b=illustrative",
    ],
)
def test_the_illustrative_framework_says_so_wherever_it_shows(built, client, path):
    html = get(client, path)
    assert "Illustrative: nobody's rules." in text_of(html)
    assert "Illustrative: nobody's rules." not in text_of(
        get(client, "/framework/england-as-found/")
    )


def test_the_framework_of_england_has_standards_with_sources_and_no_ladder(built, client):
    html = get(client, "/framework/england-as-found/")
    said = text_of(html)

    assert "It sets no ladder" in said
    assert "No published figures to judge this by" in said
    standards = re.findall(r'<li class="fm-need .*?</li>', html, re.S)
    assert len(standards) > 20
    for one in standards:
        assert 'href="https://' in one
        assert "Source:" in text_of(one)


def test_a_standard_lists_every_place_the_furthest_first_with_its_file(built, client):
    html = get(client, "/standard/ehc-plan-20-weeks/")
    assert re.search(r"145 of 151 places are below the minimum", text_of(html))
    names = re.findall(r'<tr><th scope="row"><a[^>]*>([^<]+)</a>', html)
    assert names[0] == "Devon"
    assert len(names) == 153
    assert client.get("/standard/ehc-plan-20-weeks/standings.csv").status_code == 200
    assert 'href="/standard/ehc-plan-20-weeks/standings.csv"' in html


def test_a_standard_counts_its_places_by_how_they_stand_those_below_first(built, client):
    html = get(client, "/standard/ehc-plan-20-weeks/")
    groups = re.findall(r"<details[^>]*><summary[^>]*>(.*?)</summary>(.*?)</details>", html, re.S)

    said = [text_of(summary) for summary, _ in groups]
    assert said == [
        "145 places below the minimum",
        "6 places at the line or better",
        "2 places of which it cannot be said",
    ]
    rows = [table.count('<tr><th scope="row">') for _, table in groups]
    assert rows == [145, 6, 2]
    assert all(said in text_of(table) for said, (_, table) in zip(said, groups, strict=True))
    worst = html.split("Furthest from the line")[1].split("</ul>")[0]
    assert worst.count("<li>") == 10
    assert "About 1,440 of 1,491 late: below the minimum." in text_of(worst)
    # Where no cases are counted beside it, the figure alone says how far it is.
    assert len(re.findall(r"\d+\.\d%, \d+\.\d points short of the line", text_of(worst))) == 10


def test_places_short_of_what_is_no_minimum_are_told_by_their_figures(built, client):
    html = get(client, "/standard/ae-four-hours-march-2026/")
    worst = text_of(html.split("Furthest from the line")[1].split("</ul>")[0])

    assert re.search(r": \d+\.\d%, \d+\.\d points short of the line", worst)
    assert "30 places short of the line" in text_of(html)
    assert "12 places at the line or better" in text_of(html)


def test_a_standard_that_is_no_minimum_is_never_red(built, client):
    html = get(client, "/standard/conference-15-days/").split("</header>")[1]
    assert "is-failing" not in html
    assert "That is not failing" in text_of(html)


def test_two_versions_stand_side_by_side(built, client):
    html = get(client, "/framework/compare/?a=england-as-found&b=illustrative")
    said = text_of(html)
    assert "What changed" in said
    assert "Steps: Notice (illustrative) (added)" in said
    assert "No place's standing changes" in said
    assert "0 things differ" in text_of(
        get(client, "/framework/compare/?a=illustrative&b=illustrative")
    )


def test_what_is_left_to_places_shows_the_range_and_blames_no_choice(built, client):
    html = get(client, "/discretion/special-educational-needs/")
    said = text_of(html)
    assert "Everything else is for local decision" in said
    assert "no figure here says that a place chose it" in said
    assert "Bound by a limit or national standard" in said
    bound = html.split('id="bound-caption"')[1]
    # Limits of law stay limits where the figures cannot prove a breach.
    for measure in ("ehc-no-plan-decision-16-weeks", "ehc-review-outcome-4-weeks"):
        assert f"/measure/dfe-{measure}/" in bound
        assert f"/measure/dfe-{measure}/" not in html.split('id="bound-caption"')[0]
    assert "/measure/dfe-ehc-plans-20-weeks/" in bound
    assert (
        "/measure/dfe-ehc-plans-20-weeks/"
        not in html.split('id="free-caption"')[1].split("</table>")[0]
    )


def test_guidance_and_ambitions_are_told_apart_from_what_is_left_to_places(built, client):
    html = get(client, "/discretion/childrens-social-care/")
    asked = html.split('id="asked-caption"')[1].split("</table>")[0]
    assert "/measure/dfe-conferences-15-days/" in asked
    assert (
        "/measure/dfe-conferences-15-days/"
        not in html.split('id="free-caption"')[1].split("</table>")[0]
    )


def test_the_framework_of_england_speaks_for_no_other_nation(built, client):
    html = get(client, "/discretion/waste/")
    for nation in ("wales", "scotland", "northern-ireland"):
        assert f"/measure/recycling-{nation}/" not in html
    assert "/measure/recycling-england/" in html
    # What the ambition counts is another base, and it says so beside the count of places.
    said = text_of(html)
    assert said.index("places are short of the line") < said.index("A different base")
    assert "A different base" in text_of(get(client, "/framework/england-as-found/"))


NEWEST = "/framework/england-as-found/2026-11-29.1/"


@pytest.mark.parametrize(
    ("key", "says", "not_said"),
    [
        ("rtt-18-weeks", "NHS England publishes this", "That is itself a finding"),
        ("library-service", "That is itself a finding", "NHS England"),
        ("ks2-floor", "No published figures to judge this by.", "That is itself a finding"),
    ],
)
def test_only_what_is_asked_and_published_nowhere_is_a_finding(built, client, key, says, not_said):
    with time_machine.travel("2026-11-29 12:00Z"):
        said = text_of(get(client, f"/standard/{key}/").split("</header>")[1])

    assert says in said
    assert not_said not in said
    assert "nobody can tell" not in said


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("2026-11-29", "It ran from 23 November 2026 to 28 November 2026."),
        ("2026-11-28", "It runs from 23 November 2026 to 28 November 2026."),
    ],
)
def test_a_version_that_another_took_the_place_of_says_so(built, client, on, says):
    with time_machine.travel(f"{on} 12:00Z"):
        html = get(client, "/framework/england-as-found/2026-11-23.1/")

    assert says in text_of(html)
    assert "no end set" not in text_of(html)
    assert f'<a href="{NEWEST}">Version 2026-11-29.1 t' in html
    assert "with no end set" in text_of(get(client, NEWEST))


def test_a_milestone_that_has_passed_does_not_contradict_itself(built, client):
    said = text_of(get(client, "/standard/ae-four-hours-march-2026/"))

    assert "It is not in force now" in said
    assert "places were short of it in July 2025, the newest period while it held" in said
    assert "whether it was met cannot be said" in said
    assert "Short of it in July 2025; the figures end before March 2026" in said
    assert "Not yet at what is asked for" not in said


def test_a_link_to_a_home_page_only_is_called_that_and_left_out_parts_have_titles(built, client):
    said = text_of(get(client, NEWEST))
    assert "(a link to the home page only)" in said
    assert "Grades of police forces (PEEL)" in said
    assert "peel:" not in said
    assert 'href="/petitions/standards/#numbers"' in get(client, NEWEST)


def test_the_two_versions_that_were_in_use_can_be_compared(built, client):
    html = get(
        client,
        "/framework/compare/?a=england-as-found/2026-11-23.1&b=england-as-found/2026-11-29.1",
    )
    said = text_of(html)
    assert "Every request for information answered within 20 working days (added)" in said
    assert "not asked" in said
    assert "A child's protection plan reviewed" in said


@pytest.mark.parametrize("path", ["/framework/magic/", "/standard/ehc/", "/discretion/magic/"])
def test_what_is_not_there_is_a_page_that_helps(built, client, path):
    assert "Did you mean" in get(client, path, status=404)
