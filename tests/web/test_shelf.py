"""Pages in memory: one is made once, however many ask for it at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from folkmoot.web import remembered, shelf
from folkmoot.web.shelf import Page, Shelf

KEY = ("/places/", "en-gb", "2026-11-29", "1")
PAGE = Page(b"x", b"x", "x", dt.datetime(2026, 11, 29, tzinfo=dt.UTC), "text/html")


@pytest.fixture
def stamped(monkeypatch):
    """Nothing is published meanwhile, and no database is asked."""
    monkeypatch.setattr(remembered, "_stamp", lambda: ("1", ""))


class Slow:
    """A page that takes as long to make as the test wants; its first making may fail."""

    def __init__(self, fails: bool = False) -> None:
        self.entered, self.leave, self.fails = threading.Event(), threading.Event(), fails
        self.made: list[int] = []
        self.view = remembered.remembered(self._make)

    def _make(self, request, number):
        self.made.append(number)
        self.entered.set()
        assert self.leave.wait(10)
        if self.fails and len(self.made) == 1:
            raise ZeroDivisionError
        return HttpResponse(str(number))

    def ask(self, number: int) -> bytes:
        return self.view(RequestFactory().get("/n/"), number=number).content

    def asked(self, pool: ThreadPoolExecutor, people: int) -> list[Future[bytes]]:
        """The answers to so many, all of whom ask while the first one's page is being made."""
        first = pool.submit(self.ask, 1)
        assert self.entered.wait(10)
        answers = [first, *(pool.submit(self.ask, n) for n in range(2, people + 1))]
        self.leave.set()
        return answers


def test_a_page_that_many_ask_for_at_once_is_made_once(stamped):
    slow = Slow()
    with ThreadPoolExecutor(8) as pool:
        answers = slow.asked(pool, 8)
        assert {answer.result(10) for answer in answers} == {b"1"}
    assert slow.made == [1]
    assert remembered._SHELF.making == {}


def test_who_waited_for_a_page_that_failed_makes_it(stamped):
    slow = Slow(fails=True)
    with ThreadPoolExecutor(2) as pool:
        first, second = slow.asked(pool, 2)
        with pytest.raises(ZeroDivisionError):
            first.result(10)
        assert second.result(10) == b"2"
    assert slow.made == [1, 2]


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(shelf, "PATIENCE", 0.01)
    ours = Shelf()
    with ours.alone(KEY), ours.alone(KEY):
        assert list(ours.making) == [KEY]
    assert ours.making == {}


def test_what_is_one_page_is_not_waited_for_by_another(stamped):
    ours = Shelf()
    with ours.alone(KEY), ours.alone(("/services/", *KEY[1:])):
        assert len(ours.making) == 2


def test_a_page_from_before_a_removal_is_no_newest_one():
    ours = Shelf()
    ours.forget_from_before(3)
    address = ("/places/?n=1", *KEY[1:])
    ours.put(address, PAGE, 2)
    assert ours.get(address) == PAGE
    assert ours.newest == {}
    ours.put(address, PAGE, 3)
    assert ours.newest == {address[:2]: address}
    ours.forget_from_before(3)
    assert ours.newest
    ours.forget_from_before(4)
    assert ours.newest == {}
