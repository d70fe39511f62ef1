"""The build of standings: where every place stands on every standard of every version in use.

Runs after the account is built. What has not changed is left alone; what has is replaced in one
transaction, so that a page never sees half of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from folkmoot.common.statements import survey
from folkmoot.framework.building_bodies import Bodies
from folkmoot.framework.catalogue import Framework, Standard
from folkmoot.framework.history import Panels, panels
from folkmoot.framework.models import (
    BodyStanding,
    FrameworkVersion,
    StandardAccount,
    Standing,
)
from folkmoot.framework.rules.facts import Fact, all_facts
from folkmoot.framework.rules.standing import HOWS, METHOD, STATES, Judged, judge, newest_of
from folkmoot.measures.models import MeasureAccount, Release
from folkmoot.places.models import Area

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class StandingsReport:
    """What a build of standings did."""

    versions: int
    judged: int
    unchanged: int
    standings: int


@dataclass(frozen=True, slots=True)
class _Due:
    """A standard to be judged, and ``inputs``, all that its standings are made from.

    ``bodies``: the release whose bodies it is asked of, if there is any.
    """

    version: FrameworkVersion
    framework: Framework
    standard: Standard
    account: MeasureAccount
    bodies: Release | None
    inputs: str


def build_standings(at: dt.datetime) -> StandingsReport:
    """Judge every standard of every version in use whose figures or words have changed."""
    due: list[_Due] = []
    unchanged = 0
    accounts = {
        account.measure.slug: account
        for account in MeasureAccount.objects.select_related("measure", "release__source")
    }
    gone: list[int] = []
    of_bodies = Bodies()
    versions = list(FrameworkVersion.objects.order_by("pk"))
    for version in versions:
        framework = Framework.model_validate(version.document)
        before = {row.standard: row for row in version.accounts.all()}
        judged = {s.id: s for s in framework.judged if s.measure in accounts}
        gone += [row.pk for key, row in before.items() if key not in judged]
        for key, standard in judged.items():
            account = accounts[standard.measure or ""]
            bodies = of_bodies.release_for(version, standard, account.measure)
            inputs = inputs_of(standard, framework.nation, account, bodies)
            if key in before and before[key].inputs == inputs:
                unchanged += 1
            else:
                due.append(_Due(version, framework, standard, account, bodies, inputs))
    written = _replace(due, gone, of_bodies, at) if due or gone else 0
    return StandingsReport(len(versions), len(due), unchanged, written)


def inputs_of(
    standard: Standard, nation: str, account: MeasureAccount, bodies: Release | None = None
) -> str:
    """SHA-256 of everything that the standings on a standard are made from."""
    words = json.dumps(
        [
            standard.model_dump(mode="json", exclude={"applies_to", "bodies"}),
            sorted(standard.applies_to),
            sorted(standard.bodies),
            nation,
            account.inputs,
            account.release_id,
            bodies.pk if bodies else None,
            METHOD,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(words.encode()).hexdigest()


def _replace(due: list[_Due], gone: list[int], of_bodies: Bodies, at: dt.datetime) -> int:
    areas = dict(Area.objects.values_list("code", "pk"))
    held = _panels_for(due)
    written = 0
    with transaction.atomic():
        for row in StandardAccount.objects.filter(pk__in=gone):
            _forget(row.framework_id, row.standard)
        for one in due:
            _forget(one.version.pk, one.standard.id)
        for alike in _alike(due):
            one = alike[0]
            panel = held[one.framework.nation].get(one.standard.measure or "")
            if panel is not None:
                written += _write(alike, judge(panel, one.standard), areas, of_bodies, at)
        if due:
            survey(Standing, BodyStanding, StandardAccount)
    return written


def _panels_for(due: list[_Due]) -> dict[str, Panels]:
    """The figures of places of each nation that these standards are judged by."""
    measures: dict[str, set[str]] = {}
    for one in due:
        measures.setdefault(one.framework.nation, set()).add(one.standard.measure or "")
    return {nation: panels(slugs, nation) for nation, slugs in measures.items()}


def _alike(due: list[_Due]) -> list[list[_Due]]:
    """The same standard in several versions, together: places stand alike on all of them.

    Whether bodies are judged besides is no part of it, as they are in the record only.
    """
    found: dict[str, list[_Due]] = {}
    for one in due:
        key = inputs_of(one.standard, one.framework.nation, one.account)
        found.setdefault(key, []).append(one)
    return list(found.values())


def _write(
    alike: list[_Due], judged: Judged, areas: dict[str, int], of_bodies: Bodies, at: dt.datetime
) -> int:
    """Write where all stand on a standard for each version that has it; how many rows."""
    written = 0
    made: dict[type[Standing | BodyStanding], int] = {}
    for one in alike:
        _summarise(one, judged, at).save()
        wanted: list[type[Standing | BodyStanding]] = [Standing]
        if one.bodies is not None:
            wanted.append(BodyStanding)
        for model in wanted:
            if model in made:
                written += _copy(model, one.standard.id, made[model], one.version.pk)
            elif model is Standing:
                rows = _rows(one.version, one.standard, one.account, judged, areas)
                written += len(Standing.objects.bulk_create(rows, batch_size=_BATCH))
            elif one.bodies is not None:
                own = of_bodies.rows(one.version, one.standard, one.account.measure, one.bodies)
                written += len(BodyStanding.objects.bulk_create(own, batch_size=_BATCH))
            made.setdefault(model, one.version.pk)
    return written


def _copy(model: type[Standing | BodyStanding], standard: str, of: int, to: int) -> int:
    """Give a version the standings that another has on the same standard; how many rows.

    In the database itself, which takes a tenth of the time of sending them there again.
    """
    left_out = {"id", "framework_id"}
    own = (field.column for field in model._meta.concrete_fields if field.column)
    same = ", ".join(connection.ops.quote_name(name) for name in own if name not in left_out)
    table = connection.ops.quote_name(model._meta.db_table)
    words = (
        "INSERT INTO", table, f"(framework_id, {same})",
        "SELECT CAST(%s AS bigint),", same, "FROM", table,
        "WHERE framework_id = %s AND standard = %s ORDER BY id",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(" ".join(words), [to, of, standard])
        return int(cursor.rowcount)


def _forget(version: int, standard: str) -> None:
    """Take away all that was built of one standard of one version."""
    for model in (Standing, BodyStanding, StandardAccount):
        model._default_manager.filter(framework=version, standard=standard).delete()


def _rows(
    version: FrameworkVersion,
    standard: Standard,
    account: MeasureAccount,
    judged: Judged,
    areas: dict[str, int],
) -> list[Standing]:
    newest = newest_of(judged)
    period = judged.panel.periods[newest] if newest >= 0 else ""
    return [
        _row(fact, version.pk, account, areas[fact.area], fact.period == period)
        for fact in all_facts(judged, standard.id)
    ]


def _row(fact: Fact, version: int, account: MeasureAccount, area: int, newest: bool) -> Standing:
    return Standing(
        framework_id=version,
        standard=fact.standard,
        measure_id=account.measure_id,
        area_id=area,
        release_id=account.release_id,
        row=fact.row or None,
        period=fact.period,
        period_end=fact.period_end,
        newest=newest,
        state=fact.state,
        how=fact.how,
        failing=fact.failing,
        due=fact.due,
        shortfall=fact.shortfall,
        consecutive=fact.consecutive,
        affected=fact.affected,
        cases=fact.cases,
        value=fact.value,
        lower=fact.lower,
        upper=fact.upper,
        status=fact.status,
    )


def _summarise(one: _Due, judged: Judged, at: dt.datetime) -> StandardAccount:
    newest = newest_of(judged)
    empty: dict[str, object] = {"states": {}, "hows": {}, "failing": 0, "periods": []}
    if newest >= 0:
        empty = {
            "states": _count(judged.state[:, newest], STATES),
            "hows": _count(judged.how[:, newest], HOWS),
            "failing": int(judged.failing[:, newest].sum()),
            "periods": [
                [judged.panel.periods[t], _count(judged.state[:, t], STATES)]
                for t in np.flatnonzero((judged.state > 0).any(axis=0))
            ],
        }
    return StandardAccount(
        framework=one.version,
        standard=one.standard.id,
        measure_id=one.account.measure_id,
        release_id=one.account.release_id,
        period=judged.panel.periods[newest] if newest >= 0 else "",
        period_end=judged.panel.ends[newest].astype(dt.date) if newest >= 0 else None,
        summary=empty,
        inputs=one.inputs,
        computed_at=at,
    )


def _count(
    codes: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], words: tuple[str, ...]
) -> dict[str, int]:
    tally = np.bincount(codes, minlength=len(words))
    return {word: int(tally[index]) for index, word in enumerate(words) if word and tally[index]}
