"""What the people of a successor find on their pages; and that neither third agencies nor the predecessor gain."""

from datetime import date, timedelta

import pytest

from tasks.models import AgencyRequest, Assignment, Decision, UrgeReply
from tasks.workflow import split, succeed
from tests.support.factories import (
    LEAD,
    accepted_report,
    comment_on,
    decide,
    file_report,
    make_agency,
    make_assignment,
    make_evidence,
    make_indicator,
    make_item,
    make_period,
    make_request,
    make_urge,
    make_user,
    moment,
    review,
    sign_receipt,
)

NOW = moment("2016-10-12 09:00")
TODAY = date(2016, 10, 12)
DOCUMENT = "皖编〔2016〕30号"
LINE = "//ol[@class='line']"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY


@pytest.fixture
def successor(db):
    return make_agency("省市场监管局")


@pytest.fixture
def as_successor(visitor, successor):
    return visitor(make_user("xin", role="liaison", agency=successor))


def rename(old, new, by, effective_on=TODAY):
    succeed(
        predecessors=[old], successor=new, kind="renamed", effective_on=effective_on, document=DOCUMENT, by=by, at=NOW
    )


@pytest.fixture
def sent_back(lead, period):
    """With a comment for the agency, and one among coordinators."""
    report = file_report(lead, 45, at=moment("2016-10-10 10:00"), progress="写得太简单")
    review(report, "sent_back", comment="请附企业名单。")
    comment_on(report, "去年也是这样。", at=moment("2016-10-10 11:00"))
    return report


# ── comments of reviews ──────────────────────────────────────────────────────────────────────────────────────────


def agency_page(assignment):
    return f"/plans/{assignment.item.plan.slug}/agencies/{assignment.agency_id}/"


def reads(visitor, assignment, words="请附企业名单。"):
    """On the item's history and on the page of the predecessor."""
    item = visitor.get(assignment.item.get_absolute_url()).text(LINE)
    return words in item, words in visitor.get(agency_page(assignment)).main


def test_the_successor_reads_why_its_predecessor_s_report_was_sent_back(
    as_successor, as_other, as_leader, lead, sent_back, successor, coordinator
):
    assert reads(as_successor, lead) == (False, False)
    rename(lead.agency, successor, coordinator)
    assert reads(as_successor, lead) == (True, True)
    assert reads(as_leader, lead) == (True, True)
    assert reads(as_other, lead) == (False, False)


def test_internal_comments_stay_among_coordinators(
    as_successor, as_coordinator, lead, sent_back, successor, coordinator
):
    assert "去年也是这样。" in as_coordinator.get(f"/reviews/{sent_back.pk}/").main
    rename(lead.agency, successor, coordinator)
    assert reads(as_successor, lead, "去年也是这样。") == (False, False)
    for path in (lead.item.get_absolute_url(), agency_page(lead), "/my/"):
        assert "去年也是这样。" not in as_successor.get(path).source
    as_successor.get(f"/reviews/{sent_back.pk}/", 403)


def test_the_comment_of_an_accepted_report_is_read_too(as_successor, as_other, lead, period, successor, coordinator):
    review(file_report(lead, 45, at=moment("2016-10-09")), comment="数据完整。")
    rename(lead.agency, successor, coordinator)
    assert reads(as_successor, lead, "数据完整。") == (True, True)
    assert reads(as_other, lead, "数据完整。") == (False, False)


def test_the_predecessor_reads_its_own_as_before_and_nothing_of_the_successor_s(
    visitor, lead, sent_back, successor, coordinator
):
    """Somebody whose account was opened for the old agency afterwards: its people have moved."""
    rename(lead.agency, successor, coordinator)
    made = Assignment.objects.get(agency=successor)
    review(file_report(made, 50, at=NOW + timedelta(minutes=1)), "sent_back", comment="请写明数据。")
    remaining = visitor(make_user("old", role="liaison", agency=lead.agency))
    assert reads(remaining, lead) == (True, True)
    assert reads(remaining, made, "请写明数据。") == (False, False)


def test_recorded_in_advance_it_opens_nothing_before_its_day(
    as_successor, lead, sent_back, successor, coordinator, settings
):
    middle = make_agency("中间单位")
    rename(lead.agency, middle, coordinator)
    rename(middle, successor, coordinator, effective_on=date(2016, 11, 1))
    assert reads(as_successor, lead) == (False, False)


