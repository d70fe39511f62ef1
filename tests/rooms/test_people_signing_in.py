"""Codes to sign in: the same for known and unknown, once, in time, few tries; and limits."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.common.errors import BadInput, Conflict, NotFound, TooOften
from folkmoot.common.models import Message
from folkmoot.people import actions, limits
from folkmoot.people.actions.rates import rate_key
from folkmoot.people.limits import LIMITS, Limit, Trier, network_of
from folkmoot.people.models import Person, RateEvent, SignInCode
from folkmoot.people.rules import CODE_LASTS, CODE_TRIES, is_address, tidy_address
from tests.rooms import people_invented as invented

NETWORK = "192.0.2.7"


def code_in(row):
    text = Message.objects.get(key=f"sign-in-code:{row.pk}").payload["text"]
    return re.search(r"\d{4} \d{4}", text).group()


def ask(at, email=None, **more):
    return actions.ask_for_code(email=email or invented.address(), network=NETWORK, at=at, **more)


def enter(row, code, at):
    return actions.sign_in_by_code(key=row.key, code=code, network=NETWORK, at=at)


def wrong(code):
    return "00000000" if code.replace(" ", "") != "00000000" else "11111111"


def test_a_code_signs_in_and_makes_the_person_once(db, at):
    email = invented.address()
    first, second = ask(at, email.upper()), ask(at, f" {email} ")
    enter(first, code_in(first), at)
    enter(second, code_in(second).replace(" ", ""), at + dt.timedelta(days=0, minutes=3))

    assert actions.person_at(email).seen_on == at.date()
    assert Person.objects.count() == 1


def test_only_a_digest_of_the_code_is_kept(db, at):
    row = ask(at)
    code = code_in(row).replace(" ", "")
    kept = [str(getattr(row, field.name)) for field in SignInCode._meta.fields]

    assert not any(code in value for value in kept)


def test_asking_is_the_same_for_the_known_and_the_unknown(db, at):
    known = invented.person(at).email

    def asked(email):
        with CaptureQueriesContext(connection) as queries:
            row = ask(at, email)
        letter = Message.objects.get(key=f"sign-in-code:{row.pk}").payload
        said = re.sub(r"\d{4} \d{4}", "CODE", f"{letter}")
        return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries], said

    first, second = asked(known), asked(invented.address())

    assert first == second
    assert not any("people_person" in sql for sql in first[0])


def test_a_code_works_once(db, at):
    row = ask(at)
    code = code_in(row)
    enter(row, code, at)
    with pytest.raises(Conflict):
        enter(row, code, at)


def test_a_code_runs_out(db, at):
    row = ask(at)
    code = code_in(row)
    with pytest.raises(Conflict):
        enter(row, code, at + CODE_LASTS)
    enter(row, code, at + CODE_LASTS - dt.timedelta(seconds=1))


def test_a_code_is_dead_after_its_tries_even_when_then_right(db, at):
    row = ask(at)
    code = code_in(row)
    for left in range(CODE_TRIES - 1, -1, -1):
        with pytest.raises(BadInput) as refused:
            enter(row, wrong(code), at)
        assert f"{left} tries" in refused.value.faults[0].remedy
    with pytest.raises(Conflict):
        enter(row, code, at)
    assert not Person.objects.exists()


def test_a_code_is_no_use_for_another_key(db, at):
    mine, theirs = ask(at), ask(at)
    with pytest.raises(BadInput):
        enter(theirs, code_in(mine), at)
    with pytest.raises(NotFound):
        actions.sign_in_by_code(key="none", code=code_in(mine), network=NETWORK, at=at)


@pytest.mark.parametrize(
    "typed",
    ["", "nobody", "a@b", "a b@example.org", "a@example..org", "a@-example.org", ".a@example.org",
     "a@example.org\nBcc: b@example.org", "a,b@example.org", "<a@example.org>", f"{'a' * 65}@b.org",
     f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_kept(db, at, typed):
    with pytest.raises(BadInput):
        ask(at, typed or " ")
    assert not SignInCode.objects.exists()
    assert not Message.objects.exists()
    assert not RateEvent.objects.exists()


def test_addresses_are_kept_in_one_form():
    assert tidy_address("  Jo.Brown+x@Leeds.GOV.uk ") == "jo.brown+x@leeds.gov.uk"
    assert is_address("jo.brown+x@leeds.gov.uk")
    assert is_address("o'neill@example.org")


def test_asking_is_limited_by_address_and_by_network(db, at):
    email = invented.address()
    hourly, daily = (x for x in LIMITS[limits.ASK_CODE] if x.per == limits.ADDRESS)
    for _ in range(hourly.count):
        ask(at, email)
    with pytest.raises(TooOften):
        ask(at, email)
    ask(at)
    ask(at + hourly.window, email)
    assert daily.count > hourly.count

    of_network = next(x for x in LIMITS[limits.ASK_CODE] if x.per == limits.NETWORK)
    later = at + 3 * hourly.window
    for _ in range(of_network.count):
        ask(later)
    with pytest.raises(TooOften):
        ask(later)
    actions.ask_for_code(email=invented.address(), network="192.0.2.8", at=later)


def test_what_is_refused_is_not_counted(db, at, monkeypatch):
    limit = Limit(limits.NETWORK, 2, dt.timedelta(hours=1))
    monkeypatch.setitem(LIMITS, "a", (limit,))
    trier = Trier(network=NETWORK)
    for _ in range(2):
        actions.count(kind="a", trier=trier, at=at)
    for minute in range(0, 60, 10):
        with pytest.raises(TooOften):
            actions.count(kind="a", trier=trier, at=at + dt.timedelta(minutes=minute))
    actions.count(kind="a", trier=trier, at=at + limit.window)


def test_counts_are_kept_as_keyed_digests(db, at, settings):
    email = invented.address()
    ask(at, email)
    keys = set(RateEvent.objects.values_list("key", flat=True))
    settings.SECRET_KEY = "another"

    assert len(keys) == 2
    assert not any(email in key or NETWORK in key for key in keys)
    assert rate_key(limits.ADDRESS, email) not in keys


def test_a_limit_by_something_unknown_is_a_fault_of_ours(db, at):
    with pytest.raises(ValueError, match="address"):
        actions.count(kind=limits.ASK_CODE, trier=Trier(network=NETWORK), at=at)


def test_every_limit_can_be_reached_and_ends():
    for some in LIMITS.values():
        for limit in some:
            assert limit.per in {limits.ADDRESS, limits.ACCOUNT, limits.NETWORK, limits.PROOF}
            assert limit.count > 0
            assert dt.timedelta() < limit.window <= limits.LONGEST_WINDOW


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_networks(ip, network):
    assert network_of(ip) == network


def test_signing_out_everywhere_ends_every_session_and_changes_the_seal(db, at):
    who = invented.person(at)
    before = who.get_session_auth_hash()
    actions.sign_out_everywhere(person=who)

    assert Person.objects.get().get_session_auth_hash() != before


def at_once(attempt, many):
    def run(_):
        try:
            attempt()
        except (Conflict, BadInput, TooOften) as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_a_code_typed_by_many_at_once_signs_in_once(committing, at):
    row = ask(at)
    code = code_in(row)

    came = at_once(lambda: enter(row, code, at), 6)

    assert came.count(None) == 1
    assert Person.objects.count() == 1


def test_many_wrong_tries_at_once_are_all_counted(committing, at):
    row = ask(at)
    code = wrong(code_in(row))

    came = at_once(lambda: enter(row, code, at), CODE_TRIES + 3)

    assert came.count(BadInput) == CODE_TRIES
    assert came.count(Conflict) == 3


def test_a_limit_is_exact_when_many_try_at_once(committing, at, monkeypatch):
    monkeypatch.setitem(LIMITS, "a", (Limit(limits.NETWORK, 4, dt.timedelta(hours=1)),))
    trier = Trier(network=NETWORK)

    came = at_once(lambda: actions.count(kind="a", trier=trier, at=at), 10)

    assert came.count(None) == 4
    assert RateEvent.objects.filter(kind="a").count() == 4


def test_two_first_codes_of_one_address_at_once_make_one_person(committing, at):
    email = invented.address()
    rows = [ask(at, email) for _ in range(4)]
    codes = iter([(row, code_in(row)) for row in rows])

    came = at_once(lambda: enter(*next(codes), at), 4)

    assert came == [None] * 4
    assert Person.objects.count() == 1
