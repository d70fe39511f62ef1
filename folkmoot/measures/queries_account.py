"""Reads of the account and of observations, for the API, the command line and the files.

Every door gives the same rows with the same names, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.text import slugify

from folkmoot.common.errors import NotFound
from folkmoot.measures.models import Account, Measure, MeasureAccount, Observation
from folkmoot.places.models import Area
from folkmoot.places.queries import search
from folkmoot.places.rules import may_be_postcode
from folkmoot.services.models import Service


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One measure in one place: what a person may quote, and where it comes from.

    ``nation`` and ``similar`` are the figures compared with (the rest of the nation, the middle of
    the similar places). ``release`` is ``source/number``; ``row`` the row of that release's file.
    """

    area: str
    area_name: str
    service: str
    measure: str
    title: str
    period: str
    newest: bool
    value: float | None
    unit: str
    lower: float | None
    upper: float | None
    basis: str
    status: str
    silence: str
    nation: float | None
    region: float | None
    similar: float | None
    all_places: float | None
    verdict_nation: str
    verdict_region: str
    verdict_similar: str
    verdict_all: str
    unusual: str
    rank: int | None
    rank_lower: int | None
    rank_upper: int | None
    field: int | None
    rank_note: str
    trend: str
    trend_method: str
    polarity: str
    revised_from: float | None
    release: str
    row: int

    def as_dict(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return asdict(self)


_RELEASE_KEY = Concat(
    "release__source__slug",
    Value("/"),
    Cast("release__number", CharField()),
    output_field=CharField(),
)

# The model's column behind each field of AccountRow, in the same order.
_COLUMNS: tuple[str, ...] = (
    "area__code",
    "area__name",
    "measure__service__slug",
    "measure__slug",
    "measure__title",
    "period",
    "newest",
    "value",
    "measure__unit",
    "lower",
    "upper",
    "measure__account__basis",
    "status",
    "silence",
    "benchmark_nation",
    "benchmark_region",
    "benchmark_similar",
    "benchmark_all",
    "verdict_nation",
    "verdict_region",
    "verdict_similar",
    "verdict_all",
    "funnel",
    "rank",
    "rank_lower",
    "rank_upper",
    "field",
    "rank_note",
    "trend",
    "trend_method",
    "measure__polarity",
    "revised_from",
)
FIELDS: tuple[str, ...] = tuple(AccountRow.__dataclass_fields__)


def find_area(key: str) -> Area:
    """The area with this code, short name or name. Raises NotFound, with suggestions.

    What was typed is never repeated: it may be where somebody lives.
    """
    wanted = Q(slug=slugify(key)) | Q(code=key.upper()) | Q(name__iexact=key)
    # A short name or code is one place; a name may be several, of which councils come first.
    found = sorted(
        Area.objects.filter(wanted),
        key=lambda area: (area.slug != slugify(key), area.code != key.upper(), area.code),
    )
    if not found:
        if may_be_postcode(key):
            raise NotFound(
                "This may be a postcode, and no postcode may stand in an address. Send the code, "
                "short name or name of a place; the search box and `folkmoot who` take postcodes."
            )
        near = [(place.name, f"/place/{place.slug}/") for place in search(key, limit=5)]
        raise NotFound("There is no place of that name here.", near)
    return found[0]


def find_service(slug: str) -> Service:
    """The service. Raises NotFound, naming those there are."""
    service = Service.objects.filter(slug=slug).first()
    if service is None:
        known = ", ".join(Service.objects.values_list("slug", flat=True))
        raise NotFound(f"There is no service {slug!r}. Services: {known}.")
    return service


def find_measure(slug: str) -> Measure:
    """The measure, with its service and source. Raises NotFound."""
    measure = Measure.objects.select_related("service", "source").filter(slug=slug).first()
    if measure is None:
        raise NotFound(f"There is no measure {slug!r}.")
    return measure


def accounts(
    *, place: str = "", service: str = "", measure: str = ""
) -> QuerySet[Account, Account]:
    """Accounts filtered by place (code or slug), service and measure. Raises NotFound."""
    rows = Account.objects.all()
    if place:
        rows = rows.filter(area=find_area(place))
    if service:
        rows = rows.filter(measure__service=find_service(service))
    if measure:
        rows = rows.filter(measure=find_measure(measure))
    return rows


def account_rows(rows: QuerySet[Account, Account]) -> Iterator[tuple[int, AccountRow]]:
    """(id, AccountRow) of each account in ``rows``, in one query."""
    records: Iterator[tuple[Any, ...]] = (
        rows.annotate(release_key=_RELEASE_KEY)
        .values_list("id", *_COLUMNS, "release_key", "row")
        .iterator(chunk_size=5000)
    )
    for number, *values in records:
        yield number, AccountRow(*values)


def accounts_with_history(
    rows: QuerySet[Account, Account],
) -> Iterator[tuple[AccountRow, list[list[Any]]]]:
    """(AccountRow, history) of each account in ``rows``: one query, so the two always agree."""
    records: Iterator[tuple[Any, ...]] = (
        rows.annotate(release_key=_RELEASE_KEY)
        .values_list("history", *_COLUMNS, "release_key", "row")
        .iterator(chunk_size=2000)
    )
    for history, *values in records:
        yield AccountRow(*values), history


def place_account(place: str, service: str = "") -> list[AccountRow]:
    """The account of one place, service by service. Raises NotFound."""
    rows = accounts(place=place, service=service).order_by(
        "measure__service__position", F("measure__headline").asc(nulls_last=True), "measure__slug"
    )
    return [row for _, row in account_rows(rows)]


# The version of the account as SQL, for doors that ask for more in the same query.
_TABLE = MeasureAccount._meta.db_table
VERSION_SQL = (
    f"(SELECT CAST(MAX(computed_at) AS TEXT) FROM {_TABLE}), "  # noqa: S608 — a table's name
    f"(SELECT COUNT(*) FROM {_TABLE})"
)


def version_words(newest: str | None, count: int) -> str:
    """The version from the two columns of ``VERSION_SQL``."""
    return f"{''.join(letter for letter in newest or '0' if letter.isdigit())}-{count}"


def account_version() -> str:
    """A short text that changes whenever any account changes: for caches and ETags."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {VERSION_SQL}")
        return version_words(*cursor.fetchone())


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One value as one release states it."""

    measure: str
    area: str
    area_name: str
    period: str
    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    status: str
    release: str
    release_state: str
    row: int


def observation_rows(
    rows: QuerySet[Observation, Observation],
) -> Iterator[tuple[int, ObservationRow]]:
    """(id, ObservationRow) of each observation in ``rows``, in one query."""
    records: Iterator[tuple[Any, ...]] = (
        rows.annotate(release_key=_RELEASE_KEY)
        .values_list(
            "id",
            "measure__slug",
            "area__code",
            "area__name",
            "period",
            "value",
            "lower",
            "upper",
            "numerator",
            "denominator",
            "status",
            "release_key",
            "release__state",
            "row",
        )
        .iterator(chunk_size=5000)
    )
    for number, *values in records:
        yield number, ObservationRow(*values)
