"""From assignments to items, sections, agencies and the plan.

The functions that ask for no fixture are run against faulty copies of the roll-up by `tests/support/mutate_status.py`.
"""

from datetime import date
from decimal import Decimal

import pytest

from qa_plan.clock import end_of
from tasks.models import ActionItem, Assignment, Closure, Plan
from tasks.rules.status import Light, Pace, Thresholds
from tasks.standing.rollup import (
    ItemStanding,
    Standing,
    Total,
    item_standings,
    standing_of,
    standings_from_queryset,
    thresholds_of,
    total,
)
from tests.support.factories import (
    ASSIST,
    accepted_report,
    close,
    close_a_period,
    make_agency,
    make_assignment,
    make_item,
    make_plan,
    moment,
    withdraw,
)

DAY, DUE = date(2016, 7, 13), date(2016, 9, 1)  # half of the hundred days from 24 May have passed
RED, YELLOW, BLUE, GREEN, SUSPENDED, GREY, CANCELLED, UNASSIGNED = Light
FIRST_REPORT_DUE = date(2016, 7, 12)  # the day before: whoever is below the line is behind


def make_standing(percent=50, light=GREEN, **fields):
    defaults = {
        "pk": 1,
        "item_id": 1,
        "agency_id": 1,
        "is_lead": True,
        "weight": 1,
        "due_on": DUE,
        "closure": "",
        "obligation": "",
        "has_accepted": True,
    }
    return Standing(**{**defaults, "percent": percent, "expected": 50.0, "light": light, "pace": None, **fields})


def make_assist(percent=50, **fields):
    """An assisting one: nothing is expected of it, and it has no light."""
    return make_standing(percent, None, is_lead=False, expected=None, **fields)


def roll_up(*rows):
    """The standing of item 1, of a plan with the usual thresholds."""
    return item_standings([ActionItem(pk=1)], rows, Plan(issued_on=date(2016, 5, 24)), DAY)[0]


def make_item_standing(percent=50.0, light=GREEN, expected=50.0):
    return ItemStanding(ActionItem(pk=1), [make_standing()], [], percent, expected, light, None, DUE)


def reckon(percent=50, day=DAY, plan=None, **columns):
    """What the roll-up makes of one assignment, as an `as_of` query yields it."""
    columns = {"pk": 4, "item_id": 5, "agency_id": 6, "role": "lead", **columns}
    facts = {
        "weight_now": 2,
        "accepted_percent": percent,
        "due_on": columns.pop("due_on", DUE),
        "closure": columns.pop("closure", ""),
        "obligation": "",
        "first_owed_on": columns.pop("first_owed_on", FIRST_REPORT_DUE),
    }
    assignment = Assignment(**columns)
    vars(assignment).update(facts)
    return standing_of(assignment, plan or Plan(issued_on=date(2016, 5, 24)), day)


# ── one assignment ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("closure", "has_ended", "counts"),
    [
        ("", False, True),
        ("reopened", False, True),
        ("closed", True, True),
        ("suspended", True, False),
        ("cancelled", True, False),
    ],
)
def test_what_a_closure_means_for_a_lead(closure, has_ended, counts):
    standing = make_standing(closure=closure)
    assert (standing.has_ended, standing.counts) == (has_ended, counts)


@pytest.mark.parametrize("closure", ["", "closed", "suspended"])
def test_an_assisting_agency_never_counts(closure):
    standing = make_assist(closure=closure)
    assert not standing.counts
    assert standing.light_word == "协助"


@pytest.mark.parametrize("light", Light)
def test_a_light_says_its_word(light):
    assert make_standing(light=light).light_word == light.label


def test_the_gap_is_what_the_shown_figures_differ_by():
    assert make_standing(38, expected=50.5).gap == -13  # of 38% and 51%
    assert make_standing(38, expected=50.4).gap == -12
    assert make_standing(38, expected=None).gap is None
    assert make_item_standing(38.5, expected=50.5).gap == -12  # of 39% and 51%
    assert make_item_standing(38.0, expected=None).gap is None
    assert Total(percent=70.75, expected=73.84).gap == Decimal("-3.0")  # of 70.8% and 73.8%


