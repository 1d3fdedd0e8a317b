"""登记机构调整: typed, looked at, confirmed; what is confirmed is what was shown."""

from datetime import date

import pytest

from agencies.models import Agency, Change, Succession, User
from tasks.models import Assignment
from tests.support.factories import LEAD, accepted_report, make_agency, make_assignment, make_item, make_user, moment

URL, LIST = "/agencies/succession/new/", "/agencies/succession/"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def two(item):
    agencies = [make_agency("省质监局", ordinal=1), make_agency("省工商局", ordinal=2)]
    for agency, percent in zip(agencies, (40, 81), strict=True):
        accepted_report(make_assignment(item, agency, LEAD), percent, at=moment("2016-07-10"), period="2016Q2")
    make_user("zhijian", role="liaison", agency=agencies[0], display_name="张三")
    return agencies


def typed(two, **changes):
    whole = {"kind": "merged", "predecessors": [agency.pk for agency in two], "new_names": "省市场监管局"}
    return {**whole, "effective_on": "2016-10-12", "document": "皖编〔2016〕30号", **changes}


def confirmed(visitor, sent, **answers):
    shown = visitor.post(URL, 200, action="preview", **sent)
    [token] = shown.all("//input[@name='token']/@value")
    return shown, {**sent, "action": "confirm", "token": token, **answers}


def test_what_will_move_is_shown_before_anything_is_done(as_coordinator, two):
    page = as_coordinator.post(URL, 200, action="preview", **typed(two))
    assert page.text("//section[@id='preview']//h2") == "将转移1项责任分工、1个账号"
    [row] = page.rows("//section[@id='preview']//tbody/tr")
    assert row == [
        "（1）任务1",
        "省质监局（负责，40%）、省工商局（负责，81%）",
        "省市场监管局",
        "负责",
        "权重2",
        "进度61%",
        "办理中",
    ]
    assert not Succession.objects.exists()
    assert not Change.objects.exists()


def test_a_confirmation_sent_twice_is_one_succession_and_no_error(as_coordinator, two):
    _, sent = confirmed(as_coordinator, typed(two))
    as_coordinator.post(URL, 302, **sent)
    count = Succession.objects.count()
    page = as_coordinator.post_and_follow(URL, **sent)
    assert page.messages[-1] == "该机构调整已经登记，未重复办理。"
    assert Succession.objects.count() == count


def test_confirmed_it_is_done_and_listed(as_coordinator, two, item):
    _, sent = confirmed(as_coordinator, typed(two))
    page = as_coordinator.post_and_follow(URL, **sent)
    assert page.messages == ["机构合并已办理。"]
    market = Agency.objects.get(name="省市场监管局")
    assert Assignment.objects.get(ended_at=None).agency == market
    assert User.objects.get(username="zhijian").agency == market
    assert [row[2:4] for row in page.rows()] == [["省工商局", "省市场监管局"], ["省质监局", "省市场监管局"]]
    assert Change.objects.values("request_id").distinct().count() == 1


def test_recorded_in_advance_it_waits_for_its_day(as_coordinator, two):
    shown, sent = confirmed(as_coordinator, typed(two, effective_on="2016-11-01"))
    assert "按现状预估" in shown.main
    page = as_coordinator.post_and_follow(URL, **sent)
    assert page.messages == ["机构合并已登记，将于生效日办理。"]
    assert "2016-11-01 待生效" in page.rows()[0][0]
    assert not Agency.objects.exclude(ended_on=None).exists()


def test_what_the_deed_refuses_at_a_field_is_said_there_with_the_preview(as_coordinator, two):
    _, sent = confirmed(as_coordinator, typed(two, effective_on="2016-10-20"))
    as_coordinator.post(URL, 302, **sent)
    _, again = confirmed(as_coordinator, typed(two, new_names="省监管局", effective_on="2016-10-21"))
    page = as_coordinator.post(URL, 422, **again)
    assert "不能重复登记" in page.errors["predecessors"]


def test_what_was_not_shown_is_not_confirmed(as_coordinator, two, item):
    _, sent = confirmed(as_coordinator, typed(two))
    page = as_coordinator.post(URL, 422, **{**sent, "document": "别的文件"})
    assert "内容与核对时不同" in page.main
    accepted_report(Assignment.objects.get(agency=two[0]), 90, at=moment("2016-10-11"))
    page = as_coordinator.post(URL, 422, **sent)
    assert "内容与核对时不同" in page.main
    assert not Agency.objects.filter(name="省市场监管局").exists()


