"""Every service has an answer, or an explicit gap, in every kind of area; and it is written down.

``python -m tests.house.test_remits`` writes docs/remits.md anew from the catalogue.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import urlsplit

import pytest

from folkmoot.bodies import rules
from folkmoot.bodies.catalogue import (
    Catalogue,
    RemitEntry,
    RemitFile,
    RemitNote,
    _laws_named,
    read_catalogue,
)
from tests.built_database import BUILT_AT
from tests.house.tree import REPOSITORY

LISTING = REPOSITORY / "docs" / "remits.md"
OFFICIAL = ("legislation.gov.uk", "gov.uk", "parliament.uk")
# Statements for which no address could be had; they are named by title and day.
WITHOUT_LINK = {"skills-move-2025", "fire-move-2025"}
ANSWERS = {"decides", "delivers", "oversees"}
COUNCILS = (
    "district",
    "county",
    "unitary",
    "metropolitan",
    "london",
    "city-of-london",
    "welsh",
    "scottish",
    "northern-irish",
)


@cache
def shipped_catalogue() -> Catalogue:
    catalogue, faults = read_catalogue(REPOSITORY / "catalogue")
    assert faults == []
    return catalogue


@cache
def tiers() -> dict[int, str]:
    """Number of the Local Government Service List → the tier that provides the service."""
    path = REPOSITORY / "data" / "standards" / "lgsl_local_services.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {int(row["LGSL"]): row["Providing Tier"] for row in csv.DictReader(file)}


def remits_in(file: RemitFile, kind: str) -> list[RemitEntry]:
    return [entry for entry in file.remits if kind in entry.areas]


def notes_in(file: RemitFile, kind: str) -> list[tuple[str, RemitNote]]:
    return [(form, note) for form, note in file.notes() if kind in note.areas]


# Every service × kind of area.


def unanswered(files: Iterable[RemitFile]) -> list[str]:
    """Where the catalogue is silent: nobody is said to answer, and not that nobody does."""
    faults = []
    for file in files:
        for kind in rules.AREA_KINDS:
            answers = {entry.role for entry in remits_in(file, kind)} & ANSWERS
            forms = {form for form, _ in notes_in(file, kind)}
            if not answers and not forms & {"gap", "elsewhere"}:
                faults.append(f"{file.slug} in {kind}")
    return faults


def test_every_service_has_an_answer_or_an_explicit_gap_in_every_kind_of_area() -> None:
    files = shipped_catalogue().remits
    assert len(files) == 18  # the 17 services of the catalogue, and fire and rescue
    assert len(rules.AREA_KINDS) == 14
    assert unanswered(files) == []


def test_a_planted_silence_is_found() -> None:
    file = next(f for f in shipped_catalogue().remits if f.slug == "waste")
    silent = file.model_copy(
        update={"remits": tuple(e for e in file.remits if "scottish" not in e.areas)}
    )
    assert unanswered([silent]) == ["waste in scottish"]


def unfounded(files: Iterable[RemitFile]) -> list[str]:
    """Gaps and overlaps that name no law and do not say why, or that do both."""
    return [
        f"{file.slug}: {note.words}"
        for file in files
        for form, note in file.notes()
        if form in ("gap", "overlap") and bool(note.laws) == bool(note.no_law)
    ]


def test_every_gap_and_overlap_has_its_law_or_says_why_it_has_none() -> None:
    assert unfounded(shipped_catalogue().remits) == []


def test_a_planted_gap_without_a_law_is_found() -> None:
    file = next(f for f in shipped_catalogue().remits if f.slug == "local-economy")
    gap = file.gaps[0].model_copy(update={"no_law": ""})
    assert unfounded([file.model_copy(update={"gaps": (gap,)})]) == [f"local-economy: {gap.words}"]


def test_every_council_is_told_what_it_may_and_may_not_do() -> None:
    """In each kind of council's area at least one line has to do with a body by name."""
    for file in shipped_catalogue().remits:
        for kind in COUNCILS:
            named = [entry for entry in remits_in(file, kind) if entry.who != "several"]
            assert named, (file.slug, kind)


# The Local Government Service List.

RELATION_OF = {"county/unitary": "upper-council", "district/unitary": "lower-council"}


