"""What moderators do with public questions: the queue, and one decision at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.common.errors import BadInput, Fault
from folkmoot.people.models import Person
from folkmoot.petitions.actions import questions_moderating as actions
from folkmoot.petitions.queries_questions import (
    WaitingQuestion,
    question_for_moderator,
    question_to_erase,
    waiting_questions,
)
from folkmoot.petitions.rules.moderation import APPEAL, FIRST
from folkmoot.petitions.rules.questions import HIDDEN, REFUSALS
from folkmoot.web.forms import Field, Form, legal_faults, legal_fields
from folkmoot.web.pages.people_access import signed_in


@require_safe
@signed_in
def waiting(request: HttpRequest, person: Person) -> HttpResponse:
    """Questions that wait for this moderator, the longest waiting first."""
    found = waiting_questions(person, timezone.localdate())
    context = {"waiting": found, "trail": [(_("Moderation"), "/moderation/")]}
    return render(request, "pages/questions/waiting.html", context)


def _reasons(title: str) -> Field:
    known = tuple((code, _(reason.standard)) for code, reason in REFUSALS.items())
    return Field("reason", title, "choice", choices=(("", _("None")), *known))


def _decision(title: str, *choices: tuple[str, str]) -> Field:
    return Field("decision", title, "choice", choices=(("", _("Choose")), *choices))


def _form(one: WaitingQuestion) -> Form:
    yours = _("Your decision")
    if one.step == APPEAL:
        shown = one.line.state == HIDDEN and one.line.duty is not None
        wrong = (
            _("The first decision was wrong: show it again")
            if shown
            else _("The first decision was wrong: ask it in public")
        )
        field = _decision(yours, ("uphold", wrong), ("refuse", _("The first decision stands")))
        return Form("appeal", _("Decide on the appeal"), _("Decide"), "", (field,))
    if one.step == FIRST:
        through = ("through", _("Let it through: an answer is then owed"))
        field = _decision(yours, through, ("reject", _("Do not accept it")))
        reasons = _reasons(_("If you do not accept it: which standard is not met?"))
        title = _("Decide on the question")
        return Form("first", title, _("Decide"), "", (field, reasons))
    if one.line.state == HIDDEN:
        fields = () if one.line.erased_why else (_decision(yours, ("unhide", _("Show it again"))),)
        return Form("shown", _("A question that is hidden"), _("Decide"), "", fields)
    field = _decision(yours, ("hide", _("Hide it: an answer that is owed stays owed")))
    reasons = _reasons(_("Which standard is not met?"))
    return Form("hide", _("A question that is public"), _("Decide"), "", (field, reasons))


def _decide(person: Person, one: WaitingQuestion, values: dict[str, Any]) -> None:
    """Do what was chosen. Raises BadInput where that is nothing that can be done now."""
    about: dict[str, Any] = {
        "actor": person, "question": one.line.number, "at": timezone.now(),
    }  # fmt: skip
    what, step, hidden = values.get("decision", ""), one.step, one.line.state == HIDDEN
    if step == APPEAL and what in {"uphold", "refuse"}:
        actions.decide_appeal(**about, upheld=what == "uphold")
    elif step == FIRST and what == "through":
        actions.let_through(**about)
    elif step == FIRST and what == "reject":
        actions.reject(**about, reason=values["reason"])
    elif not step and what == "hide" and not hidden:
        actions.hide(**about, reason=values["reason"])
    elif not step and what == "unhide" and hidden:
        actions.unhide(**about)
    else:
        raise BadInput([Fault("decision", _("Nothing is chosen."), _("Choose what to do."))])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def decide(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One question with its clock, and the form for the decision."""
    one = question_for_moderator(person, number, timezone.localdate())
    form = _form(one)
    if request.method == "POST":
        form = form.sent(request.POST, lambda said: _decide(person, one, said))
        if not form.faults:
            return HttpResponseRedirect("/moderation/questions/")
    context = {
        "one": one,
        "form": form,
        "faults": form.faults,
        "trail": [(_("Moderation"), "/moderation/"), (_("Questions"), "/moderation/questions/")],
    }
    return render(request, "pages/questions/decide.html", context, status=form.status)


def _erase(person: Person, number: int, *, reason: str, sure: bool) -> None:
    """Erase the words. Raises BadInput, and what the action raises."""
    if faults := legal_faults(reason, sure=sure):
        raise BadInput(faults)
    actions.erase_question(actor=person, question=number, reason=reason, at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The form by which the words of a hidden question are erased for law, for good."""
    one = question_to_erase(person, number, timezone.localdate())
    fields = legal_fields(_("Why does the law ask for it?"))
    title = _("Erase the words of a question")
    form = Form("erase", title, _("Erase them for good"), "", fields)
    if request.method == "POST":
        form = form.sent(request.POST, lambda said: _erase(person, number, **said))
        if not form.faults:
            return HttpResponseRedirect(one.path)
    context = {
        "one": one,
        "form": form,
        "faults": form.faults,
        "trail": [(_("Moderation"), "/moderation/"), (_("Questions"), "/moderation/questions/")],
    }
    return render(request, "pages/questions/erase.html", context, status=form.status)


urlpatterns = [
    path("moderation/questions/", waiting, name="moderation-questions"),
    path("moderation/questions/<int:number>/", decide, name="moderation-question"),
    path("moderation/questions/<int:number>/erase/", erase, name="question-erase"),
]
