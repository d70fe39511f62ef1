"""An archive of petitions: every fault with its row and column, all or nothing, safe to repeat."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from folkmoot.cli.main import main
from folkmoot.common.errors import BadInput, Fault, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.petitions import archives
from folkmoot.petitions.archives import archive, read_archives, read_rows
from folkmoot.petitions.importing import ArchiveImported, import_archive
from folkmoot.petitions.models import ArchivedPetition
from folkmoot.petitions.queries_search import similar
from folkmoot.shipped import shipped

SOURCE = "uk-parliament"
HEADER = ("petition_id", "parliament", "title", "state", "signatures", "url")
LINK = "https://petition.parliament.uk/archived/petitions/"


def row(number: object, title: str = "Build a velodrome", **more: object) -> tuple[object, ...]:
    fields = {
        "parliament": "2010-15",
        "state": "closed",
        "signatures": 12,
        "url": f"{LINK}{number}",
    }
    fields |= more
    return (
        number,
        fields["parliament"],
        title,
        *(fields[k] for k in ("state", "signatures", "url")),
    )


def csv_of(*rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def faults_of(content: bytes) -> list[Fault]:
    with pytest.raises(BadInput) as caught:
        read_rows(archive(SOURCE), content)
    return list(caught.value.faults)


def load(at, *rows: tuple[object, ...]) -> ArchiveImported:
    return import_archive(source=SOURCE, content=csv_of(*rows), office="operator", at=at)


# ---- Taking one in


def test_a_file_is_taken_in_with_one_public_act_and_is_found(db, at):
    done = load(at, row(7), row(8, "Aqueducts for all", signatures="", url="", parliament=""))

    assert (done.added, done.changed, done.unchanged) == (2, 0, 0)
    first, second = ArchivedPetition.objects.order_by("number")
    assert (first.source, first.number, first.title) == (SOURCE, 7, "Build a velodrome")
    assert (first.state, first.signatures, first.link) == ("closed", 12, f"{LINK}7")
    assert (second.signatures, second.link, second.period) == (None, "", "")
    act = PublicAct.objects.get(verb="import-archive")
    assert (act.office, act.subject, act.at) == ("operator", f"archive:{SOURCE}", at)
    assert [found.number for found in similar("aqueduct")] == [8]


def test_again_changes_nothing_and_is_no_act(db, at):
    load(at, row(7), row(8))
    keys = set(ArchivedPetition.objects.values_list("pk", flat=True))

    done = load(at, row(7), row(8))

    assert (done.added, done.changed, done.unchanged) == (0, 0, 2)
    assert set(ArchivedPetition.objects.values_list("pk", flat=True)) == keys
    assert PublicAct.objects.filter(verb="import-archive").count() == 1


def test_a_newer_file_adds_and_changes_and_takes_nothing_away(db, at):
    load(at, row(7), row(8))

    done = load(at, row(8, signatures=99), row(9))

    assert (done.added, done.changed, done.unchanged) == (1, 1, 0)
    assert dict(ArchivedPetition.objects.values_list("number", "signatures")) == {
        7: 12, 8: 99, 9: 12,
    }  # fmt: skip


def test_a_file_with_faults_is_refused_whole(db, at):
    load(at, row(7))
    with pytest.raises(BadInput):
        load(at, row(7, signatures=99), row(8), row("eight"))

    assert list(ArchivedPetition.objects.values_list("number", "signatures")) == [(7, 12)]


def test_an_unknown_archive_is_named_with_those_there_are(db, at):
    with pytest.raises(NotFound, match="uk-parliament"):
        import_archive(source="magic", content=csv_of(row(1)), office="operator", at=at)


# ---- Reading a file


def test_every_fault_is_told_with_its_row_and_column():
    content = csv_of(
        row("x1"),
        row(2, ""),
        row(3, "a" * 301),
        row(4, state=""),
        row(5, signatures="many"),
        row(6, signatures="-3"),
        row(7, url="javascript:alert(1)"),
        row(8, url="petition 8"),
        (9, "2010-15", "too short"),
        row(10),
        row(10),
        row(99_999_999_999),
        row("١٢"),
        row(11, parliament="p" * 61),
    )

    assert [fault.where for fault in faults_of(content)] == [
        "row 2, petition_id",
        "row 3, title",
        "row 4, title",
        "row 5, state",
        "row 6, signatures",
        "row 7, signatures",
        "row 8, url",
        "row 9, url",
        "row 10",
        "row 12, petition_id",
        "row 13, petition_id",
        "row 14, petition_id",
        "row 15, parliament",
    ]
    assert all(fault.what and fault.remedy for fault in faults_of(content))


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    content = csv_of(row(1, "over\nthree\nlines"), row("x"))

    assert [fault.where for fault in faults_of(content)] == ["row 3, petition_id"]


def test_white_space_and_marks_that_are_not_seen_become_one_space():
    (read,) = read_rows(archive(SOURCE), csv_of(row(1, " Ban\n\tall\u200b  \u202efoxes\x7f ")))

    assert read.title == "Ban all foxes"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "row 1, petition_id"),
        (csv_of(), "file"),
        (csv_of(row(1), header=("petition_id", "parliament", "name", *HEADER[3:])), "row 1, title"),
        (csv_of(row(1), header=("url", *HEADER[1:])), "row 1, petition_id"),
        (b"\x1f\x8b not gzip at all", "file"),
        (gzip.compress(csv_of(row(1)))[:-20], "file"),
        ("petition_id,é".encode("latin-1"), "file"),
        (csv_of(row(1)) + b"\x00", "file"),
        (csv_of(row(1)) + b'"never closed', "file"),
    ],
)
def test_what_is_no_such_file_is_said_to_be_none(content, told):
    assert told in [fault.where for fault in faults_of(content)]


def test_a_packed_file_that_never_ends_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "LARGEST", 10_000)

    (fault,) = faults_of(gzip.compress(b"a" * 1_000_000))
    assert fault.where == "file"


def test_a_file_of_nothing_but_faults_does_not_print_for_ever(monkeypatch):
    monkeypatch.setattr(archives, "MOST_FAULTS", 5)

    assert len(faults_of(csv_of(*[row("x")] * 50))) == 6


# ---- The catalogue


def test_the_shipped_archive_reads_whole_and_says_where_it_is_from():
    entry = archive(SOURCE)
    assert entry.file is not None
    content = (shipped("data") / entry.file).read_bytes()
    attribution = (shipped("data") / "ATTRIBUTION.md").read_text("utf-8")

    rows = read_rows(entry, content)

    assert len(rows) == 47_836
    assert len({one.number for one in rows}) == 47_836
    assert entry.file in attribution
    assert entry.obtained.split(" at ")[1] in attribution
    assert entry.licence == "Open Government Licence v3.0"


def test_a_planted_fault_of_the_catalogue_is_found(tmp_path: Path):
    folder = tmp_path / "archives"
    shutil.copytree(shipped("catalogue") / "archives", folder)
    text = (folder / "uk-parliament.yaml").read_text("utf-8")
    (folder / "uk-parliament.yaml").write_text(text.replace("licence: ", "license: "), "utf-8")

    found, faults = read_archives(tmp_path)

    assert found == {}
    assert {fault.where for fault in faults} == {
        "archives/uk-parliament.yaml, licence",
        "archives/uk-parliament.yaml, license",
    }
    assert CliRunner().invoke(main, ["check", "--no-data"]).exit_code == 0


# ---- The command


def test_the_command_takes_in_a_file_and_says_what_it_did(db, tmp_path: Path):
    file = tmp_path / "petitions.csv"
    file.write_bytes(csv_of(row(7), row(8)))

    done = CliRunner().invoke(main, ["archive", "import", str(file)])

    assert (done.exit_code, done.stderr) == (0, "")
    assert "Open Government Licence v3.0" in done.stdout
    assert "2 added, 0 changed, 0 as they were." in done.stdout


def test_the_command_prints_every_fault_and_takes_nothing_in(db, tmp_path: Path):
    file = tmp_path / "petitions.csv"
    file.write_bytes(csv_of(row(7), row("eight"), row(9, "")))

    done = CliRunner().invoke(main, ["archive", "import", str(file)])

    assert done.exit_code == 3
    assert "row 3, petition_id: 'eight' is not a whole number." in done.stderr
    assert "row 4, title: It is empty." in done.stderr
    assert not ArchivedPetition.objects.exists()


def test_the_command_knows_no_other_archive(db):
    done = CliRunner().invoke(main, ["archive", "import", "--as", "magic"])

    assert done.exit_code == 5
    assert "uk-parliament" in done.stderr
