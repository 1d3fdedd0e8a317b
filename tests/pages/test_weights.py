"""权重 in the browser: set by a coordinator, shown where the item's mean is."""

from datetime import date

import pytest

from tests.support.factories import accepted_report, make_agency, make_assignment, moment


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def other(lead):
    """At 80 %, beside the lead at 40 %."""
    other = make_assignment(lead.item, make_agency())
    accepted_report(lead, 40, at=moment("2016-10-01"))
    accepted_report(other, 80, at=moment("2016-10-01"))
    return other


def test_a_coordinator_sets_weights_and_every_page_of_today_goes_by_them(as_coordinator, plan, lead, other):
    address = lead.item.get_absolute_url()
    page = as_coordinator.get(address)
    assert "2家负责单位的均值" in page.main
    form = page.link("调整权重").url
    sent = {f"weight_{lead.pk}": "3", f"weight_{other.pk}": "1", "basis": "0", "reason": "牵头单位"}
    page = as_coordinator.post_and_follow(form, **sent)
    assert "已调整" in page.main
    assert "2家负责单位的加权均值" in page.main
    assert "权重3" in page.main
    assert f"{lead.agency}权重定为3" in page.main
    assert "50%" in page.main
    assert "50.0%" in as_coordinator.get(plan.get_absolute_url()).main
    before = as_coordinator.get(f"{address}?as_of=2016-10-11").main
    assert "60%" in before
    assert "权重" not in before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weight": ""}, "请填写整数。"),
        ({"weight": "0"}, "权重须在1至100之间。"),
        ({"weight": "1"}, "与现行权重相同，没有改动。"),
        ({"reason": ""}, "请写明调整原因。"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(as_coordinator, lead, other, changed, message):
    sent = {f"weight_{lead.pk}": changed.get("weight", "2"), f"weight_{other.pk}": "1", "basis": "0"}
    form = f"{lead.item.get_absolute_url()}weights/"
    assert message in as_coordinator.post(form, 422, **sent, reason=changed.get("reason", "牵头")).main
