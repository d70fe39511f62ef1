"""What this room holds about persons, so that it is shown and erased with the rest."""

from __future__ import annotations


def register() -> None:
    """Tell the room of people what this one holds, and what goes when its time is up."""
