"""``folkmoot serve`` and ``folkmoot demo``."""

from __future__ import annotations

import click


def _address(host: str, port: int) -> str:
    return f"http://{'localhost' if host in {'127.0.0.1', '0.0.0.0'} else host}:{port}"  # noqa: S104 — compared, not bound


def run_server(host: str, port: int, workers: int, work: bool | None) -> None:
    """Serves the site until stopped. Four threads in a process, so that some answer while others
    wait for the disk (docs/decisions.md). ``work``: whether `folkmoot work` runs beside it, or
    None for the usual, as ``_work`` says."""
    from django.conf import settings
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces

    from folkmoot.cli.work import beside_server
    from folkmoot.common.purpose import check_purpose

    check_purpose()
    # Nobody else may use this process's connection: those who serve begin as copies of it.
    connection.close()

    click.echo(f"Folkmoot is at {_address(host, port)} (stop with Ctrl+C)")
    server = Granian(
        "folkmoot.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
        log_access=False,
    )
    with beside_server(not settings.PRODUCTION if work is None else work):
        server.serve()


_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_port = click.option("--port", default=8000, show_default=True, help="Port to listen on.")
_workers = click.option(
    "--workers", default=2, show_default=True, help="Processes; one for each core."
)
_work = click.option(
    "--work/--no-work",
    default=None,
    help="Run `folkmoot work` beside the server; usual in development, and not in production.",
)


@click.command()
@_host
@_port
@_workers
@_work
def serve(host: str, port: int, workers: int, work: bool | None) -> None:
    """Serves the site from the database as it is. Run `folkmoot build` first.

    In development mail is printed here, and sent and counted by a `folkmoot work` beside it.
    """
    run_server(host, port, workers, work)


@click.command()
@_host
@_port
@_workers
@_work
@click.option("--no-serve", is_flag=True, help="Load the data and exit.")
def demo(host: str, port: int, workers: int, work: bool | None, no_serve: bool) -> None:
    """Loads the shipped real data and serves the site: all it takes to look around.

    The first time takes under a minute; afterwards only what changed is loaded. Everything goes
    into ./var (or FOLKMOOT_HOME): delete that folder to begin again. FOLKMOOT_REHEARSAL=true makes
    a site on which everything that people and bodies do is made up, and which says so.
    """
    from django.conf import settings

    from folkmoot.cli.releases import run_build

    run_build()
    if not settings.REHEARSAL:
        click.echo(
            "What is done here is recorded as real acts of real bodies. "
            "To try things out, run make rehearse, or set FOLKMOOT_REHEARSAL=true."
        )
    if not no_serve:
        run_server(host, port, workers, work)
