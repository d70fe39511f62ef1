"""Reporting an error in a figure: it goes to its publisher, who then owes a dated public answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.duties.actions.reports import LONGEST_REPORT, report_figure
from folkmoot.duties.queries import duties_about, reports_of
from folkmoot.duties.rules import REPORT_RULE
from folkmoot.measures.models import Observation, Release
from folkmoot.measures.rules.periods import label
from folkmoot.web.answers import owed
from folkmoot.web.pages.people_access import address


@dataclass(frozen=True, slots=True)
class Reported:
    """The figures of one row of a release, and who published them."""

    release: Release
    row: int
    figures: tuple[Observation, ...]

    @property
    def key(self) -> str:
        """The release as ``source/number``."""
        return f"{self.release.source.slug}/{self.release.number}"

    @property
    def path(self) -> str:
        """Where an error in it is reported."""
        return f"/report/{self.key}/{self.row}/"


def _reported(slug: str, number: int, row: int) -> Reported:
    """What stands in one row of a release. Raises NotFound."""
    release = Release.objects.select_related("source").filter(source__slug=slug, number=number)
    found = release.first()
    rows = Observation.objects.filter(release=found, row=row) if found else None
    figures = tuple(rows.select_related("measure__service", "area")[:20]) if rows else ()
    if found is None or not figures:
        raise NotFound(
            _("There is no figure in that row of that release."), [(_("Sources"), "/sources/")]
        )
    return Reported(found, row, figures)


def _page(request: HttpRequest, figure: Reported, error: BadInput | None = None) -> HttpResponse:
    faults: tuple[Fault, ...] = error.faults if error else ()
    first = figure.figures[0]
    context = {
        "figure": figure,
        "lines": [(one, label(one.period)) for one in figure.figures],
        "publisher": figure.release.source.publisher,
        "days": REPORT_RULE.days,
        "longest": LONGEST_REPORT,
        "said": request.POST.get("text", ""),
        "contact": request.POST.get("contact", ""),
        "faults": faults,
        "text_fault": next((fault for fault in faults if fault.where == "text"), None),
        "contact_fault": next((fault for fault in faults if fault.where == "contact"), None),
        "reports": reports_of(figure.key, figure.row),
        "trail": [
            (first.measure.title, f"/measure/{first.measure.slug}/?place={first.area.slug}"),
        ],
    }
    status = error.status if error else 200
    return render(request, "pages/report.html", context, status=status)


@never_cache
@sensitive_post_parameters("text", "contact")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str, number: int, row: int) -> HttpResponse:
    """Asks what is wrong with a figure, and passes it on."""
    figure = _reported(slug, number, row)
    if request.method != "POST":
        return _page(request, figure)
    first = figure.figures[0]
    try:
        report_figure(
            release=figure.key,
            row=row,
            publisher=figure.release.source.publisher,
            text=request.POST.get("text", ""),
            contact=request.POST.get("contact", "")[:300],
            network=address(request),
            at=timezone.now(),
            place=first.area.code,
            service=first.measure.service.slug,
        )
    except BadInput as error:
        return _page(request, figure, error)
    return HttpResponseRedirect(f"{figure.path}sent/")


@never_cache
@require_safe
def report_sent(request: HttpRequest, slug: str, number: int, row: int) -> HttpResponse:
    """What is owed for a figure that was reported: public, and without a word of the report."""
    figure = _reported(slug, number, row)
    lines = duties_about(f"release:{figure.key}/{row}", timezone.localdate())
    context = {
        "figure": figure,
        "publisher": figure.release.source.publisher,
        "duties": [owed(line) for line in lines],
        "reports": reports_of(figure.key, row),
        "trail": [(_("The figure"), figure.path)],
    }
    return render(request, "pages/report_sent.html", context)


urlpatterns = [
    path("report/<slug:slug>/<int:number>/<int:row>/", report, name="report"),
    path("report/<slug:slug>/<int:number>/<int:row>/sent/", report_sent, name="report-sent"),
]
