"""Finished pages, remembered until the account changes.

A page depends on its address, its language, the day, and what has been built and published. All
of these are in its key, so that nothing needs to be thrown away at publishing: the old key is
simply not asked for again. What was published is looked up at most every ``LOOK`` seconds.

A page that changes oftener than what is published, as a petition does with every signature, names
beside that what else it is made from (``remembered_with``).

Only pages that are the same for everyone may be remembered: none holds a form token, a cookie
or a person's data. Their compressed bytes are kept too (no secret stands in them, so compressing
them once is safe).

While the database is away, the newest page of an address is served as it was, and says so.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from folkmoot.bodies.models import Holder, Office, Remit
from folkmoot.common.models import PublicAct
from folkmoot.framework.models import FrameworkVersion, InterventionElsewhere, StandardAccount
from folkmoot.measures.queries_account import VERSION_SQL, version_words
from folkmoot.petitions.models import CommitmentMark, Petition
from folkmoot.web.context import assets

LOOK = 2.0
COUNTS = 30.0  # seconds: see _counts
WATCHED = 20_000  # addresses of which one process knows what else their pages are made from
_SEEN = "folkmoot.account"
ROOM = 64_000_000  # bytes of pages kept in one process

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class _Page:
    plain: bytes
    packed: bytes
    etag: str
    made: dt.datetime


class _Shelf:
    """Pages in the order in which they were last asked for; the oldest leave first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.pages = OrderedDict[tuple[str, ...], _Page]()
        self.newest: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.size = 0
        self.stamp = ""
        self.looked = float("-inf")
        self.watched: dict[str, tuple[float, str]] = {}
        self.counted, self.moved = "", float("-inf")
        self.away = float("-inf")

    def get(self, key: tuple[str, ...]) -> _Page | None:
        with self.lock:
            page = self.pages.get(key)
            if page is not None:
                self.pages.move_to_end(key)
            return page

    def put(self, key: tuple[str, ...], page: _Page) -> None:
        with self.lock:
            old = self.pages.pop(key, None)
            if old is not None:
                self.size -= len(old.plain) + len(old.packed)
            self.pages[key] = page
            self.newest[key[:2]] = key
            self.size += len(page.plain) + len(page.packed)
            while self.size > ROOM and len(self.pages) > 1:
                left, gone = self.pages.popitem(last=False)
                if self.newest.get(left[:2]) == left:
                    del self.newest[left[:2]]
                self.size -= len(gone.plain) + len(gone.packed)

    def latest(self, address: str, language: str) -> _Page | None:
        """The page that was made last for an address, whatever has changed since."""
        with self.lock:
            key = self.newest.get((address, language))
            return self.pages.get(key) if key else None


_SHELF = _Shelf()


def forget() -> None:
    """Forget every page and look again at once: for tests and for commands that publish."""
    with _SHELF.lock:
        _SHELF.clear()


# What pages are made from: tables whose rows are made anew when they change, by what shows it.
# Every publishing, every change of what is owed and everything done in a case of the record is a
# public act, so the newest act stands for releases, duties and cases too. Cases themselves are
# not counted: those of rehearsals would make every page anew, and none shows on one.
_SHOWN_BY: tuple[tuple[type[Model], str], ...] = (
    (PublicAct, "id"),
    (StandardAccount, "computed_at"),
    (FrameworkVersion, "id"),
    (InterventionElsewhere, "id"),
    (Remit, "id"),
    (Office, "id"),
    (Holder, "id"),
    # What the creator of a petition says of a commitment is no act of an office.
    (CommitmentMark, "id"),
)


def _state() -> tuple[str, str]:
    """(version of the account, text that changes with anything else on pages): one query."""
    parts = [
        f"(SELECT MAX({column}) FROM {model._meta.db_table}), "  # noqa: S608 — names of tables
        f"(SELECT COUNT(*) FROM {model._meta.db_table})"
        for model, column in _SHOWN_BY
    ]
    counted = f"(SELECT MAX(counted_at) FROM {Petition._meta.db_table})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {VERSION_SQL}, {counted}, {', '.join(parts)}")
        newest, count, last, *others = cursor.fetchone()
    if str(last) != _SHELF.counted:
        _SHELF.counted, _SHELF.moved = str(last), time.monotonic()
    return version_words(newest, count), "|".join(str(other) for other in others)


