"""``folkmoot check``: the catalogue and the shipped data, every fault at once."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--catalogue",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A catalogue folder; the shipped one unless given.",
)
@click.option("--no-data", is_flag=True, help="Check the catalogue only, not the shipped files.")
def check(folder: Path | None, no_data: bool) -> None:
    """Checks the catalogue, and that every shipped file reads with no fault unaccounted for.

    Refuses, among others: a comparison of totals (they grow with the size of a place), kinds of
    authority that contain one another, a measure without a source, an unknown column. Every fault
    is printed at once with its file and field. Exit code 3 if there is any.
    """
    from folkmoot.common.errors import BadInput
    from folkmoot.measures.catalogue import read_catalogue
    from folkmoot.measures.checking import check_data
    from folkmoot.petitions.archives import read_archives
    from folkmoot.petitions.schemes import faults_of_site_scheme
    from folkmoot.shipped import shipped

    entries, faults = read_catalogue(folder or shipped("catalogue"))
    faults += read_archives(folder or shipped("catalogue"))[1]
    faults += faults_of_site_scheme(folder or shipped("catalogue"))
    if not no_data:
        with click.progressbar(
            length=len(entries.sources), label="Reading every shipped file", show_pos=True
        ) as bar:
            found = check_data(entries, shipped("data"), step=lambda: bar.update(1))
        # What an acceptance is for may be an entry that could not be read.
        faults += [f for f in found if not (faults and f.kind == "stale-acceptance")]
    if faults:
        raise BadInput(faults)
    click.echo(
        f"No fault: {len(entries.services)} services, {len(entries.sources)} sources, "
        f"{len(entries.measures)} measures."
    )
