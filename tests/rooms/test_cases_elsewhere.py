"""Real interventions: thirteen records as they were found, marked incomplete."""

import csv
import datetime as dt
import shutil

import pytest

from folkmoot.common.errors import BadInput
from folkmoot.common.models import PublicAct
from folkmoot.framework.cases import importing
from folkmoot.framework.cases.elsewhere import elsewhere
from folkmoot.framework.models import Case, InterventionElsewhere
from folkmoot.shipped import shipped
from tests.rooms.places_loaded import places

__all__ = ["places"]
TODAY = dt.date(2026, 11, 23)


def test_the_thirteen_records_appear_as_found(places, db):
    acts = PublicAct.objects.count()
    assert importing.import_elsewhere(shipped("data")) == 13
    assert importing.import_elsewhere(shipped("data")) == 13

    found = elsewhere(TODAY)
    with (shipped("data") / importing.FILE).open() as file:
        rows = list(csv.DictReader(file))
    assert [(e.council, e.place, e.started, e.ended, e.note, e.source_seen) for e in found] == [
        tuple(row.values()) for row in rows
    ]
    assert not any(e.complete for e in found)
    assert all(e.place_slug for e in found)
    states = [(e.council, e.state) for e in found if e.state == "planned-end"]
    assert states == [("Tower Hamlets", "planned-end"), ("Spelthorne", "planned-end")]
    assert [e.says for e in elsewhere(TODAY, place="E07000213")] == [
        "Planned to end on 31 May 2030."
    ]
    assert elsewhere(TODAY, place="E10000008") == []
    # They are not acts of anybody on this site, nor cases.
    assert PublicAct.objects.count() == acts
    assert not Case.objects.exists()


def test_faults_of_the_file_are_all_found_and_nothing_changes(places, db, tmp_path):
    importing.import_elsewhere(shipped("data"))
    (tmp_path / "standards").mkdir()
    file = tmp_path / importing.FILE
    shutil.copyfile(shipped("data") / importing.FILE, file)
    text = file.read_text().replace("E08000012", "E99999999").replace("Woking,", ",")
    file.write_text(text)
    with pytest.raises(BadInput) as refused:
        importing.import_elsewhere(tmp_path)
    assert [f.where.split(", ")[1:] for f in refused.value.faults] == [
        ["row 4", "gss"],
        ["row 5", "council"],
    ]
    file.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="fault"):
        importing.import_elsewhere(tmp_path)
    assert InterventionElsewhere.objects.count() == 13
