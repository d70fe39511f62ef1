"""This site's own thresholds are sourced, dated, explained, and claim to be no law."""

import subprocess
import sys
import zipfile

from folkmoot.petitions.rules.thresholds import KINDS, needed
from folkmoot.petitions.schemes import FILE, SiteScheme, read_site_scheme
from tests.built_database import BUILT_AT
from tests.house.tree import REPOSITORY

SCHEME = read_site_scheme(REPOSITORY / "catalogue")
# Isles of Scilly, City of London, a small district, Leeds, England.
RESIDENTS = (2_366, 15_111, 50_358, 829_413, 57_690_323)


def troubles(scheme: SiteScheme) -> list[str]:
    """What a reader could not check, or could take for law."""
    found = []
    if scheme.version != scheme.starts.isoformat():
        found.append("its version is not the day it begins")
    if "own" not in scheme.title or "no law" not in scheme.about:
        found.append("it does not say that it is this site's own and no law")
    if "Localism Act 2011" not in scheme.about:
        found.append("it does not say what became of the law")
    for source in scheme.sources:
        if "legislation.gov.uk" not in source.link:
            found.append(f"{source.title} is not legislation")
        if source.checked > BUILT_AT.date():
            found.append(f"{source.title} was checked in the future")
    if {level.kind for level in scheme.levels} != KINDS.keys():
        found.append("it does not have every kind of threshold")
    return found


def test_the_scheme_of_this_site_can_be_checked():
    assert troubles(SCHEME) == []


def test_planted_troubles_are_found():
    source = SCHEME.sources[0].model_copy(update={"link": "https://example.org/law"})
    planted = SCHEME.model_copy(
        update={
            "version": "2020-01-01",
            "about": "These numbers are what the law says, in every place.",
            "sources": (source,),
            "levels": SCHEME.levels[:1],
        }
    )

    assert len(troubles(planted)) == 5


def test_its_numbers_grow_with_the_place_and_stay_within_reach():
    for people in RESIDENTS:
        stamped = [needed(level, people) for level in SCHEME.levels_for("unitary-council")]
        assert stamped == sorted(stamped)
        # Under the repealed duty no council could ask for more than one resident in twenty.
        assert stamped[-1] <= people * 0.05


def test_the_scheme_is_in_the_wheel(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=REPOSITORY, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")

    assert f"folkmoot/_shipped/catalogue/{FILE}" in zipfile.ZipFile(wheel).namelist()