def test_after_two_successions_whoever_follows_reads_it(as_successor, lead, sent_back, successor, coordinator):
    middle = make_agency("中间单位")
    rename(lead.agency, middle, coordinator)
    rename(middle, successor, coordinator)
    assert reads(as_successor, lead) == (True, True)


def test_the_reason_stands_in_the_form_in_which_the_report_is_mended(
    as_successor, lead, sent_back, successor, coordinator
):
    rename(lead.agency, successor, coordinator)
    made = Assignment.objects.get(agency=successor)
    page = as_successor.get("/my/")
    form = f"//form[@id='r{made.pk}-2016Q3']"
    assert page.text(f"{form}//p[@class='note back']") == f"10月10日退回{lead.agency}的报告：请附企业名单。"
    assert page.values(form)["progress"].strip() == "写得太简单"
    assert "退回待重报1" in page.text("//div[@class='due']")
    assert page.text(f"{form}//p[@class='note back']") == as_successor.get(f"/my/{made.pk}/").text(
        "//p[@class='note back']"
    )


def test_filed_again_the_reason_is_gone_from_the_form(as_successor, lead, sent_back, successor, coordinator):
    rename(lead.agency, successor, coordinator)
    made = Assignment.objects.get(agency=successor)
    file_report(made, 60, at=NOW + timedelta(minutes=1))
    assert "请附企业名单。" not in as_successor.get("/my/").main


def test_a_report_sent_back_in_an_earlier_period_can_be_mended_by_the_successor(
    as_successor, lead, period, successor, coordinator
):
    make_period(lead.item.plan, "2016Q2")
    review(file_report(lead, 30, at=moment("2016-07-10"), period="2016Q2"), "sent_back", comment="二季度请补报。")
    rename(lead.agency, successor, coordinator)
    made = Assignment.objects.get(agency=successor)
    assert "二季度请补报。" in as_successor.get("/my/").main
    whole = {"action": "submit", "period": "2016Q2", "percent": "80", "progress": "已补充。"}
    as_successor.post(f"/my/{made.pk}/", **whole)
    assert made.reports.latest("pk").progress == "已补充。"
    assert set(made.reports.values_list("period__code", flat=True)) == {"2016Q2"}


def test_of_a_split_agency_the_reason_is_for_whoever_got_the_item(visitor, lead, sent_back, successor, coordinator):
    other = make_agency("省标准局")
    second = make_assignment(make_item(lead.item.plan), lead.agency, LEAD)
    split(
        predecessor=lead.agency,
        shares={lead.pk: successor, second.pk: other},
        people={},
        effective_on=TODAY,
        document=DOCUMENT,
        by=coordinator,
        at=NOW,
    )
    for agency, stands in ((successor, True), (other, False)):
        mine = visitor(make_user(role="liaison", agency=agency)).get("/my/")
        assert ("请附企业名单。" in mine.main) == stands


def test_decided_requests_are_read_in_the_history_too(as_successor, as_other, lead, successor, coordinator):
    decide(
        make_request(lead, at=moment("2016-10-09"), reason="内部情况"),
        is_granted=False,
        at=moment("2016-10-10"),
        comment="佐证不足",
    )
    rename(lead.agency, successor, coordinator)
    line = as_successor.get(lead.item.get_absolute_url()).text(LINE)
    assert "内部情况" in line
    assert "佐证不足" in line
    assert "佐证不足" not in as_other.get(lead.item.get_absolute_url()).text(LINE)


def test_on_the_item_s_page_a_report_goes_on_and_is_not_filed_again(
    lead, period, successor, as_coordinator, coordinator
):
    accepted_report(lead, 45, at=moment("2016-10-10"))
    rename(lead.agency, successor, coordinator)
    line = as_coordinator.get(lead.item.get_absolute_url()).text(LINE)
    assert "省市场监管局承接原单位的三季度报告（45%）" in line
    assert line.count("报送三季度进展") == line.count(f"通过{lead.agency}三季度报告") == 1
    assert "通过省市场监管局" not in line


