"""How an answer owed stands on a day, and who may end it: rules without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common import reasons
from folkmoot.common.acts import REASON_WORDS, VERBS
from folkmoot.common.errors import BadInput
from folkmoot.duties import rules
from folkmoot.duties.rules import Clock
from folkmoot.people.rules import ROLES, SITE, HeldRole

SINCE, DUE = dt.date(2026, 11, 23), dt.date(2026, 12, 21)
DEVON, DFE = "devon-county-council", "department-for-education"


def day(offset):
    return DUE + dt.timedelta(days=offset)


@pytest.mark.parametrize(
    ("today", "state", "says"),
    [
        (SINCE, "owed", "Answer owed by 21 December 2026; 28 days left."),
        (day(-8), "owed", "Answer owed by 21 December 2026; 8 days left."),
        (day(-7), "due-soon", "Answer owed by 21 December 2026; 7 days left."),
        (day(-1), "due-soon", "Answer owed by 21 December 2026; 1 day left."),
        (day(0), "due-soon", "Answer owed today."),
        (day(1), "overdue", "Answer overdue since 21 December 2026; 1 day late."),
        (day(400), "overdue", "Answer overdue since 21 December 2026; 400 days late."),
    ],
)
def test_the_state_of_an_open_duty(today, state, says):
    clock = Clock(SINCE, DUE)

    assert (rules.state(clock, today), rules.says(clock, today)) == (state, says)


def test_an_ended_duty_stays_ended_and_says_whether_it_was_late():
    prompt = Clock(SINCE, DUE, "answered", DUE)
    late = Clock(SINCE, DUE, "answered", day(1))
    waived = Clock(SINCE, DUE, "waived", day(1))

    assert [rules.state(c, day(900)) for c in (prompt, late, waived)] == [
        "answered",
        "answered",
        "waived",
    ]
    assert [rules.in_time(c) for c in (prompt, late, waived)] == [True, False, None]
    assert ", late;" in rules.says(late, day(900))
    assert ", late;" not in rules.says(prompt, day(900))
    said = "Waived on 22 December 2026; it was due by 21 December 2026."
    assert rules.says(waived, day(900)) == said


def test_an_early_answer_counts_only_when_those_not_given_would():
    early = Clock(SINCE, DUE, "answered", SINCE)
    silent = Clock(SINCE, DUE)

    assert [rules.counts(c, day(0)) for c in (early, silent)] == [False, False]
    assert [rules.counts(c, day(1)) for c in (early, silent)] == [True, True]
    assert not rules.counts(Clock(SINCE, DUE, "waived", DUE), day(1))


def test_only_a_rehearsal_chooses_its_days():
    assert rules.acting_day("record", SINCE, None) == SINCE
    assert rules.acting_day("record", SINCE, SINCE) == SINCE
    assert rules.acting_day("rehearsal", SINCE, DUE) == DUE
    with pytest.raises(BadInput):
        rules.acting_day("record", SINCE, DUE)


def held(role, body=DEVON, office="leader", until=None):
    return HeldRole(1, role, body, office, SINCE, until)


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("kind", sorted(rules.KINDS))
def test_who_answers_for_a_body_as_a_whole(role, kind):
    may = {
        "reply": {"officer", "representative"},
        "review": {"centre"},
    }.get(kind, {"officer", "representative", "centre"})

    own = rules.may_answer([held(role)], DEVON, "", kind, SINCE)
    other = rules.may_answer([held(role, "leeds-city-council")], DEVON, "", kind, SINCE)
    ended = rules.may_answer([held(role, until=SINCE)], DEVON, "", kind, SINCE)

    assert own == (f"{DEVON}/leader" if role in may else "")
    assert (other, ended) == ("", "")


def test_what_an_office_owes_is_answered_by_it_or_by_an_officer():
    def answers(role, office):
        return rules.may_answer([held(role, office=office)], DEVON, "leader", "reply", SINCE)

    assert answers("representative", "leader") == f"{DEVON}/leader"
    assert answers("representative", "councillors") == ""
    assert answers("officer", "head-of-paid-service") == f"{DEVON}/head-of-paid-service"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_waives(role):
    def waives(body, owed_to):
        return bool(rules.may_waive([held(role, body)], owed_to, SINCE))

    assert waives(DFE, DFE) == (role == "centre")
    assert waives("home-office", DFE) is False
    assert waives(DEVON, DFE) is False
    assert waives(DFE, "") is False
    assert waives(SITE, "") == waives(SITE, DFE) == (role == "administrator")


@pytest.mark.parametrize(
    ("publisher", "first"),
    [
        ("Ofcom; republished by the Office for National Statistics (X)", "Ofcom"),
        ("Office for National Statistics; Police Service of Northern Ireland", ""),
        ("NHS England", "NHS England"),
        ("Defra, StatsWales and others", "Defra, StatsWales and others"),
    ],
)
def test_who_first_published(publisher, first):
    assert rules.original_publisher(publisher) == first


@given(
    length=st.integers(0, 400),
    today=st.integers(-50, 900),
    ended=st.sampled_from(["", "answered", "waived"]),
    after=st.integers(0, 900),
)
def test_a_duty_is_open_until_it_is_answered_or_waived(length, today, ended, after):
    due = SINCE + dt.timedelta(days=length)
    clock = Clock(SINCE, due, ended, SINCE + dt.timedelta(days=after) if ended else None)
    state = rules.state(clock, SINCE + dt.timedelta(days=today))

    assert state in rules.STATES
    assert (state in rules.OPEN_STATES) == (not ended)
    assert ended or (state == "overdue") == (today > length)


def test_every_reason_has_its_words_and_its_act():
    assert VERBS["waive-duty"].reasons == reasons.WAIVERS.keys()
    assert reasons.WAIVERS.keys() <= REASON_WORDS.keys()
    assert reasons.WAIVERS.keys() > rules.BY_RULE
    assert rules.ANSWERERS.keys() == rules.KINDS.keys()
    clashing = [
        key
        for group in (reasons.WAIVERS, reasons.DECISIONS, reasons.REVIEWS, reasons.ENDINGS)
        for key, words in group.items()
        if REASON_WORDS[key] != words
    ]
    assert clashing == []
