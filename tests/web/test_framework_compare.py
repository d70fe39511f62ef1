"""Two versions of a framework side by side: every change is told, and nothing in them crashes."""

import datetime as dt
import re

import pytest
from django.test import Client

from folkmoot.framework.differences import diff
from folkmoot.framework.importing import put_in_use
from folkmoot.web.pages.framework_compare import said
from tests.rooms.framework_account import AT, account
from tests.rooms.framework_material import SOURCE, framework, standard
from tests.web.test_pages import text_of

LATER = dt.date(2026, 2, 1)


def version(number, *standards, **more):
    """A version of a framework in use, whose standards are these."""
    fields = {
        "slug": "england-as-found",
        "title": "England",
        "version": number,
        "illustrative": False,
        "ladder": [],
        "roles": [],
        "safeguards": [],
        "sources": [SOURCE],
        "from": dt.date(2026, int(number), 1),
    }
    return framework(*standards, **{**fields, **more})


def told(one, other):
    """What ``diff`` says, the name of the version and its day left aside."""
    return [
        (c.part, c.id, c.field, c.what, c.before, c.after)
        for c in diff(one, other, {}).changes
        if c.field not in ("from", "to")
    ]


def compared(*whole):
    """The page that compares two versions put into use."""
    for each in whole:
        put_in_use(each, office="build", at=AT)
    a, b = (f"{each.slug}/{each.version}" for each in whole)
    response = Client().get(f"/framework/compare/?a={a}&b={b}")
    assert response.status_code == 200
    return response.content.decode()


TRUSTS = {"bodies": ["nhs-trust"]}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({}, TRUSTS, (None, ["nhs-trust"])),
        (TRUSTS, {}, (["nhs-trust"], None)),
    ],
)
def test_a_field_that_is_left_out_where_empty_is_compared_both_ways(before, after, change):
    found = told(version("1", standard(**before)), version("2", standard(**after)))

    assert found == [("standards", "plans", "bodies", "changed", *change)]


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), [({}, TRUSTS), (TRUSTS, {})])
def test_the_page_tells_of_bodies_added_and_taken_away(before, after):
    html = compared(version("1", standard(**before)), version("2", standard(**after)))

    row = re.search(r"<tr><th scope=\"row\">[^<]*, bodies.*?</tr>", html, re.S)[0]
    assert "A plan within 20 weeks" in row
    cells = re.findall(r"<pre>(.*?)</pre>", row, re.S)
    assert cells == (["—", "NHS trust"] if after else ["NHS trust", "—"])


def test_the_days_of_a_framework_and_every_part_of_it_are_compared():
    pause = {"title": "Before a vote", "from": "2026-03-01", "to": "2026-05-01", "effect": "pause"}
    one = version("1", left_out=[{"id": "peel", "why": "It is a scale and no standard."}])
    other = version(
        "2",
        to=dt.date(2027, 1, 1),
        pauses=[pause],
        sources=[{**SOURCE, "checked": "2026-11-29"}, {**SOURCE, "link": "https://example.org"}],
    )

    found = diff(one, other, {}).changes

    assert [(c.part, c.id, c.field, c.what) for c in found] == [
        ("framework", "england-as-found", "from", "changed"),
        ("framework", "england-as-found", "to", "changed"),
        ("pauses", "Before a vote", "", "added"),
        ("sources", SOURCE["title"], "checked", "changed"),
        ("sources", f"{SOURCE['title']} (2)", "", "added"),
        ("left_out", "peel", "", "removed"),
    ]
    assert (found[0].before, found[0].after) == ("2026-01-01", "2026-02-01")


@pytest.mark.django_db
def test_a_moved_line_shows_whose_standing_changes():
    account()
    html = compared(version("1", standard()), version("2", standard(line=3)))
    said = text_of(html)

    assert "1 standing of a place changes with it" in said
    shifts = html.split('id="shifts-caption"')[1]
    assert 'href="/place/devon/"' in shifts
    assert 'href="/standard/plans/"' in shifts
    assert "below the minimum" in text_of(shifts)
    assert "meets it" in text_of(shifts)


@pytest.mark.django_db
def test_a_standard_that_was_taken_away_is_told_of_where_it_still_stands():
    account()
    other = standard(id="other", measure=None, line=None)
    html = compared(version("1", standard()), version("2", other))

    shifts = html.split('id="shifts-caption"')[1]
    link = "/framework/england-as-found/1/#standard-plans"
    assert f'href="{link}"' in shifts
    assert "/standard/plans/" not in shifts
    there = Client().get(link.split("#")[0])
    assert 'id="standard-plans"' in there.content.decode()


@pytest.mark.django_db
def test_a_step_is_told_in_words_and_not_as_code():
    bare = framework(title="Illustrative try", ladder=[])
    html = compared(bare, framework(version="2", **{"from": LATER}))

    assert "Steps: Notice (illustrative)" in text_of(html)
    assert not re.search(
        r"[{}\[\]]|&quot;", html.split('id="words-caption"')[1].split("</table")[0]
    )
    cell = re.findall(r"<pre>(.*?)</pre>", html, re.S)[-1]
    assert "notice days: 10" in cell
    assert "standard: plans" in cell
    assert "shortfall: 60" in cell


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        (None, "", "—"),
        ([], "", "—"),
        (True, "", "yes"),
        (2.5, "", "2.5"),
        ("2026-11-29", "", "29 November 2026"),
        ("statutory-limit", "kind", "limit set by law"),
        (["county", "london"], "applies_to", "county council, London borough"),
        ({"title": "A law", "seen": ""}, "", "title: A law"),
        ([{"id": "a"}, {"id": "b"}], "", "\n• id: a\n• id: b"),
    ],
)
def test_values_are_said_in_plain_words(value, field, words):
    assert said(value, field) == words
