"""The one search box. A postcode leads to its place and never stands in an address or a log."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from folkmoot.common.errors import Fault
from folkmoot.places import queries as places
from folkmoot.places.rules import POSTCODE
from folkmoot.web.remembered import remembered
from folkmoot.web.searching import Found, search_all

LONGEST = 100
_INSIDE = re.compile(rf"\b{POSTCODE.pattern.replace(' ', ' ?')}\b")
# One or two letters, then a digit: how every postcode begins, and hardly any other search.
_ATTEMPT = re.compile(r"^[A-Za-z]{1,2}[0-9O][0-9A-Za-z]?(?:[\s\-.,]*[0-9OIl]?[0-9A-Za-z]{0,4})?$")


def postcode_in(text: str) -> str | None:
    """The whole postcode that stands in ``text``, alone or in an address; None without one."""
    found = _INSIDE.search(text.upper())
    return found.group() if found else None


def found_query(answer: places.PostcodeAnswer) -> str:
    """What goes along to a place's page: how sure the answer is, and the constituency.

    Never what was typed.
    """
    member = {"mp": answer.constituency} if answer.constituency else {}
    return urlencode({"found": answer.kind, **member})


def may_be_postcode(text: str) -> bool:
    """Whether ``text`` may be a postcode, whole, in part or mistyped.

    Broad on purpose: what may be a postcode is kept out of addresses and logs.
    """
    return any(letter.isdigit() for letter in text)


# Exempt from the form token: it changes nothing, sets no cookie and tells a stranger's page
# nothing, and a token in the header of every page would make every page different.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Answers the search box: a postcode goes to its place, words to the search page."""
    if request.method != "POST":
        return render(request, "pages/find.html", {})
    text = " ".join(request.POST.get("what", "")[:LONGEST].split())
    if not text:
        return _again(request, _nothing_typed())
    postcode = postcode_in(text)
    if postcode is not None or _ATTEMPT.match(text):
        return _postcode(request, postcode or text)
    if not may_be_postcode(text):
        return HttpResponseRedirect(f"/search/?{urlencode({'q': text})}")
    # It holds a digit, so it might be part of an address: answered here, with no new address.
    return _results(request, text, search_all(text))


def _postcode(request: HttpRequest, text: str) -> HttpResponse:
    answer = places.find_postcode(text)
    if answer.district is None:
        remedy = _("Type a whole postcode such as LS1 1UR, or the name of your council.")
        return _again(request, Fault("postcode", answer.note, remedy, kind=answer.kind))
    response = HttpResponseRedirect(f"/place/{answer.district.slug}/?{found_query(answer)}")
    response["Cache-Control"] = "no-store"
    return response


def _nothing_typed() -> Fault:
    return Fault("what", _("Nothing was typed."), _("Type a postcode, a place or a service."))


def _again(request: HttpRequest, fault: Fault) -> HttpResponse:
    response = render(request, "pages/find.html", {"fault": fault}, status=400)
    response["Cache-Control"] = "no-store"
    return response


def _results(request: HttpRequest, text: str, found: Found) -> HttpResponse:
    response = render(request, "pages/search.html", {"q": text, "found": found})
    response["Cache-Control"] = "no-store"
    return response


@remembered
def search(request: HttpRequest) -> HttpResponse:
    """Results for words. A postcode in the address is neither looked up nor repeated."""
    text = " ".join(request.GET.get("q", "")[:LONGEST].split())
    if not text or postcode_in(text):
        return render(request, "pages/find.html", {"fault": _nothing_typed() if not text else None})
    return render(request, "pages/search.html", {"q": text, "found": search_all(text)})
