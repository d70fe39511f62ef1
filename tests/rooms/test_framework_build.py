"""Standings in the database: built once, replaced whole, read for pages."""

import datetime as dt

import numpy as np
import pytest
import yaml

from folkmoot.common.errors import BadInput, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.framework import building, queries
from folkmoot.framework.building import build_standings
from folkmoot.framework.differences import diff
from folkmoot.framework.history import panels
from folkmoot.framework.importing import load_shipped, put_in_use
from folkmoot.framework.models import FrameworkVersion, StandardAccount, Standing
from folkmoot.framework.queries_discretion import discretion
from folkmoot.framework.rules.trigger import find
from folkmoot.measures.models import MeasureAccount
from folkmoot.places.models import Area
from folkmoot.shipped import shipped
from tests.rooms.framework_account import AT, SEN, account
from tests.rooms.framework_known import KNOWN
from tests.rooms.framework_material import DEVON, LEEDS, SOURCE, TODAY, YORK, framework, standard

pytestmark = pytest.mark.django_db


def unlabelled(*standards, **more):
    """A framework in use, in the record."""
    return framework(
        *standards,
        **{
            "slug": "england-as-found",
            "illustrative": False,
            "title": "England",
            "ladder": [],
            "sources": [SOURCE],
            **more,
        },
    )


@pytest.fixture
def built():
    account()
    version = put_in_use(unlabelled(), office="build", at=AT)
    build_standings(AT)
    return queries.current(TODAY), version


def area(code):
    return Area.objects.get(code=code).pk


def test_every_place_and_period_has_its_standing_with_release_and_row(built):
    in_use, _ = built

    found = queries.standing_of(area(DEVON), "plans", in_use)

    assert [
        (h.fact.period, h.fact.value, h.fact.state, h.fact.consecutive, h.fact.row, h.newest)
        for h in found
    ] == [
        ("2022-01-01/P1Y", 11.8, "below", 1, 2, False),
        ("2023-01-01/P1Y", 4.9, "below", 2, 3, False),
        ("2024-01-01/P1Y", 3.2, "below", 3, 4, True),
    ]
    assert found[-1].fact.release == "source-of-plans-in-time/1"
    assert found[-1].fact.affected == 194
    assert found[-1].says == "194 of 200 late: below the minimum."
    assert Standing.objects.count() == 9


def test_a_place_opens_with_what_is_below_the_minimum(built):
    in_use, _ = built

    devon = queries.standings(area(DEVON), in_use)
    york = queries.standings(area(YORK), in_use)
    leeds = queries.standings(area(LEEDS), in_use)

    assert [(h.standard.id, h.fact.failing) for h in devon] == [("plans", True)]
    assert [h.says for h in york] == ["Meets the minimum."]
    assert [h.fact.state for h in leeds] == ["cannot-say"]
    assert queries.failing(area(DEVON), in_use) == devon
    assert queries.failing(area(YORK), in_use) == []
    assert queries.standings(area(DEVON), in_use, service="waste") == []


def test_those_furthest_below_come_first_and_the_unknown_last(built):
    in_use, _ = built

    assert [h.area_name for h in queries.worst("plans", in_use)] == ["Devon", "York", "Leeds"]
    assert [h.area_name for h in queries.worst("plans", in_use, limit=1)] == ["Devon"]


def test_reads_take_few_queries(built, django_assert_num_queries):
    in_use, _ = built
    place = area(DEVON)

    with django_assert_num_queries(1):
        queries.standings(place, in_use)
    with django_assert_num_queries(1):
        queries.standing_of(place, "plans", in_use)
    with django_assert_num_queries(1):
        queries.worst("plans", in_use)
    with django_assert_num_queries(3):
        discretion(SEN, in_use, TODAY)


def test_figures_of_any_number_of_measures_take_three_queries(built, django_assert_num_queries):
    account("reviews-held", cases=None)
    with django_assert_num_queries(3):
        held = panels({"plans-in-time", "reviews-held", "nothing"}, "E92000001")

    assert list(held) == ["plans-in-time", "reviews-held"]
    counted, bare = held.values()
    assert counted.areas == bare.areas == tuple(sorted(counted.areas))
    assert (counted.value == bare.value)[~np.isnan(counted.value)].all()
    assert np.nanmax(counted.cases) == 200
    assert np.isnan(bare.cases).all()
    assert panels({"plans-in-time"}, "W92000004") == {}


