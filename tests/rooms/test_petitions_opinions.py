"""Whether signers think that an answer answered: once each, and shown as counts only."""

import datetime as dt

import pytest

from folkmoot.common.errors import NotFound
from folkmoot.people.queries import day_of
from folkmoot.petitions import queries_answers as queries
from folkmoot.petitions import tokens
from folkmoot.petitions.actions.answering import say_opinion
from folkmoot.petitions.actions.telling import count_opinions
from folkmoot.petitions.models import Opinion
from folkmoot.petitions.models_signing import TAKEN_BACK, Signature
from folkmoot.petitions.rules.answering import number_of_opinion
from tests.rooms import petitions_made as made
from tests.rooms.petitions_answered import DAY, answered, owed


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w):
    return made.petition(w, signed=40)


@pytest.fixture
def duty(petition, at):
    return owed(petition, at)


def token(signature, kind="petition-answer"):
    return tokens.make("opinion", number_of_opinion(kind, signature.pk))


def test_a_signer_says_once_whether_it_answered_and_may_change_it(w, petition, duty, at):
    given = answered(w.officer, duty, at)
    signed = made.signature(petition, at)

    said = say_opinion(token=token(signed), answered=True, at=at)
    again = say_opinion(token=token(signed), answered=False, at=at + DAY)
    assert (said.pk, again.answered, Opinion.objects.count()) == (again.pk, False, 1)
    asked = queries.opinion_asked(token(signed), day_of(at))
    assert (asked.line.id, asked.said, asked.heading) == (given.pk, False, petition.title)


def test_an_opinion_needs_a_true_link_and_a_signature_that_stands(w, petition, duty, at):
    answered(w.officer, duty, at)
    signed = made.signature(petition, at)
    elsewhere = made.signature(made.petition(w), at)
    good = token(signed)
    for bad in (
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        tokens.make("take-back", number_of_opinion("petition-answer", signed.pk)),
        token(signed, "petition-debate"),
        tokens.make("opinion", signed.pk * 8 + 7),
        token(elsewhere),
        "",
    ):
        with pytest.raises(NotFound):
            say_opinion(token=bad, answered=True, at=at)
        with pytest.raises(NotFound):
            queries.opinion_asked(bad, day_of(at))
    Signature.objects.filter(pk=signed.pk).update(state=TAKEN_BACK, ended_at=at)
    with pytest.raises(NotFound):
        say_opinion(token=good, answered=True, at=at)
    assert not Opinion.objects.exists()


def test_opinions_are_shown_as_counts_of_five_or_more(w, petition, duty, at):
    answered(w.officer, duty, at)
    signers = made.signatures(petition, 12, at)

    def shown(minutes):
        count_opinions(at=at + minutes * dt.timedelta(minutes=1))
        (line,) = queries.answers_of(petition.pk, day_of(at))
        return line.said_yes, line.said_no

    assert shown(0) == (None, None)
    for signer in signers[:4]:
        say_opinion(token=token(signer), answered=True, at=at + dt.timedelta(minutes=1))
    assert shown(2) == (None, None)
    for signer in signers[4:11]:
        say_opinion(token=token(signer), answered=False, at=at + dt.timedelta(minutes=3))
    assert shown(4) == (None, 7)
    # One who changes their mind is counted anew; one who takes the signature back is not counted.
    say_opinion(token=token(signers[10]), answered=True, at=at + dt.timedelta(minutes=5))
    assert shown(6) == (5, 6)
    Signature.objects.filter(pk=signers[10].pk).update(state=TAKEN_BACK, ended_at=at)
    assert shown(2 * 24 * 60) == (None, 6)


def test_opinions_are_counted_only_where_something_was_said(w, petition, duty, at):
    minute = dt.timedelta(minutes=1)
    answered(w.officer, duty, at)
    assert count_opinions(at=at) == 0
    say_opinion(token=token(made.signature(petition, at)), answered=True, at=at)
    assert count_opinions(at=at + minute) == 1
    # A slower writer may still commit what it began before.
    assert count_opinions(at=at + 2 * minute) == 1
    assert count_opinions(at=at + 9 * minute) == 1
    assert count_opinions(at=at + 10 * minute) == 0
