"""Fixtures that serve the site and look at it with a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from tests import built_database
from tests.databases import absent

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_PATIENCE = 60.0
_AXE = (Path(__file__).parent / "web" / "vendor" / "axe.min.js").read_text("utf-8")
# What is no fault is told in short: writing it out takes three quarters of the time.
_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}


def width_of(page: Page) -> int:
    """How wide what a page shows is, in pixels.

    The browser itself is asked: an expression that is evaluated in a page without scripts, while
    the page before it is being left, may never be answered.
    """
    session = page.context.new_cdp_session(page)
    width = int(session.send("Page.getLayoutMetrics")["cssContentSize"]["width"])
    session.detach()
    return width


def violations(page: Page) -> list[str]:
    """What axe finds against a page as it is shown now: at most three places for each rule."""
    page.wait_for_load_state()
    # Injected by the browser's own tooling, since the site's policy rightly forbids it.
    page.evaluate(_AXE)
    found = page.evaluate("rules => axe.run(document, rules)", _RULES)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the site does not answer at {address}:\n{log.read_text()}")


@pytest.fixture(scope="session")
def served(
    built_site: built_database.Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the site with the shipped real data, served as in production."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("served") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
                "folkmoot.wsgi:application",
            ],
            cwd=built_database.REPOSITORY,
            env={
                **os.environ,
                "DATABASE_URL": built_site.url,
                "FOLKMOOT_HOME": str(built_site.home),
                "FOLKMOOT_SITE_URL": address,
            },
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium, without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        absent("Chromium is not installed")
        return
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, which Django takes for asynchronous code;
    # it is not: nothing here is awaited while a query runs.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield launched
        launched.close()
        # Django keeps connections made beside a running loop apart from all others: once the
        # loop has ended, nobody could close them.
        connections.close_all()
    patch.undo()


def seen(part: Locator) -> bool:
    """Whether a part of a page comes into sight while the page is waited for: a click returns when
    the next one begins to arrive, not when all of it is there."""
    from playwright.sync_api import TimeoutError as TooLate

    try:
        part.wait_for(state="visible")
    except TooLate:
        return False
    return True


@pytest.fixture
def new_page(browser: Browser, served: str) -> Iterator[Any]:
    """``new_page(width=360, javascript=True)`` opens a page on the served site.

    Paths are relative to the site. A test fails if its pages asked any other host for anything
    or wrote an error to the console.
    """
    contexts = []
    trouble: list[str] = []

    def open_page(*, width: int = 1280, height: int = 900, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=served,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((served, "data:", "about:"))
                else trouble.append(f"asked another host: {request.url}")
            ),
        )
        page.on("pageerror", lambda error: trouble.append(f"script error: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble, trouble
