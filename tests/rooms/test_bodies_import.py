"""Which bodies, offices and holders there are, counted against independent files."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from folkmoot.bodies import registers, rules
from folkmoot.bodies.actions import remove_holder
from folkmoot.bodies.catalogue import read_catalogue
from folkmoot.bodies.importing import BodiesImported, import_bodies
from folkmoot.bodies.models import Body, Holder, Office, OfficeArea, Remit
from folkmoot.common.errors import BadInput
from folkmoot.places.models import Area
from folkmoot.places.queries import living_area
from folkmoot.shipped import shipped
from tests.rooms.bodies_loaded import AT, bodies

__all__ = ["bodies"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bodies")]
DATA, CATALOGUE = shipped("data"), shipped("catalogue")


def govuk() -> list[dict[str, str]]:
    path = DATA / "areas" / "govuk_local-authorities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_council_that_there_is_has_one_body_of_its_kind() -> None:
    areas = Area.objects.filter(kind__in=rules.COUNCIL_OF_AREA, ended=None)
    found = Counter(
        Body.objects.filter(area__in=areas, kind__in=rules.COUNCIL_KINDS).values_list(
            "area__code", "kind"
        )
    )
    assert found == {(area.code, rules.COUNCIL_OF_AREA[area.kind]): 1 for area in areas}
    assert sum(found.values()) == 382


def test_govuk_lists_the_same_councils() -> None:
    """GOV.UK's own list, which the bodies are not made from, names the same places."""
    # Its codes are older: some places have another since, and new councils took over others.
    listed = {area.code for row in govuk() if (area := living_area(row["gss"])) is not None}
    live = Body.objects.filter(kind__in=rules.COUNCIL_KINDS, ended=None)
    assert set(live.values_list("area__code", flat=True)) == listed


def test_kinds_of_body_are_counted() -> None:
    live = Counter(Body.objects.filter(ended=None).values_list("kind", flat=True))
    assert live["police-force"] == 43
    assert live["police-commissioner"] == 37  # 43 less four mayors, London and its City
    assert live["integrated-care-board"] == 42
    assert live["combined-authority"] == 15
    assert live["fire-authority"] == 29  # 47 less two mayors, four commissioners, 12 councils
    assert set(live) <= set(rules.BODY_KINDS)


def test_councils_that_ended_are_kept_with_their_last_day() -> None:
    body = Body.objects.get(slug="northamptonshire-county-council")
    assert body.ended == dt.date(2021, 3, 31)
    assert [o.kind for o in body.offices.all()] == [rules.WHOLE]


def test_a_date_of_entry_in_a_list_is_not_taken_for_a_beginning() -> None:
    assert Body.objects.get(slug="leeds-city-council").started is None
    assert Body.objects.get(slug="cumberland-council").started == dt.date(2023, 4, 1)


def holder_of(code: str, capacity: str) -> str:
    """The key of the office that acts for a place."""
    row = OfficeArea.objects.select_related("office__body").get(area__code=code, capacity=capacity)
    return f"{row.office.body.slug}/{row.office.slug}"


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("E23000005", "greater-manchester-combined-authority/mayor"),
        ("E23000010", "west-yorkshire-combined-authority/mayor"),
        ("E23000011", "south-yorkshire-mayoral-combined-authority/mayor"),
        ("E23000009", "york-and-north-yorkshire-combined-authority/mayor"),
        ("E23000001", "greater-london-authority/mayor"),
        ("E23000034", "city-of-london-corporation/council"),
        ("E23000035", "police-and-crime-commissioner-for-devon-and-cornwall/commissioner"),
        ("E23000014", "police-and-crime-commissioner-for-west-midlands/commissioner"),
        ("W15000004", "police-and-crime-commissioner-for-dyfed-powys/commissioner"),
        ("E23000028", "police-fire-and-crime-commissioner-for-essex/commissioner"),
    ],
)
def test_who_holds_the_police_to_account(code: str, key: str) -> None:
    assert holder_of(code, rules.POLICE) == key


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("E31000040", "greater-manchester-combined-authority/mayor"),
        ("E31000027", "york-and-north-yorkshire-combined-authority/mayor"),
        ("E31000046", "london-fire-commissioner/commissioner"),
        ("E31000015", "police-fire-and-crime-commissioner-for-essex/commissioner"),
        ("E31000009", "police-fire-and-crime-commissioner-for-cumbria/commissioner"),
        ("E31000008", "cornwall-council/council"),
        ("E31000035", "surrey-county-council/council"),
        ("E31000011", "devon-and-somerset-fire-and-rescue-authority/authority"),
        ("E31000042", "south-yorkshire-fire-and-rescue-authority/authority"),
        ("W25000001", "north-wales-fire-and-rescue-authority/authority"),
    ],
)
def test_who_is_the_fire_authority(code: str, key: str) -> None:
    assert holder_of(code, rules.FIRE) == key


