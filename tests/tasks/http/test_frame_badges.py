"""What the watch goes by comes with the badges of every page, in one query that each database writes in its own way."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tasks.http.frame import badges_of
from tasks.models import Heartbeat, Sweep, WorkdayOverride
from tasks.workflow.heartbeat import beat
from tests.support.factories import moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

THURSDAY, FRIDAY, SATURDAY = date(2016, 10, 13), date(2016, 10, 14), date(2016, 10, 15)


@pytest.fixture
def troubles(plan, coordinator, settings):
    """What a page would say on the Saturday; the Thursday was swept, and on the Friday the office rests."""
    settings.QA_PLAN_TODAY = SATURDAY
    at = moment("2016-10-13 08:00")
    Sweep.objects.create(day=THURSDAY, started_at=at, finished_at=at)
    WorkdayOverride.objects.create(day=FRIDAY, is_workday=False, name="调休")
    return lambda: badges_of(coordinator, steers=True, watches=True).troubles


def test_a_rest_day_that_the_office_made_a_working_day_is_missed_like_any_other(troubles):
    assert troubles() == []
    WorkdayOverride.objects.create(day=SATURDAY, is_workday=True, name="调休上班")
    assert troubles() == ["2016-10-15的提醒到09:00还没有生成，请系统管理员检查后台任务。"]


def test_the_last_sign_of_life_of_a_job_is_known_to_the_minute(troubles):
    beat("send_due", timezone.now())
    assert troubles() == []
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=11))
    assert troubles() == ["后台定时任务已经停止运行，请系统管理员检查。"]
