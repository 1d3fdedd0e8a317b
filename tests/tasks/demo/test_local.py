"""The demonstration's cities and counties: one exemplary, one with gaps, the others without a plan yet."""

from datetime import date

import pytest

from agencies.models import User
from qa_plan.clock import at
from tasks.demo.local import local_deeds
from tasks.demo.playing import FIXTURES
from tasks.models import Assignment, LocalDuty, Plan
from tasks.notice import parse, read
from tasks.rules.asof import AsOf
from tasks.rules.status import Light
from tasks.standing.local.picture import read_picture
from tasks.workflow.importing import import_notice
from tasks.workflow.opening import open_periods

pytestmark = pytest.mark.django_db

DAY = date(2016, 10, 12)


def played():
    """The notice's plan, without the province's own story, and what the cities and counties do beside it."""
    for username, role in (("coordinator", "coordinator"), ("leader", "leader")):
        User.objects.create_user(username, role=role)
    notice = parse(read(FIXTURES / "notices" / "皖政办秘〔2016〕76号.txt"))
    plan, _ = import_notice(notice, by=None, at=at(notice.issued_on))
    for moment, deed in sorted(local_deeds(), key=lambda each: each[0]):
        for each in Plan.objects.defer("notice_text"):
            open_periods(each, moment.date())
        deed(moment)
    return plan


def test_two_cities_and_a_county_have_plans_and_what_they_leave_out_is_seen():
    plan = played()
    picture = read_picture(plan, DAY, AsOf(DAY, DAY).moment)
    areas = {standing.office.area: standing for standing in picture.offices}
    assert len(areas) == 18
    assert sorted(standing.office.area for standing in picture.issued) == ["合肥市", "芜湖市"]
    hefei, wuhu = areas["合肥市"], areas["芜湖市"]
    assert (len(hefei.covered), hefei.lacking, len(hefei.added)) == (17, [], 1)
    assert (hefei.reds, hefei.yellows, hefei.lights[Light.GREY]) == (0, 0, 1)
    assert (len(hefei.kept), len(hefei.came_due)) == (3, 3)
    items = dict(plan.items.values_list("pk", "number"))
    assert [items[pk] for pk in wuhu.lacking] == [4, 5, 8, 11, 12]
    assert (wuhu.reds, wuhu.yellows) == (0, 0)  # its first period is still open
    assert (hefei.filed, hefei.owed) == (33, 33)

    duty = LocalDuty.objects.get(parent=plan)
    open_still = Assignment.objects.filter(item__plan=duty.plan, closures=None)
    assert open_still.count() == 17  # only the city that covers everything is done with it
    assert not open_still.filter(agency__name="合肥市人民政府").exists()

    below = read_picture(Plan.objects.get(document_number="合政办〔2016〕901号"), DAY, AsOf(DAY, DAY).moment)
    assert [(each.office.area, each.is_issued) for each in below.offices] == [("肥东县", True), ("肥西县", False)]
    assert not Assignment.objects.filter(agency__name="肥东县人民政府", closures=None).exists()
