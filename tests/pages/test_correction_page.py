"""更正 in the browser: coordinators correct, everybody sees what was before, past days show what was known then."""

from datetime import date

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


def test_a_title_is_corrected_and_a_past_day_has_the_old_one(demo_coordinator, demo_leader, demo_url):
    page = demo_coordinator.get(demo_url("items/3/"))
    form = page.link("更正").url
    page = demo_coordinator.get(form)
    old = page.values()["title"]
    sent = {**page.values(), "title": old[:6], "reason": "标题读长了"}
    sent["measures"], sent["text"] = page.values()["measures"], page.values()["text"]
    page = demo_coordinator.post_and_follow(form, **sent)
    assert "已更正" in page.main
    assert page.text("//h1").startswith(f"（三）{old[:6]}")
    assert old in demo_coordinator.get(demo_url("items/3/?as_of=2016-10-11")).text("//h1")
    assert old in demo_coordinator.get(demo_url("items/?as_of=2016-10-11")).main
    assert old in demo_coordinator.get(demo_url("assignments/?as_of=2016-10-11&agency={agency}")).main
    assert old in demo_coordinator.get(demo_url("?as_of=2016-10-11")).main
    assert "更正前的内容" in demo_coordinator.get(form).main
    assert old not in demo_coordinator.get(demo_url("items/")).main


def test_a_stale_page_says_what_to_do_and_leads_to_the_page_afresh(demo_coordinator, demo_url):
    form = demo_url("items/4/correction/")
    shown = demo_coordinator.get(form).values()
    title = shown["title"]
    demo_coordinator.post(form, **shown | {"title": title[:5], "reason": "标题读长了"})
    page = demo_coordinator.post(form, 422, **shown | {"title": title[:4], "reason": "标题读长了"})
    assert "该任务已被更正。请刷新页面，核对现在的内容后再改。" in page.main
    fresh = demo_coordinator.get(page.link("打开现在的内容").url)
    assert fresh.values()["title"] == title[:5]
    demo_coordinator.post(form, **fresh.values() | {"title": title[:4], "reason": "标题读长了"})


def test_others_read_and_correct_nothing(demo_visitor, demo_url):
    page = demo_visitor("zhijian").get(demo_url("items/3/correction/"))
    assert "未曾更正" in page.main
    assert page.all("//main//form[@method='post']") == []


def test_what_is_not_in_the_notice_is_said_at_its_field(demo_coordinator, demo_url):
    form = demo_url("items/3/correction/")
    sent = {**demo_coordinator.get(form).values(), "title": "杜撰的标题", "reason": "无"}
    assert "公文中没有“杜撰的标题”" in demo_coordinator.post(form, 422, **sent).main