def test_what_is_built_feeds_a_finding(built):
    in_use, _ = built
    whole = framework(**{"from": dt.date(2020, 1, 1)})

    facts = queries.facts(area(DEVON), in_use)
    found = find(whole, "notice", DEVON, facts, TODAY, service=SEN)

    assert found.allowed
    assert [f.row for c in found.conditions for f in c.rests_on] == [3, 4]


def test_what_has_not_changed_is_left_alone(built):
    before = list(Standing.objects.values_list("pk", flat=True))

    again = build_standings(AT)

    assert (again.judged, again.unchanged, again.standings) == (0, 1, 0)
    assert list(Standing.objects.values_list("pk", flat=True)) == before


def test_a_new_account_is_judged_again(built):
    MeasureAccount.objects.update(inputs="second")

    again = build_standings(AT)

    assert (again.judged, again.standings) == (1, 9)
    assert Standing.objects.count() == 9


def test_another_release_is_judged_again_even_with_the_same_inputs(built):
    made = MeasureAccount.objects.get()
    release = made.release
    release.pk, release.number, release.state = None, 2, "ready"
    release.save()
    MeasureAccount.objects.update(release=release)

    build_standings(AT)

    assert set(Standing.objects.values_list("release__number", flat=True)) == {2}


def test_standings_without_an_account_go(built):
    MeasureAccount.objects.all().delete()

    build_standings(AT)

    assert not Standing.objects.exists()
    assert not StandardAccount.objects.exists()


def test_a_build_that_fails_leaves_the_old_standings_whole(built, monkeypatch):
    MeasureAccount.objects.update(inputs="second")

    def crash(*_args):
        raise RuntimeError

    monkeypatch.setattr(building, "_summarise", crash)
    with pytest.raises(RuntimeError):
        build_standings(AT)

    assert Standing.objects.count() == 9
    assert StandardAccount.objects.get().inputs


def test_the_summary_counts_places(built):
    in_use, _ = built

    (row,) = queries.required(in_use, TODAY)

    assert row.period == "2024-01-01/P1Y"
    assert row.states == {"below": 1, "meets": 1, "cannot-say": 1}
    assert (row.failing, row.note, row.in_force) == (1, "", True)


def test_a_standard_without_figures_says_so():
    account()
    unmeasured = standard(id="other", measure=None, line=None)
    lapsed = standard(id="lapsed", measure=None, line=None, to=dt.date(2020, 1, 1))
    put_in_use(unlabelled(unmeasured, lapsed), office="build", at=AT)
    build_standings(AT)

    found = queries.required(queries.current(TODAY), TODAY, SEN)

    assert [(r.note, r.in_force) for r in found] == [
        ("No published figures to judge this by.", True),
        ("No published figures to judge this by.", False),
    ]


# ---- Versions


def test_putting_a_version_into_use_is_a_public_act_once():
    one = put_in_use(unlabelled(), office="build", at=AT)
    again = put_in_use(unlabelled(), office="build", at=AT)

    assert one.pk == again.pk
    act = PublicAct.objects.get()
    assert (act.verb, act.subject, act.office) == (
        "adopt-framework",
        "framework:england-as-found/1",
        "build",
    )


def test_what_is_illustrative_never_reaches_the_record():
    version = put_in_use(framework(), office="build", at=AT)

    assert version.space == "rehearsal"
    assert not PublicAct.objects.exists()
    assert queries.versions() == []
    assert [v.framework.slug for v in queries.versions("rehearsal")] == ["try"]


def test_a_version_is_never_changed():
    put_in_use(unlabelled(), office="build", at=AT)

    with pytest.raises(BadInput) as refused:
        put_in_use(unlabelled(title="England, changed"), office="build", at=AT)

    assert "never changed" in refused.value.faults[0].what
    assert FrameworkVersion.objects.get().title == "England"


def test_a_later_version_takes_over_from_its_day_and_none_begins_before_another():
    put_in_use(unlabelled(), office="build", at=AT)
    put_in_use(unlabelled(version="2", **{"from": dt.date(2027, 1, 1)}), office="build", at=AT)

    assert queries.current(TODAY).framework.version == "1"
    assert queries.current(dt.date(2027, 1, 1)).framework.version == "2"
    with pytest.raises(BadInput):
        put_in_use(unlabelled(version="3", **{"from": dt.date(2026, 6, 1)}), office="build", at=AT)


