"""Findings as plain values that JSON can carry, and back: the trace of a case is kept for ever."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from folkmoot.framework.rules.facts import Fact
from folkmoot.framework.rules.trigger import Checked, Finding


def to_json(finding: Finding) -> dict[str, Any]:
    """The finding as plain values, days as ISO 8601 text."""
    plain: dict[str, Any] = _plain(dataclasses.asdict(finding))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def from_json(kept: dict[str, Any]) -> Finding:
    """The finding that ``to_json`` made this from."""
    conditions = tuple(
        Checked(
            **{
                **row,
                "fact": _fact(row["fact"]),
                "rests_on": tuple(fact for part in row["rests_on"] if (fact := _fact(part))),
            }
        )
        for row in kept["conditions"]
    )
    on = dt.date.fromisoformat(kept["on"])
    return Finding(**{**kept, "on": on, "conditions": conditions, "labels": tuple(kept["labels"])})


def _fact(kept: dict[str, Any] | None) -> Fact | None:
    if kept is None:
        return None
    return Fact(**{**kept, "period_end": dt.date.fromisoformat(kept["period_end"])})
