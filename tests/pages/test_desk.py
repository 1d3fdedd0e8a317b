"""待办: the office's first page, what stands in it, in which order, and what can be done in it at once."""

from datetime import date

import pytest

from agencies.models import Agency
from tasks.models import Review, ReviewPhrase, Sweep, Urge
from tasks.standing import pending
from tests.support.factories import (
    accepted_report,
    answer,
    close,
    file_report,
    instruction_answer,
    make_agency,
    make_assignment,
    make_instruction,
    make_item,
    make_milestone,
    make_period,
    make_plan,
    make_request,
    make_urge,
    milestone_done,
    moment,
    revise,
    sign_receipt,
)

ROWS = "//ol[@class='waits']/li"


@pytest.fixture(autouse=True)
def october(settings, db):
    """A morning on which the reminders went out."""
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    at = moment("2016-10-12 08:00")
    Sweep.objects.create(day=at.date(), started_at=at, finished_at=at)


@pytest.fixture
def signed(lead):
    sign_receipt(lead, at=moment("2016-05-26"))
    return lead


def rows_of(page):
    return [page.text(f"({ROWS})[{n}]//div[@class='what']/p[1]") for n in range(1, len(page.all(ROWS)) + 1)]


def test_everybody_comes_to_the_first_page_of_the_role(settings, as_coordinator, as_leader, as_lead, plan, item):
    settings.QA_PLAN_DEMO = True  # nothing is left to be set up
    assert as_coordinator.get("/", 302).response.url == "/desk/"
    assert as_leader.get("/", 302).response.url == plan.get_absolute_url()
    assert as_lead.get("/", 302).response.url == "/my/"


def test_only_the_office_has_it(as_lead, as_leader):
    as_lead.get("/desk/", 403)
    as_leader.get("/desk/", 403)


def test_a_report_within_its_three_working_days_waits_without_being_late(as_coordinator, signed):
    file_report(signed, 60, at=moment("2016-10-11 09:00"))
    page = as_coordinator.get("/desk/")
    assert "期限内" in page.text("//div[@class='waitgroup']//h2")
    assert "已等1天" in page.main


def test_what_is_past_its_day_comes_before_what_waits_longer_within_its_time(as_coordinator, signed, plan):
    other = sign_receipt(make_assignment(make_item(plan), make_agency("省水利厅")), at=moment("2016-05-26")).assignment
    file_report(other, 60, at=moment("2016-10-09"))
    make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 11))
    page = as_coordinator.get("/desk/")
    assert [row.split(" ")[0] for row in rows_of(page)] == ["省商务厅", "省水利厅"]
    assert "过期1天" in page.text(f"({ROWS})[1]")
    assert "其中1件已过期限" in page.text("//p[@class='lede']")


def test_an_urge_that_may_still_be_answered_is_no_matter_of_the_office(as_coordinator, signed):
    make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 12))
    assert "没有待办" in as_coordinator.get("/desk/").main


def test_an_answered_urge_waits_no_more(as_coordinator, signed):
    answer(make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 11)), at=moment("2016-10-12 08:00"))
    assert "没有待办" in as_coordinator.get("/desk/").main


def test_whom_the_office_urges_again_it_waits_for_anew(as_coordinator, signed):
    first = make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 11))
    page = as_coordinator.post_and_follow("/desk/", again=first.pk)
    assert "没有待办" in page.main
    again = Urge.objects.exclude(pk=first.pk).get()
    assert (again.reply_by, first.label in again.text) == (date(2016, 10, 17), True)


def test_of_an_agency_all_late_receipts_are_asked_for_at_once(as_coordinator, plan, lead, lead_agency):
    make_assignment(make_item(plan), lead_agency)
    page = as_coordinator.get("/desk/?kind=receipt")
    assert len(rows_of(page)) == 2
    page = as_coordinator.post_and_follow("/desk/", receipts=lead.pk)
    assert Urge.objects.get().subjects.count() == 2
    assert "没有待办" in page.main


def test_a_receipt_that_is_not_due_waits_for_its_agency_alone(as_coordinator, plan):
    make_assignment(make_item(plan), make_agency("省水利厅"), at=moment("2016-10-11"))
    assert "没有待办" in as_coordinator.get("/desk/").main


