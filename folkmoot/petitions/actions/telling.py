"""Letters about answers: to signers who asked, to the creator, to bodies that owe something; and
the counting of what signers say of an answer. None of it happens while somebody waits.

Each batch is one transaction that writes its letters and moves the cursor past their signatures:
killed at any instant it did both or neither.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from folkmoot.common.models import Message
from folkmoot.common.outbox import NewMessage, enqueue_many
from folkmoot.duties.models import Duty
from folkmoot.duties.rules import KINDS, duty_path
from folkmoot.people.letters import words_of
from folkmoot.petitions import tokens
from folkmoot.petitions.models import Commitment, Opinion, Petition, PetitionAnswer
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, Signature
from folkmoot.petitions.queries import petition_path
from folkmoot.petitions.queries_answers import (
    answer_path,
    commitment_path,
    heading_of,
    petition_of,
)
from folkmoot.petitions.queries_telling import (
    administrators,
    answerers,
    goes_on_in,
    joined_with,
    letter_key,
    next_signers,
    told_elsewhere,
)
from folkmoot.petitions.rules import answering as rules
from folkmoot.petitions.rules import limits

# Letters in one transaction.
BATCH = 1_000
# Letters are written this long before they may leave, so that the outbox never holds millions.
AHEAD = dt.timedelta(minutes=10)
# Opinions are counted again for so long after the last one, because a slower writer may have
# begun before it; and each answer's once a day, for signatures that were taken back.
_SETTLED = dt.timedelta(minutes=5)
_DAILY = dt.timedelta(days=1)


def _letter(
    given: PetitionAnswer, to: str, signature: int | None, joined: Petition | None = None
) -> dict[str, object]:
    """The letter about an answer. ``to`` is "signer" or "creator".

    ``joined`` is the petition that the signer signed, where it was joined with the one that has
    the answer. Whoever signed only that one is not asked for an opinion of the answer.
    """
    petition = given.petition
    link = take_back = ""
    if signature is not None:
        if joined is None:
            number = rules.number_of_opinion(given.duty.kind, signature)
            link = f"/petitions/opinion/{tokens.make(tokens.OPINION, number)}/"
        take_back = f"/petitions/take-back/{tokens.make(tokens.TAKE_BACK, signature)}/"
    return words_of(
        "petition_answered",
        creator=to == "creator",
        heading=heading_of(petition),
        joined=heading_of(joined) if joined is not None else "",
        body=given.duty.body.name,
        outcome=rules.OUTCOMES[given.outcome],
        petition=petition_path(petition.pk),
        answer=answer_path(petition.pk, given.duty_id),
        opinion=link,
        take_back=take_back if to == "signer" else "",
    )


def tell_creator(given: PetitionAnswer, petition: Petition, *, at: dt.datetime) -> None:
    """Write to whoever created the petition that it has an answer, in this transaction."""
    if petition.creator is None:
        return
    own = Signature.objects.filter(petition=petition, state=CONFIRMED, origin=CREATOR)
    words = _letter(given, "creator", own.values_list("pk", flat=True).first())
    key = f"petition-answered:{given.pk}:creator"
    enqueue_many([NewMessage(key, petition.creator.email, words, at)], at=at)


def tell_signers(*, at: dt.datetime, limit: int = 5_000) -> int:
    """Write to signers who asked to hear of an answer: up to ``limit`` letters; how many.

    Signers of petitions that were joined with it are told too; nobody whose address was written
    to already because of another of them.
    They leave one by one, spread over two hours and up to twenty (``rules.answering``), and are
    written a few minutes before they leave. Called again and again it goes on where it was; nobody
    is written to twice. Several may run at once.
    """
    told = 0
    while told < limit:
        written = _tell_some(at, min(BATCH, limit - told))
        if written is None:
            break
        told += written
    return told


@transaction.atomic
def _tell_some(at: dt.datetime, most: int) -> int | None:
    """One batch of letters about one answer; None where none may be written now."""
    waits = Q(telling_at__isnull=True) | Q(telling_at__lt=at + AHEAD)
    given = (
        PetitionAnswer.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("petition", "duty__body")
        .filter(waits, told_at__isnull=True)
        .order_by(F("telling_at").asc(nulls_first=True), "pk")
        .first()
    )
    if given is None:
        return None
    petitions = joined_with(given.petition)
    rate = rules.letters_a_second(sum(each.signatures for each in petitions.values()))
    start = max(given.telling_at or at, at)
    room = min(most, math.ceil((at + AHEAD - start).total_seconds() * rate))
    signers = next_signers(given, petitions, room)
    letters = _letters_to(given, petitions, signers, start, rate)
    enqueue_many(letters, at=at)
    if signers:
        given.told_through = signers[-1].pk
    given.telling_at = start + dt.timedelta(seconds=len(signers) / rate)
    if len(signers) < room:
        given.told_at = at
    given.save(update_fields=["told_through", "telling_at", "told_at"])
    return len(letters)


def _letters_to(
    given: PetitionAnswer,
    petitions: Mapping[int, Petition],
    signers: Sequence[Signature],
    start: dt.datetime,
    rate: float,
) -> list[NewMessage]:
    """The letters about an answer to ``signers`` of ``petitions``, to leave from ``start`` on."""
    twice = told_elsewhere(given, petitions.keys(), signers)
    letters = []
    for place, one in enumerate(signers):
        own = one.petition_id == given.petition_id
        if not one.email or one.pk in twice or (own and one.origin == CREATOR):
            continue
        words = _letter(given, "signer", one.pk, None if own else petitions[one.petition_id])
        leaves = start + dt.timedelta(seconds=place / rate)
        letters.append(NewMessage(letter_key(given.pk, one.pk), one.email, words, leaves))
    return letters


def tell_late(petition: Petition, numbers: Collection[int], *, at: dt.datetime) -> None:
    """Write to signers of ``petition`` who begin to count only now, in this transaction, of each
    answer given since they signed whose telling has passed them.

    ``numbers`` are of their signatures, confirmed late or restored. Of an answer that is still
    being told, those whom the telling will come to are left to it.
    """
    answers = PetitionAnswer.objects.select_for_update(of=("self",)).select_related(
        "petition", "duty__body"
    )
    for given in answers.filter(petition__in=goes_on_in(petition)).order_by("pk"):
        asked = Signature.objects.filter(pk__in=numbers, tell_me=True, state=CONFIRMED)
        passed = asked.filter(signed_at__lte=given.at)
        if given.told_at is None:
            passed = passed.filter(pk__lte=given.told_through)
        signers = list(passed.order_by("pk"))
        if signers:
            petitions = joined_with(given.petition)
            rate = rules.letters_a_second(len(signers))
            enqueue_many(_letters_to(given, petitions, signers, at, rate), at=at)


def remind(*, today: dt.date, at: dt.datetime) -> int:
    """Write to bodies about petitions and questions to answer, and commitments; how many letters.

    To everybody at the body who may answer: when it arises, 14 and 3 days before it is
    due, and each week that it is overdue, once each. Of a commitment until the body says what
    became of it, from 14 days before it is due. Run it every day; a day left out is made good.
    """
    soon = today + dt.timedelta(days=max(limits.REMIND_BEFORE))
    owed = Duty.objects.select_related("body").filter(
        space="record", ended="", kind__in=rules.REMINDED, since__lte=today
    )
    written = sum(_remind_of_duty(duty, today, at) for duty in owed.order_by("pk"))
    promised = Commitment.objects.select_related("answer__petition", "answer__duty__body")
    of_body = Exists(Commitment.objects.filter(pk=OuterRef("pk"), marks__by=rules.BODY))
    for commitment in promised.filter(~of_body, due__lte=soon).order_by("pk"):
        written += _remind_of_commitment(commitment, today, at)
    return written


@transaction.atomic
def _remind_of_duty(duty: Duty, today: dt.date, at: dt.datetime) -> int:
    slot = rules.slot_of(duty.due, today, duty.since)
    petition = petition_of(duty)
    link = answer_path(petition.pk, duty.pk) if petition else f"/duties/{duty.pk}/"
    words = words_of(
        "answer_owed",
        body=duty.body.name,
        heading=heading_of(petition) if petition else "",
        what=KINDS[duty.kind],
        due=duty.due,
        overdue=slot.startswith("overdue"),
        link=link,
    )
    return _to_people(duty, f"answer-owed:{duty.pk}:{slot}", words, today, at)


@transaction.atomic
def _remind_of_commitment(commitment: Commitment, today: dt.date, at: dt.datetime) -> int:
    given, slot = commitment.answer, rules.slot_of(commitment.due, today)
    words = words_of(
        "commitment_due",
        body=given.duty.body.name,
        heading=heading_of(given.petition),
        due=commitment.due,
        overdue=slot.startswith("overdue"),
        link=commitment_path(given.petition_id, commitment.pk),
    )
    key = f"commitment-due:{commitment.pk}:{slot}"
    written = _to_people(given.duty, key, words, today, at)
    if written:
        Commitment.objects.filter(pk=commitment.pk).update(reminded_on=today)
    return written


def _to_people(
    duty: Duty, key: str, words: dict[str, object], today: dt.date, at: dt.datetime
) -> int:
    """Leave a letter for everybody who may answer and has not had it; how many.

    Where nobody of the body has an account here, the administrators of the site are asked to tell
    it: otherwise nobody would hear of it at all.
    """
    people = answerers(duty.body.slug, duty.office, duty.kind, today)
    if not people:
        key, people = f"{key}:nobody", administrators(today)
        words = words_of(
            "nobody_to_answer",
            body=duty.body.name,
            subject=words["subject"],
            text=words["text"],
            link=duty_path(duty.pk),
            invite=f"/account/roles/?body={duty.body.slug}",
        )
    letters = [NewMessage(f"{key}:{who.pk}", who.email, words, at) for who in people]
    keys = [letter.key for letter in letters]
    had = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [letter for letter in letters if letter.key not in had]
    enqueue_many(new, at=at)
    return len(new)


def count_opinions(*, at: dt.datetime) -> int:
    """Count what signers said of answers, where somebody said something since; how many answers."""
    newer = Opinion.objects.filter(answer=OuterRef("pk"), at__gt=OuterRef("opinions_at") - _SETTLED)
    any_at_all = Opinion.objects.filter(answer=OuterRef("pk"))
    changed = PetitionAnswer.objects.filter(
        Q(opinions_at__isnull=True) & Exists(any_at_all)
        | Exists(newer)
        | Q(opinions_at__lt=at - _DAILY, petition__addresses_erased_at__isnull=True)
    )
    numbers = list(changed.order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        counts = Opinion.objects.filter(answer=number, signature__state=CONFIRMED).aggregate(
            yes=Count("pk", filter=Q(answered=True)), no=Count("pk", filter=Q(answered=False))
        )
        PetitionAnswer.objects.filter(pk=number).update(
            said_yes=counts["yes"], said_no=counts["no"], opinions_at=at
        )
    return len(numbers)
