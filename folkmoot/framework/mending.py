"""Stand-ins for what is faulty in a framework's form, so that all the rest can still be checked.

A faulty framework is refused whatever comes of it: what stands in is told to nobody, and what the
checks find in it, or because of it, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from folkmoot.framework.catalogue import Framework

Where = tuple[str | int, ...]
_NAME = "stand-in"
_TEXT = "stands in for what could not be read"
_SOURCE = {"title": _TEXT, "link": "https://example.org/", "seen": _TEXT, "checked": "2000-01-01"}
_CONDITION = {"standard": _NAME}
_TRIGGER = {"service": _NAME, "conditions": [_CONDITION]}
_EXIT = {"standard": _NAME, "shortfall": 0}
# What stands in for a field that cannot be left out.
_FIELDS: dict[str | int, Any] = {
    **dict.fromkeys(
        ("title", "scope", "seen", "law", "over", "test", "rule", "what", "why", "appeal"), _TEXT
    ),
    **dict.fromkeys(
        ("slug", "id", "service", "who", "proposes", "decides", "standard", "version"), _NAME
    ),
    **dict.fromkeys(("notice_days", "reply_days", "review_months", "longest_months"), 1),
    **dict.fromkeys(("from", "checked"), "2000-01-01"),
    "evidence": [_NAME],
    "safeguards": [_NAME],
    "to": "2100-01-01",
    "link": "https://example.org/",
    "source": _SOURCE,
    "measure": None,
    "kind": "guidance",
    "operator": ">=",
    "value": 1,
    "unit": "",
    "applies_to": ["unitary"],
    "effect": "label",
    "triggers": [_TRIGGER],
    "conditions": [_CONDITION],
    "exit": [_EXIT],
    "shortfall": 0,
}
# What stands in for a whole part of a list.
_PARTS: dict[str | int, dict[str, Any]] = {
    "standards": {
        "id": _NAME, "service": _NAME, "measure": None, "title": _TEXT, "kind": "guidance",
        "operator": ">=", "value": 1, "unit": "", "from": "2000-01-01", "source": _SOURCE,
        "applies_to": ["unitary"],
    },
    "roles": {"id": _NAME, "title": _TEXT},
    "powers": {
        "id": _NAME, "title": _TEXT, "law": _TEXT, "who": _NAME, "over": _TEXT, "test": _TEXT,
    },
    "safeguards": {"id": _NAME, "title": _TEXT, "rule": _TEXT},
    "pauses": {"title": _TEXT, "from": "2000-01-01", "to": "2000-01-02", "effect": "label"},
    "left_out": {"id": _NAME, "why": _TEXT},
    "sources": _SOURCE,
    "ladder": {
        "id": _NAME, "title": _TEXT, "what": _TEXT, "proposes": _NAME, "decides": _NAME,
        "evidence": [_NAME], "triggers": [_TRIGGER], "notice_days": 1, "reply_days": 1,
        "review_months": 1, "longest_months": 1, "exit": [_EXIT], "appeal": _TEXT,
        "safeguards": [_NAME],
    },
    "triggers": _TRIGGER,
    "conditions": _CONDITION,
    "exit": _EXIT,
}  # fmt: skip
# Lists that are parts of a step and of nothing else.
_BELOW = frozenset({"triggers", "conditions", "exit"})
_ROUNDS = 4


def mended(
    raw: Mapping[str, Any], error: ValidationError
) -> tuple[Framework | None, frozenset[Where], list[Any]]:
    """The framework with stand-ins where ``error`` says that it is faulty: None if it cannot be.

    Gives also where they stand, and the errors of parts without one that showed only when the
    others were out of the way.
    """
    fields: dict[str, Any] = deepcopy(dict(raw))
    places: set[Where] = set()
    later: list[Any] = []
    for turn in range(_ROUNDS):
        if turn:
            try:
                return Framework.model_validate(fields), frozenset(places), later
            except ValidationError as again:
                error = again
        found = error.errors()
        if turn:
            later += [e for e in found if not any(_within(place, e["loc"]) for place in places)]
        for each in found:
            where = _there(fields, each["loc"])
            _stand_in(fields, where)
            places.add(where)
    return None, frozenset(places), later


def _within(place: Where, path: Where) -> bool:
    return place[: len(path)] == path or path[: len(place)] == place


def _there(fields: Any, path: Where) -> Where:
    """The part of ``path`` that leads through what is there, and one step further."""
    part = fields
    for at, key in enumerate(path):
        known = part.keys() if isinstance(part, dict) else range(len(part))
        if key not in known or not isinstance(part[key], (dict, list)):
            return path[: at + 1]
        part = part[key]
    return path


def _stand_in(fields: dict[str, Any], path: Where) -> None:
    """Put something sound where ``path`` leads, or nothing where nothing is needed."""
    part: Any = fields
    for key in path[:-1]:
        part = part[key]
    key = path[-1]
    if isinstance(part, list) and isinstance(key, int):
        # A step names safeguards and powers in lists called as those of the framework are.
        whole = _PARTS.get(path[-2]) if len(path) == 2 or path[-2] in _BELOW else None
        if whole is None:
            _stand_in(fields, path[:-1])
            return
        was = part[key]
        part[key] = deepcopy(whole)
        if isinstance(was, dict) and isinstance(was.get("id"), str) and "id" in whole:
            part[key]["id"] = was["id"]
    elif key in _FIELDS:
        part[key] = deepcopy(_FIELDS[key])
    else:
        part.pop(key, None)
