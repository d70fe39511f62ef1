"""``folkmoot account``: one place's account in the terminal, as JSON or as CSV."""

from __future__ import annotations

import csv
import json
import sys

import click

# The columns a person reads in a terminal; JSON and CSV carry every field.
_TABLE = ("title", "period", "value", "lower", "upper", "similar", "verdict_similar", "trend")


def _number(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


@click.command()
@click.argument("place")
@click.option("--service", default="", help="One service only, for example schools.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
def account(place: str, service: str, style: str) -> None:
    """Prints how every public service in PLACE performs, and how sure that is.

    PLACE is a name, a short name or a GSS code; typos are forgiven only by suggestion.

    \b
    Examples:
      folkmoot account "Leeds"
      folkmoot account leeds --service schools
      folkmoot account E08000035 --format json > leeds.json

    JSON is a list of objects, the same rows as /api/v1/account. `nation` and `similar` are the
    figures compared with; a verdict is given only where the difference is beyond chance.
    """
    from folkmoot.measures.queries_account import FIELDS, place_account

    rows = [row.as_dict() for row in place_account(place, service)]
    if style == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif style == "csv":
        writer = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        _print_table(rows)


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    shown = ""
    table = Table()
    for row in rows:
        if row["service"] != shown:
            if shown:
                console.print(table)
            shown = str(row["service"])
            table = Table(title=shown, title_justify="left", show_lines=False)
            for name in _TABLE:
                right = name in {"value", "lower", "upper", "similar"}
                table.add_column(name.replace("_", " "), justify="right" if right else "left")
        table.add_row(*(_number(row[name]) for name in _TABLE))
    console.print(table if shown else "Nothing is published here yet.")