def test_without_change_the_successor_of_several_repeats_what_they_said(
    as_successor, lead, period, successor, coordinator
):
    marks, other = make_indicator(lead.item), make_assignment(lead.item, make_agency("省工商局"), LEAD)
    at = moment("2016-07-10")
    accepted_report(lead, 40, at=at, period="2016Q2", progress="建了库。", readings={marks: 85})
    accepted_report(other, 60, at=at, period="2016Q2", progress="办了班。")
    merging = {"kind": "merged", "effective_on": TODAY, "document": DOCUMENT}
    succeed(predecessors=[lead.agency, other.agency], successor=successor, by=coordinator, at=NOW, **merging)
    made = Assignment.objects.get(agency=successor)
    form = as_successor.get("/my/").text(f"//form[@id='r{made.pk}-2016Q3']")
    assert f"二季度 · 07-10{lead.agency}报送" in form
    assert "二季度 · 07-10省工商局报送" in form
    typed = {"action": "submit", "period": "2016Q3", "percent": "50", "unchanged": "已完成主要工作，待验收"}
    typed |= {"delay_reason": "待验收，10月赶上。"}
    as_successor.post(f"/my/{made.pk}/", **typed)
    report = made.reports.latest("pk")
    both = f"【{lead.agency}】建了库。\n【省工商局】办了班。"
    assert report.progress == f"无变化原因：已完成主要工作，待验收\n{both}"
    assert (report.is_unchanged, [reading.value for reading in report.readings.all()]) == (True, [85])


# ── requests and urges that wait ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(lead):
    sign_receipt(lead, at=moment("2016-06-01"))
    due_on = date(2017, 3, 31)
    return make_request(lead, "extension", at=moment("2016-10-08 09:30"), reason="招标延后", due_on=due_on)


def test_the_successor_sees_a_waiting_request_as_its_own_and_coordinators_decide_it(
    as_successor, as_coordinator, as_other, lead, asked, successor, coordinator
):
    rename(lead.agency, successor, coordinator)
    going_on = asked.continuations.get().request
    url = f"/requests/{going_on.pk}/"
    offers = [link.text for link in as_successor.get(lead.item.get_absolute_url()).links("//tr[starts-with(@id, 'a')]")]
    assert "延期申请（待答复）" in offers
    page = as_successor.get(url)
    assert page.title == "省市场监管局 · （1）延期申请"
    assert f"2016-10-08 09:30 {lead.agency} 提出" in page.main
    assert "2016-10-12 09:00 省市场监管局承接" in page.main
    as_other.get(url, 404)
    queue = as_coordinator.get("/requests/")
    assert [(row[2], row[5]) for row in queue.rows()] == [("省市场监管局", "2016-10-08")]
    as_coordinator.post(url, verdict="granted")
    assert Decision.objects.get().request == going_on
    assert "同意省市场监管局申请延期" in as_successor.get(lead.item.get_absolute_url()).text(LINE)


def test_the_old_request_leads_to_the_one_that_goes_on(
    as_successor, as_coordinator, lead, asked, successor, coordinator
):
    rename(lead.agency, successor, coordinator)
    going_on = asked.continuations.get().request
    for visitor in (as_successor, as_coordinator):
        page = visitor.get(f"/requests/{asked.pk}/")
        assert "该责任分工和本申请已由省市场监管局承接" in page.main
        assert page.link("承接的申请").url == f"/requests/{going_on.pk}/"
        assert page.title == f"{lead.agency} · （1）延期申请"


def test_on_the_day_before_it_waits_as_it_did(as_coordinator, lead, asked, successor, coordinator):
    rename(lead.agency, successor, coordinator)
    page = as_coordinator.get(f"/requests/{asked.pk}/?as_of=2016-10-11")
    assert "承接" not in page.main
    assert [row[2] for row in as_coordinator.get("/requests/?as_of=2016-10-11").rows()] == [str(lead.agency)]


def test_a_completion_says_that_it_holds_for_all_that_was_taken_over(as_coordinator, lead, successor, coordinator):
    sign_receipt(lead, at=moment("2016-06-01"))
    make_request(lead, "completion", at=moment("2016-10-08"))
    other = make_assignment(lead.item, make_agency("省工商局"), LEAD)
    both = [lead.agency, other.agency]
    merging = {"kind": "merged", "effective_on": TODAY, "document": DOCUMENT}
    succeed(predecessors=both, successor=successor, by=coordinator, at=NOW, **merging)
    going_on = AgencyRequest.objects.latest("pk")
    assert "省市场监管局在本任务承接的全部责任分工办结销号" in as_coordinator.get(f"/requests/{going_on.pk}/").main


