"""NHS trusts on their pages, on the page of the standard and through every door: real figures."""

import csv
import io
import json
import re

from django.utils import timezone

from folkmoot.bodies.importing import import_bodies
from folkmoot.bodies.models import Body
from folkmoot.bodies.trusts import TRUSTS
from folkmoot.framework.models import BodyStanding
from folkmoot.framework.queries import current
from folkmoot.shipped import shipped
from tests.web.test_pages import get, text_of

STANDARD = "/standard/ae-four-hours/"


def standings():
    """Those by the version of the framework that is in use today."""
    return BodyStanding.objects.filter(framework=current(timezone.localdate()).id)


def required(html):
    return re.search(r'<section class="fm-section" id="required">.*?</section>', html, re.S)[0]


def names(html):
    table = re.search(r'id="bodies-caption".*?</table>', html, re.S)[0]
    return re.findall(r'<tr><th scope="row"><a href="/body/nhs-trust-(\w+)/">', table)


def test_a_trust_says_first_where_it_stands_by_how_much_and_for_how_long(built, client):
    html = get(client, "/body/nhs-trust-rh8/")
    said = text_of(html)

    assert (
        "Below the minimum, and every case is counted. In July 2025, 5,875 of 19,674 waited longer "
        "than four hours: 24.9 points beyond the line of 5.0%. It has been short of it for 50 "
        "published months in a row." in said
    )
    assert said.index("Below the minimum") < said.index("It owes no answer now")
    part = required(html)
    assert "This affects 5,875 of 19,674 attendances." in text_of(part)
    assert 'href="/release/nhs-ae-trust/1/"' in part
    assert f'href="{STANDARD}"' in part
    assert 'href="/report/nhs-ae-trust/1/7888/"' in part
    assert "compared with no other body" in text_of(part)
    assert "rank of" not in said


def test_the_milestone_that_is_over_is_folded_and_never_red(built, client):
    part = required(get(client, "/body/nhs-trust-rh8/"))
    over = re.search(r"<details.*?</details>", part, re.S)[0]

    assert "1 standard that is no longer, or not yet, in force" in text_of(over)
    assert "the figures end before March 2026, so whether it was met cannot be said" in text_of(
        over
    )
    assert "is-failing" not in over


def test_the_months_that_are_left_out_are_in_no_table_and_end_no_row(built, client):
    part = required(get(client, "/body/nhs-trust-rh8/"))
    months = re.findall(r'<th scope="row">(\w+ 2025)</th>.*?<td class="n">(\d+)</td>', part, re.S)

    assert [month for month, _ in months][:5] == [
        "July 2025",
        "June 2025",
        "May 2025",
        "April 2025",
        "January 2025",
    ]
    rows = standings().filter(body__slug="nhs-trust-rh8", standard="ae-four-hours")
    assert list(
        rows.filter(period__in=["2025-01-01/P1M", "2025-04-01/P1M"])
        .order_by("period")
        .values_list("consecutive", flat=True)
    ) == [46, 47]
    assert not BodyStanding.objects.filter(period__startswith="2025-02").exists()


def test_a_trust_that_meets_it_is_not_red(built, client):
    html = get(client, "/body/nhs-trust-ry8/").split("</header>")[1]

    assert "Meets the minimum. In July 2025" in text_of(html)
    lead = re.search(r'<p class="govuk-body-l[^"]*">', html)[0]
    assert "is-failing" not in lead


def test_a_trust_that_is_no_longer_in_the_file_says_its_last_figure(built, client):
    html = get(client, "/body/nhs-trust-rbz/")

    assert (
        "The release has no figure for this NHS trust. The newest month is July 2025. In March "
        "2022, the last month with a figure: 1,343 of 4,625 waited longer than four hours."
        in text_of(html)
    )
    assert "row 0" not in text_of(html)


def test_a_trust_where_nobody_comes_to_an_emergency_department_is_asked_nothing(built, client):
    said = text_of(get(client, "/body/nhs-trust-rbq/"))

    assert "count nobody at A&E here, so the standards ask nothing of it" in said
    assert "Below the minimum" not in said


def test_a_trust_says_that_its_name_is_not_held(built, client):
    html = get(client, "/body/nhs-trust-rh8/")

    assert "NHS trust RH8 (name not held here)" in text_of(html)
    assert "The published file carries only the trust's code" in text_of(html)
    assert 'href="/service/emergency-care/"' in html


def test_other_bodies_have_no_such_part(built, client):
    assert 'id="required"' not in get(client, "/body/devon-county-council/")


def test_the_standard_lists_trusts_beneath_boards_by_code_and_ranks_nothing(built, client):
    html = get(client, STANDARD)
    said = text_of(html)

    assert html.index('id="standings-caption"') < html.index('id="bodies"')
    assert "124 of the 141 with a figure are below the minimum (July 2025)" in said
    assert "Of 7 it cannot be said" in said
    assert "integrated care board, NHS trust" in said
    found = names(html)
    assert len(found) == 148
    assert found == sorted(found)
    # Places stay as they were: no trust is counted among them.
    assert "42 of 42 places are below the minimum" in said


