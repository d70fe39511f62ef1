"""A small framework and small panels of figures, for tests of standards and triggers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from folkmoot.framework.catalogue import Framework, Standard
from folkmoot.framework.rules.standing import Panel

DEVON, LEEDS, YORK, BRISTOL = "E10000008", "E08000035", "E06000014", "E06000023"
KINDS = {DEVON: "county", LEEDS: "metropolitan", YORK: "unitary", BRISTOL: "unitary"}
NAMES = {DEVON: "Devon", LEEDS: "Leeds", YORK: "York", BRISTOL: "Bristol"}
COUNCILS = frozenset({"county", "unitary", "metropolitan", "london"})
TODAY = dt.date(2026, 11, 23)
SOURCE = {
    "title": "Regulations 2014, regulation 13",
    "link": "https://www.legislation.gov.uk/uksi/2014/1530/regulation/13",
    "seen": "regulation 13(2)",
    "checked": TODAY,
}


def standard(**more: Any) -> Standard:
    """A statutory limit for each case: 20 weeks for a plan."""
    fields: dict[str, Any] = {
        "id": "plans",
        "service": "special-educational-needs",
        "measure": "plans-in-time",
        "title": "A plan within 20 weeks",
        "kind": "statutory-limit",
        "operator": "within",
        "value": 20,
        "unit": "weeks",
        "per_case": True,
        "breach": "late",
        "line": 100,
        "from": dt.date(2014, 9, 1),
        "source": SOURCE,
        "applies_to": COUNCILS,
        **more,
    }
    return Standard.model_validate(fields)


def framework(*standards: Standard, **more: Any) -> Framework:
    """An illustrative framework with one step that two years of 60 in 100 late would open."""
    step: dict[str, Any] = {
        "id": "notice",
        "title": "Notice (illustrative)",
        "what": "The centre says what it has seen.",
        "proposes": "officer",
        "decides": "officer",
        "evidence": ["the published figures"],
        "triggers": [
            {
                "service": "special-educational-needs",
                "conditions": [{"standard": "plans", "shortfall": 60, "periods": 2}],
            }
        ],
        "notice_days": 10,
        "reply_days": 28,
        "review_months": 6,
        "longest_months": 12,
        "exit": [{"standard": "plans", "shortfall": 50, "periods": 1}],
        "appeal": "To an independent reviewer.",
        "safeguards": ["reply"],
    }
    fields: dict[str, Any] = {
        "slug": "try",
        "title": "Illustrative try",
        "version": "1",
        "from": dt.date(2026, 1, 1),
        "illustrative": True,
        "scope": "Illustrative: made up for a test.",
        "standards": list(standards or (standard(),)),
        "roles": [{"id": "officer", "title": "Officer", "may": ["propose", "decide"]}],
        "ladder": [step],
        "safeguards": [{"id": "reply", "title": "Reply", "rule": "The body replies first."}],
        **more,
    }
    return Framework.model_validate(fields)


def panel(values: dict[str, list[float | None]], *, first_year: int = 2022, **more: Any) -> Panel:
    """Figures of calendar years from ``first_year``; None is a row without a value."""
    areas = sorted(values)
    periods = max(len(row) for row in values.values())
    years = range(first_year, first_year + periods)
    shape = (len(areas), periods)
    value = np.array([[np.nan if v is None else v for v in values[a]] for a in areas], float)
    fields: dict[str, Any] = {
        "measure": "plans-in-time",
        "polarity": "higher",
        "quantity": "proportion",
        "every_case": True,
        "people": True,
        "step": 0.1,
        "top": 100.0,
        "release": "plans/1",
        "areas": tuple(areas),
        "names": tuple(NAMES.get(a, a) for a in areas),
        "kinds": tuple(KINDS.get(a, "unitary") for a in areas),
        "first": np.full(len(areas), "NaT", dtype="datetime64[D]"),
        "last": np.full(len(areas), "NaT", dtype="datetime64[D]"),
        "periods": tuple(f"{year}-01-01/P1Y" for year in years),
        "starts": np.array([dt.date(y, 1, 1) for y in years], dtype="datetime64[D]"),
        "ends": np.array([dt.date(y + 1, 1, 1) for y in years], dtype="datetime64[D]"),
        "value": value,
        "lower": np.full(shape, np.nan),
        "upper": np.full(shape, np.nan),
        "cases": np.full(shape, np.nan),
        "row": np.arange(1, value.size + 1).reshape(shape),
        "status": np.where(np.isnan(value), "c", ""),
    }
    return Panel(**{**fields, **more})
