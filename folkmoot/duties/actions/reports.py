"""Reports of errors in figures: private words that make a public answer owed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from folkmoot.common.errors import BadInput, Fault
from folkmoot.common.plain_text import tidy
from folkmoot.common.reasons import WAIVERS
from folkmoot.common.switches import require_on
from folkmoot.duties.actions.owing import owe
from folkmoot.duties.models import Duty, FigureReport
from folkmoot.duties.publishers import body_of_publisher
from folkmoot.duties.rules import REPORT, REPORT_RULE, NewDuty
from folkmoot.people import limits, retention
from folkmoot.people.actions.rates import count, serves
from folkmoot.people.letters import post
from folkmoot.people.limits import Trier, network_of
from folkmoot.people.queries import day_of
from folkmoot.people.rules import is_address, tidy_address

LONGEST_REPORT = 5_000


@transaction.atomic
def report_figure(
    *,
    release: str,
    row: int,
    publisher: str,
    text: str,
    network: str,
    at: dt.datetime,
    contact: str = "",
    place: str = "",
    service: str = "",
    proof: str | None = None,
) -> FigureReport:
    """Report an error in a figure. The body that published it then owes a public answer.

    ``release`` is the release's key, ``source/number``, and ``row`` the row of its file;
    ``publisher`` is as the source names it. One answer is owed however many report the same
    figure while it is owed. The report's ``duty`` is None where this site does not know who must
    answer: nobody can be told of an answer then, and no address is kept. ``text`` is for the
    publisher and is never public; whoever leaves an address in ``contact`` is told of the answer,
    and the address is then erased. ``network`` is where it
    came from, for the limits; ``proof`` names a puzzle that was solved with it, which widens them
    and serves once: one that served already is as none.
    Raises BadInput with every fault, TooOften, and SwitchedOff.
    """
    require_on("report")
    text, contact = tidy(text), tidy_address(contact)
    faults = []
    if not text or len(text) > LONGEST_REPORT:
        faults.append(
            Fault(
                "text",
                f"What you wrote has {len(text)} characters.",
                f"Say what is wrong in 1 to {LONGEST_REPORT}.",
            )
        )
    if contact and not is_address(contact):
        faults.append(
            Fault("contact", "This is not an email address.", "Correct it, or leave it out.")
        )
    if faults:
        raise BadInput(faults)
    fresh = serves(proof=proof, at=at)
    kind = limits.REPORT_WITH_PROOF if fresh else limits.REPORT_FIGURE
    count(kind=kind, trier=Trier(network=network_of(network)), at=at)
    figure = f"release:{release}/{row}"
    duty = _duty(figure, publisher, place, service, at)
    return FigureReport.objects.create(
        figure=figure, duty=duty, text=text, contact=contact if duty else "", received_at=at
    )


def _duty(figure: str, publisher: str, place: str, service: str, at: dt.datetime) -> Duty | None:
    """The answer that is owed for a figure: the one still owed, or a new one."""
    body = body_of_publisher(publisher)
    if body is None:
        return None
    # The body's row is what two reports at once wait for, so that both find the same duty.
    type(body).objects.select_for_update().get(pk=body.pk)
    earlier = Duty.objects.select_for_update().filter(space="record", kind=REPORT, subject=figure)
    for duty in earlier:
        if not duty.ended and duty.body_id == body.pk:
            return duty
    today = day_of(at)
    return owe(
        new=NewDuty(
            key=f"report:{figure.removeprefix('release:')}:{len(earlier) + 1}",
            kind=REPORT,
            body=body.slug,
            subject=figure,
            rule=REPORT_RULE.key,
            rule_version=REPORT_RULE.version,
            since=today,
            due=today + dt.timedelta(days=REPORT_RULE.days),
            place=place,
            service=service,
        ),
        by="rule",
        at=at,
    )


def tell_reporters(duty: Duty, *, at: dt.datetime) -> None:
    """Tell everybody who reported the error how it ended, and forget their addresses.

    ``duty`` is answered, or waived with its reason.
    """
    if duty.kind != REPORT:
        return
    told = FigureReport.objects.filter(duty=duty).exclude(contact="")
    for report in told.select_for_update().order_by("pk"):
        post(
            key=f"report-{duty.ended}:{report.pk}",
            letter=f"report_{duty.ended}",
            to=report.contact,
            at=at,
            body=duty.body.name,
            duty=duty.pk,
            why=_(WAIVERS.get(duty.waived_reason or "", "")) if duty.waived_reason else "",
        )
    told.update(contact="")


def erase_reports(at: dt.datetime) -> int:
    """Erase reports whose time is up; how many. What is owed for them stays owed."""
    old = FigureReport.objects.filter(received_at__lte=at - retention.FIGURE_REPORTS.after)
    return old.exclude(text="", contact="").update(text="", contact="")


def forget_reporter(address: str) -> int:
    """Erase what somebody wrote who left this address; how many reports."""
    return FigureReport.objects.filter(contact=address).update(text="", contact="")
