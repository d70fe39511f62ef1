"""Commands that write: build, import, accept, publish, postcodes, deliver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from folkmoot.measures.models import Release

OFFICE = "operator"


class Progress(Protocol):
    """Told how far a stage of long work has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` steps of ``stage``."""


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for each stage on a terminal; a line when each begins where there is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    bars = Bars(
        TextColumn("{task.description:<38}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    tasks: dict[str, object] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
            if not console.is_terminal:
                console.print(f"{stage} …")
        bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]  # a TaskID

    if console.is_terminal:
        with bars:
            yield report
    else:
        yield report


def run_build() -> None:
    """Makes or updates the database from the shipped catalogue and data."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from folkmoot.common.actions import settle_purpose
    from folkmoot.framework.whole import build_whole
    from folkmoot.shipped import shipped

    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    settle_purpose(timezone.now())
    with progress_bar() as progress:
        report = build_whole(
            data=shipped("data"),
            catalogue=shipped("catalogue"),
            at=timezone.now(),
            progress=progress,
        )
    click.echo(report)


@click.command()
def build() -> None:
    """Makes or updates the database from the shipped catalogue and data.

    Safe to run at any time: releases already loaded are left alone, and only accounts whose data,
    definition or method changed are computed again. A crash leaves the old account whole.
    """
    run_build()


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "source", required=True, help="The source it is a release of.")
@click.option(
    "--with",
    "companions",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Its metadata or workbook of codes; may be repeated.",
)
@click.option("--hold", is_flag=True, help="Read and keep it, but do not publish.")
def import_release(file: Path, source: str, companions: tuple[Path, ...], hold: bool) -> None:
    """Takes FILE as a new release of a source, and publishes it if it has no fault.

    \b
    Example:
      folkmoot import early-years.csv --as ons-early-years

    The bytes are kept under their SHA-256. Faults are printed all together, with row, column,
    value and what to do; a release with faults is held (exit code 4) until an operator accepts
    them by kind with `folkmoot accept`. What a new release revised is shown on its page.
    """
    from django.utils import timezone

    from folkmoot.measures.receiving import receive

    release = receive(
        file.read_bytes(),
        source_slug=source,
        filename=file.name,
        at=timezone.now(),
        office=OFFICE,
        companions={path.name: path.read_bytes() for path in companions},
    )
    _report(release)
    if not hold:
        _publish(release)


def _report(release: Release) -> None:
    key = f"{release.source.slug}/{release.number}"
    click.echo(f"Release {key}: {release.rows_read} rows read, {release.rows_used} used.")
    accepted = set(release.acceptances.values_list("kind", flat=True))
    for fault in release.faults.order_by("kind", "-count"):
        rows = ", ".join(str(row) for row in fault.rows[:5])
        more = f" and {fault.count - 5} more" if fault.count > 5 else ""
        state = " (accepted)" if fault.kind in accepted else ""
        click.echo(
            f"  {fault.kind}{state}: column {fault.column}, {fault.value!r}, rows {rows}{more}. "
            f"{fault.what} {fault.remedy}"
        )


def _publish(release: Release) -> None:
    from django.utils import timezone

    from folkmoot.cli.main import EXIT_HELD
    from folkmoot.measures.models import Release as Releases
    from folkmoot.measures.publishing import publish as publish_releases

    key = f"{release.source.slug}/{release.number}"
    if release.state == Releases.State.HELD:
        click.echo(
            f"Held, not published. Mend the file, or accept kinds of fault:\n"
            f"  folkmoot accept {key} --kind KIND --reason 'why'"
        )
        click.get_current_context().exit(EXIT_HELD)
    with progress_bar() as progress:
        publish_releases([release], at=timezone.now(), office=OFFICE, progress=progress)
    click.echo(f"Published {key}. See /release/{key}/")


def _find(key: str) -> Release:
    from folkmoot.common.errors import NotFound
    from folkmoot.measures.models import Release as Releases

    source, _, number = key.rpartition("/")
    release = (
        Releases.objects.select_related("source")
        .filter(source__slug=source, number=int(number) if number.isdecimal() else 0)
        .first()
    )
    if release is None:
        raise NotFound(f"There is no release {key!r}. Name it as source/number.")
    return release


@click.command()
@click.argument("release")
@click.option("--kind", required=True, help="The kind of fault, as the report names it.")
@click.option("--reason", required=True, help="Why it may be accepted; shown on its page.")
def accept(release: str, kind: str, reason: str) -> None:
    """Accepts one kind of fault in RELEASE (source/number), in public.

    The act is in the public record and the reason stands on the release's page for ever.
    Publish afterwards with `folkmoot publish`.
    """
    from django.utils import timezone

    from folkmoot.measures.actions import accept_faults

    found = accept_faults(
        release=_find(release), kind=kind, reason=reason, at=timezone.now(), office=OFFICE
    )
    click.echo(f"Accepted. Release {release} is now {found.get_state_display()}.")


@click.command()
@click.argument("release")
def publish(release: str) -> None:
    """Publishes RELEASE (source/number) in one step: a crash leaves the old account whole.

    A release that is held is refused until each kind of its faults is accepted with
    `folkmoot accept`. The accounts of its measures are computed first, then swapped in.

    \b
    Example:
      folkmoot publish ons-early-years/2
    """
    _publish(_find(release))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def postcodes(file: Path) -> None:
    """Loads the official ONSPD or NSPL postcode file (CSV), replacing any older edition whole.

    Without it an answer is "the district of this sector, not confirmed"; with it, unknown and
    ended postcodes are told apart, and Northern Ireland is covered.
    """
    from django.utils import timezone

    from folkmoot.places.actions import load_official_postcodes

    loaded = load_official_postcodes(file, at=timezone.now(), office=OFFICE)
    click.echo(f"Loaded {loaded.rows:,} postcodes from {loaded.name}.")


@click.command()
@click.option("--limit", default=500, show_default=True, help="At most this many messages.")
def deliver(limit: int) -> None:
    """Sends the messages that wait in the outbox. Run it every minute from cron or a timer.

    A message that fails is tried again later, at most a few times; none is lost.
    """
    from django.utils import timezone

    from folkmoot.common.mail import send_email
    from folkmoot.common.outbox import deliver_due, forget_failed
    from folkmoot.common.purpose import check_purpose

    check_purpose()
    now = timezone.now()
    done = deliver_due(at=now, limit=limit, send=send_email)
    forget_failed(at=now)
    click.echo(f"{done.sent} sent, {done.again} to be tried again, {done.failed} given up.")