def test_an_item_that_nobody_leads_leads_to_where_somebody_is_named(as_coordinator, plan):
    make_item(plan)
    page = as_coordinator.get("/desk/")
    assert "未明确单位" in page.text(ROWS)
    assert page.one(f"{ROWS}//a[contains(@class, 'btn')]").get("href").endswith("/items/1/responsibility/")


def test_milestones_wait_when_they_are_late_and_when_their_proof_is_to_be_confirmed(as_coordinator, signed):
    make_milestone(signed.item, "制定方案", on=date(2016, 9, 30))
    done = make_milestone(signed.item, "召开现场会", on=date(2016, 10, 20))
    milestone_done(done, signed, on=date(2016, 10, 10), at=moment("2016-10-11"))
    page = as_coordinator.get("/desk/")
    assert "节点“制定方案”应于09-30前完成" in page.main
    assert "节点“召开现场会”报10-10完成" in page.main


def test_a_leader_s_word_waits_from_the_day_on_which_it_is_to_be_answered(as_coordinator, signed, plan):
    other = sign_receipt(make_assignment(make_item(plan), make_agency("省水利厅")), at=moment("2016-05-26")).assignment
    late = make_instruction(signed, at=moment("2016-10-08"), answer_by=date(2016, 10, 11))
    today = make_instruction(other, at=moment("2016-10-08"), answer_by=date(2016, 10, 12))
    make_instruction(other, at=moment("2016-10-09"), answer_by=date(2016, 10, 13))
    page = as_coordinator.get("/desk/?kind=instruction")
    assert [row.split(" ")[0] for row in rows_of(page)] == ["省商务厅", "省水利厅"]
    assert page.texts("//div[@class='waitgroup']//h2")[0].startswith("已过期限")
    assert f"/urges/new/?assignment={signed.pk}" in [link.url for link in page.links(f"({ROWS})[1]")]
    for made in (late, today):
        instruction_answer(made, at=moment("2016-10-12 09:00"))
    pending.forget()
    assert "没有待办" in as_coordinator.get("/desk/").main


def test_the_counts_of_the_tabs_and_of_the_navigation_are_those_of_the_list(as_coordinator, signed):
    file_report(signed, 60, at=moment("2016-10-11"))
    make_request(signed, "extension", due_on=date(2016, 12, 1), at=moment("2016-10-11"))
    page = as_coordinator.get("/desk/")
    tabs = page.texts("//nav[@aria-label='待办类型']/a")
    assert tabs == ["全部 2", "申请 1", "审核 1"]
    ways = page.texts("//nav[@aria-label='主导航']//a[b]")
    assert ways == ["待办 2", "审核 1", "申请 1"]
    assert len(rows_of(page)) == 2


def test_a_deed_is_seen_by_the_next_page(as_coordinator, coordinator, signed):
    report = file_report(signed, 60, at=moment("2016-10-11"))
    assert len(rows_of(as_coordinator.get("/desk/"))) == 1
    as_coordinator.post("/desk/", report=report.pk, verdict="accepted")
    assert pending.known_on(date(2016, 10, 12)) is not None
    assert "没有待办" in as_coordinator.get("/desk/").main


def test_a_report_opens_in_the_list_and_the_verdict_opens_the_next(as_coordinator, signed, plan):
    accepted_report(signed, percent=50, at=moment("2016-07-10"), period="2016Q2")
    first = file_report(signed, 100, at=moment("2016-10-10"))
    other = sign_receipt(make_assignment(make_item(plan), make_agency("省水利厅")), at=moment("2016-05-26")).assignment
    second = file_report(other, 60, at=moment("2016-10-11"))
    page = as_coordinator.get(f"/desk/?open={first.pk}")
    assert [tag.text_content() for tag in page.all("//form[@class='inlinebox']/p[1]/span")][:2] == ["报100%", "升50点"]
    answer = as_coordinator.post(f"/desk/?open={first.pk}", report=first.pk, verdict="accepted")
    assert Review.objects.get(report=first).verdict == "accepted"
    assert answer.response.url == f"/desk/?open={second.pk}#review-{second.pk}"


def test_sending_back_says_why_and_what_was_typed_stays(as_coordinator, signed):
    report = file_report(signed, 60, at=moment("2016-10-11"))
    page = as_coordinator.post("/desk/", 422, report=report.pk, verdict="sent_back")
    assert "退回须写明意见" in page.text("//form[@class='inlinebox']")


