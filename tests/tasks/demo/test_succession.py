"""机构调整 in the demonstration: three agencies become one."""

from datetime import date

import pytest

from agencies.changes import verify
from agencies.models import Agency, User
from reports.dashboard.overview import Overview
from tasks.models import AcceptedProgress, Assignment, Closure, Message
from tasks.rules.asof import AsOf
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tasks.workflow import establish_agency, succeed
from tests.support.factories import moment

pytestmark = pytest.mark.django_db

TODAY = date(2016, 10, 12)


def figures(plan, day):
    """What the dashboard says of a day: totals, lights, filing, and every agency's mean."""
    overview = Overview(plan, AsOf(day, TODAY))
    whole = overview.whole
    agencies = {row.agency.name: (row.total.percent, row.unfiled, len(row.assists)) for row in overview.agency_rows}
    items = [(row.item.pk, row.percent, row.expected, row.light) for row in overview.items]
    return whole.percent, whole.expected, dict(whole.lights), overview.filing, items, agencies


def plan_percent(plan, at):
    items = item_standings(
        plan.items.all(),
        standings_from_queryset(Assignment.objects.as_of(at).filter(item__plan=plan), plan, TODAY),
        plan,
        TODAY,
    )
    return total(items).percent, {row.item.pk: row.percent for row in items}


def test_three_agencies_become_one_and_no_earlier_total_changes(demo):
    names = ("省质监局", "省工商局", "省食品药品监管局")
    three = [Agency.objects.get(name=name) for name in names]
    by, at = User.objects.get(username="coordinator"), moment("2016-10-12 18:00")
    days = [date(2016, 5, 24), date(2016, 6, 30), date(2016, 7, 20), date(2016, 9, 30), date(2016, 10, 11)]
    before = [figures(demo, day) for day in days]
    whole_before, items_before = plan_percent(demo, at)
    market = establish_agency(name="省市场监督管理局", like=three, by=by, at=at)
    succeed(
        predecessors=three,
        successor=market,
        kind="merged",
        effective_on=TODAY,
        document="皖编〔2016〕30号",
        by=by,
        at=at,
    )
    assert [figures(demo, day) for day in days] == before
    whole_after, items_after = plan_percent(demo, at)
    assert max(abs(items_after[pk] - items_before[pk]) for pk in items_before) <= 0.5
    assert abs(whole_after - whole_before) <= 0.5
    assert not Assignment.objects.in_force(at).filter(agency__in=three).exists()
    assert {user.agency for user in User.objects.filter(username__in=("zhijian", "gongshang", "shiyao"))} == {market}
    assert Message.objects.filter(recipient__username="zhijian", kind="assigned").exists()
    assert AcceptedProgress.objects.filter(assignment__agency=market).exists()
    assert Closure.objects.filter(assignment__agency=market, reason__startswith="承接").count() == 3
    assert verify().problem == ""
