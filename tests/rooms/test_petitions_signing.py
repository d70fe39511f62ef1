import datetime as dt

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotFound, TooOften
from folkmoot.people.limits import (
    SIGN_WITH_PROOF,
    SIGN_WITHOUT_PROOF,
)
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import signing, taking_back
from folkmoot.petitions.keys import network_key, person_key
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import (
    CONFIRMED,
    ONLINE,
    PAPER,
    PENDING,
    SET_ASIDE,
    SPONSOR,
    TAKEN_BACK,
)
from folkmoot.petitions.rules import limits, states
from folkmoot.petitions.rules.signing import SignForm
from tests.rooms import petitions_made as made
from tests.rooms.people_invented import FAKE

NETWORK = "192.0.2.7"
DAY = dt.timedelta(days=1)


def form(**more):
    fields = {
        "name": FAKE.name().replace(".", ""),
        "email": FAKE.unique.user_name() + "@example.org",
        "postcode": made.POSTCODE,
        "consent": True,
    }
    return SignForm(**{**fields, **more})


def sign(petition, at, network=NETWORK, proof=None, **more):
    """Signs, and gives the row that it made, or None."""
    before = set(Signature.objects.values_list("pk", flat=True))
    signing.sign(petition=petition.pk, form=form(**more), network=network, proof=proof, at=at)
    return Signature.objects.exclude(pk__in=before).first()


def confirm(row, at):
    return signing.confirm(token=tokens.make(tokens.CONFIRM, row.pk), at=at)


def take_back(row, at):
    return taking_back.take_back(token=tokens.make(tokens.TAKE_BACK, row.pk), at=at)


@pytest.fixture
def petition(db, at):
    return made.petition(made.world(at))


def test_signing_and_confirming(petition, at):
    row = sign(petition, at, name=" Ann  Ó Baoill ", email="Ann+x@Example.org", name_shown=True)

    assert (row.state, row.name, row.email) == (PENDING, "Ann Ó Baoill", "Ann+x@Example.org")
    assert (row.postcode, row.area, row.name_shown) == (made.POSTCODE, made.PLACE, True)
    assert row.network_key == network_key(NETWORK)
    assert row.signed_at == at

    found = confirm(row, at + DAY)
    assert found == signing.Confirmed(petition.pk, row.pk, already=False)
    row.refresh_from_db()
    assert (row.state, row.confirmed_at, row.counted) == (CONFIRMED, at + DAY, False)
    assert confirm(row, at + 2 * DAY).already
    row.refresh_from_db()
    assert row.confirmed_at == at + DAY


def test_signing_is_one_statement_and_so_is_confirming(petition, at, django_assert_num_queries):
    sign(petition, at)  # what a process remembers is remembered
    one = form()
    with django_assert_num_queries(1):
        signing.sign(petition=petition.pk, form=one, network=NETWORK, proof="p", at=at)
    row = Signature.objects.get(proof__gt="")
    with django_assert_num_queries(1):
        confirm(row, at)


def test_from_abroad_a_country_will_do(petition, at):
    row = sign(petition, at, postcode="", country="fr")

    assert (row.postcode, row.country, row.area) == ("", "FR", "")


def test_every_fault_is_told_at_once(petition, at):
    with pytest.raises(BadInput) as caught:
        signing.sign(
            petition=petition.pk,
            form=SignForm("", "ann@", "LS1", "", consent=False),
            network=NETWORK,
            proof=None,
            at=at,
        )
    assert [f.where for f in caught.value.faults] == ["name", "email", "postcode", "consent"]
    assert not Signature.objects.exists()


def test_the_same_person_twice_is_one_signature(petition, at):
    first = sign(petition, at, name="Ann Example", email="ann@example.org")
    second = sign(petition, at, name="ann  EXAMPLE", email="Ann+2@example.org")
    assert second.pk != first.pk

    confirm(first, at)
    found = confirm(second, at)

    assert found == signing.Confirmed(petition.pk, first.pk, already=True)
    assert Signature.objects.filter(state=CONFIRMED).count() == 1


