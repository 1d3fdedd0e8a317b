"""The frame of every page: who and where one is, what a demonstration says of itself, errors, and headers."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client

from agencies.models import User
from qa_plan.version import VERSION
from reports import urls as report_urls
from tasks import urls as task_urls
from tasks.templatetags.menu import BELONGS_TO, LEADS_ON
from tests.support.reading import Page

DEMO_PAGES = ["/plans/", "/plans/2016-76/", "/plans/2016-76/items/3/", "/plans/2016-76/notice/", "/missing/"]


# ── who, where ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "ways"),
    [
        (
            "coordinator",
            [
                *(
                    "待办",
                    "总览",
                    "台账",
                    "路线图",
                    "单位",
                    "季度汇总",
                    "审核",
                    "申请",
                    "批示",
                    "催办",
                    "提醒",
                    "行动计划",
                ),
                "变更记录",
            ],
        ),
        (
            "lead_liaison",
            ["我的填报", "总览", "台账", "路线图", "单位", "季度汇总", "批示", "催办", "提醒", "行动计划"],
        ),
        (
            "approver",
            ["我的填报", "总览", "台账", "路线图", "单位", "季度汇总", "批示", "催办", "提醒", "行动计划"],
        ),
        ("leader", ["总览", "台账", "路线图", "单位", "季度汇总", "批示", "催办", "提醒", "行动计划"]),
        ("administrator", ["总览", "台账", "路线图", "单位", "季度汇总", "提醒", "行动计划", "变更记录", "系统管理"]),
    ],
)
def test_each_role_is_offered_its_own_ways(request, visitor, item, who, ways):
    page = visitor(request.getfixturevalue(who)).get("/plans/")
    shown = [re.sub(r" ?\d+", "", link.text) for link in page.links("//nav[@aria-label='主导航']")]
    assert shown == ways


def test_the_page_that_is_open_is_marked_among_the_ways(demo_coordinator):
    for path, name in (("", "总览"), ("items/", "台账"), ("assignments/", "台账"), ("agencies/", "单位")):
        page = demo_coordinator.get(f"/plans/2016-76/{path}")
        assert page.texts("//nav[@aria-label='主导航']//a[@aria-current='page']") == [name]


def test_a_page_that_one_of_the_ways_leads_on_to_is_marked_by_it():
    names = {f"{each.app_name}:{url.name}" for each in (task_urls, report_urls) for url in each.urlpatterns}
    assert {*LEADS_ON, *BELONGS_TO} <= names


def test_pages_of_one_item_a_period_or_a_person_are_marked_too(demo_coordinator, demo_visitor):
    for path, name in (
        ("/plans/2016-76/items/3/responsibility/", "台账"),
        ("/plans/2016-76/periods/2016Q3/", "总览"),
        ("/plans/2016-76/roadmap/propose/", "路线图"),
        ("/accounts/people/", "单位"),
    ):
        page = demo_coordinator.get(path)
        assert page.texts("//nav[@aria-label='主导航']//a[@aria-current='page']") == [name]
    page = demo_visitor("admin").get("/admin/agencies/user/")
    assert page.texts("//nav[@aria-label='主导航']//a[@aria-current='page']") == ["系统管理"]


def test_it_names_who_is_signed_in(as_lead, as_coordinator, as_leader, plan):
    assert "省商务厅 · 联络员" in as_lead.get("/plans/").text("//header")
    assert "省质量工作领导小组办公室 · 统筹人员" in as_coordinator.get("/plans/").text("//header")
    assert "分管领导 · 领导" in as_leader.get("/plans/").text("//header")


def test_every_page_says_that_nothing_classified_may_be_entered(demo_leader):
    for path in ["/plans/", "/plans/2016-76/", "/plans/2016-76/items/"]:
        foot = demo_leader.get(path).text("//footer")
        assert "本系统为非涉密系统，严禁录入涉密信息" in foot
        assert f"版本{VERSION}" in foot


def test_every_page_has_one_heading_a_title_and_a_language(demo_leader):
    titles = set()
    for path in ["", "items/", "items/3/", "assignments/", "agencies/", "sections/1/", "notice/"]:
        page = demo_leader.get(f"/plans/2016-76/{path}")
        assert len(page.all("//h1")) == 1
        assert page.one("/html").get("lang") == "zh-CN"
        title = page.text("//head/title")
        assert title.endswith(f"· {django_settings.PRODUCT_NAME}")
        titles.add(title)
    assert len(titles) >= 6


# ── the demonstration ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_demonstration_says_on_every_page_that_it_is_one(demo_leader):
    for path in DEMO_PAGES:
        page = demo_leader.get(path, 404 if "missing" in path else 200)
        assert "演示数据" in page.text("//*[@class='demo']")
        assert "2016年10月12日" in page.text("//*[@class='demo']")
        assert "演示数据" in page.text("//footer")


def test_its_sign_in_page_shows_every_account_and_the_password_each_in_code(client, demo):
    page = Page(client.get("/accounts/login/"), "/accounts/login/")
    shown = page.texts("//code")
    names = set(User.objects.values_list("username", flat=True))
    assert len(names) == 28
    assert sorted(shown) == sorted([*names, django_settings.DEMO_PASSWORD])
    assert "省质监局 · 联络员" in page.text("//tr[.//code='zhijian']")


def test_its_accounts_work(demo):
    client = Client()
    sent = {"username": "zhijian", "password": django_settings.DEMO_PASSWORD}
    assert client.post("/accounts/login/", sent).status_code == 302
    assert client.get("/my/").status_code == 200


def test_a_real_installation_shows_neither(client, visitor, demo, leader_of_demo, settings):
    settings.QA_PLAN_DEMO = False
    assert Page(client.get("/accounts/login/"), "").all("//code") == []
    page = visitor(leader_of_demo).get("/plans/2016-76/")
    assert "演示" not in page.source
    assert page.all("//*[@class='demo']") == []


@pytest.fixture
def leader_of_demo(demo):
    return User.objects.get(username="leader")


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_is_not_there_says_so_and_leads_back(demo_leader):
    for url in ("/missing/", "/plans/2020-1/", "/plans/2016-76/items/99/"):
        page = demo_leader.get(url, 404)
        assert page.title == "页面不存在"
        assert page.link("回到首页", "//main").url == "/"
        assert page.links("//nav[@aria-label='主导航']")


def test_a_page_that_is_not_allowed_says_so_and_leads_back(demo_leader):
    page = demo_leader.get("/reviews/", 403)
    assert page.title == "无权进行此项操作"
    assert page.link("回到首页", "//main").url == "/"


def test_an_error_of_the_server_says_so_without_any_detail(demo, leader_of_demo, monkeypatch):
    def breaks(*args):
        raise RuntimeError("geheim")

    monkeypatch.setattr("reports.dashboard.views.get_versioned_plan", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(leader_of_demo)
    page = Page(client.get("/plans/2016-76/"), "/")
    assert page.status == 500
    assert page.title == "系统出错"
    assert page.link("回到首页").url == "/"
    assert "geheim" not in page.source
    assert "RuntimeError" not in page.source


def test_a_form_that_is_too_old_says_that_nothing_was_done(demo, leader_of_demo):
    client = Client(enforce_csrf_checks=True)
    client.force_login(leader_of_demo)
    page = Page(client.post("/accounts/logout/"), "/")
    assert page.status == 403
    assert page.title == "页面已过期"
    assert client.get("/plans/").status_code == 200


def test_a_request_that_makes_no_sense_says_so(db):
    response = Client(HTTP_HOST="elsewhere.invalid").get("/accounts/login/")
    assert response.status_code == 400
    page = Page(response, "/accounts/login/")
    assert page.title == "请求有误"
    assert page.text("//head/title").endswith(f"· {django_settings.PRODUCT_NAME}")


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline(demo_leader):
    headers = demo_leader.get("/plans/2016-76/").response.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == policy["base-uri"] == "'self'"
    assert not re.search(r"unsafe|\*|https?:", headers["Content-Security-Policy"])


def test_pages_are_not_framed_guessed_or_told_to_others(demo_leader):
    headers = demo_leader.get("/plans/2016-76/").response.headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["", "items/3/", "items/3/?as_of=2016-08-01", "assignments/", "agencies/{agency}/"])
def test_no_page_carries_inline_script_or_style(demo_zhijian, demo_url, path):
    page = demo_zhijian.get(demo_url(path))
    assert page.all("//style | //script[not(@src)] | //@style | //@*[starts-with(name(), 'on')]") == []
    files = page.all("//script/@src | //link[@rel='stylesheet']/@href")
    assert {file.split("/")[1] for file in files} == {"static"}
