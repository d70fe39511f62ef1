"""Figures of NHS trusts: bodies read from a release of their own, and judged like places."""

import csv
import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from folkmoot.bodies.models import Body
from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.bodies.trusts import TRUSTS, code_of_trust, trust_slugs
from folkmoot.common.errors import BadInput
from folkmoot.framework import queries
from folkmoot.framework.building import build_standings
from folkmoot.framework.catalogue import Framework
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.models import BodyStanding, FrameworkVersion, Standing
from folkmoot.framework.queries_bodies import bodies_on, history_of_body
from folkmoot.measures import receiving
from folkmoot.measures.catalogue import Catalogue, read_catalogue
from folkmoot.measures.checking import shipped_areas
from folkmoot.measures.importing import sync_catalogue
from folkmoot.measures.models import (
    Account,
    BodyObservation,
    MeasureAccount,
    Observation,
    Release,
    Revision,
)
from folkmoot.measures.publishing import publish
from folkmoot.measures.readers import read
from folkmoot.measures.receiving import measures_of, receive
from folkmoot.measures.rules.definition import HISTORY_FIELDS
from folkmoot.places.models import Area
from folkmoot.shipped import shipped
from tests.rooms.framework_account import AT, account
from tests.rooms.framework_material import SOURCE, TODAY, framework, standard
from tests.rooms.releases_material import measure, source
from tests.rooms.releases_world import SCHOOLS

pytestmark = pytest.mark.django_db
DATA, FOLDER = shipped("data"), shipped("catalogue")
SLUG = "nhs-ae-trust"
HEADER = "nhs_trust22_code,attendances_over_4hours,total_attendances,date"


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

TITLE = {
    "slug": "waits",
    "title": "People who waited",
    "people": "people",
    "kinds": {"integrated-care-board"},
    "similar": "ons-global",
}


def trusts_world():
    """One measure of boards (no figures of theirs) and of trusts; the bodies of four trusts."""
    columns = {"numerator": "attendances_over_4hours", "denominator": "total_attendances"}
    boards = source("nhs-counts", slug="boards", columns={"area": "icb", "period": "date"})
    trusts = source(
        "nhs-counts",
        slug="trusts",
        columns={"area": "nhs_trust22_code", "period": "date"},
        area_codes="nhs-trust",
        period_format="month-name",
        status_marks={"": "not reported"},
    )
    waits = measure(
        reading={"dataset": "boards"},
        select=columns,
        bodies={"dataset": "trusts", "select": columns},
        **TITLE,
    )
    sources = {"boards": boards, "trusts": trusts}
    sync_catalogue(Catalogue({"schools": SCHOOLS}, sources, {"waits": waits}))
    for code in ("RH8", "RQM", "RA9", "RBQ"):
        slug = f"nhs-trust-{code.lower()}"
        Body.objects.create(slug=slug, name=f"NHS trust {code}", kind="nhs-trust", source="x")


def put_out(*rows, at=AT):
    data = "\n".join([HEADER, *rows, ""]).encode()
    release = receive(data, source_slug="trusts", filename="t.csv", at=at, office="operator")
    if release.state != Release.State.READY:
        return release
    return publish([release], at=at, office="operator")[0]


MONTHS = ("April 2025", "May 2025", "June 2025")


def rows(code, *over, cases=200):
    return [f"{code},{n},{cases},{month}" for n, month in zip(over, MONTHS, strict=True)]


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


# ---- Standings


def asked(**more):
    """A framework in use whose one standard is asked of trusts, and of boards."""
    waits = standard(
        id="waits",
        service="schools",
        measure="waits",
        title="At most 5 in 100 wait",
        kind="national-standard",
        per_case=False,
        operator=">=",
        value=95,
        unit="%",
        line=5,
        breach="waited",
        applies_to=["integrated-care-board"],
        bodies=["nhs-trust"],
    )
    return framework(
        waits,
        **{
            "slug": "england-as-found",
            "illustrative": False,
            "title": "England",
            "ladder": [],
            "sources": [SOURCE],
            **more,
        },
    )


def judged(*lines):
    trusts_world()
    release = put_out(*lines)
    boards = Release.objects.create(
        source=measures_of(release.source).get().source,
        number=1, sha256="0" * 64, filename="b", size=1, state="published", received_at=AT,
    )  # fmt: skip
    board = Area.objects.create(
        code="E54000001", name="Board", slug="board", kind="integrated-care-board",
        nation="E92000001", edition="2025-04", source="x",
    )  # fmt: skip
    waits = measures_of(release.source).get()
    MeasureAccount.objects.create(
        measure=waits, release=boards, period="2025-06-01/P1M", period_end="2025-07-01",
        basis="none", field=0, summary={}, inputs="first", computed_at=AT,
    )  # fmt: skip
    fields = {f.name for f in Account._meta.fields}
    blank = {n: "" for n in fields if n.startswith("verdict_")} | {"funnel": "", "trend": ""}
    past = dict.fromkeys(HISTORY_FIELDS, "") | {"value": 8.0, "lower": None, "upper": None}
    past |= {"period": "2025-06-01/P1M", "end": "2025-07-01", "row": 9}
    Account.objects.create(
        measure=waits, area=board, release=boards, row=9, period="2025-06-01/P1M",
        period_end="2025-07-01", newest=True, value=8.0, compared=True,
        history=[list(past.values())], **blank,
    )  # fmt: skip
    put_in_use(asked(), office="build", at=AT)
    return build_standings(AT)


