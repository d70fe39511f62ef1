"""What this room holds about persons, so that it is shown and erased with the rest."""

from __future__ import annotations

from folkmoot.people import retention
from folkmoot.people.holdings import Holding, Retention, register_holding, register_retention
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions.models_signing import CREATOR, SIGNATURE_STATES
from folkmoot.petitions.rules.consent import BEGIN, SIGN, wording_on

# What a signature with an address agreed to, where it did not come by the usual form. One on paper
# has no address to be found by.
AGREED = {CREATOR: BEGIN}


def _signatures(person: Person) -> list[dict[str, object]]:
    from folkmoot.petitions.actions.forgetting import signatures_of

    return [
        {
            "petition": row.petition.title,
            "state": SIGNATURE_STATES[row.state],
            "name": row.name,
            "email": row.email,
            "postcode": row.postcode,
            "country": row.country,
            "name_shown": row.name_shown,
            "tell_me": row.tell_me,
            "digest_of_address": row.address_key,
            "digest_of_name_and_postcode": row.person_key,
            "digest_of_network": row.network_key,
            "signed_at": row.signed_at.isoformat(),
            "agreed_to": wording_on(AGREED.get(row.origin, SIGN), day_of(row.signed_at)),
            "opinions": [
                {"answered": said.answered, "at": said.at.isoformat()}
                for said in row.opinions.all()
            ],
        }
        for row in signatures_of(person).select_related("petition").order_by("pk")
    ]


def show(person: Person) -> object:
    """What ``person`` signed, began, asked and decided as a moderator, as plain values.

    The keyed digests lead to nobody without this site's key; they are shown because they are kept.
    """
    from folkmoot.petitions.models import ModerationDecision, Petition, Question

    return {
        "signatures": _signatures(person),
        "petitions": [
            {
                "title": row.title,
                "background": row.background,
                "detail": row.detail,
                "name": row.creator_name,
                "appeal": row.appeal_text,
                "state": row.state,
                "created_at": row.created_at.isoformat(),
            }
            for row in Petition.objects.filter(creator=person).order_by("pk")
        ],
        "questions": [
            {
                "text": row.text,
                "name": row.asker_name,
                "appeal": row.appeal_text,
                "state": row.state,
                "asked_at": row.asked_at.isoformat(),
            }
            for row in Question.objects.filter(asker=person).order_by("pk")
        ],
        "decisions": [
            {
                "on": f"petition {row.petition_id}"
                if row.petition_id
                else f"question {row.question_id}",
                "outcome": row.outcome,
                "office": row.office,
                "at": row.at.isoformat(),
            }
            for row in ModerationDecision.objects.filter(person=person).order_by("pk")
        ],
    }


def register() -> None:
    """Tell the room of people what this one holds, and what goes when its time is up."""
    from folkmoot.petitions.actions import forgetting

    register_holding(Holding("petitions", show, forgetting.forget_person))
    for rule, erase in (
        (retention.UNCONFIRMED_SIGNATURES, forgetting.forget_unconfirmed),
        (retention.SIGNERS_ADDRESSES, forgetting.forget_addresses),
        (retention.DRAFT_PETITIONS, forgetting.forget_drafts),
        (retention.WHO_DECIDED, forgetting.forget_who_decided),
    ):
        register_retention(Retention(rule.key, erase))