def unborne(files: Iterable[RemitFile]) -> list[str]:
    """Where the remits of a two-tier district and the Service List do not bear each other out."""
    faults = []
    for file in files:
        run_by = {
            entry.who
            for entry in remits_in(file, "district")
            if entry.role in {"decides", "delivers"} and entry.post == (rules.WHOLE,)
        } & set(RELATION_OF.values())
        listed: set[str] = set()
        for number in file.lgsl:
            tier = tiers().get(number)
            if tier is None:
                faults.append(f"{file.slug}: the list has no {number}")
            elif tier == "all":
                listed |= set(RELATION_OF.values())
                if not run_by:
                    faults.append(f"{file.slug}: {number} is for all tiers, and none runs it")
            else:
                listed.add(RELATION_OF[tier])
                if RELATION_OF[tier] not in run_by:
                    faults.append(f"{file.slug}: {number} is {tier}, and the remits say otherwise")
        if not file.lgsl_silent:
            faults += [
                f"{file.slug}: {who} runs it, and the list does not say so"
                for who in sorted(run_by - listed)
            ]
    return faults


def test_tiers_are_those_of_the_service_list() -> None:
    assert len(tiers()) == 264
    assert unborne(shipped_catalogue().remits) == []


def test_a_planted_wrong_tier_is_found() -> None:
    file = next(f for f in shipped_catalogue().remits if f.slug == "schools")
    wrong = file.model_copy(
        update={
            "remits": tuple(
                entry.model_copy(update={"who": "lower-council"})
                if entry.who == "upper-council" and "district" in entry.areas
                else entry
                for entry in file.remits
            )
        }
    )
    said = unborne([wrong])
    assert "schools: 13 is county/unitary, and the remits say otherwise" in said
    assert "schools: lower-council runs it, and the list does not say so" in said


def test_a_planted_number_that_is_not_in_the_list_is_found() -> None:
    file = next(f for f in shipped_catalogue().remits if f.slug == "waste")
    assert unborne([file.model_copy(update={"lgsl": (*file.lgsl, 99999)})]) == [
        "waste: the list has no 99999"
    ]


# Sources.


def unsourced(catalogue: Catalogue) -> list[str]:
    faults = []
    for key, law in catalogue.laws.items():
        host = urlsplit(law.link).hostname or ""
        if not law.link and key not in WITHOUT_LINK:
            faults.append(f"{key} has no link")
        if law.link and not any(host == o or host.endswith(f".{o}") for o in OFFICIAL):
            faults.append(f"{key} leads to {host}")
        year = re.search(r"(\d{4})$", key)
        if year and year[1] not in law.title:
            faults.append(f"{key} is not of {year[1]} by its title")
        path = urlsplit(law.link).path
        dated = host.endswith("legislation.gov.uk") and "/Vict/" not in path
        if dated and year and path.split("/")[2] != year[1]:
            faults.append(f"{key} leads to another year: {path}")
    used = {key for _, key in _laws_named(catalogue)} | {"police-reform-2011", "fire-2004"}
    return faults + [f"{key} is not used" for key in sorted(set(catalogue.laws) - used)]


def test_every_law_is_official_of_its_year_and_used() -> None:
    assert unsourced(shipped_catalogue()) == []


def test_planted_bad_laws_are_found() -> None:
    catalogue = shipped_catalogue()
    law = catalogue.laws["waste-ni-1997"]
    laws = {
        **catalogue.laws,
        "waste-ni-1997": law.model_copy(update={"link": "https://example.org/1997"}),
        "children-2004": catalogue.laws["children-1989"],
        "fire-2004": catalogue.laws["fire-2004"].model_copy(update={"link": ""}),
        "forgotten-1999": law,
    }
    said = unsourced(Catalogue(catalogue.files, catalogue.remits, laws, catalogue.titles))
    assert "waste-ni-1997 leads to example.org" in said
    assert "children-2004 is not of 2004 by its title" in said
    assert "fire-2004 has no link" in said
    assert "forgotten-1999 is not used" in said


def test_nothing_was_checked_after_the_build_and_nothing_begins_later() -> None:
    day = BUILT_AT.date()
    for remit in shipped_catalogue().remits:
        assert remit.checked <= day, remit.slug
        assert all(e.since is None or e.since <= day for e in remit.remits), remit.slug
    assert all(bodies.checked <= day for bodies in shipped_catalogue().files)


@pytest.mark.parametrize("word", ["stakeholder", "leverage", "utilise", "going forward", "TODO"])
def test_remits_are_in_plain_words(word: str) -> None:
    for path in sorted((REPOSITORY / "catalogue" / "remits").glob("*.yaml")):
        assert word.lower() not in path.read_text("utf-8").lower(), path.name


# The committed listing.

