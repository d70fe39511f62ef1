"""Finished pages in the memory of one process, and who makes one that is not there."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from folkmoot.web import kept

ROOM = 64_000_000  # bytes of pages kept in one process
PATIENCE = 5.0  # seconds that one request waits for another to make the page that both want

# A page's address, its language, the day, and what it was made from.
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was made: its bytes, plain and compressed, and what is said with them."""

    plain: bytes
    packed: bytes
    etag: str
    made: dt.datetime
    kind: str


class Shelf:
    """Pages in the order in which they were last asked for; the oldest leave first.

    Beside them stands what was last seen of what they are made from.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything, and look anew at the next asking."""
        with self.lock:
            self.pages = OrderedDict[Key, Page]()
            # What kept pages lack: the newest of addresses with a ?, see ``put``.
            self.newest: dict[tuple[str, str], Key] = {}
            self.making: dict[Key, threading.Lock] = {}
            self.size = 0
            self.stamp = ""
            self.looked = float("-inf")
            self.watched: dict[str, tuple[float, str]] = {}
            self.counted, self.moved = "", float("-inf")
            self.away = float("-inf")
            self.removals = -1

    def forget_from_before(self, removals: int) -> None:
        """Where something was taken away since, keep nothing from before to show while the
        database is away."""
        with self.lock:
            if removals == self.removals:
                return
            self.newest.clear()
            self.removals = removals
        kept.begin(removals)

    def get(self, key: Key) -> Page | None:
        """The page that was made from just this, or None."""
        with self.lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def put(self, key: Key, page: Page, removals: int) -> None:
        """Have the page at hand. ``removals`` were known when its making began: if there have been
        more since, it is not kept for when the database is away.

        Where all processes look for such pages nothing is kept of an address with a ?, for what
        stands there may be what somebody typed; one process remembers it by itself.
        """
        with self.lock:
            old = self.pages.pop(key, None)
            if old is not None:
                self.size -= len(old.plain) + len(old.packed)
            self.pages[key] = page
            if "?" in key[0] and removals == self.removals:
                self.newest[key[:2]] = key
            self.size += len(page.plain) + len(page.packed)
            while self.size > ROOM and len(self.pages) > 1:
                left, gone = self.pages.popitem(last=False)
                if self.newest.get(left[:2]) == left:
                    del self.newest[left[:2]]
                self.size -= len(gone.plain) + len(gone.packed)

    def drop(self, address: str, language: str) -> None:
        """Have no newest page of an address: there is none any more."""
        with self.lock:
            self.newest.pop((address, language), None)

    def latest(self, address: str, language: str) -> Page | None:
        """The page of an address with a ? that was made last, whatever has changed since, for as
        long as one may be shown."""
        with self.lock:
            key = self.newest.get((address, language))
            page = self.pages.get(key) if key else None
        if page is None or time.time() - page.made.timestamp() >= kept.LONGEST:
            return None
        return page

    @contextmanager
    def alone(self, key: Key) -> Iterator[None]:
        """Make a page while nobody else in this process does: who comes later waits, then finds it
        made. Not for ever, so that no two pages can wait for one another."""
        with self.lock:
            turn = self.making.setdefault(key, threading.Lock())
        mine = turn.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            if mine:
                with self.lock:
                    self.making.pop(key, None)
                turn.release()
