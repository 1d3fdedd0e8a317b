"""每日提醒 in words: what is listed where, for whom, and the same in every form."""

import re
from datetime import date
from html import unescape

import pytest

from tasks.models import Digest
from tasks.reminders.digest import composed
from tasks.reminders.entries import Group, group_of
from tests.support.digests import DAY, Kind, make_digest, make_urge, remind
from tests.support.factories import file_report, make_assignment, make_item, make_plan, make_request, moment

pytestmark = pytest.mark.django_db

SITE = "https://qa.example.gov.cn"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = f"{SITE}/"


@pytest.fixture
def item(plan):
    return make_item(plan, title="实施品牌战略", number=30)


@pytest.fixture
def digest(lead_liaison):
    return make_digest(lead_liaison)


def body(digest):
    """The numbered lines and headings of the plain text."""
    text = composed(digest).text
    return [line for line in text.splitlines() if re.match(r"\d+\. |[一二三四五]、|其余", line)]


# ── which group ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "anchor", "settled", "group"),
    [
        ("due", date(2016, 10, 11), False, Group.OVERDUE),
        ("due", date(2016, 10, 12), False, Group.THIS_WEEK),
        ("due", date(2016, 10, 16), False, Group.THIS_WEEK),  # Sunday
        ("due", date(2016, 10, 17), False, Group.COMING),
        ("filing", date(2016, 10, 11), False, Group.OVERDUE),
        ("urge", date(2016, 10, 17), False, Group.COMING),
        ("receipt", date(2016, 10, 13), False, Group.THIS_WEEK),
        ("opens", date(2016, 10, 12), False, Group.WAITING),
        ("review", date(2016, 9, 1), False, Group.WAITING),
        ("sent_back", date(2016, 9, 1), False, Group.WAITING),
        ("due", date(2016, 10, 1), True, Group.SETTLED),
    ],
)
def test_the_date_decides_the_group(kind, anchor, settled, group):
    assert group_of(kind, anchor, DAY, is_settled=settled) == group


# ── how each kind is said ────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_is_said_with_its_number_title_agency_date_and_page(digest, lead, period, plan):
    urge = make_urge(lead, reply_by=date(2016, 10, 20), at=moment("2016-10-10"))
    agency = {"subject": f"period:{plan.pk}-2016Q3/agency:{lead.agency_id}", "owed": 5, "missing": 2}
    remind(digest, Kind.DUE, assignment=lead, anchor=date(2016, 9, 30))
    remind(digest, Kind.FILING, anchor=date(2016, 10, 14), period=period, **agency)
    remind(digest, Kind.OPENS, anchor=date(2016, 9, 20), period=period, **agency)
    remind(digest, Kind.SENT_BACK, assignment=lead, anchor=date(2016, 10, 9), period=period, subject="report:8")
    remind(digest, Kind.RECEIPT, assignment=lead, anchor=date(2015, 12, 31))
    remind(digest, Kind.URGE, anchor=date(2016, 10, 20), subject=f"urge:{urge.pk}")
    page = f"{SITE}/plans/{plan.slug}/items/30/#a{lead.pk}"
    text = composed(digest).text
    assert text[text.index("一、") : text.index("登录平台")].split("\n") == [
        "一、已逾期（2项）",
        "1. （1）实施品牌战略（省商务厅）：签收期限2015年12月31日，已逾期286天。",
        f"   {page}",
        "2. （1）实施品牌战略（省商务厅）：完成时限9月30日，已逾期12天。",
        f"   {page}",
        "",
        "二、本周到期（1项）",
        "1. 2016年三季度进展报告（省商务厅）应报5份、未报2份：报送截止10月14日，还有2天。",
        f"   {SITE}/my/",
        "",
        "三、您的待办（2项）",
        "1. 2016年三季度进展报告（省商务厅）应报5份、未报2份：9月20日开放填报，请于10月14日前报送。",
        f"   {SITE}/my/",
        "2. （1）实施品牌战略（省商务厅）三季度进展报告：10月9日退回，已3天，请修改后重新报送。",
        f"   {SITE}/my/{lead.pk}/",
        "",
        "四、即将到期（1项）",
        "1. 督催〔2016〕5号（省商务厅）：答复期限10月20日，还有8天。",
        f"   {SITE}/urges/{urge.pk}/",
        "",
        "",
    ]


def test_a_date_that_the_notice_writes_is_said_with_its_words(digest, lead):
    remind(digest, Kind.DUE, assignment=lead, anchor=date(2016, 9, 30), due_words="三季度末前\n完成")
    message = composed(digest)
    said = "完成时限9月30日（公文载明“三季度末前 完成”），已逾期12天"
    assert said in message.text
    assert said in message.html
    assert message.lines[1].text.endswith(said)


