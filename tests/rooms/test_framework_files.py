"""Framework files: every planted fault of form is found with its line."""

from pathlib import Path

import pytest

from folkmoot.framework.reading import read_framework, read_frameworks
from tests.rooms.framework_material import framework, standard
from tests.rooms.framework_written import line_of, write


def test_every_fault_of_form_is_found_at_once_with_line_and_path(tmp_path):
    fields = framework(standard(), standard(id="second")).document()
    del fields["standards"][0]["source"]
    fields["standards"][1]["kind"] = "wish"
    fields["standards"][1]["from"] = "soon"
    fields["ladder"][0]["safeguards"] = []
    del fields["ladder"][0]["appeal"]
    fields["ladder"][0]["reply_days"] = 0
    fields["colour"] = "red"
    path = write(tmp_path / "frameworks", fields)

    read, faults = read_framework(path)

    assert read.stand_ins
    assert {fault.where for fault in faults} == {
        f"frameworks/try.yaml, line {line_of(path, '- id: plans')}, standards.0.source",
        f"frameworks/try.yaml, line {line_of(path, 'kind: wish')}, standards.1.kind",
        f"frameworks/try.yaml, line {line_of(path, 'from: soon')}, standards.1.from",
        f"frameworks/try.yaml, line {line_of(path, 'safeguards: []')}, ladder.0.safeguards",
        f"frameworks/try.yaml, line {line_of(path, '- id: notice')}, ladder.0.appeal",
        f"frameworks/try.yaml, line {line_of(path, 'reply_days: 0')}, ladder.0.reply_days",
        f"frameworks/try.yaml, line {line_of(path, 'colour: red')}, colour",
    }
    assert all(fault.what and fault.remedy for fault in faults)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"from": None}, "from is missing"),
        ({"from": None, "dates_note": "Nobody seems to know the day."}, "from which day"),
        ({"line": None}, "a measure needs its line"),
        ({"measure": None}, "a line its measure"),
        ({"applies_to": []}, "of which areas"),
        ({"applies_to": ["parish"]}, "unknown kinds of area: parish"),
        ({"service": None}, "say in subject"),
        ({"to": "2013-01-01"}, "ends before it starts"),
    ],
)
def test_a_standard_that_does_not_hang_together_is_a_fault(tmp_path, change, says):
    fields = framework().document()
    fields["standards"][0].update(change)
    path = write(tmp_path / "frameworks", fields)

    _, faults = read_framework(path)

    assert len(faults) == 1
    assert says in faults[0].what
    assert f"line {line_of(path, '- id: plans')}, standards.0" in faults[0].where


def test_a_role_asks_for_offices_that_there_are(tmp_path):
    fields = framework().document()
    assert "office" not in fields["roles"][0]
    fields["roles"][0]["office"] = ["minister", "wizard"]
    path = write(tmp_path / "frameworks", fields)

    _, faults = read_framework(path)

    assert [(fault.where.split(", ")[-1], fault.what) for fault in faults] == [
        ("roles.0", "Value error, unknown kinds of office: wizard.")
    ]


def test_a_field_twice_and_a_file_that_is_no_yaml_are_found_with_their_line(tmp_path):
    path = write(tmp_path / "frameworks", framework())
    path.write_text(path.read_text() + "title: Illustrative again\n")
    broken = tmp_path / "frameworks" / "broken.yaml"
    broken.write_text("slug: broken\ntitle: [never closed\n")
    latin = tmp_path / "frameworks" / "latin.yaml"
    latin.write_bytes(b"title: caf\xe9")
    (tmp_path / "frameworks" / "list.yaml").write_text("- one\n")

    _, faults = read_frameworks(tmp_path / "frameworks")

    lines = len(path.read_text().splitlines())
    assert [fault.where for fault in faults] == [
        "frameworks/broken.yaml, line 3",
        "frameworks/latin.yaml",
        "frameworks/list.yaml",
        f"frameworks/try.yaml, line {lines}, title",
    ]
    assert faults[-1].what == "the field is here twice."


def test_a_file_is_named_after_its_slug_and_takes_over_standards_that_there_are(tmp_path):
    folder = tmp_path / "frameworks"
    write(folder, framework(), "other.yaml")
    write(folder, framework(slug="lost", standards_from="nowhere"), "lost.yaml")

    _, faults = read_frameworks(folder)

    assert [fault.where.split(", ")[-1] for fault in faults] == ["slug", "standards_from"]


def test_standards_taken_over_give_way_to_ones_own(tmp_path):
    folder = tmp_path / "frameworks"
    write(folder, framework(standard(), standard(id="second")), "try.yaml")
    own = framework(standard(title="A plan within 20 weeks, ours"), slug="mine")
    write(folder, {**own.document(), "standards_from": "try"}, "mine.yaml")

    reads, faults = read_frameworks(folder)

    assert faults == []
    mine = next(r.framework for r in reads if r.framework.slug == "mine")
    assert [(s.id, s.title) for s in mine.standards] == [
        ("plans", "A plan within 20 weeks, ours"),
        ("second", "A plan within 20 weeks"),
    ]


# ---- The guide


def test_the_guide_tells_of_every_field():
    text = (Path(__file__).resolve().parents[2] / "docs" / "frameworks.md").read_text()
    fields = framework().document()
    told = [*fields["standards"][0], *fields["ladder"][0]]

    assert [name for name in told if f"`{name}`" not in text] == []
    assert "`planted`" not in text
