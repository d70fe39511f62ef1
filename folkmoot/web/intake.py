"""The two forms of signing, led past the middleware that only other pages need.

When everybody signs one petition these are nearly all that is asked. They read no session, set no
cookie and hold no form token (``web/same_site.py``), so what is left of the middleware is named
here, and the views are called without looking through every address of the site. Their answers
have the same headers either way, which a test compares.
"""

from __future__ import annotations

import re
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware

from folkmoot.web.middleware import Errors, Respond, SecurityHeaders
from folkmoot.web.pages.petition_sign import confirm, sign

_FORM = re.compile(r"/petitions/(?:([0-9]{1,12})/sign|confirm/([^/]+))/")


class Intake:
    """Takes the forms to sign and to confirm by the short way, and everything else by the long."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.errors = Errors(respond)
        view = convert_exception_to_response(self._view)
        # CommonMiddleware is what refuses a host that is not ours.
        common = convert_exception_to_response(CommonMiddleware(XFrameOptionsMiddleware(view)))
        self.short = SecurityHeaders(cast(Respond, common))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and _FORM.fullmatch(request.path_info):
            return self.short(request)
        return self.respond(request)

    def _view(self, request: HttpRequest) -> HttpResponse:
        found = _FORM.fullmatch(request.path_info)
        assert found is not None
        number, token = found.groups()
        try:
            return sign(request, number=int(number)) if number else confirm(request, token=token)
        except Exception as error:
            answer = self.errors.process_exception(request, error)
            if answer is None:
                raise
            return answer