def test_a_phrase_is_chosen_instead_of_typed(as_coordinator, coordinator, signed):
    phrase = ReviewPhrase.objects.create(owner=coordinator, text="请补充佐证材料。", place=0)
    report = file_report(signed, 60, at=moment("2016-10-11"))
    page = as_coordinator.get(f"/desk/?open={report.pk}")
    assert page.texts("//select[@name='phrase']/option") == ["不用", "请补充佐证材料。"]
    as_coordinator.post("/desk/", report=report.pk, verdict="sent_back", phrase=phrase.pk, comment="")
    assert Review.objects.get().comment == "请补充佐证材料。"


def test_whom_to_call_stands_beside_each_row_and_once_where_a_report_is_open(as_coordinator, signed, plan):
    Agency.objects.filter(pk=signed.agency_id).update(liaison_name="张明", liaison_telephone="0551-62999999")
    make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 11))
    report = file_report(signed, 60, at=moment("2016-10-11"))
    calls = f"{ROWS}//a[@href='tel:055162999999']"
    assert len(as_coordinator.get("/desk/").all(calls)) == 2
    for kind in ("urge", "review", f"review&open={report.pk}"):
        page = as_coordinator.get(f"/desk/?kind={kind}")
        assert len(page.all(calls)) == 1, kind
        assert "联络员 张明" in page.text(ROWS)


def test_an_unknown_kind_is_no_page(as_coordinator):
    as_coordinator.get("/desk/?kind=other", 404)


def test_reminders_that_did_not_go_out_stand_on_top_and_are_counted(settings, as_coordinator, signed):
    settings.QA_PLAN_TODAY = date(2016, 10, 13)
    page = as_coordinator.get("/desk/")
    assert rows_of(page) == ["提醒未正常发出"]
    assert "待办 1" in page.texts("//nav[@aria-label='主导航']//a[b]")
    assert page.texts("//nav[@aria-label='待办类型']/a") == ["全部 1"]


def test_what_a_colleague_decided_meanwhile_is_said(as_coordinator, signed):
    report = file_report(signed, 60, at=moment("2016-10-11"))
    as_coordinator.post("/desk/", report=report.pk, verdict="accepted")
    page = as_coordinator.post("/desk/", 422, report=report.pk, verdict="sent_back", comment="请补充。")
    assert "该报告已审核，结论为“通过”" in page.main


# ── several plans in one installation ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def other(lead_agency):
    """An earlier plan with a duty of the same agency."""
    older = make_plan(document_number="某政发〔2015〕7号", issued_on=date(2015, 5, 1))
    make_assignment(make_item(older), lead_agency)
    return older


def meta_of(page):
    return [page.text(f"({ROWS})[{n}]//p[@class='meta']") for n in range(1, len(page.all(ROWS)) + 1)]


def test_rows_of_several_plans_name_their_plan(as_coordinator, plan, lead, other):
    told = meta_of(as_coordinator.get("/desk/?kind=receipt"))
    assert len(told) == 2
    assert sum(words.startswith(other.document_number) for words in told) == 1
    assert sum(words.startswith(plan.document_number) for words in told) == 1


def test_rows_of_one_plan_do_not(as_coordinator, plan, lead):
    assert plan.document_number not in "".join(meta_of(as_coordinator.get("/desk/?kind=receipt")))


def test_the_line_on_filing_names_its_plan_and_leads_to_the_others(as_coordinator, plan, lead, period, other):
    make_period(other, "2016Q3")
    page = as_coordinator.get("/desk/")
    line = page.text("//p[@class='lede']")
    assert f"{plan.document_number}三季度报告应报1份" in line
    assert page.link(f"{other.document_number}三季度").url == f"/plans/{other.slug}/periods/2016Q3/unfiled/"
    assert plan.document_number in page.text("//p[contains(@class, 'btns')]")


def test_of_many_other_plans_six_are_named_and_the_rest_are_counted(as_coordinator, plan, lead, period):
    for number in range(8):
        make_period(make_plan(document_number=f"皖质〔2016〕{number}号", slug=f"other-{number}"), "2016Q3")
    page = as_coordinator.get("/desk/")
    assert page.text("//p[@class='lede']").split("其他行动计划")[1].count("皖质〔2016〕") == 6
    assert page.link("2个行动计划").url == "/plans/"


