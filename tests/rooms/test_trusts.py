"""Figures of NHS trusts: bodies read from a release of their own, through the same door."""

import csv
import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.bodies.trusts import TRUSTS, code_of_trust, trust_slugs
from folkmoot.common.errors import BadInput
from folkmoot.framework.catalogue import Framework
from folkmoot.measures.catalogue import read_catalogue
from folkmoot.measures.checking import shipped_areas
from folkmoot.measures.models import (
    Account,
    BodyObservation,
    Observation,
    Release,
    Revision,
)
from folkmoot.measures.readers import read
from folkmoot.measures.receiving import measures_of, receive
from folkmoot.shipped import shipped
from tests.rooms.framework_account import AT
from tests.rooms.framework_material import framework, standard
from tests.rooms.trusts_world import put_out, rows, trusts_world

pytestmark = pytest.mark.django_db
DATA, FOLDER = shipped("data"), shipped("catalogue")
SLUG = "nhs-ae-trust"


@pytest.fixture(scope="module")
def entries():
    found, faults = read_catalogue(FOLDER)
    assert faults == []
    return found


# ---- The shipped file


def rows_of(*months):
    with (DATA / TRUSTS).open(newline="") as file:
        return sorted(
            tuple(value for key, value in row.items() if key != "date")
            for row in csv.DictReader(file)
            if row["date"] in months
        )


def test_the_two_months_that_are_left_out_repeat_those_of_the_year_before_in_every_cell(entries):
    assert rows_of("February 2025") == rows_of("February 2024")
    assert rows_of("March 2025") == rows_of("March 2024")
    assert rows_of("April 2025") != rows_of("April 2024")
    withheld = entries.sources[SLUG].leave_out[0]
    boards = entries.sources["nhs-ae-icb"].leave_out[0]
    assert withheld.where == boards.where == {"date": ("February 2025", "March 2025")}


def test_no_other_two_months_share_the_figures_of_more_than_one_trust():
    seen = Counter()
    figures = {}
    with (DATA / TRUSTS).open(newline="") as file:
        for row in csv.DictReader(file):
            if float(row["total_attendances"]) and row["attendances_over_4hours"]:
                key = (
                    row["nhs_trust22_code"],
                    row["total_attendances"],
                    row["attendances_over_4hours"],
                )
                figures.setdefault(key, []).append(row["date"])
    for months in figures.values():
        seen.update((a, b) for at, a in enumerate(months) for b in months[at + 1 :])

    assert {pair: n for pair, n in seen.items() if n > 1} == {
        ("February 2024", "February 2025"): 142,
        ("March 2024", "March 2025"): 141,
    }


def test_the_file_is_read_with_exactly_the_faults_that_are_accepted(entries):
    taken = entries.measures_from(SLUG)
    found = read(
        entries.sources[SLUG],
        taken,
        (DATA / TRUSTS).read_bytes(),
        areas=shipped_areas("nhs-trust", DATA),
        megabytes=5,
    )

    assert [m.slug for m in taken] == ["ae-over-four-hours"]
    assert Counter({f.kind: len(f.rows) for f in found.faults}) == {
        "impossible-value": 440,
        "known-wrong": 301,
    }
    assert (found.rows_read, found.rows_used, found.rows_left_out) == (7895, 7594, 301)
    periods = set(found.tables["ae-over-four-hours"]["period"].to_pylist())
    assert len(periods) == 50
    assert not periods & {"2025-02-01/P1M", "2025-03-01/P1M"}


def test_a_measure_of_places_is_read_as_before_and_its_bodies_from_the_other_source(entries):
    own, other = entries.measures_from("nhs-ae-icb"), entries.measures_from(SLUG)

    assert {m.slug: m.reading.dataset for m in own} == {
        "ae-admission-over-four-hours": "nhs-ae-icb",
        "ae-over-four-hours": "nhs-ae-icb",
    }
    assert [m.reading.dataset for m in other] == [SLUG]


def test_a_trust_has_a_short_name_and_no_invented_one():
    slugs = trust_slugs(DATA)

    assert len(slugs) == 157
    assert slugs["R0A"] == "nhs-trust-r0a"
    assert {code_of_trust(slug) for slug in slugs.values()} == set(slugs)
    assert BODY_KINDS["nhs-trust"] == "NHS trust"