@pytest.mark.parametrize(
    ("capacity", "kind"), [(rules.POLICE, "police-force"), (rules.FIRE, "fire-authority")]
)
def test_every_police_and_fire_area_has_one_office_that_acts_for_it(
    capacity: str, kind: str
) -> None:
    acting = Counter(
        OfficeArea.objects.filter(capacity=capacity).values_list("area__code", flat=True)
    )
    assert acting == dict.fromkeys(
        Area.objects.filter(kind=kind, ended=None).values_list("code", flat=True), 1
    )


def test_thirteen_councils_have_a_mayor_and_no_leader() -> None:
    councils = Body.objects.filter(kind__in=rules.COUNCIL_KINDS)
    mayors = councils.filter(offices__kind="mayor")
    assert mayors.count() == 13
    assert not mayors.filter(offices__kind="leader").exists()
    assert not Office.objects.filter(
        body__kind="combined-authority",
        kind="mayor",
        body__area__code__in=["E47000015", "E47000018"],
    ).exists()
    assert Office.objects.filter(body__kind="combined-authority", kind="mayor").count() == 13


def test_only_councils_that_run_childrens_services_have_their_director() -> None:
    kinds = set(
        Office.objects.filter(kind="director-of-childrens-services").values_list(
            "body__kind", flat=True
        )
    )
    assert kinds == {"county-council", "unitary-council", "metropolitan-council", "london-council"}
    assert Office.objects.filter(kind="director-of-childrens-services").count() == 153


def test_members_of_parliament_are_those_of_the_file() -> None:
    path = DATA / "offices" / "current-MPs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["PCON24CD", "PCON24NM", "MP", "Party name", "Start date"]
    held = {
        code: (name, party, since.isoformat(), as_at)
        for code, name, party, since, as_at in Holder.objects.values_list(
            "office__code", "name", "party", "since", "as_at"
        )
    }
    told = dt.date(2026, 6, 1)
    assert held == {
        row["PCON24CD"]: (row["MP"], row["Party name"], row["Start date"], told) for row in rows
    }
    assert len(held) == 650


def test_each_district_has_the_constituencies_of_the_look_up() -> None:
    listed = json.loads((DATA / "areas" / "lookup-LAD24CD-PCON24CD.json").read_text("utf-8"))
    renewed = {"E08000016": "E08000038", "E08000019": "E08000039"}
    found: dict[str, dict[str, float]] = {}
    rows = OfficeArea.objects.filter(capacity=rules.MEMBER)
    for area, code, share in rows.values_list("area__code", "office__code", "share"):
        found.setdefault(area, {})[code] = share
    assert found == {renewed.get(area, area): parts for area, parts in listed.items()}
    assert sum(len(parts) == 1 for parts in found.values()) == 63


def rows_of(model: type) -> list[dict[str, object]]:
    return list(model._default_manager.order_by("pk").values())  # type: ignore[attr-defined]


def test_loading_again_changes_nothing(bodies: BodiesImported) -> None:
    models = (Body, Office, OfficeArea, Holder, Remit)
    before = [rows_of(model) for model in models]
    again = import_bodies(DATA, CATALOGUE, at=AT)
    assert again == bodies
    assert [rows_of(model) for model in models] == before