def test_the_table_sorts_by_link_and_those_without_a_figure_come_last(built, client):
    down = get(client, f"{STANDARD}?bodies=-short")
    up = get(client, f"{STANDARD}?bodies=short")
    rows = standings().filter(standard="ae-four-hours", newest=True)
    most = rows.order_by("-shortfall").exclude(shortfall=None).first().body.slug

    assert f"nhs-trust-{names(down)[0]}" == most
    assert set(names(down)[-7:]) == set(names(up)[-7:])
    assert 'aria-sort="descending"' in down
    assert 'aria-sort="ascending"' in get(client, f"{STANDARD}?bodies=nonsense")
    assert names(get(client, f"{STANDARD}?bodies=nonsense")) == sorted(names(down))


def test_the_table_is_folded_until_an_order_is_chosen(built, client):
    folded = get(client, STANDARD).split('id="bodies"')[1]
    chosen = get(client, f"{STANDARD}?bodies=-short").split('id="bodies"')[1]

    assert '<details class="govuk-details"><summary' in folded
    assert "The table: every NHS trust (148)" in text_of(folded)
    assert '<details class="govuk-details" open><summary' in chosen


def test_a_standard_that_is_asked_of_no_body_has_no_such_table(built, client):
    assert 'id="bodies"' not in get(client, "/standard/ehc-plan-20-weeks/")


def test_bodies_are_shown_by_kind_and_an_unknown_kind_is_not_found(built, client):
    html = get(client, "/bodies/?kind=nhs-trust")

    assert html.count('href="/body/') == html.count('href="/body/nhs-trust-') == 157
    assert '<option value="nhs-trust" selected>' in html
    get(client, "/bodies/?kind=hospital", status=404)


def test_an_error_in_a_figure_of_a_trust_can_be_reported(built, client):
    path = "/report/nhs-ae-trust/1/7888/"
    html = get(client, path)
    assert "NHS trust RH8" in text_of(html)
    assert 'href="/body/nhs-trust-rh8/"' in html
    sent = client.post(path, {"text": "It was 5,874.", "contact": ""})

    assert sent.status_code == 302
    assert "Answer owed by" in text_of(get(client, sent["Location"]))


def test_the_source_and_the_release_tell_what_was_left_out_and_why(built, client):
    source = text_of(get(client, "/source/nhs-ae-trust/"))
    release = text_of(get(client, "/release/nhs-ae-trust/1/"))

    assert "figures of bodies and not of places" in source
    assert "People who waited more than four hours in A&E" in source
    assert "repeat those of February and March 2024, trust by trust" in release
    assert "without one attendance at A&E" in release


# ---- Doors


def api(client, query):
    response = client.get(f"/api/v1/body-standings?{query}")
    return response.status_code, json.loads(response.content)


def test_the_api_gives_where_a_trust_stands_in_every_period(built, client):
    status, newest = api(client, "body=nhs-trust-rh8&standard=ae-four-hours")
    _, every = api(client, "body=nhs-trust-rh8&standard=ae-four-hours&newest=false")

    assert status == 200
    (row,) = newest["items"]
    assert (row["body"], row["period"], row["state"], row["failing"], row["affected"]) == (
        "nhs-trust-rh8",
        "2025-07-01/P1M",
        "below",
        True,
        5875,
    )
    assert (row["release"], row["row"], row["consecutive"]) == ("nhs-ae-trust/1", 7888, 50)
    assert len(every["items"]) == 50
    assert not [key for key in row if "rank" in key]


def test_the_api_narrows_and_says_what_it_does_not_know(built, client):
    _, failing = api(client, "failing=true&kind=nhs-trust&limit=1000")
    assert len(failing["items"]) == 124
    _, missing = api(client, "state=not-in-release&standard=ae-four-hours")
    assert len(missing["items"]) == 7
    for query in ("body=nobody", "kind=hospital", "standard=magic", "state=sad"):
        assert api(client, query)[0] == 404, query


def test_the_file_holds_every_row_of_the_api(built, client):
    response = client.get("/body-standings.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))

    assert len(rows) == standings().count() > 7000
    trust = [
        r
        for r in rows
        if (r["body"], r["period"], r["standard"])
        == ("nhs-trust-rh8", "2025-07-01/P1M", "ae-four-hours")
    ]
    assert [r["affected"] for r in trust] == ["5875"]
    described = json.loads(client.get("/body-standings.csv-metadata.json").content)
    columns = described["tableSchema"]["columns"]
    assert [c["name"] for c in columns] == list(rows[0])


def test_standards_say_which_kinds_of_body_they_are_asked_of(built, client):
    body = json.loads(client.get("/api/v1/standards?service=emergency-care").content)

    assert {row["standard"]: row["bodies"] for row in body["items"]} == {
        "ae-four-hours": ["nhs-trust"],
        "ae-four-hours-march-2026": ["nhs-trust"],
    }


def test_trusts_are_bodies_with_their_source_and_no_place(built, at):
    trust = Body.objects.get(slug="nhs-trust-rh8")

    assert (trust.kind, trust.area, trust.source) == ("nhs-trust", None, TRUSTS)
    assert trust.name == "NHS trust RH8 (name not held here)"
    assert "only the trust's code" in trust.note
    assert Body.objects.filter(kind="nhs-trust").count() == 157
    before = Body.objects.count()
    import_bodies(shipped("data"), shipped("catalogue"), at=at)
    assert Body.objects.count() == before
