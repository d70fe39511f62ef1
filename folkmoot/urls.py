"""Addresses of the pages; the API and the files have their own list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from folkmoot.web.pages.about import about, data, licences, methods
from folkmoot.web.pages.compare import compare
from folkmoot.web.pages.find import find, search
from folkmoot.web.pages.here import here, here_place
from folkmoot.web.pages.home import home
from folkmoot.web.pages.matter import matter
from folkmoot.web.pages.measure import measure
from folkmoot.web.pages.place import place
from folkmoot.web.pages.places import places
from folkmoot.web.pages.services import service, services
from folkmoot.web.pages.sources import release, source, sources

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home),
    # First, since these are asked thousands of times a second when everybody signs one petition.
    path("", include("folkmoot.web.pages.petition_sign")),
    path("", include("folkmoot.web.pages.petition_take_back")),
    path("", include("folkmoot.web.pages.petition")),
    path("find/", find),
    path("search/", search),
    path("places/", places),
    path("place/<slug:slug>/", place),
    path("place/<slug:slug>/<slug:service_slug>/", matter),
    path("here/", here),
    path("here/<slug:slug>/", here_place),
    path("services/", services),
    path("service/<slug:slug>/", service),
    path("measure/<slug:slug>/", measure),
    path("compare/", compare),
    path("sources/", sources),
    path("source/<slug:slug>/", source),
    path("release/<slug:slug>/<int:number>/", release),
    path("methods/", methods),
    path("about/", about),
    path("licences/", licences),
    path("data/", data),
    path("", include("folkmoot.web.pages.record")),
    path("", include("folkmoot.web.pages.rehearse")),
    path("", include("folkmoot.web.pages.register")),
    path("", include("folkmoot.web.pages.cases")),
    path("", include("folkmoot.web.pages.cases_words")),
    path("", include("folkmoot.web.pages.rehearsal_space")),
    path("", include("folkmoot.web.pages.rehearsal_site")),
    path("", include("folkmoot.web.pages.frameworks")),
    path("", include("folkmoot.web.pages.bodies")),
    path("", include("folkmoot.web.pages.body_holders")),
    path("", include("folkmoot.web.altcha")),
    path("", include("folkmoot.web.pages.petitions")),
    path("", include("folkmoot.web.pages.petition_watch")),
    path("", include("folkmoot.web.pages.petition_share")),
    path("", include("folkmoot.web.pages.petition_start")),
    path("", include("folkmoot.web.pages.petition_mine")),
    path("", include("folkmoot.web.pages.petition_answer")),
    path("", include("folkmoot.web.pages.petition_similar")),
    path("", include("folkmoot.web.pages.moderation")),
    path("", include("folkmoot.web.pages.moderation_alerts")),
    path("", include("folkmoot.web.pages.petition_paper")),
    path("", include("folkmoot.web.pages.petition_erase")),
    path("", include("folkmoot.web.pages.petition_standards")),
    path("", include("folkmoot.web.pages.petition_scheme")),
    path("", include("folkmoot.web.pages.questions")),
    path("", include("folkmoot.web.pages.questions_moderation")),
    path("", include("folkmoot.web.pages.report")),
    path("", include("folkmoot.web.pages.duties")),
    path("", include("folkmoot.web.pages.people")),
    path("", include("folkmoot.api.urls")),
]

handler400 = "folkmoot.web.pages.error.bad_request"
handler403 = "folkmoot.web.pages.error.permission_denied"
handler404 = "folkmoot.web.pages.error.page_not_found"
handler500 = "folkmoot.web.pages.error.server_error"