def test_the_worst_come_first_and_assisting_ones_last():
    rows = [make_assist(), *(make_standing(light=light) for light in reversed(Light))]
    in_order = sorted(rows, key=lambda row: row.severity)
    assert [row.light for row in in_order] == [*Light, None]


def test_before_a_report_was_accepted_an_assignment_counts_as_nought_and_says_so():
    standing = reckon(None)
    assert (standing.percent, standing.has_accepted) == (0, False)
    assert (reckon(0).percent, reckon(0).has_accepted) == (0, True)


def test_nobody_is_behind_before_the_first_report_that_it_owes_was_due():
    for first_owed_on, light in ((None, GREEN), (date(2016, 7, 14), GREEN), (DAY, GREEN), (FIRST_REPORT_DUE, YELLOW)):
        standing = reckon(0, first_owed_on=first_owed_on)
        assert (standing.light, standing.pace) == (light, Pace.BEHIND)


def test_a_standing_says_whose_it_is_and_what_went_into_it():
    assert reckon(45) == Standing(
        pk=4,
        item_id=5,
        agency_id=6,
        is_lead=True,
        weight=2,
        percent=45,
        has_accepted=True,
        due_on=DUE,
        closure="",
        obligation="",
        expected=50,
        light=GREEN,
        pace=Pace.ON_PACE,
    )


@pytest.mark.parametrize(
    ("day", "percent", "light", "pace"),
    [
        (DAY, 39, YELLOW, Pace.BEHIND),
        (DAY, 40, GREEN, Pace.ON_PACE),
        (DAY, 54, GREEN, Pace.AHEAD),
        (DUE, 100, BLUE, Pace.ON_PACE),
        (date(2016, 9, 2), 100, RED, Pace.ON_PACE),
    ],
)
def test_a_running_lead_has_the_light_and_pace_of_the_rule(day, percent, light, pace):
    for closure in ("", "reopened"):
        standing = reckon(percent, day, closure=closure)
        assert (standing.light, standing.pace, standing.closure) == (light, pace, closure)


@pytest.mark.parametrize(("closure", "light"), [("closed", GREY), ("suspended", SUSPENDED), ("cancelled", CANCELLED)])
def test_what_has_ended_says_how_and_has_no_pace(closure, light):
    standing = reckon(0, date(2016, 9, 2), closure=closure)
    assert (standing.light, standing.pace, standing.expected) == (light, None, 100)


def test_of_an_assisting_agency_nothing_is_expected_and_it_has_no_light():
    standing = reckon(40, date(2016, 9, 2), role="assist")
    assert (standing.is_lead, standing.percent) == (False, 40)
    assert (standing.expected, standing.gap, standing.light, standing.pace) == (None, None, None, None)


def test_what_is_never_due_is_green_and_on_pace():
    standing = reckon(0, date(2030, 1, 1), due_on=None)
    assert (standing.light, standing.pace, standing.expected, standing.gap) == (GREEN, Pace.ON_PACE, None, None)


def test_the_plan_s_own_thresholds_decide():
    lenient = Plan(issued_on=date(2016, 5, 24), behind_margin=40, ahead_margin=0, soon_days=60)
    assert reckon(10, plan=lenient).light == BLUE
    assert reckon(51, plan=lenient).pace == Pace.AHEAD


def test_of_no_assignments_there_are_no_standings():
    assert (
        standings_from_queryset(Assignment.objects.as_of(end_of(DAY)).none(), Plan(issued_on=date(2016, 5, 24)), DAY)
        == []
    )


def test_thresholds_come_from_the_plan():
    assert thresholds_of(Plan()) == Thresholds(behind_margin=10, ahead_margin=3, soon_days=15)
    assert thresholds_of(Plan(behind_margin=1, ahead_margin=2, soon_days=3)) == Thresholds(1, 2, 3)


# ── an item ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_item_is_the_mean_of_its_leads():
    assert roll_up(make_standing(40), make_standing(70), make_standing(100)).percent == 70


