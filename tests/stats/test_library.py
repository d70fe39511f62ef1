"""The library as a person in a notebook meets it."""

from __future__ import annotations

import doctest

from folkmoot import stats


def test_the_example_in_the_introduction_gives_what_it_shows() -> None:
    outcome = doctest.testmod(stats)
    assert outcome.attempted > 5
    assert outcome.failed == 0


def test_everything_offered_exists_and_explains_itself() -> None:
    for name in stats.__all__:
        text = getattr(stats, name).__doc__
        assert text, name
        assert "(*args" not in text, name
        # Dataclasses without a text get their signature for one.
        assert not text.startswith(f"{name}("), name


def test_functions_are_named_in_the_introduction() -> None:
    functions = [name for name in stats.__all__ if name[0].islower()]
    assert [name for name in functions if f"``{name}``" not in (stats.__doc__ or "")] == []
