"""What the pages of one petition need besides its file (``queries.petition_file``): how fresh it
is, the newest names, and what those see who come by a link that was sent to them."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotFound
from folkmoot.common.models import PublicAct
from folkmoot.petitions import tokens
from folkmoot.petitions.models import Petition, Signature
from folkmoot.petitions.models_signing import CONFIRMED, CREATOR, SET_ASIDE, SPONSOR
from folkmoot.petitions.queries import petition_path, public_petitions, state_on, subject_of
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.states import LISTED, MODERATION, OPEN, SPONSORS, WITHDRAWN

# What changes on pages of a petition without a public act: all of it is in its own row.
_STANDING = ("state", "closes_on", "words_hidden", "title_hidden")
_MOVING = (*_STANDING, "signatures", "counted_at", "appealed_at")


def version_of(number: int) -> str:
    """A text that is another one whenever a petition's page would be: one query; "" for none.

    What moderators and bodies do is a public act, and no part of it.
    """
    row = Petition.objects.filter(pk=number).values_list(*_MOVING).first()
    return "|".join(str(value) for value in row) if row else ""


def aside_version(number: int) -> str:
    """The same for what stands set aside, which signers take back without a public act: one query;
    "" where nothing is."""
    rows = Signature.objects.filter(batch__petition=number, state=SET_ASIDE).order_by()
    return str(rows.count() or "")


def standing_of(number: int) -> str:
    """The same for pages that do not show how many have signed: one query."""
    row = Petition.objects.filter(pk=number).values_list(*_STANDING).first()
    return "|".join(str(value) for value in row) if row else ""


def newest_names(number: int, most: int) -> tuple[str, ...]:
    """The newest names of those who signed and asked for their name to be shown: one query.

    Names alone: no place, no day. Nobody is among them who took a signature back, or whose
    signature was set aside.
    """
    rows = Signature.objects.filter(petition=number, name_shown=True, state=CONFIRMED)
    names = rows.exclude(name="").order_by("-pk").values_list("name", flat=True)
    return tuple(names[:most])


@dataclass(frozen=True, slots=True)
class Sponsored:
    """A petition as those see it whom its creator sent the link for sponsors.

    ``creator_name`` is "" unless the creator asked for it to be shown. ``seeking`` says whether
    it still seeks sponsors, ``public`` whether it has a page for everybody by now, ``open`` whether
    everybody may sign it there.
    """

    number: int
    title: str
    background: str
    detail: str
    body_name: str
    place_name: str
    service_title: str
    creator_name: str
    until: dt.date | None
    seeking: bool
    public: bool
    open: bool


def _has_page(row: Petition) -> bool:
    """Whether everybody may know of a petition, as ``queries.PUBLIC`` asks it."""
    return row.state in LISTED and (row.state != WITHDRAWN or row.opened_on is not None)


def sponsored(number: int, key: str, today: dt.date) -> Sponsored:
    """The petition of a link for sponsors: one query. Raises NotFound for a false link, and where
    it was withdrawn before everybody could know of it.

    Its words are shown until it is public, and then as everybody may see them.
    """
    rows = Petition.objects.select_related("area", "service", "body")
    row = rows.filter(pk=number).first()
    known = row is not None and hmac.compare_digest(row.sponsor_key.encode(), key.encode())
    if row is None or not known or row.state not in {SPONSORS, MODERATION, *LISTED}:
        raise NotFound(_("This link is not one of ours. Check that it is whole."))
    if row.state in LISTED and not _has_page(row):
        raise NotFound(_("This petition was withdrawn before it was open."))
    until = row.sponsors_until
    private = row.state in {SPONSORS, MODERATION}
    title, words = private or not row.title_hidden, private or not row.words_hidden
    return Sponsored(
        number=row.pk,
        title=row.title if title else _("Petition %(number)s") % {"number": row.pk},
        background=row.background if words else "",
        detail=row.detail if words else "",
        body_name=row.body.name,
        place_name=row.area.name,
        service_title=row.service.title,
        creator_name=row.creator_name if row.creator_shown else "",
        until=until,
        seeking=row.state == SPONSORS and (until is None or until >= today),
        public=row.state in LISTED,
        open=state_on(row, today) == OPEN,
    )


def sponsors_of(petition: Petition) -> int:
    """How many people but its creator support a petition, each once, whatever address of theirs
    they did it with; never more than are needed: one query."""
    creators = Signature.objects.filter(petition=petition, origin=CREATOR).exclude(person_key="")
    rows = Signature.objects.filter(petition=petition, origin=SPONSOR, state=CONFIRMED).order_by()
    others = rows.exclude(person_key__in=creators.order_by().values("person_key"))
    people = others.values_list("person_key").distinct()[: limits.SPONSORS_NEEDED]
    return len(people)


@dataclass(frozen=True, slots=True)
class ByLetter:
    """The petition that a link in somebody's letter is about. ``heading`` is "" where its title
    may not be shown, ``path`` is "" where it has no page for everybody; ``open``: may be signed."""

    heading: str
    body_name: str
    path: str
    open: bool


def by_letter(kind: str, token: str, today: dt.date) -> ByLetter:
    """What a link in a letter is about: one query, and nothing of the signer.

    ``kind`` is one of ``tokens.KINDS``. Raises NotFound for a false link, and for one whose
    signature is gone.
    """
    number = tokens.read(kind, token)
    rows = Signature.objects.select_related("petition__body").filter(pk=number)
    signature = rows.only(
        "petition__state", "petition__title", "petition__title_hidden", "petition__closes_on",
        "petition__opened_on", "petition__body__name",
    ).first()  # fmt: skip
    if signature is None:
        raise NotFound(_("This link has run out: nothing is kept of what it was for."))
    petition: Petition = signature.petition
    state = state_on(petition, today)
    listed = _has_page(petition)
    shown = not petition.title_hidden and (listed or state in {SPONSORS, MODERATION})
    return ByLetter(
        heading=petition.title if shown else "",
        body_name=petition.body.name,
        path=petition_path(petition.pk) if listed else "",
        open=state in {OPEN, SPONSORS},
    )


def acts_about(number: int, body: str) -> tuple[PublicAct, ...]:
    """Every public act about a petition to ``body`` or its signatures, the newest first: one query.

    Acts about signatures have keys below the petition's own (``queries.signatures_subject``);
    among those of a body they are found by their beginning.
    """
    subject = subject_of(number)
    mine = Q(subject=subject) | Q(body=body, subject__startswith=f"{subject}/")
    return tuple(PublicAct.objects.filter(mine).order_by("-pk"))


def kin_of(number: int) -> tuple[tuple[str, str], ...]:
    """(heading, path) of the petition that goes on elsewhere after this one was passed on, or that
    this one goes on from; where everybody may know of it: one query."""
    rows = public_petitions().filter(Q(continues=number) | Q(continued_by=number)).order_by("pk")
    return tuple(
        ("" if row.title_hidden else row.title, petition_path(row.pk)) for row in rows.distinct()
    )