def test_no_version_in_use_is_not_found():
    with pytest.raises(NotFound):
        queries.current(TODAY)
    put_in_use(unlabelled(), office="build", at=AT)
    with pytest.raises(NotFound):
        queries.current(dt.date(2025, 1, 1))
    with pytest.raises(NotFound):
        queries.version_of("england-as-found", "9")
    assert queries.version_of("england-as-found", "1").framework.title == "England"


def test_the_shipped_frameworks_load_once_and_come_back_whole():
    folder = shipped("catalogue") / "frameworks"

    load_shipped(folder, KNOWN, at=AT)
    load_shipped(folder, KNOWN, at=AT)

    assert FrameworkVersion.objects.count() == len(list(folder.glob("*.yaml"))) >= 4
    assert PublicAct.objects.count() == FrameworkVersion.objects.filter(space="record").count()
    found = queries.current(TODAY)
    assert found.framework.digest() == found.digest
    assert queries.current(TODAY, queries.ILLUSTRATIVE).framework.ladder


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ({"version": "2", "from": "2026-06-01", "measure": "magic"}, "unknown measure 'magic'"),
        ({"version": "2", "from": "2026-03-01"}, "overlap from 2026-03-01"),
        ({"version": "1", "from": "2026-06-01"}, "is also that of"),
    ],
)
def test_a_build_refuses_what_the_check_refuses(tmp_path, second, says):
    first = unlabelled(standard(measure="dfe-ehc-plans-20-weeks"), to="2026-03-31").document()
    later = dict(second)
    measure = later.pop("measure", "dfe-ehc-plans-20-weeks")
    other = {**unlabelled(standard(measure=measure)).document(), **later}
    for name, whole in (("england-as-found--1", first), ("england-as-found", other)):
        whole |= {"roles": [], "safeguards": []}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(whole))

    with pytest.raises(BadInput) as refused:
        load_shipped(tmp_path, KNOWN, at=AT)

    assert [says in fault.what for fault in refused.value.faults] == [True]
    assert not FrameworkVersion.objects.exists()


def test_a_version_in_use_holds_until_the_end_that_it_set():
    put_in_use(unlabelled(to=dt.date(2026, 3, 31)), office="build", at=AT)
    early = {"version": "2", "from": dt.date(2026, 3, 31)}

    with pytest.raises(BadInput) as refused:
        put_in_use(unlabelled(**early), office="build", at=AT)
    assert "runs until 2026-03-31" in refused.value.faults[0].what
    put_in_use(unlabelled(version="2", **{"from": dt.date(2026, 4, 1)}), office="build", at=AT)


def test_a_folder_with_a_fault_loads_nothing(tmp_path):
    (tmp_path / "bad.yaml").write_text("slug: bad\n")

    with pytest.raises(BadInput):
        load_shipped(tmp_path, KNOWN, at=AT)

    assert not FrameworkVersion.objects.exists()


# ---- Two versions side by side


def test_what_changed_and_whose_standing_changes_with_it():
    account()
    before = unlabelled(standard(), standard(id="gone", measure=None, line=None))
    after = unlabelled(
        standard(kind="guidance"), standard(id="new", measure=None, line=None), version="2"
    )

    found = diff(before, after)

    assert (found.before, found.after) == ("england-as-found 1", "england-as-found 2")
    assert [(c.part, c.id, c.field, c.what) for c in found.changes] == [
        ("standards", "plans", "kind", "changed"),
        ("standards", "gone", "", "removed"),
        ("standards", "new", "", "added"),
    ]
    assert [(m.area_name, m.before, m.after) for m in found.moved] == [
        ("Devon", ("below", "every-case", True), ("below", "every-case", False)),
    ]


def test_a_moved_line_moves_those_between():
    account()
    lower = standard(kind="national-standard", per_case=False, operator=">=", value=3, line=3)

    found = diff(unlabelled(), unlabelled(lower, version="2"))

    assert [(m.area, m.after[0]) for m in found.moved] == [(DEVON, "meets")]


def test_a_standard_taken_away_is_asked_of_nobody():
    account()

    found = diff(unlabelled(), unlabelled(standard(measure=None, line=None), version="2"))

    assert {m.area for m in found.moved} == {DEVON, LEEDS, YORK}
    assert {m.after for m in found.moved} == {("", "", False)}


def test_the_same_twice_differs_in_nothing():
    account()
    same = diff(unlabelled(), unlabelled())

    assert (same.changes, same.moved) == ((), ())
