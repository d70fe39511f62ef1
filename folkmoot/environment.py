"""Typed readers of environment variables. An odd value is refused, never guessed at."""

from __future__ import annotations

import os
from collections.abc import Mapping


class BadSetting(Exception):
    """An environment variable holds a value that Folkmoot will not start with."""


def text(name: str, default: str | None = None, env: Mapping[str, str] = os.environ) -> str:
    """The value of ``name``, stripped. Raises BadSetting when absent with no default."""
    value = env.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise BadSetting(f"{name} is not set. Set it in the environment before starting.")
    return default


def boolean(name: str, default: bool, env: Mapping[str, str] = os.environ) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``. Raises BadSetting for anything else."""
    value = env.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} is {value!r}: use 'true' or 'false'.")


def words(name: str, default: tuple[str, ...], env: Mapping[str, str] = os.environ) -> list[str]:
    """A comma-separated list, blanks dropped."""
    value = env.get(name, "").strip()
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def whole_number(
    name: str,
    default: int,
    *,
    low: int,
    high: int,
    env: Mapping[str, str] = os.environ,
) -> int:
    """An integer from ``low`` to ``high``. Raises BadSetting outside it."""
    value = env.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}: use a whole number.") from None
    if not low <= number <= high:
        raise BadSetting(f"{name} is {number}: use a number from {low} to {high}.")
    return number
