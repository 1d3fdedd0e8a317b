"""待签收 on an agency's page, the forms for its requests, and the coordinators' queue."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Change
from tasks.models import AgencyRequest, Closure, Decision, ItemRevision, Message, Receipt, RequestWithdrawal
from tasks.workflow import succeed
from tests.support.factories import (
    close_a_period,
    decide,
    file_report,
    make_agency,
    make_assignment,
    make_evidence,
    make_item,
    make_milestone_wish,
    make_request,
    make_user,
    moment,
    revise,
    sign_receipt,
    withdraw,
)

SIGNED, ASKED = moment("2016-05-26 09:00"), moment("2016-10-11 09:30")
RECEIPTS = "//form[@id='receipts']"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def october(settings, tmp_path):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def signed(lead):
    sign_receipt(lead, at=SIGNED)
    return lead


def form_url(assignment, kind=""):
    return f"/assignments/{assignment.pk}/requests/new/{f'?kind={kind}' if kind else ''}"


def detail_url(request):
    return f"/requests/{request.pk}/"


def own_row(page):
    return page.links("//tr[starts-with(@id, 'a')]")


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_given_and_not_received_stands_on_the_agency_s_page_with_its_deadline(as_lead, plan, lead):
    """Issued on Tuesday 24 May; five working days later is Tuesday 31 May."""
    page = as_lead.get("/my/")
    assert page.rows(f"{RECEIPTS}//tbody/tr")[0][:5] == [
        "（1）",
        "任务1",
        "负责",
        "2016-05-24",
        "签收期限2016-05-31 已过期限",
    ]
    assert "1项，其中1项已过签收期限" in page.text(RECEIPTS)


def test_holidays_do_not_count(as_lead, lead_agency, plan):
    """Given on 30 September 2016, before the week of the National Day; 8 and 9 October were worked."""
    make_assignment(make_item(plan), lead_agency, at=moment("2016-09-30 09:00"))
    assert as_lead.get("/my/").rows(f"{RECEIPTS}//tbody/tr")[0][4] == "签收期限2016-10-12"


def test_the_deadline_is_the_plan_s(as_lead, plan, lead):
    plan.receipt_days = 2
    plan.save()
    assert as_lead.get("/my/").rows(f"{RECEIPTS}//tbody/tr")[0][4].startswith("签收期限2016-05-26")


def test_one_is_received(as_lead, plan, lead, lead_agency):
    other = make_assignment(make_item(plan), lead_agency)
    page = as_lead.post_and_follow("/my/receipts/", assignment=lead.pk)
    assert page.messages == ["已签收1项任务。"]
    receipt = Receipt.objects.get()
    assert (receipt.assignment, receipt.recorded_by) == (lead, as_lead.user)
    assert [button.get("value") for button in page.all("//button[@name='assignment']")] == [str(other.pk)]


def test_all_are_received_at_once(as_lead, plan, lead, lead_agency):
    for _ in range(12):
        make_assignment(make_item(plan), lead_agency)
    page = as_lead.get("/my/")
    assert len(page.rows(f"{RECEIPTS}//tbody/tr")) == 10
    assert page.text(f"{RECEIPTS}//button[@name='all']") == "签收全部13项"
    page = as_lead.post_and_follow("/my/receipts/", all="1")
    assert page.messages == ["已签收13项任务。"]
    assert page.all(RECEIPTS) == []


def test_another_agency_s_task_is_not_received(as_other, lead):
    as_other.post("/my/receipts/", 403, assignment=lead.pk)
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"assignment": "x"}, {"assignment": ""}])
def test_nothing_chosen_is_said(as_lead, lead, sent):
    assert as_lead.post_and_follow("/my/receipts/", **sent).messages == ["没有选中待签收的任务。"]


def test_what_was_declined_says_so_and_cannot_be_received_meanwhile(as_lead, lead):
    make_request(lead, "decline", at=ASKED)
    page = as_lead.get("/my/")
    assert "申请退回，待答复" in page.text(RECEIPTS)
    assert page.all(f"{RECEIPTS}//button") == []
    assert "申请退回" in as_lead.post_and_follow("/my/receipts/", assignment=lead.pk).messages[0]
    assert not Receipt.objects.exists()


def test_on_a_past_day_it_shows_what_waited_then_and_no_buttons(as_lead, signed):
    page = as_lead.get("/my/?as_of=2016-05-25")
    assert len(page.rows(f"{RECEIPTS}//tbody/tr")) == 1
    assert page.all(f"{RECEIPTS}//button") == []


# ── the item's page ──────────────────────────────────────────────────────────────────────────────────────────────


def labels(visitor, item):
    return [
        link.text for link in own_row(visitor.get(item.get_absolute_url())) if link.view_name != "reports:agency-detail"
    ]


def test_an_agency_is_offered_what_it_may_do_with_its_own_assignment(as_lead, as_other, item, lead):
    assert labels(as_lead, item) == ["签收", "申请退回（非本单位职责）…"]
    sign_receipt(lead, at=SIGNED)
    assert labels(as_lead, item) == ["申请延期…", "申请办结…", "建议节点…"]
    make_request(lead, "completion", at=ASKED)
    assert labels(as_lead, item) == ["申请延期…", "申请办结（待答复）"]
    assert labels(as_other, item) == []


def test_coordinators_are_offered_closing_and_answering(as_coordinator, item, signed):
    page = as_coordinator.get(item.get_absolute_url())
    assert [link.text for link in own_row(page)][1:] == ["催办…", "办结…", "中止…"]
    made = make_request(signed, "completion", at=ASKED)
    [link] = own_row(as_coordinator.get(item.get_absolute_url()))[1:]
    assert (link.text, link.url) == ("答复申请", detail_url(made))


def test_the_state_of_each_assignment_has_its_word(as_leader, item, lead):
    def state():
        return as_leader.get(item.get_absolute_url()).text("//tr[starts-with(@id, 'a')]/th")

    assert state() == "省商务厅 待签收"
    sign_receipt(lead, at=SIGNED)
    assert state() == "省商务厅 在办"
    make_request(lead, "completion", at=ASKED)
    assert state() == "省商务厅 申请办结"


def test_nothing_is_offered_on_a_past_day(as_lead, as_coordinator, item, lead):
    for visitor in (as_lead, as_coordinator):
        assert len(own_row(visitor.get(f"{item.get_absolute_url()}?as_of=2016-10-01"))) == 1


def test_suspending_is_chosen_already_where_it_was_asked_for(as_coordinator, signed):
    assert as_coordinator.get(f"/assignments/{signed.pk}/close/?kind=suspended").values()["kind"] == "suspended"


def test_what_has_an_open_request_is_answered_before_it_is_closed(as_coordinator, signed):
    make_request(signed, "completion", at=ASKED)
    page = as_coordinator.get(f"/assignments/{signed.pk}/close/")
    assert page.all("//input[@name='kind']") == []
    assert "请先答复" in page.main
    page = as_coordinator.post(f"/assignments/{signed.pk}/close/", 422, kind="closed", reason="依据")
    assert page.errors == {"": "该责任分工处于“申请办结”，请先答复申请。"}


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_is_the_first_that_can_be_asked_for(as_lead, lead):
    assert as_lead.get(form_url(lead)).title == "申请退回（非本单位职责）"
    sign_receipt(lead, at=SIGNED)
    page = as_lead.get(form_url(lead))
    assert page.title == "申请延期"
    assert page.texts("//nav[@aria-label='申请类型']/a") == ["申请延期", "申请办结", "建议节点"]


def test_a_decline_is_asked_for(as_lead, lead):
    page = as_lead.post_and_follow(form_url(lead, "decline"), kind="decline", reason="职责在省水利厅")
    assert page.messages == ["已提交（1）的申请退回（非本单位职责），等待统筹人员答复。"]
    assert "职责在省水利厅" in page.main
    assert "等待统筹人员答复" in page.main
    assert AgencyRequest.objects.get().recorded_by == as_lead.user


def test_an_extension_is_asked_for(as_lead, signed):
    page = as_lead.get(form_url(signed, "extension"))
    assert "应晚于现时限2016-12-31" in page.main
    sent = page.values() | {"due_on": "2017-03-31", "reason": "设备推迟"}
    page = as_lead.post_and_follow(form_url(signed, "extension"), **sent)
    assert "2017-03-31 申请时的时限 2016-12-31" in page.main
    assert AgencyRequest.objects.get().due_on == date(2017, 3, 31)


def test_a_completion_is_asked_for_with_its_evidence(as_lead, signed):
    paper = SimpleUploadedFile("验收意见.pdf", PDF)
    page = as_lead.post_and_follow(form_url(signed, "completion"), kind="completion", reason="完成", evidence=paper)
    assert "验收意见.pdf" in [link.text for link in page.links()]
    assert [evidence.name for evidence in AgencyRequest.objects.get().evidence.all()] == ["验收意见.pdf"]


def test_evidence_is_kept_where_the_rest_is_refused(as_lead, signed):
    paper = SimpleUploadedFile("验收意见.pdf", PDF)
    page = as_lead.post(form_url(signed, "completion"), 422, kind="completion", reason="", evidence=paper)
    assert page.errors == {"reason": "请写明理由。"}
    page = as_lead.post_and_follow(form_url(signed), **(page.values() | {"reason": "完成", "evidence": ""}))
    assert AgencyRequest.objects.get().evidence.count() == 1


def test_a_completion_without_evidence_is_refused_and_the_form_says_so_beforehand(as_lead, signed):
    url, rule = form_url(signed, "completion"), "申请办结须附佐证材料。"
    assert "申请办结须附佐证材料" in as_lead.get(url).main
    assert as_lead.post(url, 422, kind="completion", reason="完成").errors == {"evidence": rule}
    assert list(as_lead.post(url, 422, kind="completion", reason="").errors) == ["reason", "evidence"]
    assert not AgencyRequest.objects.exists()


def test_what_is_ticked_to_be_taken_out_is_no_evidence(as_lead, signed):
    paper = make_evidence(signed, at=ASKED)
    sent = {"kind": "completion", "reason": "完成", "evidence_kept": paper.pk, "evidence_drop": paper.pk}
    assert list(as_lead.post(form_url(signed), 422, **sent).errors) == ["evidence"]
    assert not AgencyRequest.objects.exists()


def test_an_extension_needs_no_evidence(as_lead, signed):
    page = as_lead.get(form_url(signed, "extension"))
    assert "佐证材料（选填）" in page.texts("//label")


@pytest.mark.parametrize(
    ("kind", "sent", "field", "message"),
    [
        ("extension", {"reason": "", "due_on": "2017-03-31"}, "reason", "请写明理由。"),
        ("extension", {"reason": "长" * 2001, "due_on": "2017-03-31"}, "reason", "2000"),
        ("extension", {"reason": "推迟", "due_on": ""}, "due_on", "请填写申请延至的日期。"),
        ("extension", {"reason": "推迟", "due_on": "明年"}, "due_on", "请按2016-09-30的格式填写日期。"),
        ("extension", {"reason": "推迟", "due_on": "2016-12-31"}, "due_on", "应晚于现时限2016-12-31"),
        ("decline", {"reason": "不归我管"}, "", "已经签收"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(as_lead, signed, kind, sent, field, message):
    page = as_lead.post(form_url(signed, kind), 422, kind=kind, **sent)
    assert list(page.errors) == [field]
    assert message in page.errors[field]
    assert page.values()["reason"] == sent["reason"]
    assert not AgencyRequest.objects.exists()


def test_who_is_too_late_reads_the_rule_before_typing_anything(as_lead, signed, settings):
    settings.QA_PLAN_TODAY = date(2017, 1, 1)
    page = as_lead.get(form_url(signed, "extension"))
    rule = "延期须在原时限届满前提出：该任务时限为2016-12-31，已经届满，不再受理。"
    assert rule in page.main
    assert page.all("//textarea") == []
    sent = {"kind": "extension", "reason": "推迟", "due_on": "2017-03-31"}
    assert as_lead.post(form_url(signed), 422, **sent).errors == {"due_on": rule}


def test_what_cannot_be_asked_for_now_says_why(as_lead, signed):
    make_request(signed, "completion", at=ASKED)
    assert "正在等待答复" in as_lead.get(form_url(signed, "completion")).main


@pytest.mark.parametrize("kind", ["burnt", "closed"])
def test_a_kind_that_does_not_exist_is_not_found(as_lead, signed, kind):
    as_lead.get(form_url(signed, kind), 404)


# ── the queue and the decision ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def other(plan, lead_agency):
    return make_assignment(make_item(plan), lead_agency)


def test_the_queue_shows_what_waits_the_oldest_first_by_kind(as_coordinator, signed, other):
    make_request(signed, "completion", at=ASKED)
    make_request(other, "decline", at=moment("2016-10-10"))
    page = as_coordinator.get("/requests/")
    assert [row[3] for row in page.rows()] == ["申请退回（非本单位职责）", "申请办结"]
    assert page.texts("//nav[@aria-label='办理情况']/a") == ["待办 2", "已同意 0", "不同意 0", "已撤回 0", "全部 2"]
    assert page.texts("//nav[@aria-label='申请类型']/a") == [
        "各类 2",
        "申请退回（非本单位职责） 1",
        "延期申请 0",
        "申请办结 1",
        "节点建议 0",
    ]
    assert [row[3] for row in as_coordinator.get("/requests/?kind=completion").rows()] == ["申请办结"]
    assert page.link("申请 2").url == "/requests/"


def test_an_empty_queue_says_so(as_coordinator, signed):
    withdraw(signed, at=ASKED)
    make_request(signed, "completion", at=ASKED)
    assert "没有等待答复的申请。" in as_coordinator.get("/requests/").main


def test_the_queue_of_a_past_day_is_what_waited_then(as_coordinator, signed):
    decide(make_request(signed, "completion", at=moment("2016-10-01")), is_granted=False, at=ASKED)
    assert as_coordinator.get("/requests/").rows() == []
    page = as_coordinator.get("/requests/?as_of=2016-10-05")
    assert len(page.rows()) == 1
    [url] = {link.url for link in page.links() if link.view_name == "tasks:request-detail"}
    page = as_coordinator.get(url)
    assert "等待统筹人员答复" in page.main
    assert page.all("//main//form") == []


def test_what_became_of_requests_is_listed_found_and_leads_to_what_was_decided_on(
    as_coordinator, plan, signed, other, lead_agency
):
    asked = {"due_on": date(2017, 3, 31), "old_due_on": date(2016, 12, 31)}
    granted = make_request(signed, "extension", at=moment("2016-10-01"), reason="场地尚未落实。", **asked)
    decide(granted, at=moment("2016-10-03"), due_on=date(2017, 2, 28))
    refused = make_request(other, "completion", at=moment("2016-10-02"), reason="均已办结。")
    decide(refused, is_granted=False, at=moment("2016-10-04"), comment="请补充验收材料。")
    taken_back = make_request(other, "completion", at=moment("2016-10-05"))
    RequestWithdrawal.objects.create(request=taken_back, recorded_at=moment("2016-10-06"))
    gone = make_assignment(make_item(plan), make_agency("省林业厅"))
    make_request(gone, "decline", at=moment("2016-10-05"))
    withdraw(gone, at=moment("2016-10-07"))
    page = as_coordinator.get("/requests/?turn=all")
    assert page.texts("//nav[@aria-label='办理情况']/a") == ["待办 0", "已同意 1", "不同意 1", "已撤回 2", "全部 4"]
    results = {row[2] + row[3]: row[6] for row in page.rows()}
    assert "2016-10-03 同意延至2017-02-28" in results["省商务厅延期申请"]
    assert "责任分工已撤回" in results["省林业厅申请退回（非本单位职责）"]
    [line] = as_coordinator.get("/requests/?turn=refused").rows()
    assert "2016-10-04 不同意 请补充验收材料。" in line[6]
    for query, turn in (("q=场地+落实", "granted"), ("q=验收", "refused"), (f"agency={lead_agency.pk}", "granted")):
        assert len(as_coordinator.get(f"/requests/?turn={turn}&{query}").rows()) == 1
    assert as_coordinator.get("/requests/?turn=all&q=场地+验收").rows() == []
    assert as_coordinator.get("/requests/?turn=granted&as_of=2016-10-02").rows() == []
    links = [link.url for link in as_coordinator.get("/requests/?turn=granted").links("//tbody")]
    assert signed.get_absolute_url().partition("#")[0] in links
    assert as_coordinator.get(detail_url(granted)).link("查看调整后的时限").url in links
    as_coordinator.get("/requests/?turn=lost", 404)


def test_the_course_of_an_item_leads_to_the_papers_it_speaks_of(as_coordinator, as_lead, as_other, item, signed):
    made = make_request(signed, "completion", at=ASKED)
    report = file_report(signed, 50, at=moment("2016-10-10"))

    def papers(visitor):
        return {link.url for link in visitor.get(item.get_absolute_url()).links("//ol[@class='line']")}

    assert papers(as_coordinator) == {detail_url(made), f"/reviews/{report.pk}/"}
    assert papers(as_lead) == {detail_url(made)}
    assert papers(as_other) == set()


def test_original_present_and_new_date_stand_side_by_side(as_coordinator, signed):
    made = make_request(signed, "extension", at=ASKED, due_on=date(2017, 3, 31), old_due_on=date(2016, 12, 31))
    page = as_coordinator.get(detail_url(made))
    assert page.texts("//dl[contains(@class, 'facts')]/div")[2:] == [
        "原定时限2016-12-31 推定",
        "现时限2016-12-31 推定",
        "申请延至2017-03-31 申请时的时限 2016-12-31",
    ]


def test_an_extension_is_granted_and_counted_on_the_ledger(as_coordinator, plan, item, signed):
    made = make_request(signed, "extension", at=ASKED, due_on=date(2017, 3, 31), old_due_on=date(2016, 12, 31))
    page = as_coordinator.post_and_follow(detail_url(made), verdict="granted")
    assert page.messages == ["已同意省商务厅（1）的申请。"]
    assert ItemRevision.objects.latest("pk").due_on == date(2017, 3, 31)
    row = as_coordinator.get(f"{plan.get_absolute_url()}assignments/").rows()[0]
    assert row[9] == "2017-03-31 调整原 2016-12-31 推定延期1次"
    page = as_coordinator.get(item.get_absolute_url())
    line = page.text("//ol[@class='line']")
    assert "省商务厅申请延期（延至2017-03-31）" in line
    assert "同意省商务厅申请延期（延至2017-03-31）" in line


def test_a_completion_is_granted(as_coordinator, item, signed):
    page = as_coordinator.post_and_follow(detail_url(make_request(signed, at=ASKED)), verdict="granted")
    assert page.messages == ["已同意省商务厅（1）的申请。"]
    assert Closure.objects.get().kind == "closed"
    assert as_coordinator.get(item.get_absolute_url()).text("//tr[starts-with(@id, 'a')]/th") == "省商务厅 已销号"


def test_a_decline_is_granted_and_can_be_read_afterwards(as_coordinator, as_lead, lead):
    made = make_request(lead, "decline", at=ASKED)
    as_coordinator.post(detail_url(made), verdict="granted")
    page = as_lead.get(detail_url(made))
    assert "同意" in page.main
    assert "状态已撤回" in page.text("//dl[contains(@class, 'facts')]").replace(" ", "")


def test_a_refusal_needs_words_and_keeps_what_was_typed(as_coordinator, signed):
    made = make_request(signed, at=ASKED)
    page = as_coordinator.post(detail_url(made), 422, verdict="refused", comment="")
    assert page.errors == {"comment": "不同意须写明意见，供申请单位了解。"}
    page = as_coordinator.post(detail_url(made), 422, comment="佐证不足")
    assert "请选择同意或不同意。" in page.errors.values()
    assert page.values()["comment"] == "佐证不足"
    page = as_coordinator.post_and_follow(detail_url(made), verdict="refused", comment="佐证不足")
    assert page.messages == ["已答复不同意省商务厅（1）的申请。"]


def test_the_second_to_decide_reads_what_the_first_decided(as_coordinator, signed):
    made = make_request(signed, at=ASKED)
    as_coordinator.get(detail_url(made))
    decide(made, is_granted=False, at=ASKED, comment="佐证不足")
    page = as_coordinator.post(detail_url(made), 422, verdict="granted")
    assert page.errors == {"": "该申请已答复“不同意”，未作改动。"}
    assert "佐证不足" in page.main
    assert Decision.objects.count() == 1


def test_earlier_requests_of_the_assignment_stand_beside(as_lead, signed):
    first = make_request(signed, at=moment("2016-09-01"))
    decide(first, is_granted=False, comment="佐证不足", at=moment("2016-09-02"))
    second = make_request(signed, at=ASKED)
    page = as_lead.get(detail_url(second))
    assert page.texts("//section[.//h2='历次申请']//li") == [
        "申请办结2016-10-11待答复",
        "申请办结2016-09-012016-09-02 不同意：佐证不足",
    ]
    assert detail_url(first) in [link.url for link in page.links()]


# ── who reads what ───────────────────────────────────────────────────────────────────────────────────────────────


def test_others_read_that_it_was_asked_for_and_not_why(as_other, as_lead, as_leader, item, signed):
    made = make_request(signed, at=ASKED, reason="内部情况")
    decide(made, is_granted=False, at=ASKED, comment="佐证不足")
    for visitor, reads in ((as_other, False), (as_lead, True), (as_leader, True)):
        line = visitor.get(item.get_absolute_url()).text("//ol[@class='line']")
        assert "省商务厅申请办结" in line
        assert "不同意省商务厅申请办结" in line
        assert ("内部情况" in line) == reads
        assert ("佐证不足" in line) == reads
    as_other.get(detail_url(made), 404)


def test_the_successor_of_an_agency_reads_its_requests(visitor, signed, coordinator):
    made = make_request(signed, at=ASKED, reason="内部情况")
    successor = make_agency("新单位")
    person = make_user("xin", role="liaison", agency=successor)
    merging = {"kind": "merged", "effective_on": date(2016, 10, 12), "document": "皖编〔2016〕30号"}
    succeed(predecessors=[signed.agency], successor=successor, by=coordinator, at=moment("2016-10-12 09:00"), **merging)
    assert "内部情况" in visitor(person).get(detail_url(made)).main


# ── another day than the one asked for ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def extension(signed):
    return make_request(signed, "extension", at=ASKED, due_on=date(2017, 3, 31), old_due_on=date(2016, 12, 31))


def test_the_page_shows_the_light_now_and_if_granted_and_the_item_in_the_notice_s_words(
    as_coordinator, as_lead, extension, item
):
    close_a_period(item.plan)
    page = as_coordinator.get(detail_url(extension))
    assert page.rows("//table[@id='lights']//tbody/tr") == [
        ["2017-03-31 申请", "现黄 滞后", "同意后黄 滞后", "不变"],
    ]
    assert item.text in page.text("//blockquote")
    assert as_lead.get(detail_url(extension)).all("//table[@id='lights']") == []


def test_the_lights_of_another_day_are_shown_before_anything_is_decided(as_coordinator, extension):
    page = as_coordinator.post(detail_url(extension), 200, verdict="look", due_on="2017-02-28")
    assert [row[0] for row in page.rows("//table[@id='lights']//tbody/tr")] == ["2017-03-31 申请", "2017-02-28 另定"]
    assert not Decision.objects.exists()


@pytest.mark.parametrize("granted", ["2017-02-28", "2017-06-30"])
def test_another_day_may_be_granted_with_a_comment_and_both_are_told(as_coordinator, as_lead, item, extension, granted):
    sent = {"verdict": "granted", "due_on": granted, "comment": "按验收安排"}
    as_coordinator.post_and_follow(detail_url(extension), **sent)
    revision = ItemRevision.objects.latest("pk")
    assert (f"{revision.due_on}", f"{Decision.objects.get().due_on}") == (granted, granted)
    assert f"申请延至2017-03-31，同意延至{granted}" in revision.reason
    text = Message.objects.latest("pk").text
    assert text == f"（1）延期申请：同意（申请延至2017-03-31，同意延至{granted}）。按验收安排"
    change = Change.objects.filter(action="同意：延期申请").get()
    assert (change.old, change.new["due_on"]) == ({"due_on": "2017-03-31"}, granted)
    page = as_lead.get(detail_url(extension))
    assert f"同意延至{granted}" in page.main
    assert f"同意省商务厅申请延期（延至{granted}）" in as_lead.get(item.get_absolute_url()).text("//ol[@class='line']")


def test_another_day_without_a_comment_is_refused_at_its_field(as_coordinator, extension):
    page = as_coordinator.post(detail_url(extension), 422, verdict="granted", due_on="2017-02-28")
    assert page.errors == {"comment": "同意延至的日期与申请的不同，须写明意见，供申请单位了解。"}
    assert not Decision.objects.exists()


def test_a_day_no_later_than_the_one_in_force_is_no_extension(as_coordinator, extension):
    sent = {"verdict": "granted", "due_on": "2016-12-31", "comment": "不宜延期"}
    page = as_coordinator.post(detail_url(extension), 422, **sent)
    assert page.errors == {"due_on": "同意延至的日期应晚于现时限（2016-12-31）。"}


def test_a_past_day_is_granted_only_after_the_page_has_warned_of_it(as_coordinator, item, extension):
    revise(item, date(2016, 9, 1), at=SIGNED)
    sent = {"verdict": "granted", "due_on": "2016-09-30", "comment": "已到期"}
    page = as_coordinator.post(detail_url(extension), 200, **sent)
    assert "2016-09-30早于今天" in page.main
    as_coordinator.post(detail_url(extension), 302, **sent, seen="2016-09-30")
    assert ItemRevision.objects.latest("pk").due_on == date(2016, 9, 30)


def test_a_decision_sent_twice_is_one(as_coordinator, extension):
    for _ in range(2):
        as_coordinator.post(detail_url(extension), 302, verdict="granted", due_on="2017-03-31", comment="同意")
    assert (Decision.objects.count(), Change.objects.filter(action="同意：延期申请").count()) == (1, 1)


# ── 节点 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_agency_proposes_a_milestone_and_a_coordinator_takes_it_over_on_another_day(
    as_lead, as_coordinator, as_other, signed
):
    roadmap = f"{signed.item.plan.get_absolute_url()}roadmap/"
    url = as_lead.get(signed.item.get_absolute_url()).link("建议节点…").url
    page = as_lead.post(url, 422, kind="milestone", name="", planned_on="", whose="own", reason="")
    assert set(page.errors) == {"name", "planned_on", "reason"}
    sent = {"kind": "milestone", "name": "印发方案", "planned_on": "2016-11-30", "whose": "own", "reason": "会商已定"}
    page = as_lead.post_and_follow(url, **sent)
    assert "建议节点“印发方案”，2016-11-30完成。会商已定" in page.main
    assert "印发方案" in as_lead.get("/my/requests/").main
    assert "印发方案" not in as_other.get(roadmap).main
    desk = as_coordinator.get("/desk/")
    assert "定节点，答复" in desk.main
    page = as_coordinator.get(page.url)
    assert page.values()["name"] == "印发方案"
    chosen = {"name": "印发方案", "planned_on": "2016-12-10"}
    refusal = as_coordinator.post(page.url, 422, verdict="granted", **chosen)
    assert "须写明意见" in refusal.errors["comment"]
    as_coordinator.post(page.url, verdict="granted", comment="与年度安排一致", **chosen)
    assert "已设为节点“印发方案”。" in as_lead.get(page.url).main
    assert "12-10" in as_other.get(f"{roadmap}?agency={signed.agency_id}").main
    assert "印发方案" in as_other.get(roadmap).main


def test_a_milestone_is_declined_with_a_reason_whatever_the_other_fields_hold(as_coordinator, signed):
    asked = make_milestone_wish(signed, at=ASKED)
    page = as_coordinator.post(detail_url(asked), 422, verdict="refused", name="", planned_on="", comment="")
    assert set(page.errors) == {"comment"}
    as_coordinator.post(detail_url(asked), verdict="refused", name="", planned_on="", comment="已有安排")
    assert not Decision.objects.get().is_granted


def test_declining_a_proposed_milestone_is_not_hindered_by_what_only_a_consent_needs(as_coordinator, signed):
    asked = make_milestone_wish(signed, at=moment("2016-10-10"))
    unused = {"name": "节" * 99, "planned_on": "2016-13-40"}
    page = as_coordinator.post(f"/requests/{asked.pk}/", 422, verdict="granted", comment="可", **unused)
    assert "请按2016-09-30的格式填写日期。" in page.main
    as_coordinator.post(f"/requests/{asked.pk}/", 302, verdict="refused", comment="不必单列", **unused)
    assert not Decision.objects.get().is_granted
