"""The curve goes on from where the day stands: its expected line has no step at the day."""

import re
from datetime import date
from itertools import pairwise

import pytest

from reports.dashboard.curve import curve
from tasks.models import ActionItem, Plan
from tasks.rules.status import Light, expected_percent
from tasks.standing.rollup import ItemStanding, Standing, total

START, DUE, DAY = date(2016, 5, 24), date(2016, 12, 31), date(2016, 10, 12)
PLAN = Plan(issued_on=START, due_on=DUE)


def standing(percent, due_on, light=Light.GREEN, closure=""):
    expected = expected_percent(START, due_on, DAY)
    lead = Standing(1, 1, 1, True, 1, percent, True, closure, "", due_on, expected, light, None)
    return ItemStanding(ActionItem(pk=1), [lead], [], percent, expected, light, None, due_on)


@pytest.mark.parametrize(
    "others",
    [
        [],
        [standing(30, None)],  # 持续推进
        [standing(0, date(2016, 9, 30), Light.SUSPENDED, "suspended")],
    ],
)
def test_the_expected_line_goes_on_without_a_step(others):
    items = [standing(50, DUE), *others]
    line = curve(PLAN, [], items, total(items), DAY).expected
    heights = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", line)]
    steps = [before - after for before, after in pairwise(heights)]
    assert max(steps[:-1]) - min(steps[:-1]) < 0.5  # weeks are alike; the last one may be shorter
