"""A creator's own petitions: the draft, sponsors, how it goes, withdrawing, appealing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from folkmoot.common.acts import LEGAL_REASONS
from folkmoot.common.errors import BadInput, Fault, FolkmootError, NotFound, SwitchedOff, TooOften
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.petitions.actions import appeals, life
from folkmoot.petitions.actions.taking_back import creators_token
from folkmoot.petitions.models import Petition
from folkmoot.petitions.queries import petition_path, state_on
from folkmoot.petitions.queries_appeals import appeal_until
from folkmoot.petitions.queries_page import sponsors_of
from folkmoot.petitions.rules import consent, limits
from folkmoot.petitions.rules.moderation import APPEAL, due_on
from folkmoot.petitions.rules.reasons import REASONS, words_of
from folkmoot.petitions.rules.states import (
    DRAFT,
    HIDDEN,
    LISTED,
    MOVES,
    SPONSORS,
    STATES,
    WITHDRAWN,
)
from folkmoot.web.pages.people_access import signed_in
from folkmoot.web.pages.petition_words import asked_in, form_context, words_in
from folkmoot.web.pages.petition_words import words_of as typed_words
from folkmoot.web.sharing import letter_to

MINE = "/petitions/mine/"


def _trail() -> list[tuple[str, str]]:
    return [(_("Your account"), "/account/"), (_("Your petitions"), MINE)]


@require_safe
@signed_in
def mine(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that I began, the newest first."""
    today = timezone.localdate()
    rows = Petition.objects.filter(creator=person).select_related("body", "area")
    context = {
        "petitions": [(row, _(STATES[state_on(row, today)])) for row in rows.order_by("-pk")],
        "trail": _trail()[:1],
    }
    return render(request, "pages/petitions/mine.html", context)


def _own(person: Person, number: int) -> Petition:
    """A petition of whoever asks. Raises NotFound for anybody else's, as for none."""
    rows = Petition.objects.filter(pk=number, creator=person)
    row = rows.select_related("area", "service", "body", "merged_into", "referred_to").first()
    if row is None:
        raise NotFound(_("You have no such petition."), [(_("Your petitions"), MINE)])
    return row


def _sponsors(row: Petition) -> dict[str, Any]:
    """The link that sponsors are given, words to send it with, and how many have confirmed."""
    link = f"{settings.SITE_URL}{petition_path(row.pk)}sponsor/{row.sponsor_key}/"
    asked = _("Will you support a petition to %(body)s? It asks: %(title)s") % {
        "body": row.body.name,
        "title": row.title,
    }
    text = f"{asked}\n{link}"
    return {
        "share": {"text": text, "link": link, "mail": letter_to(row.title, text)},
        "found": sponsors_of(row),
        "needed": limits.SPONSORS_NEEDED,
    }


def _decisions(row: Petition) -> list[dict[str, Any]]:
    """What moderators decided, why, and the standard that it rests on."""
    return [
        {
            "on": day_of(each.at),
            "outcome": _(STATES.get(each.outcome, each.outcome)),
            "appeal": each.step == APPEAL,
            "why": words_of(each.reason),
            "standard": REASONS[each.reason].standard if each.reason in REASONS else "",
        }
        for each in row.decisions.order_by("pk")
    ]


def _manage_page(
    request: HttpRequest, row: Petition, error: FolkmootError | None = None
) -> HttpResponse:
    today = timezone.localdate()
    faults: Sequence[Fault] = ()
    if isinstance(error, BadInput):
        faults = error.faults
    elif error is not None:
        faults = [Fault("seek", error.message, _("Try again later."))]
    asked, until, state = asked_in(row, today), appeal_until(row, today), state_on(row, today)
    since = day_of(row.moderation_since) if row.moderation_since else None
    appealed = day_of(row.appealed_at) if row.appealed_at else None
    context = {
        "petition": row,
        "state": state,
        "state_words": _(STATES[state]),
        "why": words_of(row.reason),
        "erased": LEGAL_REASONS.get(row.erased_reason or "", ""),
        "path": petition_path(row.pk),
        "public": state in LISTED and (state != WITHDRAWN or row.opened_on is not None),
        "asked": asked,
        "typed": words_in(row, asked),
        "sponsors": _sponsors(row) if state == SPONSORS else None,
        "within": limits.SPONSORS_WITHIN.days,
        "decide_by": due_on(since) if since else None,
        "appeal_by": due_on(appealed, APPEAL) if appealed and row.appeal_text else None,
        "decisions": _decisions(row),
        "may_appeal": until is not None,
        "agreed": _(consent.wording_on(consent.BEGIN, today)),
        "take_back": creators_token(row),
        "may_withdraw": row.state != HIDDEN and WITHDRAWN in MOVES[row.state],
        "until": until,
        "most": limits.APPEAL,
        "said": request.POST.get("text", "")[: limits.APPEAL * 4],
        "postcode": request.POST.get("postcode", "")[:20],
        "faults": faults,
        "fault_of": {fault.where: fault for fault in reversed(faults)},
        "trail": _trail(),
    }
    status = error.status if error else 200
    return render(request, "pages/petitions/manage.html", context, status=status)


