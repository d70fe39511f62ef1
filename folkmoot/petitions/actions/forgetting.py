"""What goes when its time is up, and what goes when somebody is erased. Counts stay."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from folkmoot.common.acts import count_removal
from folkmoot.common.outbox import forget_messages_to
from folkmoot.people import retention
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions.keys import address_key
from folkmoot.petitions.models import Alert, ModerationDecision, Petition, Question, Signature
from folkmoot.petitions.models_signing import CONFIRMED, PENDING, TAKEN_BACK
from folkmoot.petitions.rules.states import DRAFT, WITHDRAWN

# Everything of a signature that leads to a person, but the name.
_NOTHING = {
    "email": "",
    "postcode": "",
    "address_key": "",
    "person_key": "",
    "network_key": "",
    "tell_me": False,
}
_SHOWN_NAME = Case(When(name_shown=True, state=CONFIRMED, then=F("name")), default=Value(""))
_ADDRESSED = (
    ~Q(email="")
    | ~Q(postcode="")
    | ~Q(address_key="")
    | ~Q(person_key="")
    | ~Q(network_key="")
    | (~Q(name="") & ~Q(name_shown=True, state=CONFIRMED))
)
# An appeal is in time on the whole of its last day, wherever that begins.
_A_DAY = dt.timedelta(days=1)
# How many signatures are erased in one step.
SOME = 20_000


def forget_unconfirmed(at: dt.datetime, most: int = SOME) -> int:
    """Erase signatures that nobody confirmed in time, up to ``most``; how many.

    Called again and again it erases all, and nobody waits long for the database meanwhile.
    """
    old = Signature.objects.filter(
        state=PENDING, signed_at__lte=at - retention.UNCONFIRMED_SIGNATURES.after
    )
    numbers = list(old.order_by().values_list("pk", flat=True)[:most])
    # Still unconfirmed: who could not confirm any more may have been helped meanwhile.
    return Signature.objects.filter(pk__in=numbers, state=PENDING).delete()[0]


def forget_addresses(at: dt.datetime, most: int = SOME) -> int:
    """Erase the addresses of those who signed petitions that ended long enough ago, up to ``most``;
    how many. Called again and again it erases all, as ``forget_unconfirmed`` does.

    Names go too, also the creator's, but for those that their owners asked to be shown; and so do
    alerts of unusual patterns. How many signed, from which district and on which day, stays.
    """
    last = day_of(at) - retention.SIGNERS_ADDRESSES.after
    over = Petition.objects.filter(ended_on__lte=last, addresses_erased_at__isnull=True)
    left = most
    for petition in over.order_by("pk"):
        left -= _forget_signers(petition, left)
        if left == 0:
            break
        Alert.objects.filter(petition=petition).delete()
        Petition.objects.filter(pk=petition.pk).update(
            addresses_erased_at=at,
            creator_name=Case(When(creator_shown=True, then=F("creator_name")), default=Value("")),
        )
    return most - left


# Where those stand who still have an address: by indexes that a signature leaves with its address,
# so that of millions none is read that was erased before. In the words of these indexes, which
# SQLite does not see behind parameters.
_ONLINE = """
SELECT id FROM petitions_signature
WHERE petition_id = %s AND state IN (1, 3) AND NOT (address_key = '') LIMIT %s
"""
_ON_PAPER = """
SELECT id FROM petitions_signature
WHERE petition_id = %s AND origin = 3 AND person_key > '' LIMIT %s
"""


def _forget_signers(petition: Petition, most: int) -> int:
    """Erase up to ``most`` addresses of signers of one petition; how many: fewer where that is
    all."""
    left = most
    with connection.cursor() as cursor:
        for where in (_ONLINE, _ON_PAPER):
            while left:
                cursor.execute(where, [petition.pk, left])
                numbers = [row[0] for row in cursor.fetchall()]
                if not numbers:
                    break
                left -= _erase(numbers)
    if left:
        # Whoever else has one: each signature of the petition is looked at.
        others = Signature.objects.filter(_ADDRESSED, petition=petition).order_by()
        left -= _erase(list(others.values_list("pk", flat=True)[:left]))
    return most - left


def _erase(numbers: list[int]) -> int:
    return Signature.objects.filter(pk__in=numbers).update(**_NOTHING, name=_SHOWN_NAME)


def forget_drafts(at: dt.datetime) -> int:
    """Erase drafts that nobody finished, and what never found its sponsors; how many.

    Where moderators decided something of one, that stays, without its words and who was behind it.
    """
    old = at - retention.DRAFT_PETITIONS.after
    never = Q(state=DRAFT) | Q(state=WITHDRAWN, opened_on__isnull=True, merged_from__isnull=True)
    rows = Petition.objects.filter(never, created_at__lte=old)
    numbers = list(rows.filter(decisions__isnull=True).values_list("pk", flat=True))
    Petition.objects.filter(pk__in=numbers).delete()
    decided = list(rows.exclude(title="", creator=None).values_list("pk", flat=True))
    Signature.objects.filter(petition__in=decided).delete()
    Petition.objects.filter(pk__in=decided).update(
        title="", background="", detail="", creator_name="", creator_shown=False, creator=None
    )
    if numbers or decided:
        count_removal(at)
    return len(numbers) + len(decided)


def forget_who_decided(at: dt.datetime) -> int:
    """Erase which moderator decided, where no appeal can be asked for or waits; how many.

    An appeal against a later decision may undo an earlier one too: so who made that is known as
    long.
    """
    last = at - retention.WHO_DECIDED.after - _A_DAY
    old = ModerationDecision.objects.filter(at__lte=last, person__isnull=False)
    waits = ~Q(petition__isnull=True) & ~Q(petition__appeal_text="")
    waits |= ~Q(question__isnull=True) & ~Q(question__appeal_text="")
    newer = ModerationDecision.objects.filter(at__gt=last)
    of_petition = newer.filter(petition=OuterRef("petition"))
    of_question = newer.filter(question=OuterRef("question"))
    over = old.exclude(waits).exclude(Exists(of_petition)).exclude(Exists(of_question))
    numbers = list(over.values_list("pk", flat=True))
    return ModerationDecision.objects.filter(pk__in=numbers).update(person=None)


def signatures_of(person: Person) -> QuerySet[Signature, Signature]:
    """Every signature with the address of ``person``, however it was written."""
    return Signature.objects.filter(address_key=address_key(person.email))


def forget_person(person: Person, at: dt.datetime) -> None:
    """Take away what ``person`` wrote and signed.

    A signature of a petition that may still be signed is taken back: without the address nothing
    would keep the same person from signing anew, and counting twice. One of a petition that was
    open and has ended stays counted, without anything that leads to its signer; one that was never
    confirmed goes. A petition that others have signed stays, without its creator's name; a draft
    goes. A question stays without the asker's name, and one that is not public goes.
    """
    mine = signatures_of(person)
    # Letters that wait go with the account's address, and with whatever else reaches it.
    for written in set(mine.exclude(email="").values_list("email", flat=True)):
        forget_messages_to(written)
    mine.filter(state=PENDING).delete()
    ended = Q(petition__ended_on__isnull=False, petition__opened_on__isnull=False)
    live = list(mine.exclude(ended).values_list("pk", flat=True))
    mine.filter(pk__in=live).update(state=TAKEN_BACK, ended_at=Coalesce(F("ended_at"), at))
    mine.update(**_NOTHING, name="", name_shown=False)
    begun = Petition.objects.filter(creator=person)
    begun.filter(state=DRAFT).delete()
    begun.update(creator_name="", creator_shown=False, appeal_text="")
    asked = Question.objects.filter(asker=person)
    asked.filter(state__in=("moderation", "withdrawn"), decisions__isnull=True).delete()
    asked.update(asker_name="", name_shown=False, appeal_text="")