def test_whoever_signed_on_paper_does_not_count_again_online(petition, at):
    key = person_key("Ann Example", made.POSTCODE, "")
    paper = made.signature(
        petition, at, origin=PAPER, name="Ann Example", email="", address_key="", person_key=key
    )
    online = sign(petition, at, name="ann EXAMPLE")

    assert confirm(online, at) == signing.Confirmed(petition.pk, paper.pk, already=True)
    online.refresh_from_db()
    assert online.state == PENDING
    assert not confirm(sign(petition, at, name="Ann Exampler"), at).already

    # Once the paper is taken back it stands in nobody's way.
    Signature.objects.filter(pk=paper.pk).update(state=TAKEN_BACK)
    assert confirm(online, at) == signing.Confirmed(petition.pk, online.pk, already=False)


def test_a_second_name_at_an_address_lives_at_the_same_postcode(petition, at):
    ann = sign(petition, at, name="Ann Example", email="us@example.org")
    bob = sign(petition, at, name="Bob Example", email="us@example.org")
    cyd = sign(petition, at, name="Cyd Example", email="us@example.org", postcode="LS1 4DY")
    dan = sign(petition, at, name="Dan Example", email="us@example.org")

    confirm(ann, at)
    with pytest.raises(Conflict):
        confirm(cyd, at)
    assert confirm(bob, at) == signing.Confirmed(petition.pk, bob.pk, already=False)
    with pytest.raises(Conflict):
        confirm(dan, at)

    assert list(
        Signature.objects.filter(state=CONFIRMED).order_by("slot").values_list("name", "slot")
    ) == [("Ann Example", 1), ("Bob Example", 2)]
    # A place that is given back may be taken again.
    take_back(ann, at)
    with pytest.raises(Conflict):
        confirm(cyd, at)
    assert not confirm(dan, at).already


def test_two_people_abroad_do_not_share_an_address(petition, at):
    ann = sign(petition, at, email="us@example.org", postcode="", country="FR")
    bob = sign(petition, at, email="us@example.org", postcode="", country="FR")
    confirm(ann, at)
    with pytest.raises(Conflict):
        confirm(bob, at)


def test_whoever_was_set_aside_does_not_come_back_by_signing_again(petition, at):
    row = sign(petition, at, name="Ann Example", email="ann@example.org")
    confirm(row, at)
    Signature.objects.filter(pk=row.pk).update(state=SET_ASIDE)
    again = sign(petition, at, name="Ann Example", email="ann@example.org")

    assert confirm(again, at).already
    assert not Signature.objects.filter(state=CONFIRMED).exists()


def test_the_page_cannot_tell_who_has_signed(petition, at, django_assert_num_queries):
    row = sign(petition, at, name="Ann Example", email="ann@example.org")
    confirm(row, at)
    known, unknown = form(name="Ann Example", email="ann@example.org"), form()
    for one in (known, unknown):
        with django_assert_num_queries(1):
            signing.sign(petition=petition.pk, form=one, network=NETWORK, proof=None, at=at)


@pytest.mark.parametrize("state", sorted(set(states.STATES) - {states.OPEN}))
def test_only_an_open_petition_is_signed(db, at, state):
    petition = made.petition(made.world(at), state)
    with pytest.raises(Conflict):
        sign(petition, at)
    assert not Signature.objects.exists()


def test_no_petition(db, at):
    with pytest.raises(NotFound):
        sign(Petition(pk=404), at)


def test_the_last_day_is_a_day_to_sign_and_the_next_is_not(petition, at):
    end = dt.datetime.combine(petition.closes_on, dt.time(22, 59), dt.UTC)
    row = sign(petition, end)
    assert row is not None
    with pytest.raises(Conflict):
        sign(petition, end + 2 * dt.timedelta(hours=1))
    with pytest.raises(Conflict):
        confirm(row, end + 2 * dt.timedelta(hours=1))


