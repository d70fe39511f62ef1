"""``folkmoot archive``: petitions that another site published, to be found beside this site's."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def archive() -> None:
    """Petitions that were made on another site, kept so that people find what was asked before.

    \b
    Begin with:
      folkmoot archive import       the shipped UK Parliament petitions of 2010 to 2018

    They are shown with their source, its date and its licence, and cannot be signed here.
    """


@archive.command("import")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--as", "source", default="uk-parliament", show_default=True,
    help="The archive it belongs to: a file of catalogue/archives.",
)  # fmt: skip
def import_archive(file: Path | None, source: str) -> None:
    """Takes in an archive of petitions: the shipped one, or FILE, CSV as it is or gzipped.

    \b
    Examples:
      folkmoot archive import
      folkmoot archive import petitions-2019.csv --as uk-parliament

    Every fault is printed with its row and column, and then nothing is taken in (exit code 3).
    Safe to repeat: petitions that are known already are changed where the file differs, and
    none is taken away. The columns are those that catalogue/archives names.
    """
    from django.utils import timezone

    from folkmoot.common.errors import NotFound
    from folkmoot.petitions.archives import archive as archive_named
    from folkmoot.petitions.importing import import_archive as take_in
    from folkmoot.shipped import shipped

    named = archive_named(source)
    if file is None:
        if named.file is None:
            raise NotFound(f"No file of the archive {source!r} is shipped: name one.")
        file = shipped("data") / named.file
    done = take_in(source=source, content=file.read_bytes(), office="operator", at=timezone.now())
    click.echo(
        f"{named.title} ({named.licence}): {done.added:,} added, {done.changed:,} changed, "
        f"{done.unchanged:,} as they were."
    )