# ---- Faults of the catalogue


def broken(tmp_path: Path, name: str, old: str, new: str):
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder)
    path = folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return {(fault.where, fault.what) for fault in read_catalogue(folder)[1]}


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("bodies:\n  dataset: nhs-ae-trust", "bodies:\n  dataset: nhs-ae-icb", "bodies.dataset"),
        ("bodies:\n  dataset: nhs-ae-trust", "bodies:\n  dataset: nowhere", "bodies.dataset"),
        ("  dataset: nhs-ae-icb", "  dataset: nhs-ae-trust", "reading.dataset"),
        ("every_case: true", "every_case: false", "entry"),
    ],
)
def test_a_source_of_places_and_one_of_bodies_are_not_mixed_up(tmp_path, old, new, where):
    found = broken(tmp_path, "measures/ae-over-four-hours.yaml", old, new)

    assert [at for at, _ in found] == [f"measures/ae-over-four-hours.yaml, {where}"]


def test_a_standard_is_asked_of_kinds_of_body_that_exist_and_old_documents_keep_their_digest():
    plain = framework()

    with pytest.raises(ValueError, match="unknown kinds of body: hospital"):
        framework(standard(bodies=["hospital"]))
    assert "bodies" not in plain.document()["standards"][0]
    asked = framework(standard(bodies=["nhs-trust"]))
    assert asked.document()["standards"][0]["bodies"] == ["nhs-trust"]
    assert Framework.model_validate(asked.document()).digest() == asked.digest() != plain.digest()


# ---- Releases


def test_figures_of_bodies_stand_in_a_table_of_their_own_and_get_no_account():
    trusts_world()
    release = put_out(*rows("RH8", 20, 30, 40))

    assert release.state == Release.State.PUBLISHED
    assert list(
        BodyObservation.objects.order_by("period").values_list(
            "body", "period", "value", "numerator", "denominator", "row"
        )
    ) == [
        ("nhs-trust-rh8", "2025-04-01/P1M", 10.0, 20.0, 200.0, 2),
        ("nhs-trust-rh8", "2025-05-01/P1M", 15.0, 30.0, 200.0, 3),
        ("nhs-trust-rh8", "2025-06-01/P1M", 20.0, 40.0, 200.0, 4),
    ]
    assert not Observation.objects.exists()
    assert not Account.objects.exists()
    assert [m.slug for m in measures_of(release.source)] == ["waits"]


def test_a_trust_that_nobody_knows_holds_the_release():
    trusts_world()
    release = put_out(*rows("RH8", 1, 2, 3), "ZZ9,1,2,April 2025")

    assert release.state == Release.State.HELD
    assert release.faults.get().value == "ZZ9"
    assert not BodyObservation.objects.exists()


def test_a_file_without_its_columns_is_refused():
    trusts_world()
    with pytest.raises(BadInput):
        receive(b"a,b\n1,2\n", source_slug="trusts", filename="t", at=AT, office="operator")


def test_a_correction_is_a_new_release_and_tells_what_it_changed():
    trusts_world()
    first = put_out(*rows("RH8", 20, 30, 40), *rows("RQM", 1, 1, 1))
    second = put_out(*rows("RH8", 20, 36, 40), *rows("RA9", 1, 1, 1), at=AT + dt.timedelta(1))

    changed = Revision.objects.filter(release=second).order_by("id")
    assert [(r.body, r.area, r.kind, r.old_value, r.new_value) for r in changed][:4] == [
        ("nhs-trust-ra9", None, "added", None, 0.5),
        ("nhs-trust-ra9", None, "added", None, 0.5),
        ("nhs-trust-ra9", None, "added", None, 0.5),
        ("nhs-trust-rh8", None, "revised", 15.0, 18.0),
    ]
    assert Counter(r.kind for r in changed) == {"added": 3, "revised": 1, "vanished": 3}
    assert first.body_observations.count() == 6
    first.refresh_from_db()
    assert first.state == Release.State.SUPERSEDED


def test_the_database_refuses_to_change_a_figure_of_a_body_or_a_revision_of_nobody():
    trusts_world()
    release = put_out(*rows("RH8", 20, 30, 40))
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        BodyObservation.objects.update(value=1.0)
    both = {"release": release, "measure": measures_of(release.source).get(), "period": "2025"}
    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.create(kind="added", **both)