def test_weights_are_honoured():
    assert roll_up(make_standing(40, weight=3), make_standing(80, weight=1)).percent == 50


def test_assisting_agencies_stand_apart_and_change_neither_mean_nor_light():
    lead, assist = make_standing(80), make_assist(0, due_on=None)
    standing = roll_up(assist, lead)
    assert (standing.leads, standing.assists) == ([lead], [assist])
    assert (standing.percent, standing.light, standing.due_on, standing.expected) == (80, GREEN, DUE, 50)


@pytest.mark.parametrize(
    ("lights", "shown"),
    [
        ([GREEN, RED, YELLOW], RED),
        ([GREEN, YELLOW, BLUE], YELLOW),
        ([GREY, BLUE, GREEN], BLUE),
        ([GREY, GREEN], GREEN),
        ([GREY, GREY], GREY),
        ([GREY, SUSPENDED, CANCELLED], SUSPENDED),
    ],
)
def test_an_item_shows_its_worst_lead(lights, shown):
    assert roll_up(*(make_standing(light=light) for light in lights)).light == shown


@pytest.mark.parametrize("kind", ["suspended", "cancelled"])
def test_suspended_and_cancelled_leads_are_left_out_of_the_mean(kind):
    assert roll_up(make_standing(90), make_standing(0, GREY, closure=kind)).percent == 90


@pytest.mark.parametrize("kind", ["closed", "reopened"])
def test_closed_and_reopened_leads_stay_in_the_mean(kind):
    assert roll_up(make_standing(90), make_standing(50, closure=kind)).percent == 70


@pytest.mark.parametrize(("kind", "light"), [("suspended", SUSPENDED), ("cancelled", CANCELLED)])
def test_an_item_that_nobody_runs_any_more_says_so_and_has_no_pace(kind, light):
    standing = roll_up(make_standing(30, light, closure=kind), make_standing(40, light, closure=kind))
    assert (standing.percent, standing.light, standing.pace, standing.counts) == (0, light, None, False)
    assert (standing.due_on, standing.expected) == (DUE, 50.0)


def test_an_item_without_leads_is_nobody_s_and_expects_nothing():
    for standing in (roll_up(), roll_up(make_assist(60))):
        assert (standing.percent, standing.light, standing.pace) == (0, UNASSIGNED, None)
        assert (standing.counts, standing.light_word) == (False, "未明确单位")
        assert (standing.expected, standing.due_on, standing.gap, standing.leads) == (None, None, None, [])


@pytest.mark.parametrize(
    ("percents", "pace"),
    [((39, 40), Pace.BEHIND), ((40, 40), Pace.ON_PACE), ((53, 53), Pace.ON_PACE), ((53, 54), Pace.AHEAD)],
)
def test_the_pace_of_an_item_is_that_of_its_mean(percents, pace):
    assert roll_up(*map(make_standing, percents)).pace == pace


def test_an_item_that_is_never_due_is_on_pace():
    standing = roll_up(make_standing(5, due_on=None, expected=None))
    assert (standing.pace, standing.expected, standing.due_on) == (Pace.ON_PACE, None, None)


@pytest.mark.parametrize("light", [RED, YELLOW])
def test_laggards_are_the_leads_that_the_light_is_due_to_slowest_first(light):
    slow, slower, fast = make_standing(30, light), make_standing(20, light), make_standing(90, GREEN)
    assert roll_up(slow, fast, slower).laggards == [slower, slow]


@pytest.mark.parametrize("light", [BLUE, GREEN, SUSPENDED, GREY, CANCELLED])
def test_nobody_lags_under_a_blue_green_or_grey_light(light):
    assert roll_up(make_standing(0, light)).laggards == []


def test_a_yellow_lead_is_no_laggard_of_a_red_item():
    red, yellow = make_standing(90, RED), make_standing(10, YELLOW)
    assert roll_up(yellow, red).laggards == [red]


