"""The one rule, boundary by boundary.

The course of these tables starts on 24 May and is due on 1 September, a hundred days later, so that the expected
percentage is the number of days that have passed. No database: `tests/support/mutate_status.py` runs these functions
against faulty copies of the rule, and none may pass.
"""

from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations

import pytest

from tasks.rules.status import (
    SEVERITY,
    Light,
    Pace,
    Situation,
    Thresholds,
    expected_percent,
    indicator_light,
    light_of,
    pace_of,
    worst,
)

START, DUE = date(2016, 5, 24), date(2016, 9, 1)
HALF_TIME, OVERDUE, MUCH_LATER = date(2016, 7, 13), date(2016, 9, 2), date(2030, 1, 1)
PLAN = Thresholds(behind_margin=10, ahead_margin=3, soon_days=15)
RED, YELLOW, BLUE, GREEN, SUSPENDED, GREY, CANCELLED, UNASSIGNED = Light


def light(situation, day, thresholds=PLAN):
    return light_of(situation, start=START, day=day, thresholds=thresholds)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lights_have_their_words_and_colours_worst_first():
    assert [(light.value, light.words) for light in Light] == [
        ("red", "红 逾期"),
        ("yellow", "黄 滞后"),
        ("blue", "蓝 临期"),
        ("green", "绿 正常"),
        ("suspended", "灰 已中止"),
        ("grey", "灰 已办结"),
        ("cancelled", "灰 已撤销"),
        ("unassigned", "未明确单位"),
    ]
    assert [light.label for light in Light] == [light.words.split()[-1] for light in Light]
    assert sorted(Light, key=SEVERITY.__getitem__) == [*Light]
    assert [SEVERITY[light] for light in Light] == [*range(8)]


def test_what_is_late_and_what_runs():
    assert [light for light in Light if light.is_late] == [RED, YELLOW]
    assert [light for light in Light if light.is_running] == [RED, YELLOW, BLUE, GREEN]


def test_no_light_has_the_word_of_a_pace():
    """欠进度 is said of a mean against its 序时 alone, 滞后 of a lead alone."""
    assert {light.label for light in Light}.isdisjoint(pace.label for pace in Pace)


def test_paces_have_their_words():
    assert [(pace.value, pace.label) for pace in Pace] == [
        ("ahead", "超进度"),
        ("on_pace", "按序时"),
        ("behind", "欠进度"),
    ]


def test_a_situation_runs_and_was_asked_for_a_report_unless_said_otherwise():
    assert Situation(50, DUE) == Situation(percent=50, due_on=DUE, ended="", was_asked=True)
    assert light(Situation(0, DUE), OVERDUE) == RED


# ── 序时进度 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2015, 1, 1), 0),
        (date(2016, 5, 23), 0),  # the day before it starts
        (START, 0),
        (date(2016, 5, 25), 1),
        (date(2016, 6, 18), 25),
        (HALF_TIME, 50),
        (date(2016, 8, 31), 99),
        (DUE, 100),
        (OVERDUE, 100),  # never more than the whole
        (MUCH_LATER, 100),
    ],
)
def test_expected_is_the_share_of_the_days_that_have_passed(day, expected):
    assert expected_percent(START, DUE, day) == pytest.approx(expected, abs=1e-9)


def test_expected_on_the_frozen_day_of_the_demonstration():
    expected = expected_percent(date(2016, 5, 24), date(2016, 12, 31), date(2016, 10, 12))
    assert expected == pytest.approx(100 * 141 / 221)
    assert f"{expected:.1f}" == "63.8"


def test_expected_is_exact_where_the_share_is_a_whole_number():
    """A hundredth too much from floating point turns a light yellow that stands on the line."""
    days = [START + timedelta(days=passed) for passed in range(101)]
    assert [expected_percent(START, DUE, day) for day in days] == list(range(101))


def test_without_an_end_nothing_is_expected():
    assert expected_percent(START, None, HALF_TIME) is None


@pytest.mark.parametrize("due_on", [START, date(2016, 5, 1)])
def test_due_no_later_than_the_start_everything_is_expected_from_the_due_date_on(due_on):
    assert expected_percent(START, due_on, due_on - timedelta(days=1)) == 0
    assert expected_percent(START, due_on, due_on) == 100
    assert expected_percent(START, due_on, MUCH_LATER) == 100


def test_a_course_of_one_day_jumps_from_nothing_to_all():
    due_on = START + timedelta(days=1)
    assert expected_percent(START, due_on, START) == 0
    assert expected_percent(START, due_on, due_on) == 100


