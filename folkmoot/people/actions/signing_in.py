"""Signing in by a code, and what a session's person is."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Conflict, Fault, NotFound
from folkmoot.common.switches import require_on
from folkmoot.people import limits
from folkmoot.people.actions.rates import count
from folkmoot.people.letters import post
from folkmoot.people.models import Person, SignInCode
from folkmoot.people.queries import day_of
from folkmoot.people.rules import CODE_DIGITS, CODE_LASTS, CODE_TRIES, is_address, tidy_address


def _digest(key: str, code: str) -> str:
    return salted_hmac("folkmoot.people.code", f"{key}:{code}", algorithm="sha256").hexdigest()


def address_in(text: str, where: str = "email") -> str:
    """``text`` as a tidy address. Raises BadInput for what nobody can be written to at."""
    address = tidy_address(text)
    if not is_address(address):
        raise BadInput(
            [
                Fault(
                    where,
                    _("This is not an email address."),
                    _("Write it as in name@example.org."),
                    kind="bad-address",
                )
            ]
        )
    return address


@transaction.atomic
def ask_for_code(*, email: str, network: str, next_path: str = "", at: dt.datetime) -> SignInCode:
    """Send a code to ``email`` and give the row whose key names the page to type it in.

    What is done does not depend on whether anybody is known by that address: no table of
    persons is read, the same row is written and the same letter leaves. Raises BadInput for
    what is not an address, TooOften, and SwitchedOff.
    """
    require_on("sign-in")
    address = address_in(email)
    count(kind=limits.ASK_CODE, trier=limits.Trier(address=address, network=network), at=at)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    key = secrets.token_urlsafe(32)
    row = SignInCode.objects.create(
        key=key, email=address, digest=_digest(key, code), next_path=next_path[:500], created=at
    )
    half = CODE_DIGITS // 2
    post(
        key=f"sign-in-code:{row.pk}",
        letter="sign_in_code",
        to=address,
        at=at,
        code=f"{code[:half]} {code[half:]}",
        minutes=int(CODE_LASTS.total_seconds() // 60),
    )
    return row


def sign_in_by_code(*, key: str, code: str, network: str, at: dt.datetime) -> SignInCode:
    """The used row of the code, if ``code`` is the one that was sent for ``key``.

    Used once only, within its time and tries: of two at once, one succeeds. A first time makes
    the person; ``person_at`` finds either. Raises NotFound for an unknown key, BadInput for a
    wrong code (which counts as a try), Conflict for one used, run out or tried too often, and
    TooOften.
    """
    count(kind=limits.TRY_CODE, trier=limits.Trier(network=network), at=at)
    typed = "".join(letter for letter in code if letter not in " -\u00a0\u2013")
    # A wrong try must stay counted, so the transaction ends before anything is raised.
    with transaction.atomic():
        row = SignInCode.objects.select_for_update().filter(key=key).first()
        dead = row is None or (
            row.used_at is not None or row.created + CODE_LASTS <= at or row.tries >= CODE_TRIES
        )
        # Compared in any case, so that the time taken says nothing.
        right = constant_time_compare(row.digest if row else "", _digest(key, typed))
        if row is not None and not dead:
            row.tries += 1
            if right:
                row.used_at = at
                _seen(row.email, at)
            row.save(update_fields=["tries", "used_at"])
    if row is None:
        raise NotFound(_("There is no such code."), [(_("Sign in"), "/sign-in/")])
    if dead:
        raise Conflict(_("This code was used, has run out, or was tried too often."))
    if not right:
        raise BadInput(
            [
                Fault(
                    "code",
                    _("This is not the code that we sent."),
                    _("Type the newest code from your mail; %(left)s tries are left.")
                    % {"left": CODE_TRIES - row.tries},
                    kind="wrong-code",
                )
            ]
        )
    return row


def _seen(email: str, at: dt.datetime) -> Person:
    """The person at ``email``, made if this is the first time, and seen today."""
    day = day_of(at)
    person, _made = Person.objects.get_or_create(
        email=email, defaults={"created": at, "seen_on": day}
    )
    Person.objects.filter(pk=person.pk).update(seen_on=day, warned_on=None)
    return person


def person_at(email: str) -> Person:
    """The person at a proven address. Raises NotFound after an erasure."""
    person = Person.objects.filter(email=email).first()
    if person is None:
        raise NotFound(_("There is no such person."), [(_("Sign in"), "/sign-in/")])
    return person


@transaction.atomic
def person_of_provider(*, email: str, at: dt.datetime) -> Person:
    """The person at an address that a trusted provider vouches for. Raises BadInput."""
    return _seen(address_in(email), at)


@transaction.atomic
def person_seen(*, person: Person, at: dt.datetime) -> None:
    """Note that ``person`` signed in today, which puts off the end of an unused account."""
    _seen(person.email, at)


@transaction.atomic
def sign_out_everywhere(*, person: Person) -> None:
    """End every session of ``person``, here and in every other browser."""
    person.seal = secrets.token_hex(16)
    Person.objects.filter(pk=person.pk).update(seal=person.seal)
    person.sessions.all().delete()