def test_a_petition_that_closed_meanwhile(petition, at):
    row = sign(petition, at)
    Petition.objects.filter(pk=petition.pk).update(state=states.WITHDRAWN)
    with pytest.raises(Conflict):
        confirm(row, at)
    row.refresh_from_db()
    assert row.state == PENDING


def test_a_link_runs_out(petition, at):
    row = sign(petition, at)
    with pytest.raises(NotFound):
        confirm(row, at + limits.CONFIRM_WITHIN)
    Signature.objects.all().delete()
    with pytest.raises(NotFound):
        confirm(row, at)


def test_sponsors_need_the_key(db, at):
    petition = made.petition(made.world(at), states.SPONSORS)
    more = {"network": NETWORK, "proof": None, "at": at}
    with pytest.raises(NotFound):
        signing.sponsor(petition=petition.pk, key="x", form=form(), **more)
    signing.sponsor(petition=petition.pk, key=petition.sponsor_key, form=form(), **more)
    row = Signature.objects.get()
    assert (row.origin, row.state) == (SPONSOR, PENDING)
    assert not confirm(row, at).already
    late = dt.datetime.combine(petition.sponsors_until + DAY, dt.time(12), dt.UTC)
    with pytest.raises(Conflict):
        signing.sponsor(
            petition=petition.pk, key=petition.sponsor_key, form=form(), **{**more, "at": late}
        )


def sponsor(petition, at, **more):
    before = set(Signature.objects.values_list("pk", flat=True))
    signing.sponsor(
        petition=petition.pk, key=petition.sponsor_key, form=form(**more), network="", proof=None,
        at=at,
    )  # fmt: skip
    return Signature.objects.exclude(pk__in=before).get()


def test_a_sponsor_after_the_fifth_confirms_while_it_is_looked_at(db, at):
    petition = made.petition(made.world(at), states.SPONSORS)
    one, other = sponsor(petition, at), sponsor(petition, at)
    Petition.objects.filter(pk=petition.pk).update(state=states.MODERATION)

    assert not confirm(one, at).already
    assert confirm(one, at).already
    # Nobody new, and nobody who had no link for sponsors.
    with pytest.raises(Conflict):
        sponsor(petition, at)
    Signature.objects.filter(pk=other.pk).update(origin=ONLINE)
    with pytest.raises(Conflict):
        confirm(other, at)


def test_a_sponsor_who_confirms_too_late_signs_when_it_opens(db, at):
    petition = made.petition(made.world(at), states.SPONSORS)
    row = sponsor(petition, at)
    Petition.objects.filter(pk=petition.pk).update(state=states.MODERATION)
    Petition.objects.filter(pk=petition.pk).update(state=states.HIDDEN, reason="hoax")
    with pytest.raises(Conflict):
        confirm(row, at)
    Petition.objects.filter(pk=petition.pk).update(
        state=states.OPEN, opened_on=at.date(), closes_on=at.date() + 30 * DAY
    )
    assert not confirm(row, at).already


def test_taking_back_erases_at_once_and_lets_sign_again(petition, at):
    row = sign(petition, at, email="ann@example.org", name_shown=True)
    confirm(row, at)

    assert take_back(row, at + DAY) == petition.pk
    assert take_back(row, at + 2 * DAY) == petition.pk

    row.refresh_from_db()
    assert (row.state, row.ended_at) == (TAKEN_BACK, at + DAY)
    personal = [row.name, row.email, row.postcode, row.address_key, row.person_key, row.network_key]
    assert personal == [""] * 6
    assert not row.name_shown
    with pytest.raises(Conflict):
        confirm(row, at)
    again = sign(petition, at, email="ann@example.org")
    assert not confirm(again, at).already