# ── lights ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "percent", "expected"),
    [
        # red: from the day after the due date, whatever has been reached
        (DUE, 89, YELLOW),
        (DUE, 90, BLUE),
        (DUE, 100, BLUE),
        (OVERDUE, 0, RED),
        (OVERDUE, 99, RED),
        (OVERDUE, 100, RED),
        (MUCH_LATER, 100, RED),
        # yellow: strictly below expected less ten
        (date(2016, 6, 3), 0, GREEN),  # 10 expected
        (date(2016, 6, 4), 0, YELLOW),  # 11 expected
        (HALF_TIME, 0, YELLOW),
        (HALF_TIME, 39, YELLOW),
        (HALF_TIME, 40, GREEN),
        (HALF_TIME, 41, GREEN),
        (HALF_TIME, 100, GREEN),
        # blue: fifteen days before the due date, not sixteen
        (date(2016, 8, 16), 100, GREEN),
        (date(2016, 8, 17), 100, BLUE),
        (date(2016, 8, 31), 100, BLUE),
        # yellow is worse than blue
        (date(2016, 8, 16), 73, YELLOW),
        (date(2016, 8, 16), 74, GREEN),
        (date(2016, 8, 17), 74, YELLOW),
        (date(2016, 8, 17), 75, BLUE),
        # before the start and on its day
        (date(2016, 5, 1), 0, GREEN),
        (START, 0, GREEN),
    ],
)
def test_light_of_a_running_lead(day, percent, expected):
    assert light(Situation(percent, DUE), day) == expected


@pytest.mark.parametrize(("kind", "shown"), [("closed", GREY), ("suspended", SUSPENDED), ("cancelled", CANCELLED)])
@pytest.mark.parametrize("due_on", [DUE, None])
def test_what_has_ended_says_how_on_any_day(kind, shown, due_on):
    for day in (START, HALF_TIME, date(2016, 8, 20), OVERDUE):
        assert light(Situation(0, due_on, ended=kind), day) == shown


@pytest.mark.parametrize(
    ("day", "shown"),
    [(HALF_TIME, GREEN), (date(2016, 8, 16), GREEN), (date(2016, 8, 17), BLUE), (DUE, BLUE), (OVERDUE, RED)],
)
def test_nobody_is_behind_before_anybody_could_report(day, shown):
    """Only yellow waits for the first period: what is due soon or overdue is so at once."""
    assert light(Situation(0, DUE, was_asked=False), day) == shown


@pytest.mark.parametrize("day", [START, HALF_TIME, OVERDUE, MUCH_LATER])
@pytest.mark.parametrize("percent", [0, 100])
def test_what_has_no_end_stays_green(day, percent):
    assert light(Situation(percent, None), day) == GREEN


@pytest.mark.parametrize(
    ("thresholds", "day", "percent", "expected"),
    [
        (Thresholds(0, 3, 15), HALF_TIME, 49, YELLOW),
        (Thresholds(0, 3, 15), HALF_TIME, 50, GREEN),
        (Thresholds(20, 3, 15), HALF_TIME, 29, YELLOW),
        (Thresholds(20, 3, 15), HALF_TIME, 30, GREEN),
        (Thresholds(10, 3, 0), date(2016, 8, 31), 100, GREEN),
        (Thresholds(10, 3, 0), DUE, 100, BLUE),
        (Thresholds(10, 3, 30), date(2016, 8, 1), 100, GREEN),
        (Thresholds(10, 3, 30), date(2016, 8, 2), 100, BLUE),
        (Thresholds(10, 40, 15), HALF_TIME, 39, YELLOW),  # the margin ahead has no say in lights
    ],
)
def test_thresholds_are_data_of_the_plan(thresholds, day, percent, expected):
    assert light(Situation(percent, DUE), day, thresholds) == expected


def test_the_start_is_the_plan_s_own():
    day, late_start = date(2016, 8, 16), date(2016, 8, 12)  # 4 of 20 days have passed, or 84 of 100
    assert light_of(Situation(15, DUE), start=late_start, day=day, thresholds=PLAN) == GREEN
    assert light_of(Situation(15, DUE), start=START, day=day, thresholds=PLAN) == YELLOW