def test_the_preview_says_what_becomes_of_what_waits(as_coordinator, lead, asked, successor):
    make_urge(lead, at=moment("2016-10-10"))
    typed = {"predecessors": [lead.agency_id], "new_names": "", "effective_on": "2016-10-12", "document": DOCUMENT}
    typed["action"] = "preview"
    page = as_coordinator.post("/agencies/succession/new/", 200, kind="renamed", successors=[successor.pk], **typed)
    assert "1件申请尚未答复，转移后由承接单位继续，仍可答复" in page.main
    assert "1件催办尚未答复，转移后由承接单位答复" in page.main
    page = as_coordinator.post("/agencies/succession/new/", 200, kind="abolished", **typed)
    assert "1件申请尚未答复，没有承接单位，将随原责任分工失效，请先答复。" in page.main


def test_the_successor_answers_an_urge_that_waits(as_successor, as_other, lead, successor, coordinator):
    sent = make_urge(lead, at=moment("2016-10-10"), by=coordinator)
    url = f"/urges/{sent.pk}/"
    as_successor.get(url, 404)
    rename(lead.agency, successor, coordinator)
    assert f"{lead.agency}" in as_successor.get(url).title
    as_other.post(url, 404, text="代答")
    page = as_successor.post_and_follow(url, text="已抓紧办理。")
    assert UrgeReply.objects.get(urge=sent).text == "已抓紧办理。"
    assert f"{lead.agency}的承接单位的答复" in page.main
    assert sent.agency == lead.agency


# ── three become one ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_liaison_of_the_successor_of_three_finds_all_open_work(visitor, as_coordinator, plan, period, coordinator):
    """The first has a report that waits and one sent back, the second asks for more time, the third is urged."""
    names = ("省质监局", "省工商局", "省食品药品监管局")
    three = [make_agency(name, ordinal=place) for place, name in enumerate(names, 1)]
    people = [make_user(f"l{place}", role="liaison", agency=agency) for place, agency in enumerate(three)]
    items = [make_item(plan) for _ in range(4)]
    parts = {
        (n, m): make_assignment(items[n], three[m], LEAD) for n, m in ((0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2))
    }
    for part in parts.values():
        sign_receipt(part, at=moment("2016-06-01"))
    accepted_report(parts[0, 0], 40, at=moment("2016-07-10"), period="2016Q2", progress="二季度已过半")
    returned = file_report(parts[0, 0], 60, at=moment("2016-10-08"), progress="三季度文字")
    review(returned, "sent_back", comment="请附名单。")
    file_report(parts[1, 0], 55, at=moment("2016-10-09"), progress="待审的文字")
    make_request(parts[1, 1], "extension", at=moment("2016-10-08"), reason="招标延后", due_on=date(2017, 3, 31))
    sent = make_urge(parts[3, 2], at=moment("2016-10-10"), by=coordinator)
    days = ("2016-06-30", "2016-09-30", "2016-10-11")
    pages = [f"{plan.get_absolute_url()}?as_of={day}" for day in days]
    pages += [f"/plans/{plan.slug}/periods/2016Q3/?as_of={day}" for day in days[1:]]
    before = [as_coordinator.get(url).main for url in pages]

    market = make_agency("省市场监督管理局")
    merging = {"kind": "merged", "effective_on": TODAY, "document": DOCUMENT}
    succeed(predecessors=three, successor=market, by=coordinator, at=NOW, **merging)

    assert [as_coordinator.get(url).main for url in pages] == before
    people[1].refresh_from_db()
    mine = visitor(people[1])
    page = mine.get("/my/")
    assert page.title.startswith("省市场监督管理局")
    assert "0 / 4已报" in page.text("//div[@class='due']")
    assert len(page.all("//form[contains(@class, 'report')]")) == 4
    assert "10月8日退回省质监局的报告：请附名单。" in page.main
    assert "待审的文字" in page.main
    assert "二季度已过半" in page.main
    going_on = AgencyRequest.objects.latest("pk")
    assert mine.get(f"/requests/{going_on.pk}/").title == "省市场监督管理局 · （2）延期申请"
    assert [link.text for link in mine.get("/urges/").links() if link.view_name == "tasks:urge-detail"] == [sent.label]
    assert "提交答复" in mine.get(f"/urges/{sent.pk}/").main


