"""Every figure in a table, a trace or a sentence can be reported to whoever published it."""

import re
from html import unescape

import pytest

from folkmoot.measures.models import BodyObservation

LINK = re.compile(r'<a [^>]*href="(/report/[a-z0-9-]+/\d+/\d+/)"[^>]*>(.*?)</a>', re.S)
# Pages that show figures, and as many of them at least can be reported there.
PAGES = {
    "/place/leeds/": 5,
    "/place/devon/special-educational-needs/": 80,
    "/standard/ehc-plan-20-weeks/": 140,
    "/standard/ae-four-hours/": 150,
    "/measure/pupils-often-absent/": 150,
    "/measure/pupils-often-absent/?place=leeds": 150,
    "/compare/?place=leeds&place=york": 100,
}


def reports(client, path):
    """The links on a page by which figures are reported: address → the words of each."""
    html = client.get(path).content.decode()
    found: dict[str, set[str]] = {}
    for match in LINK.finditer(html):
        assert 'rel="nofollow"' in match.group(0), match.group(0)
        words = unescape(re.sub(r"<[^>]+>", "", match.group(2)))
        found.setdefault(match.group(1), set()).add(words)
    return found


@pytest.mark.parametrize(("path", "least"), PAGES.items())
def test_every_figure_of_a_page_can_be_reported(built, client, path, least):
    found = reports(client, path)

    assert len(found) >= least
    assert all("eport an error" in words for said in found.values() for words in said)
    # Heard alone, each says which figure it is of.
    assert all(len(words) > len("report an error") + 3 for said in found.values() for words in said)
    assert client.get(next(iter(found))).status_code == 200


HIDDEN = re.compile(r'<span class="govuk-visually-hidden">(.*?)</span></a>$', re.S)


def mixed_up(html):
    """What is said of a link by which figures are reported, where it is said of two figures."""
    found: dict[str, set[str]] = {}
    for match in LINK.finditer(html):
        said = unescape(HIDDEN.search(match.group(0)).group(1))
        found.setdefault(said, set()).add(match.group(1))
    assert found
    return [said for said, links in found.items() if len(links) > 1]


def test_what_two_links_say_alike_is_found():
    link = '<a href="/report/x/1/{}/">9<span class="govuk-visually-hidden"> (Leeds)</span></a>'
    assert mixed_up(link.format(1) + link.format(1)) == []
    assert mixed_up(link.format(1) + link.format(2)) == [" (Leeds)"]


@pytest.mark.parametrize("path", [*PAGES, "/compare/?place=leeds&place=york&all=1"])
def test_no_two_figures_of_a_page_are_reported_by_the_same_words(built, client, path):
    assert mixed_up(client.get(path).content.decode()) == []


def test_no_two_months_of_a_body_are_reported_by_the_same_words(built, client):
    one = BodyObservation.objects.filter(value__isnull=False).order_by("pk").first()
    assert mixed_up(client.get(f"/body/{one.body}/").content.decode()) == []


@pytest.mark.parametrize(
    "path", ["/place/devon/special-educational-needs/", "/measure/pupils-often-absent/?place=leeds"]
)
def test_tables_of_periods_say_of_what_they_are(built, client, path):
    html = client.get(path).content.decode()
    captions = re.findall(r"<caption[^>]*>(.*?)</caption>", html, re.S)
    periods = [said for said in captions if "Period by period" in said]
    assert periods
    assert len(set(periods)) == len(periods)
    assert all(len(said) > len("Period by period: ") for said in periods)


def test_every_month_of_a_body_can_be_reported(built, client):
    one = BodyObservation.objects.filter(value__isnull=False).order_by("pk").first()
    found = reports(client, f"/body/{one.body}/")

    assert len(found) >= 5
    assert client.get(next(iter(found))).status_code == 200
