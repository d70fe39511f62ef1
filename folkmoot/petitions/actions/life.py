"""The life of a petition by its creator and by rule: written, sponsored, withdrawn, closed."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction

from folkmoot.common.errors import BadInput, Conflict, NotAllowed
from folkmoot.common.switches import require_on
from folkmoot.people import limits as rates
from folkmoot.people.actions.rates import count
from folkmoot.people.limits import Trier
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions.moving import (
    BY_RULE,
    lock,
    move,
    record,
    require_creator,
    require_state,
    tell,
)
from folkmoot.petitions.addressing import addressed
from folkmoot.petitions.keys import address_key, person_key
from folkmoot.petitions.lists import disposable_domains
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR
from folkmoot.petitions.queries_page import sponsors_of
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.reasons import BY_CREATOR, NO_SPONSORS
from folkmoot.petitions.rules.signing import SignForm, check
from folkmoot.petitions.rules.states import (
    CLOSED,
    DRAFT,
    HIDDEN,
    MODERATION,
    OPEN,
    SPONSORS,
    WITHDRAWN,
)
from folkmoot.petitions.rules.writing import NewPetition, faults_of, tidied
from folkmoot.petitions.whereabouts import whereabouts


def _fields(words: NewPetition, today: dt.date) -> dict[str, object]:
    """The columns that ``words`` fill. Raises BadInput with every fault."""
    words = tidied(words)
    faults = faults_of(words)
    place, more = addressed(words, today)
    if faults or more or place is None:
        raise BadInput([*faults, *more])
    return {
        "title": words.title,
        "background": words.background,
        "detail": words.detail,
        "area": place.area,
        "service": place.service,
        "body": place.body,
        "office": words.office,
        "creator_name": words.creator_name,
        "creator_shown": words.creator_shown,
        "term": words.term,
    }


@transaction.atomic
def begin(*, actor: Person | None, words: NewPetition, at: dt.datetime) -> Petition:
    """Begin a petition as a draft, which only its creator sees.

    Raises NotAllowed for somebody not signed in, BadInput with every fault (also where the body
    does not answer for the matter), TooOften, and SwitchedOff.
    """
    require_on("start-petition")
    if actor is None or actor.pk is None:
        raise NotAllowed("Sign in to begin a petition.")
    fields = _fields(words, day_of(at))
    count(kind=rates.START_PETITION, trier=Trier(account=str(actor.pk)), at=at)
    return Petition.objects.create(
        **fields, creator=actor, sponsor_key=secrets.token_hex(16), created_at=at
    )


@transaction.atomic
def rewrite(
    *, actor: Person | None, petition: int, words: NewPetition, at: dt.datetime
) -> Petition:
    """Write a draft anew. From the first sponsor on, the words stay as they are.

    Raises NotFound, NotAllowed, BadInput, and Conflict for one that is no draft any more.
    """
    row = lock(petition)
    require_creator(actor, row)
    require_state(row, DRAFT)
    fields = _fields(words, day_of(at))
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    return row


@transaction.atomic
def seek_sponsors(
    *, actor: Person | None, petition: int, postcode: str, at: dt.datetime
) -> Petition:
    """The creator signs, from ``postcode``, and sponsors are sought: five within 21 days.

    A petition is begun by somebody who lives here; from abroad it may be signed. The creator's
    address is known by signing in, so nothing is left to confirm. Raises NotFound, NotAllowed,
    BadInput, and Conflict for one that is no draft any more.
    """
    row = lock(petition)
    require_creator(actor, row)
    assert actor is not None
    before = move(row, SPONSORS)
    if before != DRAFT:
        raise Conflict("Sponsors are sought for a draft only.")
    form = SignForm(
        name=row.creator_name, email=actor.email, postcode=postcode, country="", consent=True
    )
    signer = check(form, disposable_domains(), {})
    where = whereabouts(signer.postcode)
    row.submitted_at = at
    row.sponsors_until = day_of(at) + limits.SPONSORS_WITHIN
    row.save(update_fields=["state", "submitted_at", "sponsors_until"])
    own = Signature.objects.create(
        petition=row,
        state=CONFIRMED,
        origin=CREATOR,
        name=signer.name,
        email=signer.email,
        postcode=signer.postcode,
        area=where.district,
        constituency=where.constituency,
        address_key=address_key(signer.email),
        person_key=person_key(signer.name, signer.postcode),
        name_shown=row.creator_shown,
        tell_me=True,
        signed_at=at,
        letter_at=at,
        confirmed_at=at,
    )
    tell(
        row, "sponsors", cause="sponsors", at=at, secret=row.sponsor_key, until=row.sponsors_until,
        take_back=tokens.make(tokens.TAKE_BACK, own.pk),
    )  # fmt: skip
    return row


@transaction.atomic
def sponsors_found(*, petition: Petition, at: dt.datetime) -> bool:
    """Send a petition to the moderators if it has its five sponsors; whether it was sent now.

    The caller holds the lock of the row. The creator is not a sponsor, and one name and postcode
    is one, whatever the addresses.
    """
    if petition.state != SPONSORS:
        return False
    if sponsors_of(petition) < limits.SPONSORS_NEEDED:
        return False
    move(petition, MODERATION)
    petition.moderation_since = at
    petition.save(update_fields=["state", "moderation_since"])
    tell(petition, "moderation", cause="moderation", at=at, within=limits.MODERATION_WITHIN.days)
    return True


@transaction.atomic
def withdraw(*, actor: Person | None, petition: int, at: dt.datetime) -> Petition:
    """The creator withdraws a petition. Answers that became owed stay owed.

    What was never opened was never public and stays so. One that is hidden waits for moderators,
    or for an appeal, first. Raises NotFound, NotAllowed and Conflict.
    """
    row = lock(petition)
    require_creator(actor, row)
    require_state(row, DRAFT, SPONSORS, MODERATION, OPEN)
    _withdraw(row, BY_CREATOR, day_of(at))
    return row


def _withdraw(row: Petition, reason: str, today: dt.date) -> None:
    move(row, WITHDRAWN)
    row.reason, row.ended_on = reason, today
    if row.opened_on is None:
        row.words_hidden = row.title_hidden = True
    row.save(update_fields=["state", "reason", "ended_on", "words_hidden", "title_hidden"])


def lapse_sponsors(*, today: dt.date, at: dt.datetime) -> int:
    """Withdraw, by rule, what found too few sponsors in time; how many. One transaction each."""
    due = Petition.objects.filter(state=SPONSORS, sponsors_until__lt=today)
    return sum(_lapse(number, today, at) for number in due.values_list("pk", flat=True))


@transaction.atomic
def _lapse(number: int, today: dt.date, at: dt.datetime) -> bool:
    row = lock(number)
    if row.state != SPONSORS or row.sponsors_until is None or row.sponsors_until >= today:
        return False
    # The last sponsor may have confirmed in time and not be counted yet.
    if sponsors_found(petition=row, at=at):
        return False
    _withdraw(row, NO_SPONSORS, today)
    tell(row, "lapsed", cause="lapsed", at=at, needed=limits.SPONSORS_NEEDED)
    return True


def close_due(*, today: dt.date, at: dt.datetime) -> int:
    """Close, by rule, petitions whose last day is past; how many. One transaction each.

    One that is hidden stays hidden. It is closed when it shows again, unless it then gets back the
    days on which it was hidden (``opening.show_again``).
    """
    due = Petition.objects.filter(state=OPEN) | Petition.objects.filter(
        state=HIDDEN, hidden_from=OPEN
    )
    numbers = due.filter(closes_on__lt=today).values_list("pk", flat=True)
    return sum(_close(number, today, at) for number in numbers)


@transaction.atomic
def _close(number: int, today: dt.date, at: dt.datetime) -> bool:
    row = lock(number)
    if row.closes_on is None or row.closes_on >= today:
        return False
    if row.state == HIDDEN and row.hidden_from == OPEN:
        row.hidden_from, row.ended_on = CLOSED, row.closes_on
        row.save(update_fields=["hidden_from", "ended_on"])
        return True
    if row.state != OPEN:
        return False
    move(row, CLOSED)
    row.ended_on = row.closes_on
    row.save(update_fields=["state", "ended_on"])
    record(row, "close-petition", office=BY_RULE, at=at)
    tell(row, "closed", cause="closed", at=at)
    return True
