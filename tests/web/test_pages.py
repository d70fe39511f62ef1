"""Pages over the shipped real data: what stands on them, at what cost, and how they are kept."""

import datetime as dt
import gzip
import re
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.measures.models import Account, Measure, MeasureAccount
from folkmoot.places.models import Area
from folkmoot.web.pages.place import SHOWN

# path → the most queries it may ever need, with nothing remembered
CEILINGS = {
    "/": 12,
    "/places/": 6,
    "/place/leeds/": 13,
    "/place/exeter/": 13,
    "/place/devon/": 13,
    "/place/england/": 14,
    "/place/leeds/?show=worse": 12,
    # A matter lists the cases of the centre in it, petitions and questions.
    "/place/leeds/schools/": 15,
    "/place/exeter/schools/": 14,
    "/measure/dfe-persistent-absence-secondary/": 8,
    "/measure/gigabit-broadband/?place=leeds": 12,
    "/compare/?place=leeds&place=manchester&place=liverpool&place=bristol": 12,
    "/place/devon/special-educational-needs/": 15,
    "/here/exeter/": 8,
    "/here/leeds/": 8,
    "/here/devon/": 8,
    "/here/cardiff/": 8,
    "/frameworks/": 6,
    "/framework/england-as-found/": 10,
    "/framework/illustrative/": 10,
    "/framework/compare/?a=england-as-found&b=illustrative": 9,
    "/standard/ehc-plan-20-weeks/": 6,
    "/standard/ae-four-hours/": 7,
    "/discretion/special-educational-needs/": 8,
    "/bodies/": 2,
    "/body/devon-county-council/": 17,
    "/body/house-of-commons/": 13,
    "/body/nhs-trust-rh8/": 17,
    "/services/": 6,
    "/service/schools/": 6,
    "/sources/": 6,
    "/source/dfe-lait/": 7,
    "/release/dfe-lait/1/": 12,
    "/search/?q=lieds": 11,
    "/methods/": 3,
}