PREFACE = """# Who answers for what

Every service and every kind of area, with who answers there by the catalogue of remits
(`catalogue/remits`). This page is written by `python -m tests.house.test_remits` and a test fails
where it is not up to date. Do not edit it by hand: edit the catalogue.

**How to read it.** *Decides* may choose, within the law. *Delivers* must do it, or see that it is
done. *Oversees* sets the rules, pays, inspects or asks questions. *Has no say* is said where people
might think otherwise. A **gap** is something for which nobody answers; an **overlap** is something
for which several do. "Not here" means that this kind of area does not run the service, and says
where to look.

**How sure it is.** Each line names the law or official page that it rests on. The orders behind
combined authorities, mayors with police or fire powers and police, fire and crime commissioners,
and the dates on which duties moved between departments, were looked up for this catalogue. The
other Acts are named from general knowledge of what they do and their sections were not read again:
tell us where a line is wrong. County and district tiers are compared with the Local Government
Service List, which is old: where it is silent the file says why. Two Acts of 2026 are coming into
force step by step, the
[Children's Wellbeing and Schools Act](https://www.legislation.gov.uk/ukpga/2026/21) and the
[English Devolution and Community Empowerment Act](https://www.legislation.gov.uk/ukpga/2026/23);
which steps are in force is not known to this site. The day beside a service is the one on which its
lines were last gone through; it does not say that each Act was read on it. A line without a day
says which law it rests on but not since when. Who holds an office is a matter of its own: apart
from members of parliament it is "not known to this site: tell us who", until somebody imports it.

**How to change it.** One file of `catalogue/remits` is one service. `remits` lists who answers:
`areas` (kinds of area), `who` (in relation to the place, or `body:` and the address of a national
body), `post` (an office, the first that the body has), `role`, `laws` (keys of
`catalogue/bodies/laws.yaml`), `since`, `until`, and what it `decides`, `delivers` and has `no_say`
in. `gaps`, `overlaps` and `elsewhere` are in words; a gap or an overlap has `laws`, or says in
`no_law` why it names none. `lgsl` names numbers of the Service List. A
service that is not in the catalogue, such as fire and rescue, has a `title` of its own. Files of
`catalogue/bodies` say which bodies and offices there are, with the law that makes each.
"""


def named(entry: RemitEntry, kind: str, catalogue: Catalogue) -> str:
    names = {body.slug: body.name for file in catalogue.files for body in file.national}
    if entry.who == "several":
        who = entry.called
    elif entry.who.startswith(rules.BODY_PREFIX):
        who = names[entry.who.removeprefix(rules.BODY_PREFIX)]
    else:
        who = rules.relation_words(entry.who, kind)
    posts = [rules.OFFICE_KINDS[post] for post in entry.post if post != rules.WHOLE]
    return f"{who} ({', or '.join(posts)})" if posts else who


def lines_of(file: RemitFile, kind: str, catalogue: Catalogue) -> Iterator[str]:
    for role, words in rules.ROLES.items():
        found = [
            named(entry, kind, catalogue)
            + (f" since {entry.since}" if entry.since else "")
            + {"E92000001": ", in England", "W92000004": ", in Wales"}.get(entry.nation, "")
            for entry in remits_in(file, kind)
            if entry.role == role
        ]
        if found:
            yield f"**{words}**: {'; '.join(dict.fromkeys(found))}"
    titles = {"gap": "gap", "overlap": "overlap", "elsewhere": "not here"}
    for form, note in notes_in(file, kind):
        why = f" (No law is named: {note.no_law})" if note.no_law else ""
        yield f"*{titles[form]}*: {note.words}{why}"


def listing(catalogue: Catalogue) -> str:
    parts = [PREFACE]
    for file in sorted(catalogue.remits, key=lambda file: catalogue.titles[file.slug]):
        parts.append(f"## {catalogue.titles[file.slug]}\n")
        keys = {key for entry in file.remits for key in entry.laws}
        keys |= {key for _, note in file.notes() for key in note.laws}
        laws = sorted((catalogue.laws[key] for key in keys), key=lambda law: law.title)
        parts.append("| kind of area | who answers |\n|---|---|")
        for kind, words in rules.AREA_KINDS.items():
            parts.append(f"| {words} | {'<br>'.join(lines_of(file, kind, catalogue))} |")
        said = "; ".join(f"[{law.title}]({law.link})" if law.link else law.title for law in laws)
        parts.append(f"\nGone through {file.checked}. By: {said}.\n")
        if file.lgsl_silent:
            parts.append(f"Service List: {file.lgsl_silent}\n")
    return "\n".join(parts).rstrip() + "\n"


def test_the_listing_is_up_to_date() -> None:
    written = listing(shipped_catalogue())
    assert LISTING.read_text("utf-8") == written, "run: python -m tests.house.test_remits"


def test_the_listing_names_every_service_and_kind_of_area() -> None:
    text = LISTING.read_text("utf-8")
    for title in shipped_catalogue().titles.values():
        section = text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
        for words in rules.AREA_KINDS.values():
            row = re.search(rf"^\| {re.escape(words)} \| (.+) \|$", section, re.M)
            assert row, (title, words)
            assert len(row[1]) > 20


if __name__ == "__main__":
    LISTING.write_text(listing(shipped_catalogue()), "utf-8")
