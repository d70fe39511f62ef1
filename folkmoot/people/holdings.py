"""What other rooms hold about a person, so that it can be shown and erased with the rest.

A room above this one registers itself when Django starts (``AppConfig.ready``); this room cannot
know the rooms above it. It may also register the purposes that it asks consent for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from folkmoot.people.models import Person


@dataclass(frozen=True, slots=True)
class Holding:
    """What a room holds about persons.

    ``show`` gives everything about one person as plain values that JSON can carry. ``erase``
    takes it away, in the transaction that erases the person, leaving tombstones where the
    record needs them.
    """

    key: str
    show: Callable[[Person], object]
    erase: Callable[[Person, dt.datetime], None]


@dataclass(frozen=True, slots=True)
class Retention:
    """How a room erases what has served its time. ``key`` is a rule's in ``people.retention``.

    ``erase`` takes away what is due at a moment and says how much that was. It is called in a
    transaction of its own.
    """

    key: str
    erase: Callable[[dt.datetime], int]


_HOLDINGS: dict[str, Holding] = {}
_RETENTIONS: dict[str, Retention] = {}
_PURPOSES: dict[str, str] = {}


def register_holding(holding: Holding) -> None:
    """Adds what a room holds; the last registration of a key counts."""
    _HOLDINGS[holding.key] = holding


def register_retention(retention: Retention) -> None:
    """Adds what a room erases by itself; the last registration of a key counts."""
    _RETENTIONS[retention.key] = retention


def register_purpose(key: str, words: str) -> None:
    """Adds a purpose that consent can be given to, with the words a person agrees to."""
    _PURPOSES[key] = words


def holdings() -> tuple[Holding, ...]:
    """Everything that other rooms registered, in the order of their keys."""
    return tuple(_HOLDINGS[key] for key in sorted(_HOLDINGS))


def retentions() -> dict[str, Callable[[dt.datetime], int]]:
    """How other rooms erase what has served its time, by the key of the rule."""
    return {key: retention.erase for key, retention in sorted(_RETENTIONS.items())}


def purposes() -> dict[str, str]:
    """Every purpose that consent can be given to, with its words."""
    return dict(sorted(_PURPOSES.items()))
