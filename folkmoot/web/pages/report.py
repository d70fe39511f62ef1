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

from folkmoot.bodies.queries import body_by_slug, body_path
from folkmoot.common.errors import BadInput, Fault, NotFound, TooOften
from folkmoot.duties.actions.reports import LONGEST_REPORT, report_figure
from folkmoot.duties.queries import duties_about, reports_of
from folkmoot.duties.rules import REPORT_RULE
from folkmoot.measures.models import BodyObservation, Observation, Release
from folkmoot.measures.rules.periods import label
from folkmoot.web.altcha import FIELD, proof_of
from folkmoot.web.answers import owed
from folkmoot.web.pages.people_access import address

_MOST = 20


@dataclass(frozen=True, slots=True)
class Reported:
    """The figures of one row of a release, and who published them."""

    release: Release
    row: int
    figures: tuple[Observation | BodyObservation, ...]
    names: tuple[str, ...]

    @property
    def place(self) -> str:
        """Code of the place whose figure it is; "" for a body's."""
        first = self.figures[0]
        return first.area.code if isinstance(first, Observation) else ""

    @property
    def back(self) -> str:
        """Where the figure is shown."""
        first = self.figures[0]
        if isinstance(first, Observation):
            return f"/measure/{first.measure.slug}/?place={first.area.slug}"
        return body_path(first.body)

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
    if found is not None:
        at = {"release": found, "row": row}
        rows = Observation.objects.filter(**at).select_related("measure__service", "area")
        if figures := tuple(rows[:_MOST]):
            return Reported(found, row, figures, tuple(one.area.name for one in figures))
        of_bodies = BodyObservation.objects.filter(**at).select_related("measure__service")
        if bodies := tuple(of_bodies[:_MOST]):
            names = tuple(body_by_slug(one.body).name for one in bodies)
            return Reported(found, row, bodies, names)
    raise NotFound(
        _("There is no figure in that row of that release."), [(_("Sources"), "/sources/")]
    )


def _page(
    request: HttpRequest, figure: Reported, error: BadInput | TooOften | None = None
) -> HttpResponse:
    faults: tuple[Fault, ...] = ()
    if isinstance(error, BadInput):
        faults = error.faults
    elif error is not None:
        later = _("Nothing was sent. What you wrote is still here: try again later.")
        faults = (Fault("send", error.message, later),)
    first = figure.figures[0]
    context = {
        "figure": figure,
        "lines": [
            (one, name, label(one.period))
            for one, name in zip(figure.figures, figure.names, strict=True)
        ],
        "publisher": figure.release.source.publisher,
        "days": REPORT_RULE.days,
        "longest": LONGEST_REPORT,
        "said": request.POST.get("text", ""),
        "contact": request.POST.get("contact", ""),
        "faults": faults,
        "text_fault": next((fault for fault in faults if fault.where == "text"), None),
        "contact_fault": next((fault for fault in faults if fault.where == "contact"), None),
        "reports": reports_of(figure.key, figure.row),
        "trail": [(first.measure.title, figure.back)],
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
            proof=proof_of(request.POST.get(FIELD, "")),
            at=timezone.now(),
            place=figure.place,
            service=first.measure.service.slug,
        )
    except (BadInput, TooOften) as error:
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