def text_of(html):
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def get(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


@pytest.mark.parametrize(("path", "most"), CEILINGS.items())
def test_pages_ask_few_questions_of_the_database(built, client, path, most):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(client, path)

    assert 0 < len(queries) <= most


@pytest.mark.parametrize("path", CEILINGS)
def test_pages_weigh_little_and_keep_the_security_policy(built, client, path):
    response = client.get(path, headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(response.content).decode()

    assert len(response.content) <= 60_000
    assert " style=" not in html
    assert "<script" not in html
    assert "style-src 'self'" in response["Content-Security-Policy"]
    assert html.count("<h1") == 1
    assert '<html lang="en-gb"' in html


def test_the_heaviest_measures_fit_a_first_visit_with_their_style_sheet(built, client):
    sheet = next(Path("folkmoot/web/static/folkmoot").glob("folkmoot.*.css.gz")).stat().st_size
    for slug in ("household-income-per-person", "value-added-per-job", "weekly-pay"):
        path = f"/measure/{slug}/?place=leeds"
        response = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        # What else there is, the icon and the like, weighs less than 5 kB.
        assert sheet + len(response.content) <= 95_000


def test_the_short_account_counts_what_its_links_list(built, client):
    html = get(client, "/place/leeds/")
    short = re.search(r'<section class="fm-short">.*?</section>', html, re.S)[0]
    linked = re.findall(r'<a href="\?show=([a-z-]+)">([^<]+)</a>', short)
    assert [show for show, _ in linked] == [
        "better",
        "worse",
        "no-clear-difference",
        "different",
        "cannot-say",
    ]
    for show, sentence in linked:
        listed = get(client, f"/place/leeds/?show={show}")
        count = listed.count('<p class="fm-verdict')
        said = re.search(r"\d+", sentence)
        assert count == (int(said[0]) if said else 0), sentence


def test_leeds_has_over_a_hundred_measures_each_judged_or_saying_why(built, client):
    total = 0
    for show in SHOWN:
        html = get(client, f"/place/leeds/?show={show}")
        for item in re.findall(r'<p class="fm-verdict[^>]*>(.*?)</p>', html, re.S):
            total += 1
            assert len(text_of(item)) > 8
            if show == "cannot-say":
                assert "We cannot tell" in text_of(item)
    assert total >= 100


def test_a_measure_over_three_years_old_never_enters_the_short_account(built, client, today):
    html = get(client, "/place/leeds/?show=better")
    slug = re.search(r'href="/measure/([a-z0-9-]+)/\?place=leeds"', html)[1]
    row = MeasureAccount.objects.filter(measure__slug=slug)
    old = today.replace(year=today.year - 3) - dt.timedelta(days=1)
    row.update(period_end=old, computed_at=dt.datetime.now(dt.UTC))
    _look_again()

    assert f"/measure/{slug}/" not in get(client, "/place/leeds/?show=better")
    stands_out = get(client, "/place/leeds/").split('id="services"')[0]
    assert f"/measure/{slug}/" not in stands_out.split("<h2")[2]

    row.update(period_end=old + dt.timedelta(days=2), computed_at=dt.datetime.now(dt.UTC))
    _look_again()
    assert f"/measure/{slug}/" in get(client, "/place/leeds/?show=better")


def _look_again():
    from folkmoot.web.remembered import forget

    forget()


def test_at_most_eight_measures_lead_and_the_rest_are_folded(built, client):
    html = get(client, "/place/leeds/childrens-social-care/")
    before, folded = html.split('<details class="govuk-details fm-rest">')

    assert 1 <= before.count("<article") <= 8
    assert folded.count("<article") == 0
    assert folded.count("fm-verdict") > 20


def test_a_district_shows_the_services_that_others_run_for_it(built, client):
    html = get(client, "/place/exeter/")

    assert '<a href="/place/devon/schools/">Schools</a>' in html
    assert '<a href="/place/exeter/schools/">' not in html
    assert "/place/devon-and-cornwall-police/police-and-crime/" in html
    assert '<a href="/place/exeter/waste/">' in html
    assert "council, which covers it" not in text_of(html)
    assert "/place/devon/schools/" in get(client, "/place/exeter/schools/")


def test_an_area_that_ended_points_to_its_successor(built, client):
    html = get(client, "/place/harrogate/")

    assert "ended on 31 March 2023" in text_of(html) or "ended on 1 April 2023" in text_of(html)
    assert '<a href="/place/north-yorkshire' in html


def test_the_seven_parts_of_a_matter_stand_in_their_order(built, client):
    html = get(client, "/place/leeds/schools/")
    parts = re.findall(r'<section class="fm-part" id="([a-z]+)"', html)

    assert parts == ["required", "account", "answers", "voice", "choice", "together", "change"]
    for part in parts:
        assert f'href="#{part}"' in html
    assert text_of(html).count("Folkmoot does not hold") == 3
    assert "Yours could be the first." in text_of(html)
    assert "/petitions/start/?place=leeds&amp;service=schools" in html


def test_every_figure_leads_to_its_release_and_method(built, client):
    html = get(client, "/place/leeds/schools/")
    articles = re.findall(r"<article.*?</article>", html, re.S)

    assert articles
    for article in articles:
        assert re.search(r'href="/release/[a-z0-9-]+/1/">Release 1, row \d+', article)
        assert 'href="/methods/#' in article
        assert 'href="/source/' in article


def test_pages_say_how_old_their_figures_are(built, client):
    for path in ("/", "/place/leeds/", "/place/leeds/schools/", "/service/schools/"):
        assert re.search(r"igures here run to [A-Z][a-z]+ 20\d\d", text_of(get(client, path))), path
    said = text_of(get(client, "/measure/adult-obesity/"))
    assert re.search(r"The figure is for .*, which ended (\d+ years?|\d+ months?)", said)


def test_a_revised_figure_carries_its_old_value(built, client):
    own = Account.objects.get(area__slug="leeds", measure__slug="dfe-persistent-absence-secondary")
    own.revised_from = 12.345
    own.save()
    _look_again()

    html = get(client, "/measure/dfe-persistent-absence-secondary/?place=leeds")
    assert "Revised: it was 12.35%" in text_of(html) or "Revised: it was 12.34%" in text_of(html)
    assert 'href="/release/dfe-lait/1/#revisions"' in html


def test_measure_table_sorts_by_link_and_puts_silence_last(built, client):
    path = "/measure/dfe-persistent-absence-secondary/"

    def rows(html):
        table = html.split('id="table"')[1]
        found = re.findall(
            r'<th scope="row"><a[^>]*>([^<]+)</a></th><td([^>]*)>(?:<a[^>]*>)?([^<]*)',
            table,
        )
        return [
            (name, float(v.rstrip("%")) if "colspan" not in c else None) for name, c, v in found
        ]

    up = rows(get(client, f"{path}?sort=figure"))
    down = rows(get(client, f"{path}?sort=-figure"))
    names = [name for name, _ in rows(get(client, f"{path}?sort=place"))]
    known = [value for _, value in up if value is not None]

    assert len(known) > 140
    assert known == sorted(known)
    assert [v for _, v in down if v is not None] == known[::-1]
    assert names == sorted(names)
    for ordered in (up, down):
        missing = [value is None for _, value in ordered]
        assert missing == sorted(missing)
    assert rows(get(client, f"{path}?sort=nonsense")) == up


def test_places_that_do_not_run_the_same_services_are_not_compared(built, client):
    said = text_of(get(client, "/compare/?place=devon&place=exeter"))
    assert "cannot be compared fairly" in said
    assert "Devon: county council" in said
    assert "Exeter: district council" in said

    html = get(client, "/compare/?place=leeds&place=exeter")
    assert "cannot be compared" not in html
    assert "Children's social care" in text_of(html).split("Left out")[1]
    compared = set(re.findall(r'href="/measure/([a-z0-9-]+)/"', html))
    both = Account.objects.filter(measure__slug__in=compared, compared=True)
    for slug in ("leeds", "exeter"):
        assert both.filter(area__slug=slug).count() == len(compared) > 10


def test_compare_takes_names_and_refuses_what_it_cannot_find(built, client):
    sent = {"place": ["Leeds", "lieds", "LS1 1UR", "Manchester"]}
    assert client.post("/compare/", sent)["Location"] == "/compare/?place=leeds&place=manchester"

    refused = client.post("/compare/", {"place": ["Leeds", "zqxzqxzqx"]})
    assert refused.status_code == 400
    assert "We cannot find zqxzqxzqx." in text_of(refused.content.decode())


def test_a_release_shows_its_fingerprint_faults_and_reasons(built, client):
    said = text_of(get(client, "/release/dfe-lait/1/"))

    assert re.search(r"\b[0-9a-f]{64}\b", said)
    assert "Impossible value" in said
    assert "Accepted:" in said
    assert "first release of this source" in said


@pytest.mark.parametrize(
    "path",
    [
        "/place/leds/",
        "/place/leeds/magic/",
        "/service/skools/",
        "/measure/obesity/",
        "/measure/adult-obesity/?place=leds",
        "/source/nothing/",
        "/release/dfe-lait/99/",
        "/compare/?place=leds",
    ],
)
def test_what_is_not_there_is_a_page_that_helps(built, client, path):
    html = get(client, path, status=404)

    assert "Did you mean" in html


def test_a_service_without_figures_for_a_place_says_so(built, client):
    said = text_of(get(client, "/place/west-yorkshire-police/schools/"))
    assert "holds no figures for Schools in West Yorkshire" in said
    assert "This kind of area" in said  # and who does run them
    get(client, "/place/south-west/fire-and-rescue/", status=404)


def test_page_is_remembered_until_the_account_changes(built, client):
    path = "/place/leeds/"
    first = client.get(path, headers={"Accept-Encoding": "gzip"})
    with CaptureQueriesContext(connection) as queries:
        again = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(queries) == 0
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert "Cookie" not in again.get("Vary", "")

    Area.objects.filter(slug="leeds").update(name="Leeds and around")
    assert client.get(path).content == gzip.decompress(first.content)
    newest = MeasureAccount.objects.order_by("-computed_at").first()
    newest.computed_at += dt.timedelta(seconds=1)
    newest.save()
    _let_time_pass()
    assert '<h1 class="govuk-heading-xl">Leeds and around</h1>' in get(client, path)


def _let_time_pass():
    from folkmoot.web import remembered

    remembered._SHELF.looked -= remembered.LOOK


def test_the_shelf_of_pages_has_room_for_so_much_and_no_more(built, client, monkeypatch):
    from folkmoot.web import remembered, shelf

    monkeypatch.setattr(shelf, "ROOM", 100_000)
    for number in range(12):
        get(client, f"/services/?n={number}")

    ours = remembered._SHELF
    assert ours.size == sum(len(p.plain) + len(p.packed) for p in ours.pages.values())
    assert ours.size <= 100_000
    assert len(ours.pages) < 12


def test_no_page_reads_what_a_stranger_may_not(built, client):
    assert client.get("/place/leeds/?show=<script>").status_code == 200
    assert "<script>" not in get(client, "/search/?q=%3Cscript%3E")


def test_measures_name_the_nation_before_its_parts(built, client):
    said = text_of(get(client, "/measure/adults-who-smoke/"))

    order = [said.index(f"{name}. ") for name in ("United Kingdom", "England", "Wales", "Scotland")]
    assert order == sorted(order)


def test_every_measure_and_service_has_a_page(built, client):
    # One of each unit, quantity and polarity stands for its like: each page draws the same way.
    seen = set()
    for measure in Measure.objects.select_related("service"):
        like = (measure.quantity, measure.polarity, measure.unit, measure.definition["context"])
        if like not in seen:
            seen.add(like)
            get(client, f"/measure/{measure.slug}/")
            get(client, f"/measure/{measure.slug}/?place=leeds")
    assert len(seen) > 20
