"""The peer for benchmarks/pages.py: a Django site whose one view answers "ok"."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(_request: HttpRequest) -> HttpResponse:
    """The least a view can do."""
    return HttpResponse("ok")


urlpatterns = [path("", empty)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="x" * 50)
application = get_wsgi_application()
