"""``folkmoot switch``."""

from __future__ import annotations

import click


@click.command()
@click.argument("feature", required=False)
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
def switch(feature: str | None, state: str | None) -> None:
    """Switches one thing off for everyone, or on again, while the rest of the site goes on.

    \b
    Examples:
      folkmoot switch                list what can be switched, and what is off
      folkmoot switch sign off       nobody can sign a petition until it is on again
      folkmoot switch sign on

    It takes effect within seconds and is entered in the public record. Reading goes on always.
    """
    from django.utils import timezone

    from folkmoot.common import actions, switches

    if feature is None:
        switches.forget()
        off = switches.off()
        for key, words in switches.FEATURES.items():
            click.echo(f"{key:16} {'OFF' if key in off else 'on ':3}  {words}")
        return
    if state is None:
        raise click.UsageError(f"Say on or off: folkmoot switch {switches.known(feature)} off")
    act = actions.switch_off if state == "off" else actions.switch_on
    changed = act(feature=feature, at=timezone.now())
    click.echo(f"{feature} is {state}{'' if changed else ' already'}.")