def _counts() -> str:
    """A text that is another one at most ``COUNTS`` seconds after signatures were counted.

    While people sign it changes every ``COUNTS`` seconds, whatever was counted: pages with counts
    on them need not be made anew with each one. Afterwards it stays.
    """
    now = time.monotonic()
    return str(now // COUNTS) if now - _SHELF.moved < 2 * COUNTS else _SHELF.counted


def _stamp() -> tuple[str, str]:
    """(What pages are made from now, version of the account if it has only just been asked)."""
    now = time.monotonic()
    if now - _SHELF.looked < LOOK:
        return _SHELF.stamp, ""
    version, others = _state()
    _SHELF.stamp = f"{version}|{others}|{assets().css}"
    _SHELF.looked = now
    return _SHELF.stamp, version


def account_seen(request: HttpRequest) -> str:
    """The version of the account that was read for this very request, or ""."""
    seen: str = request.META.get(_SEEN, "")
    return seen


def _watched(address: str, also: Callable[..., str], arguments: dict[str, str | int]) -> str:
    """What else the page at ``address`` is made from now, as ``also`` says: one query at most."""
    now = time.monotonic()
    looked, stamp = _SHELF.watched.get(address, (float("-inf"), ""))
    if now - looked >= LOOK:
        stamp = also(**arguments)
        if len(_SHELF.watched) >= WATCHED:
            _SHELF.watched.clear()
        _SHELF.watched[address] = (now, stamp)
    return stamp


def _answer(request: HttpRequest, page: _Page, keep: int) -> HttpResponse:
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(page.packed)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.plain)
    response["ETag"] = page.etag
    response["Cache-Control"] = f"public, max-age={keep}"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


_AWAY = (OperationalError, InterfaceError)
_HEADER = b'<header class="fm-header">'


def _as_it_was(address: str) -> HttpResponse | None:
    """The page as it was last made, saying that it may be old; None if there is none."""
    page = _SHELF.latest(address, get_language() or "")
    if page is None:
        return None
    notice = render_to_string("parts/as_it_was.html", {"made": page.made}).encode()
    response = HttpResponse(page.plain.replace(_HEADER, notice + _HEADER, 1))
    response["Cache-Control"] = "no-store"
    return response


def remembered(view: View) -> View:
    """A view whose page is the same for everyone until something is published."""
    return _remembered(view, None)


def remembered_with_counts(view: View) -> View:
    """As ``remembered``, for a page that shows how many signed: it lags by a minute at most."""
    return _remembered(view, None, counts=True)


def remembered_with(also: Callable[..., str]) -> Callable[[View], View]:
    """As ``remembered``, for a page that is also made from what ``also`` says.

    ``also`` is given what the address names, as the view is, and answers with a text that is
    another whenever the page would be; it is asked at most every ``LOOK`` seconds. What stands
    behind the ? of the address makes no difference to such a page: links that people share carry
    marks of all kinds, and each would be a page of its own.
    """
    return lambda view: _remembered(view, also)


def _remembered(view: View, also: Callable[..., str] | None, counts: bool = False) -> View:
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: str | int, **kwargs: str | int) -> HttpResponse:
        address = request.path if also else request.get_full_path()
        if time.monotonic() - _SHELF.away < LOOK and (old := _as_it_was(address)):
            return old
        try:
            return now(address, request, *args, **kwargs)
        except _AWAY:
            _SHELF.away = time.monotonic()
            old = _as_it_was(address)
            if old is None:
                raise
            return old

    def now(
        address: str, request: HttpRequest, *args: str | int, **kwargs: str | int
    ) -> HttpResponse:
        day = timezone.localdate().isoformat()
        stamp, request.META[_SEEN] = _stamp()
        keep = 60
        if also is not None:
            stamp, keep = f"{stamp}|{_watched(address, also, kwargs)}", 10
        if counts:
            stamp, keep = f"{stamp}|{_counts()}", 20
        key = (address, get_language() or "", day, stamp)
        page = _SHELF.get(key) if settings.PAGE_CACHE and not settings.DEBUG else None
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            plain = response.content
            digest = hashlib.blake2b(plain, digest_size=12).hexdigest()
            page = _Page(plain, gzip.compress(plain, 6, mtime=0), f'W/"{digest}"', timezone.now())
            _SHELF.put(key, page)
        return _answer(request, page, keep)

    return answer