def test_coordinators_get_what_waits_for_them(coordinator, lead, period):
    digest = make_digest(coordinator)
    report = file_report(lead, at=moment("2016-10-08 10:00"))
    request = make_request(lead, "extension", at=moment("2016-10-07 10:00"), due_on=date(2017, 1, 31))
    remind(
        digest,
        Kind.REVIEW,
        assignment=lead,
        period=period,
        anchor=date(2016, 10, 8),
        subject=f"report:{report.pk}",
        offset=3,
    )
    remind(
        digest,
        Kind.REQUEST,
        assignment=lead,
        anchor=date(2016, 10, 7),
        subject=f"request:{request.pk}",
        request="extension",
        offset=3,
    )
    text = composed(digest).text
    assert "请您关注以下事项：2项待办到提醒时点。" in text
    assert f"延期申请：10月7日提出，待答复已5天。\n   {SITE}/requests/{request.pk}/" in text
    assert f"三季度进展报告：10月8日报送，待审核已4天。\n   {SITE}/reviews/{report.pk}/" in text


def test_leaders_are_led_to_pages_that_they_may_open(leader, lead, period, plan):
    digest = make_digest(leader)
    agency = f"period:{plan.pk}-2016Q3/agency:{lead.agency_id}"
    remind(digest, Kind.FILING, period=period, subject=agency, anchor=date(2016, 10, 1))
    remind(digest, Kind.FILING, subject=agency.replace("Q3", "Q4"), anchor=date(2016, 10, 2))
    remind(digest, Kind.FILING, subject="period:0-2016Q4/agency:0", anchor=date(2016, 10, 3))
    remind(digest, Kind.REVIEW, assignment=lead, anchor=date(2016, 10, 8), subject="report:1", offset=3)
    remind(digest, Kind.DUE, anchor=date(2016, 10, 8))
    addresses = re.findall(r"^   (.*)$", composed(digest).text, re.M)
    assert [address.removeprefix(SITE) for address in addresses] == [
        f"/plans/{plan.slug}/periods/2016Q3/",
        f"/plans/{plan.slug}/",
        "/",
        "/my/",
        f"/plans/{plan.slug}/items/30/#a{lead.pk}",
    ]


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_subject_counts_worst_first(digest, lead, plan):
    remind(digest, assignment=lead, anchor=date(2016, 9, 30))
    remind(digest, assignment=make_assignment(make_item(plan), lead.agency), anchor=date(2016, 10, 14))
    message = composed(digest)
    assert message.subject == "督办提醒（10月12日）：已逾期1项，本周到期1项"
    assert message.brief == "督办提醒：商务联络员，截至10月12日，已逾期1项、本周到期1项，请登录平台办理。"
    assert message.link == f"{SITE}/my/"
    assert message.lines[0].text == "商务联络员（省商务厅）：已逾期1项，本周到期1项。"
    assert message.lines[1].text == "已逾期：（1）实施品牌战略（省商务厅），完成时限9月30日，已逾期12天"
    assert message.lines[1].link.startswith(f"{SITE}/plans/")
    assert "您单位（省商务厅）需办理的事项：已逾期1项，本周到期1项。请按规定时限抓紧办理。" in message.text


def test_plain_text_and_html_say_the_same(digest, lead, plan):
    remind(digest, assignment=lead)
    remind(digest, Kind.RECEIPT, assignment=lead, is_settled=True, day=date(2016, 10, 10))
    Digest.objects.update(missed_since=date(2016, 10, 10))
    digest.refresh_from_db()
    message = composed(digest)
    html = re.sub(r"(?s)<head>.*?</head>|\{#.*?#\}", "", message.html)
    words = re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", html)))
    plain = re.sub(r"：?\s*https?://\S+|^\d+\. ", "", message.text, flags=re.M)
    assert words == re.sub(r"\s+", "", plain)
    linked = set(map(unescape, re.findall(r'href="([^"]+)"', message.html)))
    assert linked == set(re.findall(r"https?://\S+", message.text))


def test_the_html_brings_its_own_style_and_loads_nothing(digest, lead):
    remind(digest, assignment=lead)
    html = composed(digest).html
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert "color:#18212a;background:#ffffff" in html
    assert not re.search(r"<(?:script|link|img|style)|\bsrc=|url\(", html)


def test_what_people_write_is_text_in_html_and_stays_as_it_is_in_plain_text(digest, lead_agency, plan):
    evil = '<img src=x onerror="x()"> & {{ person }}'
    remind(digest, assignment=make_assignment(make_item(plan, title=evil), lead_agency))
    message = composed(digest)
    assert "<img" not in message.html
    assert "&lt;img src=x onerror=&quot;x()&quot;&gt; &amp; {{ person }}" in message.html
    assert evil in message.text


def test_a_line_break_in_a_name_begins_no_line_of_its_own(digest, lead, lead_agency, lead_liaison):
    lead_agency.name = "省商务厅\r\nBcc: x@example.cn"
    lead_agency.save()
    lead_liaison.display_name = "联络员\n一、已逾期"
    lead_liaison.save()
    remind(digest, assignment=lead)
    message = composed(Digest.objects.get(pk=digest.pk))
    assert not [line for line in message.text.splitlines() if line.startswith(("Bcc", "一、已逾期同志"))]
    assert message.subject.isprintable()
    assert all(line.text.isprintable() for line in message.lines[1:])


