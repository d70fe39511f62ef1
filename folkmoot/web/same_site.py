"""Forms that stand on pages which are the same for everyone, and so hold no form token.

Such a form neither reads nor sets a cookie, so another site gains nobody's rights by sending it.
What it could do is make its visitors' browsers send it, from their networks: that is refused by
what every browser says of where a form comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from folkmoot.common.errors import NotAllowed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def from_here(request: HttpRequest) -> bool:
    """Whether a form was sent from a page of this site, as far as the browser says."""
    # Not request.headers, which reads every header of every form.
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None and origin != f"{request.scheme}://{request.get_host()}":
        return False
    return request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") in {"same-origin", "none"}


def without_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that takes forms without a form token, from this site's own pages only.

    Raises NotAllowed for a form of another site. The view must leave session and cookies alone.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _SAFE and not from_here(request):
            raise NotAllowed(_("The form was not sent from a page of this site."))
        return view(request, *args, **kwargs)

    return answer


def fields_of(request: HttpRequest) -> Mapping[str, str]:
    """What a form of text holds, by name: as ``request.POST``, which makes lists of it all first.

    A form that is sent in another way than browsers do is left to that.
    """
    if request.META.get("CONTENT_TYPE") == "application/x-www-form-urlencoded":
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        try:
            return dict(parse_qsl(request.body.decode(), True, max_num_fields=most))
        except ValueError:
            pass
    return request.POST
