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

from folkmoot.framework.catalogue import Framework, Standard
from folkmoot.framework.history import panels
from folkmoot.framework.models import FrameworkVersion, StandardAccount, Standing
from folkmoot.framework.rules.facts import Fact, all_facts
from folkmoot.framework.rules.standing import HOWS, METHOD, STATES, Judged, judge
from folkmoot.measures.models import MeasureAccount
from folkmoot.places.models import Area

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class StandingsReport:
    """What a build of standings did."""

    versions: int
    judged: int
    unchanged: int
    standings: int


def build_standings(at: dt.datetime) -> StandingsReport:
    """Judge every standard of every version in use whose figures or words have changed."""
    due: list[tuple[FrameworkVersion, Framework, Standard, MeasureAccount, str]] = []
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
            inputs = inputs_of(standard, framework.nation, account)
            if key in before and before[key].inputs == inputs:
                unchanged += 1
            else:
                due.append((version, framework, standard, account, inputs))
    written = _replace(due, gone, at) if due or gone else 0
    return StandingsReport(len(versions), len(due), unchanged, written)


def inputs_of(standard: Standard, nation: str, account: MeasureAccount) -> str:
    """SHA-256 of everything that the standings on a standard are made from."""
    words = json.dumps(
        [
            standard.model_dump(mode="json", exclude={"applies_to"}),
            sorted(standard.applies_to),
            nation,
            account.inputs,
            account.release_id,
            METHOD,
        ],
        sort_keys=True,
    )
    return hashlib.sha256(words.encode()).hexdigest()


def _replace(
    due: list[tuple[FrameworkVersion, Framework, Standard, MeasureAccount, str]],
    gone: list[int],
    at: dt.datetime,
) -> int:
    areas = dict(Area.objects.values_list("code", "pk"))
    held = {
        nation: panels(
            {s.measure for _, f, s, _, _ in due if f.nation == nation if s.measure}, nation
        )
        for nation in {framework.nation for _, framework, _, _, _ in due}
    }
    written = 0
    with transaction.atomic():
        for row in StandardAccount.objects.filter(pk__in=gone):
            Standing.objects.filter(framework=row.framework_id, standard=row.standard).delete()
        StandardAccount.objects.filter(pk__in=gone).delete()
        for version, framework, standard, account, inputs in due:
            Standing.objects.filter(framework=version, standard=standard.id).delete()
            StandardAccount.objects.filter(framework=version, standard=standard.id).delete()
            panel = held[framework.nation].get(standard.measure or "")
            if panel is None:
                continue
            judged = judge(panel, standard)
            rows = _rows(version, standard, account, judged, areas)
            Standing.objects.bulk_create(rows, batch_size=_BATCH)
            _summarise(version, standard, account, judged, inputs, at).save()
            written += len(rows)
    return written


def newest_of(judged: Judged) -> int:
    """The newest period in which anybody was asked, or -1."""
    asked = np.flatnonzero((judged.state > 0).any(axis=0))
    return int(asked[-1]) if asked.size else -1


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


def _summarise(
    version: FrameworkVersion,
    standard: Standard,
    account: MeasureAccount,
    judged: Judged,
    inputs: str,
    at: dt.datetime,
) -> StandardAccount:
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
        framework=version,
        standard=standard.id,
        measure_id=account.measure_id,
        release_id=account.release_id,
        period=judged.panel.periods[newest] if newest >= 0 else "",
        period_end=judged.panel.ends[newest].astype(dt.date) if newest >= 0 else None,
        summary=empty,
        inputs=inputs,
        computed_at=at,
    )


def _count(
    codes: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], words: tuple[str, ...]
) -> dict[str, int]:
    tally = np.bincount(codes, minlength=len(words))
    return {word: int(tally[index]) for index, word in enumerate(words) if word and tally[index]}