def course(code):
    body = Body.objects.get(slug=f"nhs-trust-{code.lower()}")
    return [
        (h.fact.state, h.fact.consecutive, h.fact.affected, h.fact.cases, h.fact.row)
        for h in history_of_body(body.pk, queries.current(TODAY))
    ]


def test_every_trust_and_month_is_judged_and_counted_in_a_row():
    judged(
        *rows("RH8", 20, 30, 40),
        *rows("RQM", "", 10, 11),
        *rows("RA9", 40, 8, 12),
    )

    assert course("RH8") == [
        ("below", 1, 20, 200, 2),
        ("below", 2, 30, 200, 3),
        ("below", 3, 40, 200, 4),
    ]
    # No figure is no standing; the line itself is met.
    assert [state for state, *_ in course("RQM")] == ["cannot-say", "meets", "below"]
    assert [n for _, n, *_ in course("RA9")] == [1, 0, 1]
    newest = bodies_on("waits", queries.current(TODAY))
    assert [(h.area_name, h.fact.failing, h.says) for h in newest] == [
        ("NHS trust RA9", True, "Below the minimum, and every case is counted."),
        ("NHS trust RH8", True, "Below the minimum, and every case is counted."),
        ("NHS trust RQM", True, "Below the minimum, and every case is counted."),
    ]
    assert newest[0].fact.release == "trusts/1"


def test_boards_stand_beside_trusts_and_are_not_mixed_with_them():
    report = judged(*rows("RH8", 20, 30, 40))

    assert Standing.objects.get().area.slug == "board"
    assert BodyStanding.objects.count() == 3
    assert report.standings == 4


def test_a_trust_that_saw_nobody_is_asked_nothing_and_one_that_stops_is_said_to_be_missing(
    monkeypatch,
):
    monkeypatch.setattr(receiving, "accepted", lambda *_: {"impossible-value": "nobody came"})
    judged(
        *rows("RH8", 20, 30, 40),
        *rows("RBQ", 0, 0, 0, cases=0),
        "RA9,20,200,April 2025",
    )

    assert course("RBQ") == []
    assert [state for state, *_ in course("RA9")] == ["below", "not-in-release", "not-in-release"]
    says = {h.fact.area: h.says for h in bodies_on("waits", queries.current(TODAY))}
    assert says["nhs-trust-ra9"] == "The release has no figure for this NHS trust."


def test_what_has_not_changed_is_left_alone_and_a_new_release_of_trusts_is_judged_anew():
    judged(*rows("RH8", 20, 30, 40))
    before = set(BodyStanding.objects.values_list("pk", flat=True))
    assert build_standings(AT).unchanged == 1
    assert set(BodyStanding.objects.values_list("pk", flat=True)) == before

    put_out(*rows("RH8", 20, 30, 4), at=AT + dt.timedelta(1))
    again = build_standings(AT)

    assert (again.judged, again.standings) == (1, 4)
    assert [state for state, *_ in course("RH8")] == ["below", "below", "meets"]
    assert set(BodyStanding.objects.values_list("release__number", flat=True)) == {2}


def test_a_rehearsal_judges_no_body():
    judged(*rows("RH8", 20, 30, 40))
    words = {"title": "Illustrative", "scope": "An illustrative scope."}
    illustrative = asked(slug="try", illustrative=True, **words)
    put_in_use(illustrative, office="build", at=AT)
    build_standings(AT)

    assert FrameworkVersion.objects.filter(space="rehearsal").exists()
    assert set(BodyStanding.objects.values_list("framework__slug", flat=True)) == {
        "england-as-found"
    }


def test_standings_of_bodies_go_with_the_account_that_the_standard_rests_on():
    judged(*rows("RH8", 20, 30, 40))
    MeasureAccount.objects.all().delete()
    build_standings(AT)

    assert not BodyStanding.objects.exists()


def test_reads_take_one_query_each(django_assert_num_queries):
    judged(*rows("RH8", 20, 30, 40))
    in_use, body = queries.current(TODAY), Body.objects.get(slug="nhs-trust-rh8").pk

    with django_assert_num_queries(1):
        history_of_body(body, in_use)
    with django_assert_num_queries(1):
        bodies_on("waits", in_use)


def test_a_standard_without_figures_of_bodies_judges_places_alone():
    account()
    whole = framework(
        standard(bodies=["nhs-trust"]),
        slug="england-as-found", illustrative=False, title="England", ladder=[], sources=[SOURCE],
    )  # fmt: skip
    put_in_use(whole, office="build", at=AT)
    build_standings(AT)

    assert Standing.objects.exists()
    assert not BodyStanding.objects.exists()
