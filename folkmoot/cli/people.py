"""``folkmoot invite`` and ``folkmoot tidy``."""

from __future__ import annotations

import click


@click.command()
@click.argument("email")
def invite(email: str) -> None:
    """Invites an administrator of this site by mail: the first one, or one to replace the last.

    \b
    Example:
      folkmoot invite clerk@example.org

    The letter leaves with `folkmoot deliver`. Whoever reads it signs in with that address and
    accepts; the public record then says that the operator granted the role. Administrators verify
    the domains of bodies and invite everybody else, on the site itself.
    """
    from django.utils import timezone

    from folkmoot.people.actions import invite_administrator

    row = invite_administrator(email=email, at=timezone.now())
    click.echo(f"Invited {row.email} as administrator, until {row.expires:%d %B %Y, %H:%M} UTC.")
    click.echo("Send the letter with `folkmoot deliver`.")


@click.command()
def tidy() -> None:
    """Erases everything personal whose time is up, as the privacy notice promises.

    Run it every day from cron or a timer; running it more often does no harm. It prints how many
    of each kind were erased, how many people were told that their unused account is next, and how
    many roles ended by the day that was set for them: each gets its act in the public record.
    """
    from django.utils import timezone

    from folkmoot.people.actions import apply_retention

    done = apply_retention(at=timezone.now())
    for key, many in done.erased.items():
        click.echo(f"{many:6} {key}")
    click.echo(f"{done.ended:6} roles that ended by their day put into the public record")
    click.echo(f"{done.warned:6} warned that their unused account is next")
