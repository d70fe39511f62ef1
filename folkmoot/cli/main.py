"""The ``folkmoot`` command.

Exit codes: 0 done; 1 something unexpected; 2 the command was used wrongly; 3 what was handed in
is refused, every fault printed; 4 a release is held until its faults are accepted; 5 there is no
such place, service, measure or release; 6 something changed meanwhile, look again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import version

import click

EXIT_REFUSED = 3
EXIT_HELD = 4
EXIT_NOT_FOUND = 5
EXIT_CONFLICT = 6

CommandT = Callable[..., None]


class Folkmoot(click.Group):
    """Starts Django only when a command runs, and turns our errors into words and exit codes."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command. Exits with the codes that the module's docstring lists."""
        import django

        from folkmoot.environment import BadSetting

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
        try:
            django.setup()
        except BadSetting as refused:
            click.echo(f"Folkmoot will not start: {refused}", err=True)
            sys.exit(EXIT_REFUSED)

        from folkmoot.common.errors import BadInput, Conflict, FolkmootError, NotFound

        try:
            return super().invoke(ctx)
        except BadInput as error:
            click.echo(error.message, err=True)
            for fault in error.faults:
                click.echo(f"  {fault}", err=True)
            sys.exit(EXIT_REFUSED)
        except NotFound as error:
            click.echo(error.message, err=True)
            for name, _ in error.suggestions:
                click.echo(f"  Did you mean {name}?", err=True)
            sys.exit(EXIT_NOT_FOUND)
        except Conflict as error:
            click.echo(error.message, err=True)
            sys.exit(EXIT_CONFLICT)
        except FolkmootError as error:
            click.echo(error.message, err=True)
            sys.exit(1)


@click.group(cls=Folkmoot, epilog="Exit codes: 0 done, 2 used wrongly, 3 refused with its faults, "
             "4 held, 5 not found, 6 changed meanwhile, 1 anything else.")  # fmt: skip
@click.version_option(version("folkmoot"), prog_name="folkmoot")
def main() -> None:
    """Folkmoot: the public account of local services, and the means to change them.

    \b
    Begin with:
      folkmoot demo                 load the shipped open data and serve the site
      folkmoot account "Leeds"      the account of one place, in the terminal

    The database and the bytes of releases live in ./var, or where FOLKMOOT_HOME says.
    """


def _register() -> None:
    from folkmoot.cli import (
        account,
        archive,
        catalogue,
        framework,
        intervention,
        people,
        releases,
        serving,
        switch,
        who,
        work,
    )

    for command in (
        account.account,
        archive.archive,
        catalogue.check,
        framework.framework,
        intervention.intervention,
        releases.build,
        releases.import_release,
        releases.accept,
        releases.publish,
        releases.postcodes,
        releases.deliver,
        serving.serve,
        serving.demo,
        work.work,
        switch.switch,
        people.invite,
        people.tidy,
        who.who,
        who.holders,
    ):
        main.add_command(command)


_register()
