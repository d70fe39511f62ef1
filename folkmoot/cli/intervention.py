"""``folkmoot intervention``: what a proposal would be answered, and ending what is over."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from folkmoot.framework.rules.trigger import Finding


@click.group()
def intervention() -> None:
    """Asks whether an operating framework lets the centre step in, and ends what is over.

    \b
    Examples:
      folkmoot intervention propose Devon special-educational-needs notice --dry-run
      folkmoot intervention end
    """


@intervention.command()
@click.argument("place")
@click.argument("service")
@click.argument("step")
@click.option(
    "--framework", "slug", default="illustrative", show_default=True, help="Slug of the framework."
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="The day to ask about, such as 2027-01-15. Today if left out.",
)
@click.option("--dry-run", is_flag=True, help="Needed: nothing is proposed from here.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def propose(
    place: str,
    service: str,
    step: str,
    slug: str,
    on: dt.datetime | None,
    dry_run: bool,
    style: str,
) -> None:
    """Prints what a proposal would be answered: the finding, and each condition behind it.

    PLACE is a name, a short name or a GSS code; SERVICE a service such as
    special-educational-needs; STEP a step of the framework's ladder such as notice. Nothing is
    written: a proposal is an act of office, made on the site by somebody who acts for the centre.
    It is asked as in the record, with the steps already taken there; an illustrative framework,
    which nothing in the record is answered from, as in a rehearsal in which nothing was done yet.

    \b
    Examples:
      folkmoot intervention propose Devon special-educational-needs notice --dry-run
      folkmoot intervention propose E06000014 special-educational-needs notice --dry-run \\
        --format json

    JSON is one object: `allowed`, `says`, and `conditions`, each with what it asks, what was
    found, whether it is met, and the figures (`rests_on`) with their release and row.
    """
    if not dry_run:
        raise click.UsageError(
            "A proposal is an act of office: it is made on the site by somebody who acts for the "
            "centre. Add --dry-run to see what it would be answered."
        )
    from django.utils import timezone

    from folkmoot.framework.cases.findings import finding, space_answered_by
    from folkmoot.framework.cases.trace import to_json
    from folkmoot.measures.queries_account import find_area

    day = on.date() if on else timezone.localdate()
    space = space_answered_by(slug, day)
    found = finding(
        place=find_area(place).code,
        service=service,
        step=step,
        on=day,
        framework=slug,
        space=space,
        run="" if space == "record" else "dry-run",
    )
    if style == "json":
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=1))
    else:
        _print(found)


@intervention.command()
def end() -> None:
    """Ends, by the rule, every step of the centre whose time is over or whose exit test is met.

    A notice that nobody decided on within six months after the first day on which that could be
    done lapses.

    Run it every day from cron or a timer, and after every build; running it more often does no
    harm. Each is a public act of the rule, and nobody has to choose it. It prints how many there
    were.
    """
    from django.utils import timezone

    from folkmoot.framework.cases.actions import end_what_is_over

    ended = end_what_is_over(at=timezone.now())
    click.echo(f"{ended:6} steps or notices of the centre ended by the rule")


def _print(found: Finding) -> None:
    click.echo(f"{found.says}")
    click.echo(f"{found.place}, {found.service}: {found.step}, asked on {found.on}")
    note = " It is illustrative: nobody has adopted it." if found.illustrative else ""
    click.echo(f"Answered from {found.framework}, version {found.version}.{note}\n")
    for condition in found.conditions:
        click.echo(f"{'met    ' if condition.met else 'not met'}  {condition.asks}")
        click.echo(f"         {condition.found}")
        for fact in condition.rests_on:
            value = "no figure" if fact.value is None else f"{fact.value:g}"
            where = f"release {fact.release}, row {fact.row}"
            click.echo(f"         rests on {fact.measure}, {fact.period}: {value} ({where})")
    for label in found.labels:
        click.echo(f"An act on this day would carry: {label}")
