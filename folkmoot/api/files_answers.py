"""CSV of who answers, what is owed, what is required, where places stand and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from folkmoot.api import rows_bodies, rows_body_standings, rows_framework, rows_record
from folkmoot.api.columns import columns_of
from folkmoot.api.files import Table, door, table_of
from folkmoot.api.files_petitions import PETITION_TABLES
from folkmoot.api.rows_interventions import CASE_MEANINGS, ELSEWHERE_MEANINGS, case_rows
from folkmoot.common.queries import RecordFilter
from folkmoot.duties.queries import DutyLine, duties_of_record
from folkmoot.framework.cases.elsewhere import ElsewhereLine, elsewhere
from folkmoot.framework.cases.queries import CaseFilter, CaseLine, cases_of_record
from folkmoot.measures.queries_account import find_area


def _rows(pairs: Iterable[tuple[int, Any]]) -> Iterable[Any]:
    return (row for _, row in pairs)


def _bodies() -> Table:
    rows = rows_bodies.body_rows(rows_bodies.bodies_like(timezone.localdate()))
    return table_of("bodies", "Public bodies", columns_of(rows_bodies.BodyRow), _rows(rows))


def _offices() -> Table:
    today = timezone.localdate()
    found = rows_bodies.offices_like(today).order_by("body__slug", "position", "slug")
    rows = rows_bodies.office_rows(found, today)
    title = "Offices of public bodies, and who holds them"
    return table_of("offices", title, columns_of(rows_bodies.OfficeRow), _rows(rows))


def _holders() -> Table:
    found = rows_bodies.holders_like(timezone.localdate(), current=False)
    title = "Who holds, or held, public offices"
    rows = rows_bodies.holder_rows(found.order_by("office__body__slug", "office__slug", "since"))
    return table_of("holders", title, columns_of(rows_bodies.HolderRow), _rows(rows))


def _remits() -> Table:
    rows = rows_bodies.remit_rows(rows_bodies.remits_like())
    title = "Who answers for which service in which kind of area"
    return table_of("remits", title, columns_of(rows_bodies.RemitRow), _rows(rows))


def _standards() -> Table:
    today = timezone.localdate()
    in_use = rows_framework.framework_called("", today)
    title = f"Standards: {in_use.framework.title}"
    rows = rows_framework.standard_rows(in_use, today)
    return table_of("standards", title, columns_of(rows_framework.StandardRow), rows)


def _standings() -> Table:
    in_use = rows_framework.framework_called("", timezone.localdate())
    found = rows_framework.standings_like(in_use, newest=False)
    ordered = found.order_by("area__code", "standard", "period_end")
    title = "Where places stand on each standard, in every period"
    columns = columns_of(rows_framework.StandingRow)
    return table_of(
        "standings", title, columns, _rows(rows_framework.standing_rows(ordered, in_use))
    )


def _body_standings() -> Table:
    in_use = rows_framework.framework_called("", timezone.localdate())
    found = rows_body_standings.body_standings_like(in_use, newest=False)
    ordered = found.order_by("body__slug", "standard", "period_end")
    rows = rows_body_standings.body_standing_rows(ordered, in_use)
    title = "Where bodies stand on each standard, in every period"
    columns = columns_of(rows_body_standings.BodyStandingRow)
    return table_of("body-standings", title, columns, _rows(rows))


def _duties() -> Table:
    today = timezone.localdate()
    rows = rows_record.duty_rows(duties_of_record(today).order_by("pk"), today)
    columns = columns_of(DutyLine, rows_record.DUTY_MEANINGS)
    return table_of("duties", "Answers owed and given", columns, _rows(rows))


def _interventions() -> Table:
    rows = case_rows(cases_of_record(CaseFilter()).order_by("pk"), timezone.localdate())
    columns = columns_of(CaseLine, CASE_MEANINGS)
    title = "Interventions and non-interventions"
    return table_of("interventions", title, columns, _rows(rows))


def _elsewhere() -> Table:
    title = "Interventions as other sources tell them: incomplete"
    columns = columns_of(ElsewhereLine, ELSEWHERE_MEANINGS)
    return table_of("interventions-elsewhere", title, columns, elsewhere(timezone.localdate()))


def _acts() -> Table:
    rows = rows_record.act_rows(rows_record.acts_matching(RecordFilter()).order_by("pk"))
    return table_of("acts", "The public record", columns_of(rows_record.ActRow), _rows(rows))


TABLES: dict[str, Callable[[], Table]] = {
    "bodies": _bodies,
    "offices": _offices,
    "holders": _holders,
    "remits": _remits,
    "standards": _standards,
    "standings": _standings,
    "body-standings": _body_standings,
    "duties": _duties,
    "interventions": _interventions,
    "interventions-elsewhere": _elsewhere,
    "acts": _acts,
    **PETITION_TABLES,
}


@require_safe
def answers_csv(_request: HttpRequest, name: str, metadata: bool = False) -> HttpResponse:
    """One of ``TABLES``, whole."""
    return door(TABLES[name](), metadata)


@require_safe
def place_standings_csv(_request: HttpRequest, slug: str, metadata: bool = False) -> HttpResponse:
    """Where one place stands on every standard, in every period. Raises NotFound."""
    area = find_area(slug)
    in_use = rows_framework.framework_called("", timezone.localdate())
    found = rows_framework.standings_like(in_use, area=area, newest=False)
    rows = rows_framework.standing_rows(found.order_by("standard", "period_end"), in_use)
    title = f"Where {area.name} stands on each standard"
    columns = columns_of(rows_framework.StandingRow)
    return door(table_of("standings", title, columns, _rows(rows)), metadata)


@require_safe
def standard_standings_csv(_request: HttpRequest, key: str, metadata: bool = False) -> HttpResponse:
    """Where every place stands on one standard, in every period. Raises NotFound."""
    in_use = rows_framework.framework_called("", timezone.localdate())
    standard = rows_framework.find_standard(key, in_use)
    found = rows_framework.standings_like(in_use, standard=standard.id, newest=False)
    rows = rows_framework.standing_rows(found.order_by("area__code", "period_end"), in_use)
    columns = columns_of(rows_framework.StandingRow)
    table = table_of("standings", standard.title, columns, _rows(rows), standard.source.link)
    return door(table, metadata)