def test_a_digest_that_makes_good_says_which_days_and_what_was_done_meanwhile(digest, lead, plan):
    other = make_assignment(make_item(plan, title="标准化"), lead.agency)
    Digest.objects.update(missed_since=date(2016, 10, 8))
    digest.refresh_from_db()
    remind(digest, assignment=lead)
    remind(digest, assignment=other, is_settled=True, day=date(2016, 10, 11), anchor=date(2016, 10, 12), offset=-1)
    message = composed(digest)
    assert message.subject == "督办提醒（10月12日，补发10月8日至10月11日）：已逾期1项，补发期间已办理1项"
    assert "因系统未能按时发送，10月8日至10月11日的提醒在此一并补发" in message.text
    assert body(digest)[2:] == ["二、补发期间已办理（1项）", "1. （2）标准化（省商务厅）：补发前已办理。"]
    assert message.lines[1].text == "补发10月8日至10月11日的提醒。"


def test_one_missed_day_is_said_as_one(digest, lead):
    Digest.objects.update(missed_since=date(2016, 10, 11))
    digest.refresh_from_db()
    remind(digest, assignment=lead, day=date(2016, 10, 11))
    assert composed(digest).subject.startswith("督办提醒（10月12日，补发10月11日）：")


def test_an_urge_is_one_line_with_its_deadline_wherever_that_is_told(digest, lead):
    urge = make_urge(lead, reply_by=date(2016, 10, 13), at=moment("2016-10-11"))
    remind(digest, Kind.URGED, anchor=date(2016, 10, 11), subject=f"urge:{urge.pk}")
    assert "您的待办：督催〔2016〕5号（省商务厅），10月11日催办，请于10月13日前答复" in composed(digest).lines[1].text
    remind(digest, Kind.URGE, anchor=date(2016, 10, 13), subject=f"urge:{urge.pk}")
    assert [line.text for line in composed(digest).lines[1:-1]] == [
        "本周到期：督催〔2016〕5号（省商务厅），答复期限10月13日，还有1天"
    ]


def test_several_rules_for_one_matter_make_one_line(digest, lead):
    remind(digest, assignment=lead, offset=1)
    remind(digest, assignment=lead, offset=3)
    remind(digest, assignment=lead, offset=-1, day=date(2016, 10, 11), is_settled=True)
    assert body(digest) == [
        "一、已逾期（1项）",
        "1. （1）实施品牌战略（省商务厅）：完成时限9月30日，已逾期12天。",
    ]


def test_of_one_day_the_tasks_come_in_the_notice_s_order(digest, lead_agency, plan):
    for number in (10, 2, 9):
        item = make_item(plan, title="事项", number=number, label=f"（{number}）")
        remind(digest, assignment=make_assignment(item, lead_agency))
    assert [line.split("事项")[0] for line in body(digest)[1:]] == ["1. （2）", "2. （9）", "3. （10）"]


def test_the_plan_is_named_where_there_are_several(digest, lead, lead_agency):
    plan = make_plan(document_number="皖政办秘〔2016〕99号")
    remind(digest, assignment=lead)
    assert "皖政办秘" not in composed(digest).text
    remind(digest, assignment=make_assignment(make_item(plan), lead_agency))
    assert "皖政办秘〔2016〕99号 （1）任务1（" in composed(digest).text


def test_a_long_list_is_cut_in_the_message_and_not_in_the_count(digest, lead_agency, plan, monkeypatch):
    monkeypatch.setattr("tasks.reminders.digest.LISTED", 3)
    for _ in range(5):
        remind(digest, assignment=make_assignment(make_item(plan), lead_agency))
    message = composed(digest)
    assert "已逾期5项" in message.subject
    assert body(digest)[-2].startswith("3. ")
    assert body(digest)[-1] == "其余2项请登录平台查看。"
    assert "4. " not in message.text


@pytest.mark.parametrize("size", [1, 5])
def test_a_digest_is_composed_in_a_fixed_number_of_queries(digest, plan, lead_agency, size, django_assert_num_queries):
    for number in range(size):
        item = make_assignment(make_item(plan), lead_agency)
        remind(digest, assignment=item)
        urge = make_urge(item, number=number + 1, reply_by=DAY, at=moment("2016-10-10"))
        remind(digest, Kind.URGE, subject=f"urge:{urge.pk}", anchor=DAY)
    fresh = Digest.objects.select_related("recipient__agency").get()
    with django_assert_num_queries(3):
        composed(fresh)


def test_the_shortest_form_fits_into_one_text_message(lead_liaison, digest, lead, plan):
    lead_liaison.display_name = "欧阳" * 25
    lead_liaison.save()
    digest = Digest.objects.get()
    for anchor in (date(2016, 9, 1), DAY, date(2016, 12, 1)):
        remind(digest, assignment=make_assignment(make_item(plan), lead.agency), anchor=anchor)
    remind(digest, Kind.SENT_BACK, assignment=lead, subject="report:1")
    assert len(composed(digest).brief) <= 70


def test_a_demonstration_says_so(digest, lead, settings):
    remind(digest, assignment=lead)
    settings.QA_PLAN_DEMO = True
    message = composed(digest)
    assert "演示数据" in message.text
    assert "演示数据" in message.html
