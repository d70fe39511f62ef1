"""The list of petitions, and where people signed, in a real browser; the count in a frame."""

from __future__ import annotations

import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from folkmoot.petitions.actions.breakdowns import renew_breakdowns
from folkmoot.petitions.models import Petition
from tests.browsing import seen
from tests.rooms.petitions_watched import EXETER_CODE, LEEDS_CODE, counts, matter, petition
from tests.web.test_petition_browser import Open, looked_at, pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["pages"]
pytestmark = pytest.mark.django_db(transaction=True)
TODAY = dt.datetime.now(dt.UTC).date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def signed(transactional_db: None) -> Petition:
    """A petition with a table of places and days; and some beside it, for the list."""
    matter(EXETER_CODE)
    for number in range(12):
        matter(f"E0700{number:04}")
    row = petition(TODAY, title=f"Mend the lanes {'verylongword' * 5}", signatures=66)
    days = {TODAY - 3 * DAY: 30, TODAY - 2 * DAY: 1, TODAY - DAY: 12}
    counts(row, {LEEDS_CODE: days, EXETER_CODE: {TODAY - DAY: 20}, "FR": {TODAY - 2 * DAY: 3}})
    renew_breakdowns(today=TODAY)
    for number in range(30):
        petition(TODAY, signatures=number)
    petition(TODAY, "rejected", reason="hoax")
    petition(TODAY, "hidden", title_hidden=True)
    return row


def test_every_page_is_accessible(signed: Petition, pages: Open) -> None:
    page = pages()
    for path in (
        "/petitions/",
        "/petitions/?place=leeds&sort=most-signed",
        "/petitions/?sort=trending",
        "/petitions/?state=closed",
        f"/petitions/{signed.pk}/where/",
        f"/petitions/{Petition.objects.filter(signatures=3).get().pk}/where/",
        f"/petitions/{signed.pk}/count/",
    ):
        looked_at(page, path)


def test_a_sheet_is_accessible_and_one_page_of_a4(signed: Petition, pages: Open) -> None:
    page = pages()
    page.set_viewport_size({"width": 1280, "height": 900})
    looked_at(page, f"/petitions/{signed.pk}/sheet/")
    paper = page.pdf(format="A4", prefer_css_page_size=True)

    assert paper.count(b"/Type /Page\n") == 1


def test_without_scripts_the_list_is_narrowed_and_paged(signed: Petition, pages: Open) -> None:
    page = pages(scripts=False)
    page.goto("/petitions/")
    page.get_by_text("Narrow or order this list").click()
    page.get_by_role("textbox", name="Place", exact=True).fill("Leeds")
    page.get_by_label("Order").select_option("most-signed")
    page.get_by_role("button", name="Show").click()
    assert seen(page.get_by_role("heading", name="Most signed first"))
    assert page.locator(".fm-list a").first.inner_text().startswith("Mend the lanes")
    page.get_by_role("link", name="More petitions").click()
    assert page.locator(".fm-list a").count() > 3
    page.get_by_role("link", name="The first petitions").click()
    assert page.locator(".fm-list a").first.inner_text().startswith("Mend the lanes")


@pytest.fixture
def elsewhere(signed: Petition, live_server: Any) -> Iterator[str]:
    """The address of a page of somebody else's, with the count in a frame and another page."""
    frames = "".join(
        f'<iframe id="{name}" src="{live_server.url}/petitions/{signed.pk}/{path}"></iframe>'
        for name, path in (("count", "count/"), ("whole", ""))
    )
    reads = (
        f"<p id=read></p><script>fetch('{live_server.url}/petitions/{signed.pk}/count.json')"
        ".then(r => r.json()).then(j => { read.textContent = j.signatures })</script>"
    )

    class Theirs(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><title>Theirs</title>{frames}{reads}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Theirs)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_count_stands_in_somebody_elses_page(elsewhere: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    counted = page.frame_locator("#count").locator(".fm-count")
    counted.wait_for()
    assert "66" in counted.inner_text()
    assert "Mend" not in page.frame_locator("#whole").locator("body").inner_text()
    page.wait_for_function("document.getElementById('read').textContent === '66'")
    context.close()
