"""Drawings: where things stand on them, what is said beside them, and that text is escaped."""

import datetime as dt
import re

from folkmoot.web.charts.history import History, Point, draw_history
from folkmoot.web.charts.locator import draw_locator
from folkmoot.web.charts.map import MapArea, MapDrawing, draw_map, step_of, steps
from folkmoot.web.charts.ranking import Ranked, Ranking, draw_ranking
from folkmoot.web.charts.scale import strip_scale
from folkmoot.web.charts.strip import Strip, draw_strip

PLACES = tuple(float(value) for value in range(10, 61))


def strip(**changes):
    given = {
        "key": "k",
        "measure": "Pupils often absent",
        "place": "Leeds",
        "values": PLACES,
        "similar": (20.0, 30.0),
        "here": 50.0,
        "lower": 48.0,
        "upper": 52.0,
        "nation": 35.0,
        "nation_name": "rest of England",
        "nation_text": "35%",
        "better": "lower",
        "description": "50 in every 100.",
    }
    return draw_strip(Strip(**{**given, **changes}))


def diamond(svg):
    return float(re.search(r'<svg x="([\d.]+)%" y="38"', svg)[1])


def test_better_is_always_on_the_left():
    assert diamond(strip(better="lower", here=12.0)) < 10
    assert diamond(strip(better="higher", here=58.0)) < 10
    assert "← lower, better" in strip(better="lower")
    assert "← higher, better" in strip(better="higher")


def test_without_judgement_low_is_left_and_nothing_is_better():
    drawn = strip(better="none", here=12.0)

    assert diamond(drawn) < 10
    assert "better" not in drawn
    assert "worse" not in drawn


def test_strip_has_a_tick_for_each_place_and_a_circle_for_each_similar_one():
    drawn = strip()
    ticks = re.search(r'class="c-ticks" d="([^"]+)"', drawn)[1]

    assert ticks.count("M") == len(PLACES)
    assert drawn.count('class="c-similar"') == 2
    assert drawn.count('class="c-nation"') == 1


def test_whisker_spans_the_limits_and_is_absent_without_them():
    scale = strip_scale(PLACES, [50.0, 20.0, 30.0, 35.0], better="lower")
    left, right = re.search(r'c-whisker" x1="([\d.]+)%" x2="([\d.]+)%"', strip()).groups()

    assert abs(float(left) - scale.at(48.0)) < 0.1
    assert abs(float(right) - scale.at(52.0)) < 0.1
    assert "c-whisker" not in strip(lower=None)


def test_a_far_place_does_not_press_the_others_together_and_is_told_of():
    values = (*PLACES, 5000.0)
    scale = strip_scale(values, [50.0], better="lower")

    assert scale.at(60.0) > 50
    assert scale.at(5000.0) == scale.at(scale.high)
    assert "1 place lies beyond the ends" in strip(values=values)
    assert "beyond the ends" not in strip()


def test_drawings_are_named_described_and_escaped():
    drawn = strip(place="<b>X</b>", nation_name="A&B")

    assert '<svg class="fm-chart fm-strip"' in drawn
    assert 'role="img" aria-labelledby="strip-k-t strip-k-d"' in drawn
    assert '<desc id="strip-k-d">50 in every 100.</desc>' in drawn
    assert "<b>" not in drawn
    assert "A&amp;B" in drawn
    assert "style=" not in drawn


def points(*values):
    return tuple(
        Point(dt.date(2015 + i, 9, 1), f"{2014 + i}/{15 + i}", value, None, None, None, str(value))
        for i, value in enumerate(values)
    )


def history(*values, **more):
    return draw_history(History("h", "Title", "Told.", points(*values), **more))


def test_a_gap_in_the_data_is_a_gap_in_the_line():
    assert history(1.0, 2.0, 3.0, 4.0).count('class="c-line"') == 1
    assert history(1.0, 2.0, None, 4.0, 5.0).count('class="c-line"') == 2


def test_a_history_of_one_value_is_not_drawn():
    assert history(1.0, None, None) is None


def test_a_higher_value_stands_higher():
    heights = re.search(r'class="c-dot" d="([^"]+)"', history(1.0, 5.0))[1]
    (_, first), (_, last) = re.findall(r"M([\d.]+) ([\d.]+)h0", heights)

    assert float(last) < float(first)


def test_the_band_needs_both_limits():
    with_limits = tuple(
        Point(p.end, p.label, p.value, p.value - 1, p.value + 1, None, p.text)
        for p in points(1.0, 2.0, 3.0)
    )
    drawn = draw_history(History("h", "T", "D", with_limits))

    assert drawn.count('class="c-band"') == 1
    assert "c-band" not in history(1.0, 2.0, 3.0)


def ranking(better, places):
    return draw_ranking(Ranking("r", "T", "D", places, better, None, "", "9", "1", "Leeds"))


def test_the_best_place_is_first_whichever_way_is_better():
    places = (
        Ranked(1.0, 0.5, 1.5, "better", here=True),
        Ranked(2.0, 1.5, 2.5, "no-clear-difference"),
        Ranked(3.0, 2.5, 3.5, "worse"),
    )
    where = {
        better: float(re.search(r'<svg x="([\d.]+)%"', ranking(better, places))[1])
        for better in ("lower", "higher")
    }

    assert where["lower"] < 20
    assert where["higher"] > 90


def test_ranking_groups_verdicts_and_needs_two_places():
    drawn = ranking("lower", (Ranked(1.0, 0.5, 1.5, "better"), Ranked(3.0, 2.5, 3.5, "worse")))

    assert drawn.count("c-fat is-better") == 1
    assert drawn.count("c-fat is-worse") == 1
    assert ranking("lower", (Ranked(1.0, None, None, "better"),)) is None


def test_steps_hold_every_value_once_in_about_equal_numbers():
    values = [float(v) for v in range(100)]
    found = steps(values)

    assert [step.count for step in found] == [19, 20, 20, 20, 21]
    assert sum(step.count for step in found) == 100
    assert step_of(0.0, found) == "m-1"
    assert step_of(99.0, found) == "m-5"


def test_equal_values_stay_in_one_step():
    found = steps([1.0] * 90 + [2.0] * 10)

    assert [(step.low, step.high, step.count) for step in found] == [(1.0, 1.0, 90), (2.0, 2.0, 10)]
    assert len({step.fill for step in found}) == 2


def test_a_map_links_its_areas_and_leaves_out_what_has_no_shape():
    drawn = draw_map(
        MapDrawing(
            "m",
            "Map",
            "Told.",
            "lower",
            (
                MapArea("E08000035", "/place/leeds/schools/", "m-worse", "Leeds: <19%>"),
                MapArea("E99999999", "/place/nowhere/schools/", "m-1", "Nowhere"),
            ),
            here="E08000035",
        )
    )

    assert '<a href="/place/leeds/schools/"><title>Leeds: &lt;19%&gt;</title>' in drawn
    assert "nowhere" not in drawn.lower()
    assert 'fill="url(#dots)"' in drawn
    assert drawn.count('class="m-here"') == 1
    assert 'role="group"' in drawn


def test_a_locator_rings_a_small_place_and_is_absent_for_one_without_shape():
    assert "m-ring" in draw_locator("E09000001", "City of London", "london")
    assert "m-ring" not in draw_locator("E06000065", "North Yorkshire", "unitary")
    assert draw_locator("E99999999", "Nowhere", "district") is None
