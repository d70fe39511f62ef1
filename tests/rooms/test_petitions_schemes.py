"""Whose thresholds hold: this site's own scheme, and what a body adopted, from its day on."""

import pytest
import yaml

from folkmoot.bodies.rules import BODY_KINDS
from folkmoot.common.errors import BadInput, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.petitions import schemes
from folkmoot.petitions.actions.schemes import adopt_scheme
from folkmoot.petitions.models import BodyScheme
from folkmoot.shipped import shipped
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, LEEDS

LEVELS = [
    {"kind": "answer", "number": 100, "days": 20},
    {"kind": "debate", "share": 0.01, "at_least": 500, "days": 60},
]
SOURCE = "https://www.leeds.gov.uk/your-council/petitions"


@pytest.fixture
def world(db, at):
    return made.world(at)


def adopt(world, **more):
    fields = {
        "actor": world.officer, "body": LEEDS, "levels": LEVELS, "since": world.at.date(),
        "source": SOURCE, "at": world.at,
    }  # fmt: skip
    return adopt_scheme(**{**fields, **more})


def test_without_a_scheme_of_its_own_the_site_s_holds(world, at):
    scheme = schemes.scheme_for(world.body, at.date())

    assert (scheme.key, scheme.own, scheme.rule) == ("site", False, "petitions:site")
    assert [level.kind for level in scheme.levels] == ["answer", "hearing", "debate"]


def test_a_body_adopts_one_and_it_holds_from_its_day(world, at):
    today = at.date()
    row = adopt(world, since=today + 10 * DAY)

    before = schemes.scheme_for(world.body, today + 9 * DAY)
    after = schemes.scheme_for(world.body, today + 10 * DAY)
    elsewhere = schemes.scheme_for(world.other_body, today + 10 * DAY)

    assert (before.key, elsewhere.key) == ("site", "site")
    assert (after.key, after.version, after.source, after.own) == (LEEDS, "1", SOURCE, True)
    assert [level.as_json() for level in after.levels] == LEVELS
    assert row.by == f"{LEEDS}/chief-executive"
    act = PublicAct.objects.get(verb="adopt-scheme")
    assert (act.office, act.subject) == (row.by, f"petition-scheme:{LEEDS}/1")


def test_the_newest_version_holds_and_the_older_stay(world, at):
    adopt(world)
    adopt(world, levels=[{"kind": "answer", "number": 50, "days": 20}])

    scheme = schemes.scheme_for(world.body, at.date())

    assert (scheme.version, scheme.levels[0].number) == ("2", 50)
    assert [each.version for each in schemes.schemes_of(world.body)] == ["2", "1"]


@pytest.mark.parametrize("who", ["creator", "moderator", "stranger", "site", "administrator"])
def test_only_an_officer_of_the_body_adopts(world, who):
    with pytest.raises(NotAllowed):
        adopt(world, actor=getattr(world, who))
    with pytest.raises(NotAllowed):
        adopt(world, actor=None)
    assert BodyScheme.objects.count() == 0


def test_every_fault_at_once(world, at):
    with pytest.raises(BadInput) as refused:
        adopt(world, levels=[{"kind": "debate", "number": 0}], since=at.date() - DAY, source="x")

    where = {fault.where for fault in refused.value.faults}
    assert where == {"level 1, days", "level 1, number", "levels", "since", "source"}
    with pytest.raises(NotFound):
        adopt(world, body="nobody")
    with pytest.raises(BadInput):
        adopt(world, source=f"{SOURCE}/{'x' * 200}")
    with pytest.raises(BadInput):
        adopt(world, source="javascript:alert(1)")
    assert BodyScheme.objects.count() == 0


def test_no_version_reaches_behind_the_one_before(world, at):
    adopt(world, since=at.date() + 10 * DAY)

    with pytest.raises(BadInput) as refused:
        adopt(world, since=at.date() + 9 * DAY)

    assert [fault.where for fault in refused.value.faults] == ["since"]


def test_only_bodies_with_a_council_debate():
    own = schemes.site_scheme()

    debating = {
        kind for kind in BODY_KINDS if any(e.kind == "debate" for e in own.levels_for(kind))
    }

    assert {"metropolitan-council", "welsh-council", "combined-authority"} <= debating
    assert not {"police-force", "department", "integrated-care-board"} & debating
    assert all(own.levels_for(kind)[0].kind == "answer" for kind in BODY_KINDS)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda raw: raw.pop("sources"), "sources"),
        (lambda raw: raw.update(version="new"), "version"),
        (lambda raw: raw["levels"][0].pop("why"), "levels.0.why"),
        (lambda raw: raw["levels"].pop(0), "scheme"),
        (lambda raw: raw["levels"][1].update(share=3), "scheme"),
        (lambda raw: raw["levels"][2].update(bodies=["moon"]), "scheme"),
        (lambda raw: raw.update(extra=1), "extra"),
    ],
)
def test_a_faulty_file_is_refused_with_its_faults(tmp_path, change, where):
    raw = yaml.safe_load((shipped("catalogue") / schemes.FILE).read_text("utf-8"))
    change(raw)
    path = tmp_path / schemes.FILE
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(raw), "utf-8")

    with pytest.raises(BadInput) as refused:
        schemes.read_site_scheme(tmp_path)

    assert [fault.where for fault in refused.value.faults] == [f"{schemes.FILE}, {where}"]


@pytest.mark.parametrize("text", ["levels: [", "- a list", "\x00"])
def test_what_is_no_scheme_at_all_is_refused(tmp_path, text):
    path = tmp_path / schemes.FILE
    path.parent.mkdir()
    path.write_text(text, "utf-8")

    with pytest.raises(BadInput):
        schemes.read_site_scheme(tmp_path)


def test_the_check_of_the_catalogue_names_its_faults(tmp_path):
    assert schemes.faults_of_site_scheme(shipped("catalogue")) == []
    assert schemes.faults_of_site_scheme(tmp_path) == []
    (tmp_path / schemes.FILE).parent.mkdir()
    (tmp_path / schemes.FILE).write_text("title: None", "utf-8")
    assert len(schemes.faults_of_site_scheme(tmp_path)) >= 5