def test_items_keep_their_order_and_get_their_own_rows():
    items = [ActionItem(pk=7), ActionItem(pk=3), ActionItem(pk=5)]
    rows = [make_standing(30, item_id=3), make_standing(70, item_id=7), make_standing(40, item_id=3)]
    result = item_standings(items, rows, Plan(issued_on=date(2016, 5, 24)), DAY)
    assert [(standing.item.pk, standing.percent) for standing in result] == [(7, 70), (3, 35), (5, 0)]


# ── a section, an agency, the plan ───────────────────────────────────────────────────────────────────────────────


def test_a_whole_is_the_mean_of_its_items_and_so_is_its_expected_percentage():
    whole = total(
        [
            make_item_standing(90.0, GREEN, 40.0),
            make_item_standing(30.0, YELLOW, 60.0),
            make_item_standing(0.0, YELLOW, 35.0),
        ]
    )
    assert (whole.count, whole.percent, whole.expected, whole.gap) == (3, 40, 45, -5)
    assert whole.lights == {GREEN: 1, YELLOW: 2}


def test_an_item_counts_once_however_many_lead_it():
    many = roll_up(make_standing(100), make_standing(100), make_standing(100))
    one = roll_up(make_standing(0))
    assert total([many, one]).percent == 50


def test_an_agency_is_the_mean_of_its_lead_assignments():
    whole = total([make_standing(20, YELLOW), make_standing(60, GREEN)])
    assert (whole.count, whole.percent, whole.expected, whole.light) == (2, 40, 50, YELLOW)


@pytest.mark.parametrize(("lights", "shown"), [([GREEN, RED], RED), ([GREY, BLUE], BLUE), ([GREY], GREY)])
def test_a_whole_shows_the_worst_of_its_parts(lights, shown):
    assert total([make_item_standing(light=light) for light in lights]).light == shown


def test_a_whole_without_parts_is_nothing_and_nobody_s():
    assert total([]) == Total()
    assert (Total().count, Total().percent, Total().expected, Total().gap) == (0, 0, 0, 0)
    assert (Total().counted, Total().light) == (0, UNASSIGNED)


def test_a_whole_of_assisting_ones_has_no_light():
    whole = total([make_assist(40)])
    assert (whole.count, whole.counted, whole.lights) == (1, 0, {})


def test_on_the_first_day_nothing_is_expected_of_a_whole():
    whole = total([make_item_standing(0.0, expected=0.0), make_item_standing(20.0, expected=0.0)])
    assert (whole.percent, whole.expected, whole.gap) == (10, 0, 10)


def test_a_whole_that_is_never_due_is_as_far_as_it_should_be():
    whole = total([make_item_standing(20.0, expected=None), make_item_standing(40.0, expected=None)])
    assert (whole.count, whole.percent, whole.expected, whole.gap) == (2, 30, 30, 0)


def test_what_is_never_due_pulls_neither_way():
    """It counts in both means with its own progress: the difference is half of the other item's 20 points."""
    whole = total([make_item_standing(80.0, expected=60.0), make_item_standing(10.0, expected=None)])
    assert (whole.count, whole.percent, whole.expected, whole.gap) == (2, 45, 35, 10)


@pytest.mark.parametrize(("kind", "light"), [("suspended", SUSPENDED), ("cancelled", CANCELLED)])
def test_an_item_that_nobody_runs_any_more_is_no_nought_in_the_plan_s_mean(kind, light):
    running = roll_up(make_standing(80))
    stopped, nobody_s = roll_up(make_standing(80, light, closure=kind)), roll_up(make_assist(70))
    whole = total([running, stopped, nobody_s])
    assert (whole.percent, whole.expected, whole.count, whole.counted) == (80, 50, 3, 1)
    assert whole.lights == {GREEN: 1, light: 1, UNASSIGNED: 1}


# ── from the database ────────────────────────────────────────────────────────────────────────────────────────────


def standings_on(plan, day):
    assignments = Assignment.objects.as_of(end_of(day)).filter(item__plan=plan).order_by("pk")
    return standings_from_queryset(assignments, plan, day)


