"""经过: what happened to an item, read from the facts, and who may read which part of it."""

from datetime import date

import pytest

from tasks.models import Closure, LightChange
from tasks.pages.items.timeline import Entry, Event, entries, events
from tests.support.factories import (
    ASSIST,
    SENT_BACK,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    moment,
    review,
    revise,
    sign_receipt,
    withdraw,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EVENING = moment("2016-10-12 18:00")
ENOUGH = 100


def tell(item, viewer, *, until=EVENING, limit=ENOUGH, lights=()):
    periods = {period.code: period for period in item.plan.periods.all()}
    return entries(events(item, until, limit), lights, plan=item.plan, viewer=viewer, periods=periods)


def texts(item, viewer, **options):
    return [f"{entry.day:%m-%d} {entry.text}" for entry in tell(item, viewer, **options)]


# ── the facts ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_of_fact_is_an_event_newest_first(item, lead, lead_agency):
    sign_receipt(lead, at=moment("2016-05-25 09:00"))
    revise(item, date(2016, 9, 30), at=moment("2016-06-14 09:40"), reason="提前")
    report = file_report(lead, 48, at=moment("2016-09-21 10:00"))
    review(report, SENT_BACK, at=moment("2016-09-22 10:00"), comment="请补充数据。")
    close(lead, Closure.Kind.SUSPENDED, at=moment("2016-09-23 10:00"), reason="机构改革")
    withdraw(lead, at=moment("2016-09-24 10:00"))

    def event(kind, at, *, percent=None, period="", due_on=None, note="", word="", agency=lead_agency):
        pk, name = (agency.pk, agency.name) if agency else (None, "")
        return Event(kind, moment(at), pk, name, percent, period, due_on, note, word, by="")

    assert events(item, EVENING, ENOUGH) == [
        event("withdrawn", "2016-09-24 10:00", note="分工调整"),
        event("closure", "2016-09-23 10:00", note="机构改革", word="suspended"),
        event("review", "2016-09-22 10:00", percent=48, period="2016Q3", note="请补充数据。", word="sent_back"),
        event("report", "2016-09-21 10:00", percent=48, period="2016Q3"),
        event("revision", "2016-06-14 09:40", due_on=date(2016, 9, 30), note="提前", agency=None),
        event("receipt", "2016-05-25 09:00"),
        event("assigned", "2016-05-24 09:00", word="lead"),
        event("revision", "2016-05-24 09:00", due_on=date(2016, 12, 31), note="调整", agency=None),
    ]


def test_what_happened_later_or_elsewhere_is_left_out(item, lead):
    elsewhere = make_assignment(make_item(item.plan), lead.agency)
    file_report(elsewhere, at=moment("2016-09-21"))
    file_report(lead, at=moment("2016-09-22"))
    withdraw(lead, at=moment("2016-09-23"))
    make_assignment(item, at=moment("2016-09-24"))
    revise(item, None, at=moment("2016-09-25"))
    kinds = [event.kind for event in events(item, moment("2016-09-21"), ENOUGH)]
    assert kinds == ["assigned", "revision"]
    kinds = [event.kind for event in events(item, moment("2016-09-22"), ENOUGH)]
    assert kinds == ["report", "assigned", "revision"]


def test_only_the_newest_are_read_and_with_one_query(item, django_assert_num_queries):
    lead = make_assignment(item)
    for day in range(1, 10):
        file_report(lead, day, at=moment(f"2016-10-0{day}"))
    with django_assert_num_queries(1):  # the union of all tables of facts
        assert [event.percent for event in events(item, EVENING, 3)] == [9, 8, 7]


# ── as lines of a page ───────────────────────────────────────────────────────────────────────────────────────────


def test_lines_say_what_happened_newest_day_first(item, lead, assist, coordinator):
    sign_receipt(lead, at=moment("2016-05-25 09:00"))
    sign_receipt(assist, at=moment("2016-05-25 10:00"))
    revise(item, date(2016, 9, 30), at=moment("2016-06-14"), reason="提前")
    revise(item, None, at=moment("2016-06-15"), reason="长期任务")
    report = file_report(lead, 48, at=moment("2016-09-21"))
    review(report, at=moment("2016-09-22"))
    review(report, SENT_BACK, at=moment("2016-09-23"))
    close(lead, at=moment("2016-09-24"))
    close(lead, Closure.Kind.REOPENED, at=moment("2016-09-25"))
    withdraw(assist, at=moment("2016-09-26"))
    assert texts(item, coordinator) == [
        "09-26 撤回合肥海关的责任分工",
        "09-25 省商务厅恢复办理",
        "09-24 省商务厅办结销号",
        "09-23 退回省商务厅三季度报告（48%）",
        "09-22 通过省商务厅三季度报告（48%）",
        "09-21 省商务厅报送三季度进展（48%）",
        "06-15 定为持续推进",
        "06-14 完成时限定为2016-09-30",
        "05-25 合肥海关、省商务厅签收",
        "05-24 完成时限定为2016-12-31",
        "05-24 交办省商务厅负责",
        "05-24 交办合肥海关协助",
    ]


def test_turning_points_are_marked_and_carry_their_reason(item, lead, coordinator):
    revise(item, date(2016, 9, 30), at=moment("2016-06-14"), reason="国家要求提前")
    review(file_report(lead, 48, at=moment("2016-09-21")), at=moment("2016-09-22"), comment="数据扎实。")
    close(lead, at=moment("2016-09-24"), reason="验收合格")
    lines = [(entry.text, entry.note, entry.is_key) for entry in tell(item, coordinator)]
    assert lines == [
        ("省商务厅办结销号", "验收合格", True),
        ("通过省商务厅三季度报告（48%）", "数据扎实。", True),
        ("省商务厅报送三季度进展（48%）", "", False),
        ("完成时限定为2016-09-30", "国家要求提前", True),
        ("完成时限定为2016-12-31", "调整", True),
        ("交办省商务厅负责", "", True),
    ]


def test_a_report_sent_back_is_no_turning_point(item, lead, coordinator):
    review(file_report(lead, 48, at=moment("2016-09-21")), SENT_BACK, at=moment("2016-09-22"))
    assert [entry.is_key for entry in tell(item, coordinator)][:2] == [False, False]


def test_an_agency_that_filed_twice_on_one_day_is_named_once(item, lead, coordinator):
    file_report(lead, 48, at=moment("2016-09-21 09:00"))
    file_report(lead, 49, at=moment("2016-09-21 10:00"))
    assert texts(item, coordinator)[0] == "09-21 省商务厅报送三季度进展（49%、48%）"


def test_what_several_agencies_did_on_one_day_is_one_line(item, coordinator):
    three = [make_assignment(item, make_agency(name)) for name in ("甲厅", "乙厅", "丙厅")]
    for percent, assignment in zip((30, 40, 50), three, strict=True):
        file_report(assignment, percent, at=moment(f"2016-09-21 {percent // 10:02}:00"))
    assert texts(item, coordinator)[0] == "09-21 丙厅、乙厅、甲厅报送三季度进展（50%、40%、30%）"
    file_report(make_assignment(item, make_agency("丁厅")), 60, at=moment("2016-09-21 08:00"))
    assert texts(item, coordinator)[0] == "09-21 4家单位报送三季度进展"


def test_different_days_periods_and_verdicts_are_different_lines(item, lead, assist, coordinator):
    first = file_report(lead, 30, period="2016Q2", at=moment("2016-09-21 09:00"))
    second = file_report(lead, 40, period="2016Q3", at=moment("2016-09-21 10:00"))
    third = file_report(assist, 50, period="2016Q3", at=moment("2016-09-22 09:00"))
    review(first, at=moment("2016-09-23 09:00"))
    review(second, SENT_BACK, at=moment("2016-09-23 09:00"))
    review(third, SENT_BACK, at=moment("2016-09-23 10:00"))
    assert sorted(texts(item, coordinator)[:5]) == [
        "09-21 省商务厅报送三季度进展（40%）",
        "09-21 省商务厅报送二季度进展（30%）",
        "09-22 合肥海关报送三季度进展（50%）",
        "09-23 退回合肥海关、省商务厅三季度报告（50%、40%）",
        "09-23 通过省商务厅二季度报告（30%）",
    ]


def test_a_line_belongs_to_its_day_in_shanghai(item, lead, coordinator):
    file_report(lead, 48, at=moment("2016-09-21 00:30"))  # still the 20th in London
    assert texts(item, coordinator)[0] == "09-21 省商务厅报送三季度进展（48%）"


def test_changes_of_the_light_are_lines_but_the_first_light_is_not(item, coordinator):
    lights = [
        LightChange(item=item, day=date(2016, 5, 24), light="green", previous="", reason="各负责单位均在黄灯线以上"),
        LightChange(item=item, day=date(2016, 7, 1), light="yellow", previous="green", reason="省商务厅0%，落后"),
    ]
    assert tell(item, coordinator, lights=lights) == [
        Entry(date(2016, 7, 1), "省商务厅0%，落后", light="yellow"),
        Entry(date(2016, 5, 24), "完成时限定为2016-12-31", "调整", is_key=True),
    ]


# ── who may read what ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def commented(item, lead, assist):
    """Both agencies' reports were sent back on one day, each with words for it alone."""
    for assignment, comment in ((lead, "致商务厅：口径有误。"), (assist, "致海关：请补附件。")):
        report = file_report(assignment, 48, at=moment("2016-09-21"))
        review(report, SENT_BACK, at=moment("2016-09-22"), comment=comment)
    return item


def notes(item, viewer):
    return {note for entry in tell(item, viewer) for note in entry.note.split("；") if note.startswith("致")}


BOTH = {"致商务厅：口径有误。", "致海关：请补附件。"}


def test_who_oversees_reads_all_comments(commented, coordinator, leader, administrator):
    for viewer in (coordinator, leader, administrator):
        assert notes(commented, viewer) == BOTH


def test_an_agency_reads_the_comments_on_its_own_reports_only(commented, lead_liaison, approver, assisting_liaison):
    assert notes(commented, lead_liaison) == notes(commented, approver) == {"致商务厅：口径有误。"}
    assert notes(commented, assisting_liaison) == {"致海关：请补附件。"}


def test_other_agencies_read_no_comments_but_see_what_happened(commented, coordinator, other_liaison):
    assert notes(commented, other_liaison) == set()
    assert texts(commented, other_liaison) == texts(commented, coordinator)


def test_reasons_that_are_not_comments_are_open_to_all(item, lead, other_liaison):
    make_assignment(item, role=ASSIST)
    close(lead, at=moment("2016-09-24"), reason="验收合格")
    assert tell(item, other_liaison)[0].note == "验收合格"