@require_safe
@signed_in
def manage(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """How my petition stands, and everything that I can do about it now."""
    return _manage_page(request, _own(person, number))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def words(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The words of my draft, to be written anew."""
    row = _own(person, number)
    asked = asked_in(row, timezone.localdate())
    back = f"{petition_path(number)}manage/"
    if row.state != DRAFT:
        return HttpResponseRedirect(back)
    typed, faults = words_in(row, asked), tuple[Fault, ...]()
    if request.method == "POST":
        typed = typed_words(request.POST, asked)
        try:
            life.rewrite(actor=person, petition=number, words=typed, at=timezone.now())
        except BadInput as error:
            faults = error.faults
        else:
            return HttpResponseRedirect(back)
    trail = [*_trail(), (_("Your draft"), back)]
    context = form_context(typed, asked, faults) | {"number": number, "trail": trail}
    status = BadInput.status if faults else 200
    return render(request, "pages/petitions/words.html", context, status=status)


def _seek(request: HttpRequest, person: Person, number: int) -> None:
    faults = []
    if request.POST.get("consent") != "yes":
        remedy = _("Tick the box if you agree. Without it your signature cannot be kept.")
        faults.append(Fault("consent", _("You have not agreed."), remedy))
    if not request.POST.get("postcode", "").strip():
        faults.append(Fault("postcode", _("There is no postcode."), _("Write your postcode.")))
    if faults:
        raise BadInput(faults)
    postcode = request.POST.get("postcode", "")[:20]
    life.seek_sponsors(actor=person, petition=number, postcode=postcode, at=timezone.now())


def _withdraw(request: HttpRequest, person: Person, number: int) -> None:
    if request.POST.get("sure") != "yes":
        remedy = _("Tick the box. It cannot be undone.")
        raise BadInput([Fault("sure", _("You did not say that you are sure."), remedy)])
    life.withdraw(actor=person, petition=number, at=timezone.now())


def _appeal(request: HttpRequest, person: Person, number: int) -> None:
    text = request.POST.get("text", "")[: limits.APPEAL * 4]
    appeals.appeal(actor=person, petition=number, text=text, at=timezone.now())


_ACTS: dict[str, Callable[[HttpRequest, Person, int], None]] = {
    "sponsors": _seek,
    "withdraw": _withdraw,
    "appeal": _appeal,
}


@sensitive_post_parameters("postcode", "text")
@require_POST
@signed_in
def act(request: HttpRequest, person: Person, number: int, what: str) -> HttpResponse:
    """Seeks sponsors, withdraws, or appeals; with a fault, the page again."""
    row = _own(person, number)
    if what not in _ACTS:
        raise NotFound(_("Nothing like this can be done here."))
    try:
        _ACTS[what](request, person, number)
    except (BadInput, TooOften, SwitchedOff) as error:
        return _manage_page(request, row, error)
    return HttpResponseRedirect(f"{petition_path(number)}manage/")


urlpatterns = [
    path("petitions/mine/", mine, name="petitions-mine"),
    path("petitions/<int:number>/manage/", manage, name="petition-manage"),
    path("petitions/<int:number>/manage/words/", words, name="petition-manage-words"),
    path("petitions/<int:number>/manage/<slug:what>/", act, name="petition-manage-act"),
]
