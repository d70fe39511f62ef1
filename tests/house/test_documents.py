"""Every command and every setting is documented for operators."""

import re

import click

from folkmoot.cli.main import main
from tests.house.tree import PACKAGE, REPOSITORY

OPERATORS = (REPOSITORY / "docs" / "operators.md").read_text()


def undocumented_commands(group: click.Group, text: str) -> list[str]:
    return [name for name in group.commands if f"`folkmoot {name}`" not in text]


def test_every_command_is_in_the_operators_guide():
    assert isinstance(main, click.Group)
    assert main.commands
    assert undocumented_commands(main, OPERATORS) == []


def test_a_planted_command_is_found():
    group = click.Group(commands={"vanish": click.Command("vanish")})

    assert undocumented_commands(group, OPERATORS) == ["vanish"]


def test_the_guide_names_no_command_that_is_not_there():
    assert set(re.findall(r"^\| `folkmoot (\w+)`", OPERATORS, re.M)) <= main.commands.keys()


def test_every_command_teaches():
    for name, command in main.commands.items():
        assert command.help, name
        assert len(command.help.split()) >= 8, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.name}"


def undocumented_settings(settings: str, text: str) -> list[str]:
    return [
        name
        for name in sorted(set(re.findall(r'"(FOLKMOOT_\w+|DATABASE_URL)"', settings)))
        if f"`{name}`" not in text
    ]


def test_every_setting_is_in_the_operators_guide():
    assert undocumented_settings((PACKAGE / "settings.py").read_text(), OPERATORS) == []


def test_a_planted_setting_is_found():
    assert undocumented_settings('env.text("FOLKMOOT_VANISH")', OPERATORS) == ["FOLKMOOT_VANISH"]
