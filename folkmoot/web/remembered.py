"""Finished pages, remembered until the account changes.

A page depends on its address, its language, the day, and what has been built and published. All
of these are in its key, so that nothing needs to be thrown away at publishing: the old key is
simply not asked for again. What was published is looked up at most every ``LOOK`` seconds.

A page that changes oftener than what is published, as a petition does with every signature, names
beside that what else it is made from (``remembered_with``).

Only pages that are the same for everyone may be remembered: none holds a form token, a cookie
or a person's data. Their compressed bytes are kept too (no secret stands in them, so compressing
them once is safe).

While the database is away, the newest page of an address is served as it was, and says so:
from this process's memory, or from the folder where all of them keep it (``web/kept.py``).
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
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from folkmoot.bodies.models import Holder, Office, Remit
from folkmoot.common.errors import NotFound
from folkmoot.common.models import PublicAct
from folkmoot.framework.models import FrameworkVersion, InterventionElsewhere, StandardAccount
from folkmoot.measures.queries_account import VERSION_SQL, version_words
from folkmoot.petitions.models import CommitmentMark, Petition
from folkmoot.web import kept
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
    kind: str


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
        self.acts = self.taken = 0
        self.began = -1

    def forget_from_before(self, act: int) -> None:
        """Keep nothing to show while the database is away from before words were taken away."""
        with self.lock:
            self.newest.clear()
            self.taken = self.began = act
        kept.begin(act)

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


def leave_nothing_of(address: str) -> None:
    """Have no old page of ``address`` shown while the database is away: what somebody has just
    taken back stood on it. Pages of other processes' memory go when they are next made."""
    for language, _name in settings.LANGUAGES:
        _gone((address, language))


def leave_nothing() -> None:
    """The same for every address: somebody has just erased what they ever wrote."""
    with _SHELF.lock:
        _SHELF.newest.clear()
    kept.drop_all()


# Acts that take something away that was to be read before.
_TAKING = (
    *("hide-petition", "erase-petition", "reject-petition", "hide-question", "reject-question"),
    *("withdraw-answer", "withdraw-note"),
)
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
    marks = ", ".join(["%s"] * len(_TAKING))
    taken = (
        f"(SELECT MAX(id) FROM {PublicAct._meta.db_table} "  # noqa: S608 — a table's name, and marks
        f"WHERE id > %s AND verb IN ({marks}))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {VERSION_SQL}, {taken}, {counted}, {', '.join(parts)}",
            [_SHELF.acts, *_TAKING],
        )
        newest, count, act, last, *others = cursor.fetchone()
    # The first of the others is the newest act: those before it need not be looked through again.
    _SHELF.acts = others[0] or 0
    if act or _SHELF.began < 0:
        _SHELF.forget_from_before(act or 0)
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
        response = HttpResponse(page.packed, content_type=page.kind)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.plain, content_type=page.kind)
    response["ETag"] = page.etag
    response["Cache-Control"] = f"public, max-age={keep}"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _page(response: HttpResponse) -> _Page:
    """What a view has just made, to be remembered."""
    plain = response.content
    digest = hashlib.blake2b(plain, digest_size=12).hexdigest()
    packed = gzip.compress(plain, 6, mtime=0)
    return _Page(plain, packed, f'W/"{digest}"', timezone.now(), response["Content-Type"])


def _gone(key: tuple[str, ...]) -> None:
    """Forget the newest page of an address that has none any more."""
    with _SHELF.lock:
        _SHELF.newest.pop(key[:2], None)
    kept.drop(_SHELF.taken, *key[:2])


_AWAY = (OperationalError, InterfaceError)
# Where a page says that it may be old, and how: every template that begins a page holds one.
_NOTICES = {
    b"<!--as it was-->": "parts/as_it_was.html",
    b"<!--as it was, shortly-->": "parts/as_it_was_shortly.html",
}


def _as_it_was(address: str) -> HttpResponse | None:
    """The page as it was last made, saying that it may be old; None if there is none.

    A file cannot say so in words; its headers do.
    """
    language = get_language() or ""
    page, old = _SHELF.latest(address, language), kept.latest(address, language)
    if page is not None and (old is None or page.made.timestamp() >= old.made):
        body, kind, made = page.plain, page.kind, page.made
    elif old is not None:
        body, kind = gzip.decompress(old.packed), old.kind
        made = dt.datetime.fromtimestamp(old.made, dt.UTC)
    else:
        return None
    if kind.startswith("text/html"):
        marks = [mark for mark in _NOTICES if mark in body]
        if not marks:
            return None
        notice = render_to_string(_NOTICES[marks[0]], {"made": made}).encode()
        body = body.replace(marks[0], notice, 1)
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = "no-store"
    response["Warning"] = '110 - "Response is stale"'
    response["Last-Modified"] = http_date(made.timestamp())
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
        except NotFound:
            _gone((address, get_language() or ""))
            raise
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
                _gone(key)
                return response
            page = _page(response)
            _SHELF.put(key, page)
            if settings.PAGE_CACHE:
                held = kept.Kept(page.packed, page.kind, page.made.timestamp())
                kept.keep(_SHELF.taken, *key[:2], held)
        return _answer(request, page, keep)

    return answer
