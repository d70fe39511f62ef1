"""What moderators do with public questions: the queue, and one decision at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.people.models import Person
from folkmoot.petitions.actions import questions as actions
from folkmoot.petitions.queries_questions import WaitingQuestion, waiting_questions
from folkmoot.petitions.rules.moderation import APPEAL
from folkmoot.web.pages.cases_forms import Field, Form
from folkmoot.web.pages.people_access import signed_in


@require_safe
@signed_in
def waiting(request: HttpRequest, person: Person) -> HttpResponse:
    """Questions that wait for this moderator, the longest waiting first."""
    found = waiting_questions(person, timezone.localdate())
    context = {"waiting": found, "trail": [(_("Moderation"), "/moderation/")]}
    return render(request, "pages/questions/waiting.html", context)


def _form(one: WaitingQuestion) -> Form:
    if one.step == APPEAL:
        decide = (("uphold", _("The first decision was wrong: ask it in public")),
                  ("refuse", _("The first decision stands")))  # fmt: skip
        field = Field(
            "decision", _("Your decision"), "choice", choices=(("", _("Choose")), *decide)
        )
        return Form("appeal", _("Decide on the appeal"), _("Decide"), "", (field,))
    decide = (("through", _("Let it through: an answer is then owed")),
              ("reject", _("Do not accept it")))  # fmt: skip
    reasons = tuple((code, _(reason.standard)) for code, reason in actions.REFUSALS.items())
    return Form(
        "first",
        _("Decide on the question"),
        _("Decide"),
        "",
        (
            Field("decision", _("Your decision"), "choice", choices=(("", _("Choose")), *decide)),
            Field(
                "reason",
                _("If you do not accept it: which standard is not met?"),
                "choice",
                choices=(("", _("None")), *reasons),
            ),
        ),
    )


def _decide(person: Person, one: WaitingQuestion, values: dict[str, Any]) -> None:
    number, now, decision = one.line.number, timezone.now(), values["decision"]
    if one.step == APPEAL and decision in {"uphold", "refuse"}:
        upheld = decision == "uphold"
        actions.decide_appeal(actor=person, question=number, upheld=upheld, at=now)
    elif one.step != APPEAL and decision == "through":
        actions.let_through(actor=person, question=number, at=now)
    elif one.step != APPEAL and decision == "reject":
        actions.reject(actor=person, question=number, reason=values["reason"], at=now)
    else:
        raise BadInput([Fault("decision", _("Nothing is chosen."), _("Choose what to do."))])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def decide(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One question with its clock, and the form for the decision."""
    found = {one.line.number: one for one in waiting_questions(person, timezone.localdate())}
    one = found.get(number)
    if one is None:
        raise NotFound(_("This question does not wait for you."), [(_("Waiting"), "../")])
    form, status = _form(one), 200
    if request.method == "POST":
        form = form.asked({name: str(request.POST.get(name, "")) for name in request.POST})
        try:
            _decide(person, one, form.values())
        except BadInput as bad:
            form, status = form.refused(bad.faults), bad.status
        else:
            return HttpResponseRedirect("/moderation/questions/")
    context = {
        "one": one,
        "form": form,
        "faults": form.faults,
        "trail": [(_("Moderation"), "/moderation/"), (_("Questions"), "/moderation/questions/")],
    }
    return render(request, "pages/questions/decide.html", context, status=status)


urlpatterns = [
    path("moderation/questions/", waiting, name="moderation-questions"),
    path("moderation/questions/<int:number>/", decide, name="moderation-question"),
]
