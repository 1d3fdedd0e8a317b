"""计划设置 in the browser: a coordinator sets the plan's thresholds, and sees what was set before."""

from datetime import date

import pytest

from tasks.models import Plan
from tests.support.factories import accepted_report, moment

TODAY = date(2016, 10, 12)
SENT = {
    "behind_margin": "1",
    "ahead_margin": "3",
    "soon_days": "15",
    "filing_day": "15",
    "receipt_days": "5",
    "basis": "0",
    "reason": "从严督办",
}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY


@pytest.fixture
def url(plan):
    return f"/plans/{plan.slug}/settings/"


def test_a_coordinator_finds_the_page_from_the_dashboard_and_sees_each_setting_explained(as_coordinator, url, plan):
    page = as_coordinator.get(as_coordinator.get(f"/plans/{plan.slug}/").link("计划设置").url)
    assert "亮黄灯（滞后）" in page.main
    assert "尚未调整，沿用导入时的设置。" in page.main


def test_what_is_saved_shows_on_todays_pages_and_on_no_past_day(as_coordinator, url, plan, lead, coordinator):
    accepted_report(lead, 60, at=moment("2016-10-01"))
    page = as_coordinator.post_and_follow(url, **SENT)
    assert "已调整计划设置" in page.main
    assert "黄灯差额（百分点）：10→1" in page.main
    assert f"{coordinator}：从严督办" in page.main
    item = f"/plans/{plan.slug}/items/1/"
    assert "黄灯线＝序时进度−1（本计划设定）" in as_coordinator.get(item).main
    assert "黄灯线＝序时进度−10（本计划设定）" in as_coordinator.get(f"{item}?as_of=2016-10-11").main
    for address in ("", "items/", "assignments/", "agencies/"):
        today = as_coordinator.get(f"/plans/{plan.slug}/{address}").main
        before = as_coordinator.get(f"/plans/{plan.slug}/{address}?as_of=2016-10-11").main
        assert "滞后" in today
        assert today != before
    assert "黄灯差额（百分点）" in as_coordinator.get("/changes/").main


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"behind_margin": ""}, "请填写整数。"),
        ({"soon_days": "x"}, "请填写整数。"),
        ({"filing_day": "31"}, "须在1至28之间。"),
        ({"reason": ""}, "请写明调整原因。"),
        ({"behind_margin": "10"}, "与现行设置相同，没有改动。"),
        ({"basis": "3"}, "设置已被他人调整"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(as_coordinator, url, plan, changed, message):
    assert message in as_coordinator.post(url, 422, **(SENT | changed)).main
    assert Plan.objects.get(pk=plan.pk).settings == plan.settings
