"""Where NHS trusts stand: judged like places, month by month, and compared with nothing."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from folkmoot.bodies.models import Body
from folkmoot.framework import queries
from folkmoot.framework.building import build_standings
from folkmoot.framework.history_bodies import body_panel
from folkmoot.framework.importing import put_in_use
from folkmoot.framework.models import BodyStanding, FrameworkVersion, Standing
from folkmoot.framework.queries_bodies import bodies_on, history_of_body
from folkmoot.framework.rules.standing import judge
from folkmoot.measures import receiving
from folkmoot.measures.models import (
    Account,
    Measure,
    MeasureAccount,
    Release,
)
from folkmoot.measures.receiving import measures_of
from folkmoot.measures.rules.definition import HISTORY_FIELDS
from folkmoot.places.models import Area
from tests.rooms.framework_account import AT, account
from tests.rooms.framework_material import SOURCE, TODAY, framework, standard
from tests.rooms.trusts_world import put_out, rows, trusts_world

pytestmark = pytest.mark.django_db


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


def test_trusts_stand_alike_in_versions_that_ask_alike():
    judged(*rows("RH8", 20, 30, 40), *rows("RQM", "", 10, 11))
    put_in_use(asked(version="2", **{"from": dt.date(2026, 6, 1)}), office="build", at=AT)
    build_standings(AT)
    columns = [f.attname for f in BodyStanding._meta.fields if f.name not in {"id", "framework"}]

    def written():
        found = BodyStanding.objects.order_by("framework", "pk")
        return list(found.values_list("framework__version", *columns))

    apart = written()
    BodyStanding.objects.all().delete()
    FrameworkVersion.objects.get(version="1").accounts.all().delete()
    FrameworkVersion.objects.get(version="2").accounts.all().delete()
    Standing.objects.all().delete()

    build_standings(AT)

    assert written() == apart
    assert [row[0] for row in apart] == ["1"] * 6 + ["2"] * 6


def test_how_many_waited_is_what_the_publisher_counted_and_not_worked_out_from_the_share():
    judged(*rows("RH8", 20, 30, 40), *rows("RQM", "", 10, 11))
    release = Release.objects.get(source__slug="trusts")
    made = body_panel(Measure.objects.get(), release)
    assert made.above[0].tolist() == [20, 30, 40]
    assert np.isnan(made.above[1, 0])

    # A share that is printed in whole numbers, as some publishers do.
    coarse = replace(made, value=np.full_like(made.value, 14.0))
    (waits,) = asked().standards
    found = judge(coarse, waits.model_copy(update={"applies_to": waits.bodies}))
    assert found.affected[0].tolist() == [20, 30, 40]


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