@pytest.mark.django_db
def test_standings_apply_the_rule_to_each_assignment():
    plan = make_plan()
    close_a_period(plan)
    item, endless = make_item(plan, due_on=DUE), make_item(plan, due_on=None)
    behind = make_assignment(item)
    ahead = make_assignment(item, weight=2)
    helping = make_assignment(item, role=ASSIST)
    for_ever = make_assignment(endless)
    accepted_report(behind, 39, at=moment("2016-07-01"))
    accepted_report(ahead, 54, at=moment("2016-07-01"))
    accepted_report(helping, 5, at=moment("2016-07-01"))

    rows = standings_on(plan, DAY)

    assert [(row.pk, row.item_id, row.agency_id) for row in rows] == [
        (a.pk, a.item_id, a.agency_id) for a in (behind, ahead, helping, for_ever)
    ]
    assert [(row.percent, row.light, row.pace) for row in rows] == [
        (39, YELLOW, Pace.BEHIND),
        (54, GREEN, Pace.AHEAD),
        (5, None, None),
        (0, GREEN, Pace.ON_PACE),
    ]
    assert [row.expected for row in rows] == pytest.approx([50, 50, None, None])
    assert [row.due_on for row in rows] == [DUE, DUE, DUE, None]
    assert [row.weight for row in rows] == [1, 2, 1, 1]
    assert [row.has_accepted for row in rows] == [True, True, True, False]
    assert [row.is_lead for row in rows] == [True, True, False, True]
    item_rows = item_standings([item, endless], rows, plan, DAY)
    assert [(row.percent, row.light) for row in item_rows] == [(49, YELLOW), (0, GREEN)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "light"),
    [(Closure.Kind.CLOSED, GREY), (Closure.Kind.SUSPENDED, SUSPENDED), (Closure.Kind.CANCELLED, CANCELLED)],
)
def test_what_has_ended_is_grey_without_a_pace_until_it_is_reopened(kind, light):
    plan = make_plan()
    close_a_period(plan)
    assignment = make_assignment(make_item(plan, due_on=DUE))
    close(assignment, kind, at=moment("2016-06-01"))
    close(assignment, Closure.Kind.REOPENED, at=moment("2016-08-01"))
    (then,), (now,) = standings_on(plan, DAY), standings_on(plan, date(2016, 8, 1))
    assert (then.light, then.pace, then.closure, then.has_ended) == (light, None, kind, True)
    assert (now.light, now.pace, now.closure, now.has_ended) == (YELLOW, Pace.BEHIND, "reopened", False)


@pytest.mark.django_db
def test_an_agency_s_leads_make_its_mean_and_its_assisting_ones_stand_apart():
    plan, agency = make_plan(), make_agency()
    for percent in (20, 60):
        accepted_report(make_assignment(make_item(plan), agency), percent, at=moment("2016-07-01"))
    accepted_report(make_assignment(make_item(plan), agency, ASSIST), 100, at=moment("2016-07-01"))
    rows = [row for row in standings_on(plan, DAY) if row.agency_id == agency.pk]
    assert total([row for row in rows if row.is_lead]).percent == 40
    assert [(row.percent, row.counts) for row in rows if not row.is_lead] == [(100, False)]


@pytest.mark.django_db
def test_a_withdrawn_lead_no_longer_counts():
    plan = make_plan()
    item = make_item(plan)
    stays, goes = make_assignment(item), make_assignment(item)
    accepted_report(stays, 80, at=moment("2016-06-01"))
    withdraw(goes, at=moment("2016-07-01"))
    before, after = date(2016, 6, 30), date(2016, 7, 1)
    assert item_standings([item], standings_on(plan, before), plan, before)[0].percent == 40
    assert item_standings([item], standings_on(plan, after), plan, after)[0].percent == 80


@pytest.mark.django_db
def test_standings_of_a_whole_plan_take_one_query(django_assert_num_queries):
    plan = make_plan()
    for _ in range(5):
        item = make_item(plan)
        for role in ("lead", "lead", "assist"):
            accepted_report(make_assignment(item, role=role), at=moment("2016-07-01"))
    with django_assert_num_queries(1):  # the assignments with their latest facts
        assert len(standings_on(plan, DAY)) == 15