def test_a_split_asks_who_gets_what(as_coordinator, two, item):
    first = Assignment.objects.get(agency=two[0])
    second = make_assignment(make_item(item.plan), two[0], LEAD)
    person = User.objects.get(username="zhijian")
    sent = typed(two[:1], kind="split", new_names="省标准局\n省计量局")
    _, sent = confirmed(as_coordinator, sent)
    as_coordinator.post(URL, 422, **sent, **{f"share_{first.pk}": "0"})
    assert not Agency.objects.filter(name="省标准局").exists()
    answers = {f"share_{first.pk}": "0", f"share_{second.pk}": "1", f"person_{person.pk}": "1"}
    as_coordinator.post(URL, **sent, **answers)
    held = {a.agency.name: a.item for a in Assignment.objects.filter(ended_at=None).exclude(agency=two[1])}
    assert held == {"省标准局": first.item, "省计量局": second.item}
    assert User.objects.get(pk=person.pk).agency.name == "省计量局"


UNFIT = [
    ({"kind": ""}, "kind", "请选择类型。"),
    ({"predecessors": []}, "predecessors", "请选择原单位。"),
    ({"predecessors": ["999999"]}, "predecessors", "不在名单内"),
    ({"new_names": ""}, "new_names", "合并须有一个承接单位"),
    ({"new_names": "甲局\n乙局"}, "new_names", "合并须有一个承接单位"),
    ({"new_names": "省质监局"}, "new_names", "已有名为“省质监局”的单位"),
    ({"new_names": "长" * 101}, "new_names", "不能超过100字"),
    ({"kind": "renamed"}, "predecessors", "更名只涉及一个原单位"),
    ({"kind": "split"}, "new_names", "拆分须有两个以上承接单位"),
    ({"effective_on": ""}, "effective_on", "请填写生效日期。"),
    ({"effective_on": "年底"}, "effective_on", "2016-09-30"),
    ({"document": " "}, "document", "请填写依据文件。"),
]


def test_what_is_wrong_is_said_at_its_field(as_coordinator, two):
    for changes, field, message in UNFIT:
        page = as_coordinator.post(URL, 422, action="confirm", **typed(two, **changes))
        assert message in page.errors[field], changes
        assert not Succession.objects.exists(), changes


def test_the_successor_can_be_an_agency_that_exists(as_coordinator, two):
    market = make_agency("省市场监管局")
    _, sent = confirmed(as_coordinator, typed(two, new_names="", successors=[market.pk]))
    as_coordinator.post(URL, **sent)
    assert Assignment.objects.get(ended_at=None).agency == market


def test_an_agency_can_be_abolished_without_one(visitor, administrator, two):
    _, sent = confirmed(visitor(administrator), typed(two[:1], kind="abolished", new_names=""))
    visitor(administrator).post(URL, **sent)
    assert Assignment.objects.get(ended_at=None).agency == two[1]
    assert not User.objects.get(username="zhijian").is_active


def test_only_coordinators_and_administrators(as_lead, as_leader):
    for visitor in (as_lead, as_leader):
        visitor.get(LIST, 403)
        visitor.get(URL, 403)
        visitor.post(URL, 403)


def test_a_day_of_the_past_is_warned_of(as_coordinator, two):
    said = "生效日期早于今天。"
    late = typed(two, effective_on="2016-09-01")
    assert said in as_coordinator.post(URL, 200, action="preview", **late).main
    assert said not in as_coordinator.post(URL, 200, action="preview", **typed(two)).main


@pytest.mark.parametrize("name", ["\u200b", "省市场监管局\n\ufeff\u200b"])
def test_a_name_that_nobody_sees_is_none(as_coordinator, two, name):
    page = as_coordinator.post(
        URL, 422, action="preview", **typed(two, kind="split", predecessors=two[0].pk, new_names=name)
    )
    assert page.errors == {"new_names": "单位名称不能只有看不见的字符。"}


def test_a_required_text_shows_something_and_holds_no_nul(as_coordinator, two):
    page = as_coordinator.post(URL, 422, action="preview", **typed(two, document="\u200b\ufeff"))
    assert page.errors == {"document": "请填写依据文件。"}
    page = as_coordinator.post(URL, 422, action="preview", **typed(two, document="皖编\0"))
    assert page.errors == {"document": "含有不能保存的控制字符（NUL），请删去后重填。"}
