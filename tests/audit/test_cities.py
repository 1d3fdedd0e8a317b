"""What pages and files say of the offices below, held against the bare rows: all tasks asked for, or some of them."""

from datetime import date

import pytest
from pytest_django.fixtures import Settings

from agencies.models import User
from tasks.models import ItemRevision, LocalDuty, MilestoneReview, MilestoneWithdrawal, Plan
from tests.audit.auditing import Audit
from tests.audit.rows import Rows
from tests.support.factories import (
    accepted_report,
    close,
    correspond,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_local_plan,
    make_milestone,
    make_office,
    make_period,
    make_plan,
    make_section,
    milestone_done,
    moment,
    move_to,
    waive,
)

SEPTEMBER, OCTOBER = moment("2016-09-09 10:00"), moment("2016-10-10 10:00")
TODAY = date(2016, 10, 12)


@pytest.fixture
def province(db: None, coordinator: User) -> Plan:
    """Five tasks, one of them closed in autumn; four cities, of which three have plans, and two counties."""
    plan = make_plan()
    section = make_section(plan, title="品牌升级")
    for title in ("推动品牌建设", "加强计量基础", "严打违法行为", "培训首席质量官", "整治重点产品"):
        part = make_assignment(make_item(section=section, title=title))
    close(part, at=OCTOBER)
    make_period(plan, "2016Q2")
    make_period(plan, "2016Q3")
    _hefei(plan, make_office("合肥市", code="340100"), coordinator)
    _chizhou(plan, make_office("池州市", code="341700"))
    _wuhu(plan, make_office("芜湖市", code="340200"))
    make_office("亳州市", code="341600")
    return plan


def _hefei(plan: Plan, office: object, coordinator: User) -> None:
    """All is decided: one carries out two, two carry out one, one is its own; milestones of every kind."""
    first, second, third, *_ = plan.items.all()
    local = make_local_plan(plan, office)
    period = make_period(local, "2016Q3")
    items = [make_item(local, title=title) for title in ("培育品牌", "建设园区", "校准仪器", "举办论坛", "严查假冒")]
    parts = [make_assignment(item, make_agency(f"合肥市第{place}局")) for place, item in enumerate(items, 1)]
    helper = make_assignment(items[0], make_agency("合肥市第六局"), weight=3)
    for part, percent in ((parts[0], 33), (helper, 70), (parts[2], 55)):
        accepted_report(part, percent, at=SEPTEMBER)
    file_report(parts[1], 80, at=OCTOBER)
    waive(parts[3], at=SEPTEMBER)
    close(parts[4], "cancelled", at=OCTOBER)
    due = {"due_on": date(2016, 9, 30), "is_inferred": False, "reason": "会议确定", "recorded_by": coordinator}
    ItemRevision.objects.create(item=items[2], recorded_at=SEPTEMBER, **due)
    kept, late, moved, refused, gone = (make_milestone(items[0], on=date(2016, 9, day)) for day in (1, 5, 6, 8, 9))
    milestone_done(kept, parts[0], at=SEPTEMBER, on=date(2016, 9, 1))
    milestone_done(late, parts[0], at=OCTOBER, on=date(2016, 10, 8))
    move_to(moved, date(2016, 12, 1), at=SEPTEMBER)
    sent_back = milestone_done(refused, parts[0], at=SEPTEMBER, on=date(2016, 9, 8))
    told = {"is_confirmed": False, "comment": "缺材料", "recorded_at": OCTOBER, "recorded_by": coordinator}
    MilestoneReview.objects.create(done=sent_back, **told)
    MilestoneWithdrawal.objects.create(milestone=gone, reason="取消", recorded_at=OCTOBER, recorded_by=coordinator)
    correspond(items[0], first)
    correspond(items[1], first, at=SEPTEMBER)
    correspond(items[2], second, third, at=SEPTEMBER)
    correspond(items[3])
    correspond(items[4], third, at=SEPTEMBER)
    assert period.code == "2016Q3"
    make_local_plan(local, make_office("肥东县", parent=office))
    make_office("肥西县", parent=office)


def _chizhou(plan: Plan, office: object) -> None:
    """All is decided, and two tasks are left out."""
    first, second, *_ = plan.items.all()
    local = make_local_plan(plan, office)
    for parent in (first, second):
        item = make_item(local, title=f"落实{parent.title}")
        accepted_report(make_assignment(item, make_agency(f"池州市第{parent.number}局")), 90, at=SEPTEMBER)
        correspond(item, parent)


def _wuhu(plan: Plan, office: object) -> None:
    """Issued in September; nobody has decided on one of its tasks, and another has no lead."""
    local = make_local_plan(plan, office, imported_at=SEPTEMBER)
    make_assignment(make_item(local, title="举办展会"), make_agency("芜湖市第一局"))
    correspond(make_item(local, title="培育名牌"), plan.items.get(number=1), at=SEPTEMBER)


@pytest.mark.parametrize(("day", "is_named"), [("2016-08-31", False), ("2016-10-12", True)])
def test_every_figure_of_the_cities_is_right(
    province: Plan, leader: User, settings: Settings, day: str, is_named: bool
) -> None:
    settings.QA_PLAN_TODAY = TODAY
    if is_named:
        duty = LocalDuty.objects.create(parent=province, plan=make_item(make_plan()).plan, recorded_at=SEPTEMBER)
        duty.items.set(province.items.filter(number__in=(1, 3, 5)))
    audit = Audit(Rows.of(province.slug), leader, date.fromisoformat(day), TODAY)
    audit.cities(["340100", "341700"])
    audit.require(at_least=360)