def test_while_a_report_is_open_nothing_beside_it_speaks_of_what_falls_due(as_coordinator, plan, lead, period):
    revise(lead.item, date(2016, 10, 20), at=moment("2016-10-10 09:00"))
    report = file_report(lead, 60, at=moment("2016-10-11 09:00"))
    assert "即将到期" in as_coordinator.get("/desk/").main
    assert "即将到期" not in as_coordinator.get(f"/desk/?open={report.pk}").main


def test_the_line_on_filing_names_no_plan_where_there_is_one(as_coordinator, plan, lead, period):
    line = as_coordinator.get("/desk/").text("//p[@class='lede']")
    assert "三季度报告应报1份" in line
    assert plan.document_number not in line
    assert "其他行动计划" not in line


def test_where_the_newest_plan_asks_for_nothing_another_s_reports_are_counted(as_coordinator, plan, lead, other):
    make_period(other, "2016Q3")
    line = as_coordinator.get("/desk/").text("//p[@class='lede']")
    assert f"{other.document_number}三季度报告应报1份" in line


def test_the_line_on_filing_says_that_all_is_filed_and_counts_nothing_as_0(as_coordinator, lead, period):
    file_report(lead, 60, at=moment("2016-10-11 09:00"))
    assert "三季度报告应报1份，均已报送，10月14日" in as_coordinator.get("/desk/").text("//p[@class='lede']")


# ── 即将到期 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


SOON = "//section[@aria-labelledby='soon']"


def soon_of(page):
    return [
        (entry.xpath("./span[@class='end']")[0].text, entry.xpath("./small")[0].text)
        for entry in page.all(f"{SOON}//li")
    ]


def test_what_falls_due_next_stands_beside_the_list_with_what_to_do_about_it(as_coordinator, signed, plan):
    task = make_assignment(make_item(plan, due_on=date(2016, 10, 20)), make_agency("省水利厅")).item
    make_assignment(task, make_agency("省农委"))
    make_milestone(signed.item, "召开现场会", on=date(2016, 10, 18))
    asked = make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 12))
    make_instruction(signed, at=moment("2016-10-08"), answer_by=date(2016, 10, 13))
    page = as_coordinator.get("/desk/")
    told = [(day, words.split("　")[0]) for day, words in soon_of(page)]
    assert told == [
        ("10月12日", "省商务厅"),
        ("10月13日", "省商务厅"),
        ("10月18日", "各负责单位"),
        ("10月20日", "省水利厅等2家"),
    ]
    assert page.all(f"{SOON}//span[contains(@class, 'no-print')]/a/@href") == [
        f"/urges/{asked.pk}/",
        f"/urges/new/?assignment={signed.pk}",
        f"/urges/new/?item={signed.item_id}",
        f"/urges/new/?item={task.pk}",
    ]


def test_what_is_done_moved_away_or_far_off_falls_due_no_more(as_coordinator, signed, plan):
    closed = make_assignment(make_item(plan, due_on=date(2016, 10, 20)), make_agency("省水利厅"))
    close(closed, at=moment("2016-10-01"))
    moved = make_assignment(make_item(plan, due_on=date(2016, 10, 21)), make_agency("省农委")).item
    revise(moved, date(2016, 12, 1), at=moment("2016-10-01"))
    make_assignment(make_item(plan, due_on=date(2016, 10, 28)), make_agency("省旅游局"))
    milestone_done(
        make_milestone(signed.item, "召开现场会", on=date(2016, 10, 18)),
        signed,
        on=date(2016, 10, 10),
        at=moment("2016-10-11"),
    )
    answer(make_urge(signed, at=moment("2016-10-08"), reply_by=date(2016, 10, 13)), at=moment("2016-10-12 08:00"))
    assert not as_coordinator.get("/desk/").all(SOON)


def test_of_what_falls_due_the_next_six_are_shown(as_coordinator, plan):
    for day in range(13, 21):
        make_assignment(make_item(plan, due_on=date(2016, 10, day)), make_agency(f"第{day}局"))
    page = as_coordinator.get("/desk/")
    assert [day for day, _ in soon_of(page)] == [f"10月{day}日" for day in range(13, 19)]
    assert "15天内最近的6件，不计入待办" in page.text(SOON)
