"""``python -m folkmoot`` is the ``folkmoot`` command."""

from folkmoot.cli.main import main

main(prog_name="folkmoot")
