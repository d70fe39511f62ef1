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
from django.db import transaction

from folkmoot.common.statements import survey
from folkmoot.framework.building_bodies import release_for, rows_of_bodies
from folkmoot.framework.catalogue import Framework, Standard
from folkmoot.framework.history import panels
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
    versions = list(FrameworkVersion.objects.order_by("pk"))
    for version in versions:
        framework = Framework.model_validate(version.document)
        before = {row.standard: row for row in version.accounts.all()}
        judged = {s.id: s for s in framework.judged if s.measure in accounts}
        gone += [row.pk for key, row in before.items() if key not in judged]
        for key, standard in judged.items():
            account = accounts[standard.measure or ""]
            bodies = release_for(version, standard, account.measure)
            inputs = inputs_of(standard, framework.nation, account, bodies)
            if key in before and before[key].inputs == inputs:
                unchanged += 1
            else:
                due.append(_Due(version, framework, standard, account, bodies, inputs))
    written = _replace(due, gone, at) if due or gone else 0
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


def _replace(due: list[_Due], gone: list[int], at: dt.datetime) -> int:
    areas = dict(Area.objects.values_list("code", "pk"))
    held = {
        nation: panels(
            {
                one.standard.measure
                for one in due
                if one.framework.nation == nation
                if one.standard.measure
            },
            nation,
        )
        for nation in {one.framework.nation for one in due}
    }
    written = 0
    with transaction.atomic():
        for row in StandardAccount.objects.filter(pk__in=gone):
            _forget(row.framework_id, row.standard)
        for one in due:
            _forget(one.version.pk, one.standard.id)
            panel = held[one.framework.nation].get(one.standard.measure or "")
            if panel is None:
                continue
            judged = judge(panel, one.standard)
            rows = _rows(one.version, one.standard, one.account, judged, areas)
            Standing.objects.bulk_create(rows, batch_size=_BATCH)
            _summarise(one, judged, at).save()
            written += len(rows)
            if one.bodies is not None:
                of_bodies = rows_of_bodies(
                    one.version, one.standard, one.account.measure, one.bodies
                )
                BodyStanding.objects.bulk_create(of_bodies, batch_size=_BATCH)
                written += len(of_bodies)
        if due:
            survey(Standing, BodyStanding, StandardAccount)
    return written


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
