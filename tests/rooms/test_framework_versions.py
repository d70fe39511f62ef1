"""Several versions of a framework: until when each holds, and standards that they share."""

import datetime as dt

import pytest
import yaml

from folkmoot.common.errors import BadInput
from folkmoot.framework import building, queries
from folkmoot.framework.building import build_standings
from folkmoot.framework.importing import load_shipped, put_in_use
from folkmoot.framework.models import FrameworkVersion, StandardAccount, Standing
from tests.rooms.framework_account import AT, account
from tests.rooms.framework_known import KNOWN
from tests.rooms.framework_material import SOURCE, framework, standard

pytestmark = pytest.mark.django_db


def unlabelled(*standards, **more):
    """A framework in use, in the record."""
    fields = {"slug": "england-as-found", "title": "England", "illustrative": False}
    return framework(*standards, **{**fields, "ladder": [], "sources": [SOURCE], **more})


def rows_by_version(model):
    """All that is written of each version, but for its number."""
    left_out = {"id", "framework_id", "computed_at"}
    found = {}
    for row in model.objects.order_by("framework", "pk").values():
        own = {name: value for name, value in row.items() if name not in left_out}
        found.setdefault(row["framework_id"], []).append(own)
    return list(found.values())


def test_the_same_standard_in_several_versions_is_judged_once_with_the_same_rows(monkeypatch):
    account()
    put_in_use(unlabelled(), office="build", at=AT)
    put_in_use(unlabelled(version="2", **{"from": dt.date(2026, 6, 1)}), office="build", at=AT)
    build_standings(AT)
    apart = [rows_by_version(model) for model in (Standing, StandardAccount)]
    Standing.objects.all().delete()
    StandardAccount.objects.all().delete()
    judgements = []
    judge = building.judge
    monkeypatch.setattr(building, "judge", lambda *of: judgements.append(of) or judge(*of))

    report = build_standings(AT)

    assert (report.judged, report.standings, len(judgements)) == (2, 18, 1)
    assert [rows_by_version(model) for model in (Standing, StandardAccount)] == apart
    assert len(apart[0]) == 2


def test_a_version_holds_until_the_next_begins():
    put_in_use(unlabelled(), office="build", at=AT)
    first = queries.version_of("england-as-found", "1")
    assert queries.superseded(first) is None
    assert queries.last_day(first.framework, None) is None
    put_in_use(unlabelled(version="2", **{"from": dt.date(2027, 1, 1)}), office="build", at=AT)

    later = queries.superseded(first)
    assert (later.version, later.starts) == ("2", dt.date(2027, 1, 1))
    assert queries.last_day(first.framework, later) == dt.date(2026, 12, 31)
    ending = unlabelled(to=dt.date(2026, 3, 31))
    assert queries.last_day(ending, later) == dt.date(2026, 3, 31)


@pytest.mark.parametrize(
    "mine", [{"from": "2026-06-01"}, {"from": "2025-06-01", "to": "2026-02-01"}]
)
def test_a_shipped_version_whose_days_are_taken_here_is_left_out_and_told_of(tmp_path, mine):
    whole = unlabelled(standard(measure="dfe-ehc-plans-20-weeks")).document()
    whole |= {"roles": [], "safeguards": [], "from": "2026-01-01"}
    (tmp_path / "england-as-found.yaml").write_text(yaml.safe_dump(whole))
    put_in_use(unlabelled(version="local", **mine), office="minister", at=AT)

    loaded = load_shipped(tmp_path, KNOWN, at=AT)

    assert (loaded.versions, [fault.kind for fault in loaded.left_out]) == ((), ["days"])
    assert loaded.left_out[0].where == "england-as-found 1"
    assert "local" in loaded.left_out[0].what
    assert FrameworkVersion.objects.get().version == "local"


def test_a_shipped_version_with_other_content_under_a_name_in_use_still_stops_the_build(tmp_path):
    whole = unlabelled(standard(measure="dfe-ehc-plans-20-weeks")).document()
    whole |= {"roles": [], "safeguards": [], "from": "2026-01-01"}
    (tmp_path / "england-as-found.yaml").write_text(yaml.safe_dump(whole))
    put_in_use(unlabelled(title="Another"), office="minister", at=AT)

    with pytest.raises(BadInput) as refused:
        load_shipped(tmp_path, KNOWN, at=AT)
    assert ["never changed" in fault.what for fault in refused.value.faults] == [True]
