"""What somebody writes to sign, and who counts as the same person. No Django, no clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from folkmoot.common.errors import BadInput, Fault
from folkmoot.people.rules import domain_of, is_address, tidy_address
from folkmoot.petitions.rules import limits
from folkmoot.places.rules import parse_postcode

# Mail to these reaches the same people whatever dots stand before the @.
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})
_SPACES = re.compile(r"\s+")
# What a name never holds, and a message smuggled to somebody else in a letter does: mail programs
# make links of what stands around a dot without a space ("t.co"; "J.R. Smith" and "J.-P. Martin"
# have one letter or a hyphen after it), of whatever has a slash, and of numbers that can be called.
_NO_NAME = re.compile(
    r"[@/\u2044\u2215\\<>{}\[\]]|\bwww\b|[^\s.]\.[^\s.,'\u2019-][^\s.]|(?:\d[\s().-]{0,2}){5}"
)
# What addresses on the internet know for a dot besides the dot itself.
_DOTS = str.maketrans("\u3002\uff61\uff0e", "...")


@dataclass(frozen=True, slots=True)
class SignForm:
    """The form as it was sent. ``country`` is two letters, for somebody without a postcode.

    ``consent``: agreed, in so many words, that this site keeps what was written here in order to
    count the signature.
    """

    name: str
    email: str
    postcode: str = ""
    country: str = ""
    name_shown: bool = False
    tell_me: bool = False
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, without a fault. ``email`` is the address as typed, for letters."""

    name: str
    email: str
    postcode: str
    country: str
    name_shown: bool
    tell_me: bool


def one_line(text: str) -> str:
    """``text`` composed, on one line, without control characters or tricks of direction."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        c for c in composed if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf")
    )
    return _SPACES.sub(" ", kept).strip()


def _folded(text: str) -> str:
    """``text`` without regard to case, or to one of several ways of writing the same letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).casefold()


def normal_address(email: str) -> str:
    """The address under which ``email`` counts as one: case, tags and Gmail's dots make no other.

    Only for telling signers apart. Letters go to the address as it was typed.
    """
    local, _, domain = _folded(email).strip().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def normal_name(name: str) -> str:
    """The name under which ``name`` counts as one: letters and figures only, without marks."""
    spelt = unicodedata.normalize("NFKD", _folded(name))
    letters = "".join(c if c.isalnum() else " " for c in spelt if not unicodedata.combining(c))
    return " ".join(letters.split())


def is_disposable(domain: str, listed: Collection[str]) -> bool:
    """Whether ``domain``, or one above it, is among those ``listed``."""
    parts = domain.split(".")
    return any(".".join(parts[first:]) in listed for first in range(len(parts) - 1))


def name_faults(name: str, where: str = "name") -> list[Fault]:
    """What keeps ``name``, on one line, from being a person's name in a letter or a list."""
    if not name:
        return [Fault(where, "There is no name.", "Write your name.", kind="empty")]
    if len(name) > limits.NAME:
        what = f"This has {len(name)} characters."
        return [Fault(where, what, f"Write at most {limits.NAME}.", kind="length")]
    # As it would be read: full-width letters and dots are the same as others.
    read = unicodedata.normalize("NFKC", name.translate(_DOTS)).translate(_DOTS)
    if _NO_NAME.search(read.casefold()) or not any(c.isalpha() for c in name):
        remedy = "Write your name, and nothing else; after a dot a space."
        return [Fault(where, "This is not a name.", remedy)]
    return []


def _address_faults(email: str, disposable: Collection[str]) -> list[Fault]:
    tidy = tidy_address(email)
    if not tidy:
        what, remedy = "There is no email address.", "Write your email address."
        return [Fault("email", what, remedy, kind="empty")]
    if not is_address(tidy):
        what = "This is not an email address."
        return [Fault("email", what, "Write one such as ann@example.org.")]
    if is_disposable(domain_of(tidy), disposable):
        what = "This address is of a kind that is thrown away."
        return [Fault("email", what, "Write one that you will still have in a year.")]
    return []


def _where(form: SignForm, countries: Mapping[str, str]) -> tuple[str, str, list[Fault]]:
    """(postcode, country, faults): one of the two is empty."""
    country = form.country.strip().upper()
    if form.postcode.strip():
        try:
            return parse_postcode(form.postcode), "", []
        except BadInput as error:
            what = error.faults[0].what
            remedy = "Write a whole postcode such as LS1 1UR."
            return "", "", [Fault("postcode", what, remedy, kind="malformed-postcode")]
    if not country or country == "GB":
        remedy = "Write your postcode, or choose the country that you live in."
        return "", "", [Fault("postcode", "There is no postcode.", remedy, kind="empty")]
    if country not in countries:
        fault = Fault("country", "This country is not known here.", "Choose one of the list.")
        return "", "", [fault]
    return "", country, []


def check(form: SignForm, disposable: Collection[str], countries: Mapping[str, str]) -> Signer:
    """Who signs. Raises BadInput with every fault at once; ``where`` is the field's name."""
    name, email = one_line(form.name), unicodedata.normalize("NFC", form.email).strip()
    postcode, country, where_faults = _where(form, countries)
    faults = [*name_faults(name), *_address_faults(email, disposable), *where_faults]
    if not form.consent:
        remedy = "Tick the box if you agree. Without it your name cannot be kept."
        faults.append(Fault("consent", "You have not agreed.", remedy, kind="empty"))
    if faults:
        raise BadInput(faults)
    return Signer(name, email, postcode, country, form.name_shown, form.tell_me)