def test_what_somebody_imported_is_not_overwritten_by_the_shipped_list() -> None:
    office = Office.objects.get(body__slug="house-of-commons", slug="exeter")
    shipped_holder = office.holders.get()
    last = dt.date(2026, 9, 1)
    Holder.objects.filter(pk=shipped_holder.pk).update(until=last, source="https://example.org/a")
    Holder.objects.create(
        office=office,
        name="Ann Newcomer",
        since=dt.date(2026, 10, 2),
        source="https://example.org/b",
        as_at=AT.date(),
    )
    import_bodies(DATA, CATALOGUE, at=AT)
    assert list(office.holders.values_list("name", "until")) == [
        ("Ann Newcomer", None),
        (shipped_holder.name, last),
    ]


def test_a_member_who_was_taken_away_does_not_come_back_and_a_later_one_does(
    tmp_path: Path,
) -> None:
    office = Office.objects.get(body__slug="house-of-commons", slug="exeter")
    before = Holder.objects.count()
    gone = office.holders.get()
    remove_holder(
        key="house-of-commons/exeter",
        name=gone.name,
        since=gone.since,
        reason="holder-objected",
        office="operator",
        at=AT,
    )
    import_bodies(DATA, CATALOGUE, at=AT + dt.timedelta(days=1))
    assert not office.holders.exists()
    assert Holder.objects.count() == before - 1

    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    file = data / "offices" / "current-MPs.csv"
    lines = file.read_text("utf-8").splitlines()
    code = office.code
    (at,) = [number for number, line in enumerate(lines) if line.startswith(f"{code},")]
    for since, found in ((AT.date(), []), (AT.date() + dt.timedelta(days=1), ["Ann Newcomer"])):
        lines[at] = f"{code},Exeter,Ann Newcomer,Labour,{since}"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        for _ in range(2):
            import_bodies(data, CATALOGUE, at=AT + dt.timedelta(days=9))
            assert list(office.holders.values_list("name", flat=True)) == found


def test_an_office_that_is_no_longer_listed_ends_and_stays() -> None:
    body = Body.objects.get(slug="leeds-city-council")
    old = Office.objects.create(body=body, slug="alderman", title="Alderman", kind="leader")
    import_bodies(DATA, CATALOGUE, at=dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC))
    old.refresh_from_db()
    assert old.ended == dt.date(2026, 7, 1)  # in London it is past midnight


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    for name in ("bodies", "remits", "services"):
        shutil.copytree(CATALOGUE / name, folder / name)
    return folder


def test_a_catalogue_with_faults_writes_nothing_and_names_them_all(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "remits" / "waste.yaml"
    text = file.read_text("utf-8").replace("who: upper-council", "who: the-county", 1)
    file.write_text(text.replace("waste-ni-1997", "no-such-law", 1), "utf-8")
    (folder / "remits" / "schools.yaml").unlink()
    before = rows_of(Remit)
    with pytest.raises(BadInput) as caught:
        import_bodies(DATA, folder, at=AT)
    said = " ".join(str(fault) for fault in caught.value.faults)
    assert "the-county" in said
    assert "no-such-law" in said
    assert "remits/schools.yaml: is missing" in said
    assert rows_of(Remit) == before


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("areas: [welsh]", "areas: [atlantis]", "no kind of area 'atlantis'"),
        ("role: oversees", "role: rules", "role"),
        ("  who: body:ofsted", "  who: body:ofstead", "no national body 'ofstead'"),
        ("  role: decides\n", "  role: no-say\n", "has no say and yet decides"),
        ("checked: 2026-11-23", "checked: soon", "checked"),
    ],
)
def test_faults_of_a_remit_are_found(tmp_path: Path, old: str, new: str, what: str) -> None:
    folder = copied(tmp_path)
    file = folder / "remits" / "early-years.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    _, faults = read_catalogue(folder)
    assert any("early-years.yaml" in fault.where and what in str(fault) for fault in faults)


def test_a_place_that_is_not_known_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "bodies" / "strategic.yaml"
    file.write_text(file.read_text("utf-8").replace("E47000001", "E47000099"), "utf-8")
    catalogue, faults = read_catalogue(folder)
    assert faults == []
    with pytest.raises(ValueError, match="E47000099"):
        registers.bodies(DATA, catalogue, {}, {})


def test_no_text_is_longer_than_its_column() -> None:
    for model in (Body, Office, OfficeArea, Holder, Remit):
        for field in model._meta.concrete_fields:
            if field.max_length:
                values = model._default_manager.values_list(field.name, flat=True)
                assert all(len(str(value)) <= field.max_length for value in values), field.name