# ── what was filed under the old name ────────────────────────────────────────────────────────────────────────────


def test_what_was_filed_and_asked_for_under_the_old_name_is_opened_and_listed(
    as_successor, as_other, lead, asked, sent_back, successor, coordinator
):
    accepted = accepted_report(lead, 40, at=moment("2016-07-10"), period="2016Q2", progress="上半年已开展。")
    rename(lead.agency, successor, coordinator)
    page = as_successor.get(f"/my/reports/{accepted.pk}/")
    assert "上半年已开展。" in page.main
    assert "2016-07-10 00:00 省商务厅" in page.main
    assert "请附企业名单。" in as_successor.get(f"/my/reports/{sent_back.pk}/").main
    as_other.get(f"/my/reports/{sent_back.pk}/", 404)
    listed = as_successor.get("/my/reports/").texts("//section[@id='rows']//tbody//td[2]")
    assert sum(f"{lead.agency}" in row for row in listed) == 2
    requests = as_successor.get("/my/requests/").texts("//section[@id='rows']//tbody/tr")
    assert [("省商务厅" in row, "已承接" in row, "待答复" in row) for row in requests] == [
        (False, False, True),
        (True, True, False),
    ]


def test_a_report_that_goes_on_has_the_day_on_which_it_was_filed(as_successor, lead, period, successor, coordinator):
    filed = file_report(lead, 45, at=moment("2016-10-10 10:00"))
    rename(lead.agency, successor, coordinator)
    new = Assignment.objects.get(agency=successor).reports.get()
    assert "2016-10-10 10:00" in as_successor.get(f"/my/reports/{new.pk}/").main
    old = as_successor.get(f"/my/reports/{filed.pk}/")
    assert "已承接" in old.main
    assert old.link("承接的报告").url == f"/my/reports/{new.pk}/"
    assert as_successor.get("/my/").texts("//section[@id='filed']//td[last()]") == ["10-10"]


def test_the_form_of_the_old_assignment_leads_to_the_new_one(as_successor, as_other, lead, successor, coordinator):
    """Where the message on a report that was sent back leads."""
    rename(lead.agency, successor, coordinator)
    new = Assignment.objects.get(agency=successor)
    assert as_successor.get(f"/my/{lead.pk}/", 302).response.url == f"/my/{new.pk}/"
    as_other.get(f"/my/{lead.pk}/", 404)


def test_evidence_of_the_old_name_is_opened_though_it_was_only_drafted(
    as_successor, as_other, lead, successor, coordinator
):
    proof = make_evidence(lead, at=moment("2016-10-10"))
    address = f"/evidence/{proof.pk}/view/"
    as_successor.get(address, 404)
    rename(lead.agency, successor, coordinator)
    as_other.get(address, 404)
    assert as_successor.client.get(address).status_code != 404


def test_renamed_it_keeps_the_people_to_call_and_merged_it_keeps_its_own(lead, successor, coordinator):
    type(lead.agency).objects.filter(pk=lead.agency.pk).update(liaison_name="张三", liaison_telephone="62870001")
    merged = make_agency("合并后的单位")
    rename(lead.agency, successor, coordinator)
    successor.refresh_from_db()
    assert (successor.liaison_name, successor.liaison_telephone) == ("张三", "62870001")
    what = {"predecessors": [successor], "successor": merged, "kind": "merged", "effective_on": TODAY}
    succeed(**what, document=DOCUMENT, by=coordinator, at=NOW)
    merged.refresh_from_db()
    assert merged.liaison_name == ""


def test_people_known_under_the_new_name_already_stay(lead, successor, coordinator):
    type(lead.agency).objects.filter(pk=lead.agency.pk).update(liaison_name="张三")
    type(lead.agency).objects.filter(pk=successor.pk).update(head_name="李四")
    rename(lead.agency, successor, coordinator)
    successor.refresh_from_db()
    assert (successor.liaison_name, successor.head_name) == ("", "李四")