def test_on_the_line_is_never_yellow_and_one_below_always_is():
    for passed in range(10, 101):
        day = START + timedelta(days=passed)
        assert light(Situation(passed - 10, DUE), day) != YELLOW, day
        if passed > 10:
            assert light(Situation(passed - 11, DUE), day) == YELLOW, day


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("percent", "expected", "pace"),
    [
        (0, 50.0, Pace.BEHIND),
        (39, 50.0, Pace.BEHIND),
        (39.99, 50.0, Pace.BEHIND),
        (40, 50.0, Pace.ON_PACE),
        (50, 50.0, Pace.ON_PACE),
        (53, 50.0, Pace.ON_PACE),
        (53.01, 50.0, Pace.AHEAD),
        (54, 50.0, Pace.AHEAD),
        (100, 50.0, Pace.AHEAD),
        (0, 0.0, Pace.ON_PACE),
        (0, 10.0, Pace.ON_PACE),
        (0, 10.5, Pace.BEHIND),
        (100, 97.0, Pace.ON_PACE),
        (100, 100.0, Pace.ON_PACE),
        (0, None, Pace.ON_PACE),
        (100, None, Pace.ON_PACE),
    ],
)
def test_pace_with_ten_points_behind_and_three_ahead(percent, expected, pace):
    assert pace_of(percent, expected, PLAN) == pace


@pytest.mark.parametrize(
    ("thresholds", "percent", "pace"),
    [
        (Thresholds(0, 0, 15), 49.9, Pace.BEHIND),
        (Thresholds(0, 0, 15), 50, Pace.ON_PACE),
        (Thresholds(0, 0, 15), 50.1, Pace.AHEAD),
        (Thresholds(25, 20, 15), 24, Pace.BEHIND),
        (Thresholds(25, 20, 15), 25, Pace.ON_PACE),
        (Thresholds(25, 20, 15), 70, Pace.ON_PACE),
        (Thresholds(25, 20, 15), 71, Pace.AHEAD),
    ],
)
def test_margins_of_the_pace_are_data_of_the_plan(thresholds, percent, pace):
    assert pace_of(percent, 50.0, thresholds) == pace


def test_behind_and_yellow_never_disagree():
    for passed in range(101):
        day = START + timedelta(days=passed)
        for percent in range(101):
            is_behind = pace_of(percent, expected_percent(START, DUE, day), PLAN) == Pace.BEHIND
            assert is_behind == (light(Situation(percent, DUE), day) == YELLOW), (day, percent)


# ── indicators ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("percent", "expected", "shown"),
    [
        (39.9, 50.0, YELLOW),
        (40.0, 50.0, GREEN),
        (0.0, None, GREEN),
        (99.9, 120.0, YELLOW),
        (100.0, 120.0, GREEN),  # it is reached, whatever was expected
        (130.0, 150.0, GREEN),
    ],
)
def test_an_indicator_is_yellow_while_it_is_behind_and_not_reached(percent, expected, shown):
    assert indicator_light(percent, expected, PLAN) == shown


# ── the worst of several ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lights", "shown"),
    [
        ([RED, YELLOW, BLUE, GREEN, GREY], RED),
        ([CANCELLED, GREY, SUSPENDED], SUSPENDED),
        ([CANCELLED, GREY], GREY),
        ([YELLOW, BLUE, GREEN, GREY], YELLOW),
        ([BLUE, GREEN, GREY], BLUE),
        ([GREEN, GREY], GREEN),
        ([GREY], GREY),
        ([GREEN, GREEN], GREEN),
    ],
)
def test_a_whole_shows_its_worst_part_in_whatever_order(lights, shown):
    assert all(worst(order) == shown for order in permutations(lights))
    assert worst(iter(lights)) == shown


def test_a_whole_without_parts_is_nobody_s():
    assert worst([]) == UNASSIGNED


# ── a whole year, last: a fault that a shorter check finds never gets to it ──────────────────────────────────────


def test_every_light_of_a_year_against_the_rule_in_exact_fractions():
    due_on, thresholds = date(2016, 12, 31), Thresholds(10, 3, 15)
    whole = (due_on - START).days
    for passed in range(-2, whole + 3):
        day = START + timedelta(days=passed)
        expected = Fraction(100 * min(max(passed, 0), whole), whole)
        for percent in range(0, 101, 3):
            if passed > whole:
                right = RED
            elif percent < expected - 10:
                right = YELLOW
            elif whole - passed <= 15:
                right = BLUE
            else:
                right = GREEN
            assert light_of(Situation(percent, due_on), start=START, day=day, thresholds=thresholds) == right, (
                day,
                percent,
            )
