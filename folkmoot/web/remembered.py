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
from the folder where all processes keep it (``web/kept.py``), or from this one's memory where the
address has a ?. Once something was taken away that was to be read, no page from before is.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import time
from collections.abc import Callable
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
from folkmoot.common.models import PublicAct, Removal
from folkmoot.framework.models import FrameworkVersion, InterventionElsewhere, StandardAccount
from folkmoot.measures.queries_account import VERSION_SQL, version_words
from folkmoot.petitions.models import CommitmentMark, Petition
from folkmoot.web import kept
from folkmoot.web.context import assets
from folkmoot.web.shelf import Key, Page, Shelf

LOOK = 2.0
COUNTS = 30.0  # seconds: see _counts
WATCHED = 20_000  # addresses of which one process knows what else their pages are made from
_SEEN = "folkmoot.account"

View = Callable[..., HttpResponse]


_SHELF = Shelf()


def forget() -> None:
    """Forget every page and look again at once: for tests and for commands that publish."""
    _SHELF.clear()


def leave_nothing_of(address: str) -> None:
    """Have no old page of ``address`` shown while the database is away: what somebody has just
    taken back stood on it."""
    for language, _name in settings.LANGUAGES:
        kept.bar(address, language)


# What pages are made from: tables whose rows are made anew when they change, by what shows it.
# Every publishing, every change of what is owed and everything done in a case of the record is a
# public act, so the newest act stands for releases, duties and cases too. Cases themselves are
# not counted: those of rehearsals would make every page anew, and none shows on one.
_SHOWN_BY: tuple[tuple[type[Model], str], ...] = (
    (Removal, "id"),
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
    # How many there are, beside the newest of them: removals come first.
    _SHELF.forget_from_before(others[1])
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


def _answer(request: HttpRequest, page: Page, keep: int) -> HttpResponse:
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(page.packed, content_type=page.kind)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.plain, content_type=page.kind)
    response["ETag"] = page.etag
    response["Cache-Control"] = f"public, max-age={keep}"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _page(response: HttpResponse, made: dt.datetime) -> Page:
    """What a view has made, to be remembered; ``made``: when it began to."""
    plain = response.content
    digest = hashlib.blake2b(plain, digest_size=12).hexdigest()
    packed = gzip.compress(plain, 6, mtime=0)
    return Page(plain, packed, f'W/"{digest}"', made, response["Content-Type"])


def _gone(address: str) -> None:
    """Forget the newest page of an address that has none any more."""
    language = get_language() or ""
    _SHELF.drop(address, language)
    kept.drop(_SHELF.removals, address, language)


_AWAY = (OperationalError, InterfaceError)


def _lately_away() -> bool:
    return time.monotonic() - _SHELF.away < LOOK


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
    if page is not None:
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
        if _lately_away() and (old := _as_it_was(address)):
            return old
        try:
            return now(address, request, *args, **kwargs)
        except NotFound:
            _gone(address)
            raise
        except _AWAY:
            if not _lately_away():
                _SHELF.away = time.monotonic()
            old = _as_it_was(address)
            if old is None:
                raise
            return old

    def now(
        address: str, request: HttpRequest, /, *args: str | int, **kwargs: str | int
    ) -> HttpResponse:
        day = timezone.localdate().isoformat()
        stamp, request.META[_SEEN] = _stamp()
        keep = 60
        if also is not None:
            stamp, keep = f"{stamp}|{_watched(address, also, kwargs)}", 10
        if counts:
            stamp, keep = f"{stamp}|{_counts()}", 20
        key = (address, get_language() or "", day, stamp)
        if not settings.PAGE_CACHE or settings.DEBUG:
            made = make(key, request, *args, **kwargs)
        elif (page := _SHELF.get(key)) is not None:
            made = page
        else:
            with _SHELF.alone(key):
                made = _SHELF.get(key) or make(key, request, *args, **kwargs)
        return made if isinstance(made, HttpResponse) else _answer(request, made, keep)

    def make(
        key: Key, request: HttpRequest, /, *args: str | int, **kwargs: str | int
    ) -> Page | HttpResponse:
        """The page, at hand from now on; or what the view answers instead of one."""
        removals, begun = _SHELF.removals, timezone.now()
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            _gone(key[0])
            return response
        page = _page(response, begun)
        _SHELF.put(key, page, removals)
        if settings.PAGE_CACHE:
            held = kept.Kept(page.packed, page.kind, page.made.timestamp())
            kept.keep(removals, key[0], key[1], held)
        return page

    return answer
