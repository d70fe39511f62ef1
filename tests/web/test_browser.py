"""Every page in a real browser: accessible, narrow, without JavaScript, and silent on postcodes."""

import pytest

from tests.browsing import violations

PAGES = [
    "/",
    "/find/",
    "/search/?q=lieds",
    "/search/?q=zzzzzz",
    "/places/",
    "/place/leeds/",
    "/place/leeds/?found=sector",
    "/place/leeds/?show=worse",
    "/place/exeter/",
    "/place/devon/",
    "/place/england/",
    "/place/west-yorkshire-police/",
    "/place/hackney/",
    "/place/leeds/schools/",
    "/place/exeter/schools/",
    "/place/devon/special-educational-needs/",
    "/here/",
    "/here/exeter/?found=sector",
    "/here/devon/",
    "/frameworks/",
    "/framework/england-as-found/",
    "/framework/illustrative/",
    "/framework/compare/?a=england-as-found&b=illustrative",
    "/standard/ehc-plan-20-weeks/",
    "/standard/ae-four-hours/",
    "/discretion/special-educational-needs/",
    "/bodies/",
    "/body/devon-county-council/",
    "/body/house-of-commons/",
    "/report/dfe-lait/1/308078/",
    "/services/",
    "/service/schools/",
    "/measure/dfe-persistent-absence-secondary/",
    "/measure/dfe-persistent-absence-secondary/?place=leeds",
    "/measure/gigabit-broadband/?place=exeter&map=verdict",
    "/compare/",
    "/compare/?place=leeds&place=manchester&place=liverpool&place=bristol",
    "/compare/?place=devon&place=exeter",
    "/sources/",
    "/source/dfe-lait/",
    "/release/dfe-lait/1/",
    "/methods/",
    "/about/",
    "/licences/",
    "/data/",
    "/record/",
    "/questions/",
    "/petitions/start/",
    "/petitions/start/?place=exeter&service=schools",
    "/interventions/",
    "/rehearsal/",
    "/framework/illustrative/rehearse/",
    "/framework/illustrative/rehearse/?standard=ehc-plan-20-weeks&line=95&step=notice",
    "/place/nowhere-at-all/",
]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_fits_wide_and_narrow(new_page, path):
    page = new_page(width=1280)
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width in (1280, 360, 320):  # the last is 1280 at 400% zoom
        page.set_viewport_size({"width": width, "height": 900})

        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_a_planted_fault(new_page):
    page = new_page()
    page.goto("/about/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=data:>')"
    )

    assert any("image-alt" in text for text in violations(page))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_postcode_opens_its_place_and_is_in_no_address(new_page, javascript):
    page = new_page(width=360, javascript=javascript)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.get_by_label("Postcode, place or service").fill("LS1 1UR")
    page.get_by_role("button", name="Find").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Leeds"
    assert "most likely in Leeds" in page.locator("main").inner_text()
    assert not [url for url in asked if "1UR" in url.upper()]


def test_without_javascript_a_measure_opens_from_a_place(new_page):
    page = new_page(width=360, javascript=False)
    page.goto("/place/leeds/")
    page.get_by_role("link", name="Schools", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Schools in Leeds"
    page.locator("article h3 a").first.click()
    assert page.locator("svg.fm-map").count() == 1
    # Folded parts open by themselves.
    page.get_by_text("Every period in a table").click()
    assert page.locator("details[open] table").first.is_visible()


def test_a_postcode_leads_to_who_answers_and_on_to_what_is_below_the_minimum(new_page):
    page = new_page(width=360, javascript=False)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/here/")
    page.get_by_label("Postcode or place").fill("EX1 1HS")
    page.get_by_role("button", name="Show").click()

    assert page.get_by_role("heading", level=1).inner_text().startswith("Who answers in")
    assert not [url for url in asked if "1HS" in url.upper()]
    page.get_by_role("link", name="Special educational needs", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Special educational needs in Devon"
    # How it looks is asked with scripts: without them an expression may never be answered.
    looked = new_page(width=360)
    looked.goto(page.url)
    failing = looked.locator(".fm-failing").first
    assert "below the minimum" in failing.inner_text()
    assert "repeating-linear-gradient" in failing.evaluate(
        "one => getComputedStyle(one).backgroundImage"
    )
    local = looked.locator(".fm-local").first
    assert "repeating-linear-gradient" not in local.evaluate(
        "one => getComputedStyle(one).backgroundImage"
    )


@pytest.mark.parametrize(
    "standard", ["ae-four-hours", "ae-four-hours-march-2026", "ehc-plan-20-weeks"]
)
def test_a_standard_is_short_on_a_phone_and_unfolds_without_scripts(new_page, standard):
    page = new_page(width=360)
    page.goto(f"/standard/{standard}/")
    tall = "document.documentElement.scrollHeight"
    assert page.evaluate(tall) < 5_000
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    # How it stands is a sentence: no row is a column of single words.
    rows = "[...document.querySelectorAll('.fm-standings tr')].map(row => row.offsetHeight)"
    assert max(page.evaluate(rows)) < 120
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []

    plain = new_page(width=360, javascript=False)
    plain.goto(f"/standard/{standard}/")
    table = plain.locator("details table").first
    assert not table.is_visible()
    plain.locator("main summary").first.click()
    assert table.is_visible()


def test_the_skip_link_comes_first_and_reaches_the_page(new_page):
    page = new_page()
    page.goto("/place/leeds/")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_area_of_the_map_leads_to_its_place(new_page):
    page = new_page()
    page.goto("/measure/dfe-persistent-absence-secondary/")
    page.locator("svg.fm-map a", has_text="Cornwall:").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/place/cornwall/schools/")


def test_print_drops_navigation_and_keeps_sources(new_page):
    page = new_page()
    page.goto("/place/leeds/schools/")
    page.emulate_media(media="print")

    assert not page.locator(".fm-nav").is_visible()
    assert not page.locator(".fm-search").is_visible()
    assert page.locator("article details table").first.is_visible()
    assert page.get_by_text("Source:").first.is_visible()


def test_a_first_visit_weighs_little_and_asks_no_other_host(new_page):
    page = new_page()
    weights = {}

    def weigh(response):
        sizes = response.request.sizes()
        weights[response.url] = sizes["responseBodySize"]

    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto("/place/leeds/", wait_until="networkidle")

    assert len(weights) >= 4
    besides_font = sum(size for url, size in weights.items() if not url.endswith(".woff2"))
    assert besides_font < 100_000