def test_taking_back_what_was_never_confirmed(petition, at):
    row = sign(petition, at)
    take_back(row, at)
    with pytest.raises(Conflict):
        confirm(row, at)
    with pytest.raises(NotFound):
        taking_back.take_back(token=tokens.make(tokens.TAKE_BACK, row.pk + 1), at=at)


def test_a_code_confirms(petition, at):
    row = sign(petition, at, email="Ann+1@example.org")
    code = tokens.code(row.pk)
    found = signing.confirm_code(
        petition=petition.pk, email="ann@example.org", code=f" {code[:3]} {code[3:]}",
        network=NETWORK, at=at,
    )  # fmt: skip
    assert found.signature == row.pk


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_is_tried_five_times(petition, at):
    row = sign(petition, at, email="ann@example.org")
    ask = {"petition": petition.pk, "email": "ann@example.org", "network": NETWORK, "at": at}
    said = set()
    for _ in range(limits.CODE_TRIES):
        with pytest.raises(BadInput) as caught:
            signing.confirm_code(code=wrong(tokens.code(row.pk)), **ask)
        said.add(str(caught.value.faults))
    with pytest.raises(BadInput) as caught:
        signing.confirm_code(code=tokens.code(row.pk), **ask)
    said.add(str(caught.value.faults))
    with pytest.raises(BadInput) as caught:
        signing.confirm_code(code="123456", **{**ask, "email": "nobody@example.org"})
    said.add(str(caught.value.faults))
    assert len(said) == 1  # the same for a wrong code, one too often tried, and nobody's
    row.refresh_from_db()
    assert row.state == PENDING
    # The link still works.
    assert not confirm(row, at).already


def test_codes_are_limited_by_network(petition, at):
    ask = {"petition": petition.pk, "email": "x@example.org", "code": "1", "at": at}
    for _ in range(60):
        with pytest.raises(BadInput):
            signing.confirm_code(network=NETWORK, **ask)
    with pytest.raises(TooOften):
        signing.confirm_code(network=NETWORK, **ask)
    with pytest.raises(BadInput):
        signing.confirm_code(network="192.0.2.8", **ask)


def test_a_network_without_proof_has_little_room_and_with_proof_more(petition, at):
    for _ in range(SIGN_WITHOUT_PROOF.count):
        sign(petition, at)
    with pytest.raises(TooOften):
        sign(petition, at)
    assert sign(petition, at, network="192.0.2.8") is not None
    assert sign(petition, at, proof="solved") is not None
    assert sign(petition, at + SIGN_WITHOUT_PROOF.window) is not None


def test_a_network_with_proof_has_its_limit_too(petition, at):
    Signature.objects.bulk_create(
        Signature(petition=petition, network_key=network_key(NETWORK), proof=f"{n}", signed_at=at)
        for n in range(SIGN_WITH_PROOF.count - 1)
    )
    assert sign(petition, at, proof="one") is not None
    with pytest.raises(TooOften):
        sign(petition, at, proof="two")
    # Those with proof take no room from those without.
    assert sign(petition, at) is not None


def test_a_puzzle_serves_once_and_a_form_sent_twice_is_one(petition, at):
    one = form()
    for _ in range(2):
        signing.sign(petition=petition.pk, form=one, network=NETWORK, proof="solved", at=at)
    assert Signature.objects.count() == 1
    with pytest.raises(BadInput) as caught:
        signing.sign(petition=petition.pk, form=form(), network=NETWORK, proof="solved", at=at)
    assert caught.value.faults[0].where == "proof"


@pytest.mark.django_db(transaction=True)
def test_in_use_each_statement_is_planned_and_a_transaction_of_its_own(petition, at):
    first = sign(petition, at, proof="solved")
    with pytest.raises(BadInput):
        signing.sign(petition=petition.pk, form=form(), network=NETWORK, proof="solved", at=at)
    second = sign(petition, at)
    for row in (first, second):
        assert not confirm(row, at).already
        assert confirm(row, at).already
    assert Signature.objects.filter(state=CONFIRMED).count() == 2
