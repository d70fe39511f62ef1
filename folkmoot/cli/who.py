"""``folkmoot who`` and ``folkmoot holders``: who answers for what, and who holds which office."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from folkmoot.bodies.answer_rows import WhoRow
    from folkmoot.places.models import Area

_HELD = {"not-known": "not known to this site", "body-itself": "the body itself", "": "–"}


@click.command()
@click.argument("where")
@click.option("--service", default="", help="One service only, for example schools.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
def who(where: str, service: str, style: str) -> None:
    """Prints who answers for what in a place: WHERE is a postcode, a name or a GSS code.

    \b
    Examples:
      folkmoot who "LS1 1UR"
      folkmoot who Devon --service special-educational-needs
      folkmoot who E07000041 --format json

    JSON is a list of objects, the same rows as /api/v1/who. A postcode is not printed back, and
    how sure its place is goes to standard error. Gaps and overlaps are rows too.
    """
    from django.utils import timezone

    from folkmoot.bodies.answer_rows import who_rows
    from folkmoot.common.errors import NotFound

    area, constituency = _area(where)
    rows = who_rows(area, timezone.localdate(), constituency)
    if service:
        known = sorted({row.service for row in rows if row.service})
        if service not in known:
            there = ", ".join(known) or "none"
            raise NotFound(
                f"No answer is known for {service!r} in {area.name}. There are: {there}."
            )
        rows = [row for row in rows if row.service == service]
    if style == "json":
        plain = [row.as_dict() for row in rows]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1, default=str))
    else:
        _print_table(area, rows)


def _area(where: str) -> tuple[Area, str]:
    """The place meant, and its constituency where a postcode tells that.

    A postcode, whole or not, is never repeated. Raises BadInput, NotFound.
    """
    from folkmoot.common.errors import NotFound
    from folkmoot.measures.queries_account import find_area
    from folkmoot.places.queries import find_postcode
    from folkmoot.places.rules import may_be_postcode, parse_postcode

    if not may_be_postcode(where):
        return find_area(where), ""
    parse_postcode(where)
    answer = find_postcode(where)
    if answer.district is None:
        raise NotFound(answer.note)
    click.echo(answer.note, err=True)
    return answer.district, answer.constituency


def _print_table(area: Area, rows: list[WhoRow]) -> None:
    from rich.console import Console
    from rich.table import Table

    from folkmoot.bodies.rules import FORMS, ROLES

    if not rows:
        click.echo(f"No public service is run for {area.name} as a whole; name a council in it.")
        return
    table = Table(title=f"Who answers for what in {area.name}", title_justify="left")
    for name in ("service", "part", "who", "office", "held by"):
        table.add_column(name)
    shown = ""
    for row in rows:
        if row.form in FORMS and row.form != "remit":
            continue
        table.add_row(
            "" if row.title == shown else row.title,
            ROLES.get(row.role, row.role),
            f"{row.who}{' (one of several)' * row.possible}",
            row.office_title if row.office_title != row.who else "",
            ", ".join(row.holders) or _HELD[row.held],
        )
        shown = row.title
    Console().print(table)
    for row in rows:
        if row.words:
            click.echo(f"{row.title}: {FORMS[row.form]}. {row.words}")


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--remove", default="", help="Take away that somebody of this NAME held --office.")
@click.option("--office", default="", help="With --remove: body/office, as in its address here.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="With --remove: its first day.")
@click.option("--reason", default="wrong-holder", show_default=True, help="With --remove: why.")
def holders(
    file: Path | None, remove: str, office: str, since: dt.datetime | None, reason: str
) -> None:
    """Takes in a CSV file that says who holds, or held, which offices of which bodies.

    \b
    Examples:
      folkmoot holders leaders.csv
      folkmoot holders --remove "Ann Able" --office leeds-city-council/leader --since 2024-05-16

    Columns, in Popolo's terms: name, organization (a body's address here, or the GSS code of its
    place), role (an office's address, kind or title), start_date, end_date, source (a web
    address), party, as_at (the day for which the source was right). Every fault is printed with
    its row and column, and then nothing is taken in (exit code 3). Each body whose offices change
    has an act in the public record, which names nobody. --remove is for what is wrong, and for
    somebody who objects (--reason holder-objected or court-order).
    """
    from django.utils import timezone

    from folkmoot.bodies.actions import import_holders, remove_holder

    if bool(file) == bool(remove) or bool(remove) != bool(office and since):
        raise click.UsageError("Name a file, or --remove with --office and --since.")
    if since is not None:
        remove_holder(
            key=office, name=remove, since=since.date(), reason=reason, office="operator",
            at=timezone.now(),
        )  # fmt: skip
        click.echo("Taken away.")
        return
    assert file is not None
    done = import_holders(file.read_bytes(), office="operator", at=timezone.now())
    click.echo(f"{done.added:,} added, {done.changed:,} changed, {done.unchanged:,} as they were.")
    for body in done.bodies:
        click.echo(f"  {body}")
