"""What a form may hold, and the keys and tokens made of it: nothing of the database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.errors import BadInput, NotFound
from folkmoot.petitions import tokens
from folkmoot.petitions.keys import address_key, network_key, person_key
from folkmoot.petitions.lists import countries, disposable_domains
from folkmoot.petitions.rules.signing import (
    check,
    name_faults,
    normal_address,
    normal_name,
    one_line,
)
from tests.rooms.test_petitions_signing import NETWORK, form


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 101),
        ("name", "Win at www.example.org now"),
        ("name", "see casino.example/win"),
        ("name", "ann@example.org"),
        ("name", "…"),
        ("name", "Win at t.co/abcd now"),
        ("name", "x.com/evil"),
        ("name", "g.co"),
        ("name", "пример.рф"),
        ("name", "उदाहरण.भारत"),
        ("name", "bit。ly"),
        ("name", "bit｡ly"),
        ("name", "evil․com"),
        ("name", "ＥＶＩＬ．ＣＯＭ"),
        ("name", "evil⁄path"),
        ("name", "Ring 020 7946 0958"),
        ("name", "Ann 12345"),
        ("email", "ann@mailinator.com"),
        ("email", "ann@deep.below.mailinator.com"),
        ("email", "no address"),
        ("postcode", "QQ1 1QQ"),
        ("postcode", ""),
        ("consent", False),
    ],
)
def test_faults(field, value):
    with pytest.raises(BadInput) as caught:
        check(form(**{field: value}), disposable_domains(), countries())
    assert [fault.where for fault in caught.value.faults] == [field]


def test_an_unknown_country_is_a_fault():
    with pytest.raises(BadInput) as caught:
        check(form(postcode="", country="ZZ"), disposable_domains(), countries())
    assert caught.value.faults[0].where == "country"


@pytest.mark.parametrize(
    "name",
    [
        *("J. R. R. Tolkien", "J.R. Smith", "J.R.R. Tolkien", "J.-P. Martin", "A. N. Other, Jr."),
        *("Ng", "Siân O’Neill", "李小龍", "Jean-Luc d'Arc", "Laia Gal·la", "Henry 8"),
    ],
)
def test_names_of_people_are_names(name):
    assert check(form(name=name), disposable_domains(), countries()).name == name


LETTERS = st.text(st.characters(categories=("Ll", "Lu", "Lo")), min_size=1, max_size=8)
DOTS = st.sampled_from([".", "。", "｡", "．", "․"])


@given(before=LETTERS, dot=DOTS, after=LETTERS, around=st.sampled_from(["{}", "Win {} now"]))
def test_nothing_that_reads_as_a_domain_is_a_name(before, dot, after, around):
    """What people click on in a letter to somebody else is never chosen by who signs."""
    domain = f"{before}{dot}{after}{after}"
    assert name_faults(one_line(around.format(domain)))
    assert name_faults(one_line(around.format(f"{before}/{after}")))


@given(number=st.integers(10_000, 10**12), gap=st.sampled_from(["", " ", "-"]))
def test_no_number_that_can_be_called_is_in_a_name(number, gap):
    assert name_faults(one_line("Ann " + gap.join(str(number))))


@given(parts=st.lists(st.text(st.characters(categories=("Lu",)), min_size=1, max_size=1),
                      min_size=1, max_size=3), last=LETTERS)  # fmt: skip
def test_initials_and_a_surname_are_a_name(parts, last):
    assert not name_faults(one_line(" ".join(f"{part}." for part in parts) + f" {last}"))


def test_lists_are_sourced_and_plausible():
    assert len(disposable_domains()) > 5_000
    assert not {"gmail.com", "duck.com", "btinternet.com"} & disposable_domains()
    assert countries()["IE"] == "Ireland"
    assert "GB" not in countries()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.org", "ann@example.org"),
        ("ann+petitions@example.org", "ann@example.org"),
        ("a.n.n@gmail.com", "ann+1@googlemail.com"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
    ],
)
def test_ways_of_writing_one_address(one, other):
    assert address_key(one) == address_key(other)


def test_dots_matter_elsewhere():
    assert address_key("a.nn@example.org") != address_key("ann@example.org")
    assert address_key("+ann@example.org") != address_key("+bob@example.org")


@given(st.emails())
def test_normal_addresses_stay_as_they_are(email):
    assert normal_address(normal_address(email)) == normal_address(email)


@given(st.text())
def test_normal_names_stay_as_they_are(name):
    assert normal_name(normal_name(name)) == normal_name(name)


def test_a_key_is_of_this_site_only(settings):
    keys = address_key("ann@example.org"), person_key("Ann", "LS1 1UR"), network_key(NETWORK)
    assert len(set(keys)) == 3
    assert all(len(key) == 32 and "ann" not in key for key in keys)
    settings.SECRET_KEY = "another"
    assert address_key("ann@example.org") != keys[0]


@given(st.integers(0, 2**48 - 1), st.sampled_from(sorted(tokens.KINDS)))
def test_tokens_carry_their_number(number, kind):
    token = tokens.make(kind, number)
    assert tokens.read(kind, token) == number
    assert len(token) == 28
    for other in tokens.KINDS - {kind}:
        with pytest.raises(NotFound):
            tokens.read(other, token)


@given(st.text(max_size=40))
def test_no_other_text_is_a_token(text):
    with pytest.raises(NotFound):
        tokens.read(tokens.CONFIRM, text)


def test_a_token_with_one_letter_changed_is_none():
    token = tokens.make(tokens.CONFIRM, 7)
    for place in range(len(token)):
        for letter in "Ab0":
            if token[place] != letter:
                with pytest.raises(NotFound):
                    tokens.read(tokens.CONFIRM, token[:place] + letter + token[place + 1 :])
