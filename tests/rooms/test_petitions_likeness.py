"""How like two titles are: pure rules, told the words."""

from __future__ import annotations

import pytest

from folkmoot.petitions.rules import likeness

TITLE = "Reopen the swimming baths in Bramley"


def test_what_is_typed_is_folded_and_its_empty_words_go():
    asked = likeness.typed("  Give  the N.H.S. more nurses, and the nurses more pay")

    assert asked.words == ("give", "nhs", "nurses", "pay")
    assert asked.unfinished
    assert not likeness.typed("more nurses ").unfinished
    assert not likeness.typed("nurses of the").unfinished


def test_short_words_and_numbers_are_never_mended():
    assert likeness.slips_allowed("ban") == 0
    assert likeness.slips_allowed("20mph") == 0
    assert likeness.slips_allowed("taxes") == 1
    assert likeness.slips_allowed("schools") == 2


def test_near_words_come_the_nearest_first():
    near = likeness.near("parlaiment", ["parliament", "parliaments", "parlament", "lament"])

    assert near == ["parlament", "parliament", "parliaments"]


def test_a_slip_is_taken_for_the_word_that_many_titles_have():
    counts = {"goverment": 2, "government": 900, "governments": 15, "govern": 40}

    assert likeness.meant("goverment", ["government", "governments"], counts) == ("government",)
    assert likeness.meant("government", ["goverment"], counts) == ()


def test_a_rarer_word_tells_more_and_the_rarest_not_everything():
    assert likeness.tells(1) > likeness.tells(100) > likeness.tells(10_000) > 0
    assert likeness.tells(1) < 10 * likeness.tells(1_000)


def test_likeness_is_whole_for_the_same_title():
    asked = likeness.typed(TITLE)
    wanted = likeness.wanted(asked, {}, (), dict.fromkeys(asked.words, 1))

    assert wanted.likeness(wanted.whole, TITLE) == pytest.approx(1.5)
    assert wanted.likeness(0.0, "Zebra") < 0.1
