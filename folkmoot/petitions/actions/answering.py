"""Answers to petitions, what became of the commitments in them, and what signers make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from folkmoot.common.acts import record_act
from folkmoot.common.errors import BadInput, NotAllowed, NotFound
from folkmoot.common.switches import require_on
from folkmoot.duties.actions.answering import answer, withdraw_answer
from folkmoot.duties.models import Duty
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions.telling import tell_creator
from folkmoot.petitions.models import (
    Commitment,
    CommitmentMark,
    Opinion,
    Petition,
    PetitionAnswer,
)
from folkmoot.petitions.models_signing import CONFIRMED, Signature
from folkmoot.petitions.queries_answers import (
    answer_of_signer,
    answering_office,
    commitment_path,
    petition_of,
)
from folkmoot.petitions.rules.answering import (
    BODY,
    CREATOR,
    NewAnswer,
    NewCommitment,
    fault_of_mark,
    faults_of,
    numbers_of_opinion,
    text_of,
    tidied,
)


@transaction.atomic
def answer_petition(
    *,
    actor: Person | None,
    duty: int,
    outcome: str,
    decided: str,
    why: str,
    next_steps: str,
    commitments: Iterable[NewCommitment],
    at: dt.datetime,
) -> PetitionAnswer:
    """Answer a petition in public and once: what was decided, why, and what happens next.

    ``outcome`` is a key of ``OUTCOMES``. The words are the duty's; a correction is made with
    ``duties.actions.correct``. Signers who asked to hear of it are written to by ``tell_signers``.
    Raises NotFound where ``duty`` is no answer owed to a petition, NotAllowed for anybody but the
    body that owes it (or its office), BadInput with every fault, and Conflict where it was
    answered or waived already.
    """
    owed = Duty.objects.select_related("body").filter(pk=duty, space="record").first()
    petition = petition_of(owed)
    if owed is None or petition is None:
        raise NotFound("There is no such answer owed to a petition.")
    if not answering_office(actor, owed, day_of(at)):
        raise NotAllowed(f"Only {owed.body.name} may answer this, by its own people.")
    new = tidied(NewAnswer(outcome, decided, why, next_steps, tuple(commitments)))
    faults = faults_of(new, day_of(at))
    if faults:
        raise BadInput(faults)
    answer(actor=actor, duty=duty, text=text_of(new), at=at)
    given = PetitionAnswer.objects.create(petition=petition, duty=owed, outcome=new.outcome, at=at)
    Commitment.objects.bulk_create(
        Commitment(answer=given, number=number, text=each.text, due=each.due)
        for number, each in enumerate(new.commitments, start=1)
        if each.due is not None  # never: the faults of an answer name it
    )
    tell_creator(given, petition, at=at)
    return given


@transaction.atomic
def withdraw_petition_answer(
    *, actor: Person | None, answer: int, reason: str, at: dt.datetime
) -> None:
    """Erase the words of an answer to a petition for good, and of its commitments with them.

    ``answer`` is the number of its ``DutyAnswer``; where that is a correction the commitments
    stay. As ``duties.actions.withdraw_answer``, and raises what that does.
    """
    gone = withdraw_answer(actor=actor, answer=answer, reason=reason, at=at)
    if gone.number == 1:
        Commitment.objects.filter(answer__duty=gone.duty_id).update(text="")


def _speaking_as(actor: Person | None, as_: str, given: PetitionAnswer, at: dt.datetime) -> str:
    """The office by which ``actor`` marks, "" for the creator. Raises NotAllowed."""
    if as_ == CREATOR:
        creator: Petition = given.petition
        if actor is None or actor.pk is None or creator.creator_id != actor.pk:
            raise NotAllowed("Only whoever created the petition may say this as its creator.")
        return ""
    office = answering_office(actor, given.duty, day_of(at)) if as_ == BODY else ""
    if not office:
        raise NotAllowed(f"Only {given.duty.body.name} may say this, by its own people.")
    return office


@transaction.atomic
def mark_commitment(
    *, actor: Person | None, commitment: int, mark: str, as_: str, at: dt.datetime
) -> CommitmentMark:
    """Say what became of a commitment: ``mark`` is kept, late or broken.

    ``as_`` is "body", in public under the office, or "creator": whoever created the petition. An
    earlier mark stays beside a later one; the same again changes nothing. Raises NotFound,
    NotAllowed, and BadInput for an unknown mark or one that cannot be known yet.
    """
    row = (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("answer__petition", "answer__duty__body")
        .filter(pk=commitment)
        .first()
    )
    if row is None:
        raise NotFound("There is no such commitment.")
    given = row.answer
    office = _speaking_as(actor, as_, given, at)
    faults = fault_of_mark(mark, as_, row.due, day_of(at))
    if faults:
        raise BadInput(faults)
    last = CommitmentMark.objects.filter(commitment=row, by=as_).order_by("pk").last()
    if last is not None and last.mark == mark:
        return last
    made = CommitmentMark.objects.create(commitment=row, by=as_, mark=mark, office=office, at=at)
    if as_ == BODY:
        record_act(
            office=office,
            verb="mark-commitment",
            subject=f"commitment:{row.pk}",
            at=at,
            place=given.duty.place,
            service=given.duty.service,
            body=given.duty.body.slug,
            reason=mark,
            link=commitment_path(given.petition_id, row.pk),
        )
    return made


@transaction.atomic
def say_opinion(*, token: str, answered: bool, at: dt.datetime) -> Opinion:
    """Whether a signer thinks that an answer answered the question: once, and it may be changed.

    ``token`` is the one in the signer's letter. Raises SwitchedOff, and NotFound where it is
    false, or the signature was taken back.
    """
    require_on("opinion")
    kind, number = numbers_of_opinion(tokens.read(tokens.OPINION, token))
    signature = Signature.objects.filter(pk=number, state=CONFIRMED).first()
    given = answer_of_signer(signature, kind)
    if signature is None or given is None:
        raise NotFound("This link is no longer good: the signature was taken back.")
    said, _ = Opinion.objects.update_or_create(
        answer=given, signature=signature, defaults={"answered": answered, "at": at}
    )
    return said
