"""Notices that write their own deadlines: what is in force after the import, in whose words, and who answers for it."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

from tasks.models import ActionItem, Duty, DutyAgency, Measure, Plan
from tasks.notice import Deadline, parse, read
from tasks.rules.due_dates import NOT_WRITTEN, DueSource
from tasks.standing.duties import measures_and_duties, tells_more
from tasks.workflow import amend_item
from tasks.workflow.importing import import_notice
from tests.support.factories import moment
from tests.support.small_notices import everything, make_notice, make_task

pytestmark = pytest.mark.django_db

NOW, LATER = moment("2023-06-01 09:00"), moment("2023-07-01 09:00")
EVERYWHERE = "22"  # has dates, tasks without an end and agencies of every kind: enough for a second database
EXAMPLES = sorted((Path(__file__).parents[1] / "notice" / "examples").glob("*.txt"))
# By example: items whose date the notice writes, items without an end among them, items of several duties.
COUNTS = {
    "03": (0, 0, 0),
    "07": (16, 0, 23),
    "08": (5, 0, 0),
    "12": (0, 0, 0),
    "21": (31, 4, 0),
    "22": (6, 1, 0),
    "23": (16, 3, 0),
}


@cache
def notice_in(path):
    return parse(read(path))


def imported(path):
    notice = notice_in(path)
    plan, _ = import_notice(notice, by=None, at=NOW)
    return notice, plan


def of_example(number):
    return next(path for path in EXAMPLES if path.stem.startswith(number))


def small(*lines, title="某省人民政府办公厅关于印发2023年行动计划的通知"):
    head = [title, "某政办发〔2023〕5号", "各市、县人民政府："]
    text = "\n".join([*head, "一、重点任务", *lines, "某省人民政府办公厅", "2023年3月1日"])
    return parse(text, number="某政办发〔2023〕5号", issuer="某省人民政府办公厅", issued_on=date(2023, 3, 1))


def every_example_is_in_force_as_the_reader_read_it(path, notice, plan):
    told = [item for section in notice.as_dict()["sections"] for item in section["items"]]
    items = list(plan.items.as_of(NOW).order_by("number"))
    assert len(items) == len(told)
    for item, read_item in zip(items, told, strict=True):
        deadline, revision = read_item["deadline"], item.revisions.get()
        assert item.due_source == revision.due_source == (DueSource.WRITTEN if deadline else DueSource.INFERRED)
        assert item.due_on == (deadline["on"] and date.fromisoformat(deadline["on"]) if deadline else plan.due_on)
        assert item.due_words == (deadline["text"] if deadline else "")
        assert revision.reason == (f"公文载明“{' '.join(item.due_words.split())}”" if deadline else NOT_WRITTEN)
    written = [item for item in items if item.due_source == DueSource.WRITTEN]
    duties = Counter(Duty.objects.values_list("item", flat=True))
    endless, divided = sum(item.due_on is None for item in written), sum(size > 1 for size in duties.values())
    assert (len(written), endless, divided) == COUNTS[path.stem[:2]]


def every_duty_and_measure_keeps_its_agencies_and_its_deadline(path, notice, plan):
    for item, found in zip(plan.items.order_by("number"), notice.items, strict=True):
        rows = list(item.duties.order_by("number"))
        assert [(row.start, row.end, row.ending) for row in rows] == [(d.start, d.end, d.ending) for d in found.duties]
        assert [term_of(row) for row in rows] == [read_term(duty.deadline) for duty in found.duties]
        assert [term_of(row) for row in item.measures.all()] == [read_term(m.deadline) for m in found.measures]
        for row, duty in zip(rows, found.duties, strict=True):
            names = [[unit.name for unit in units] for units in (duty.leads, duty.assists)]
            used = [list(dict.fromkeys(notice.aliases.get(name, name) for name in each)) for each in names]
            assert [list(row.named.filter(role=role).values_list("agency__name", flat=True)) for role in ROLES] == [
                used[0],
                [name for name in used[1] if name not in used[0]],
            ]
            assert row.assist_rule == (duty.assist_rule.text if duty.assist_rule else "")
    for row in (*Duty.objects.exclude(due_words=""), *Measure.objects.exclude(due_words="")):
        assert plan.notice_text[row.due_start : row.due_start + len(row.due_words)] == row.due_words
    assert all(duty.ending in plan.notice_text[duty.start : duty.end] for duty in Duty.objects.all())


ROLES = ("lead", "assist")


def term_of(row):
    return row.due_words, row.due_start, row.due_on, row.recurs


def read_term(deadline: Deadline | None):
    return (deadline.text, deadline.start, deadline.on, deadline.recurs or "") if deadline else ("", None, None, "")


def a_measure_takes_the_agencies_of_the_duty_in_which_it_lies(path, notice, plan):
    for item, found in zip(plan.items.order_by("number"), notice.items, strict=True):
        measures, lines = measures_and_duties(item)
        assert [(row.number, row.text, row.start) for row in measures] == [
            (row.number, row.text, row.start) for row in item.measures.all()
        ]
        is_inherited = bool(found.duties) and all(duty.end <= found.start for duty in found.duties)
        for measure in found.measures:
            places = [place for place, line in enumerate(lines) if measure.number in numbers(line) and line.duty]
            assert places == (list(range(len(lines))) if is_inherited else [measure.duty] * (measure.duty is not None))


def numbers(line):
    return [measure.number for measure in line.measures]


def an_example_imported_again_changes_nothing(path, notice, plan):
    before = everything()
    assert import_notice(notice, by=None, at=LATER) == (plan, False)
    assert everything() == before


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem[:2], marks=[pytest.mark.any_database] * path.stem.startswith(EVERYWHERE))
        for path in EXAMPLES
    ],
)
def test_an_example_that_is_imported_is_as_it_was_read(path, subtests):
    """Imported once for all that is asked of it."""
    notice, plan = imported(path)
    for holds in (
        every_example_is_in_force_as_the_reader_read_it,
        every_duty_and_measure_keeps_its_agencies_and_its_deadline,
        a_measure_takes_the_agencies_of_the_duty_in_which_it_lies,
        an_example_imported_again_changes_nothing,
    ):
        with subtests.test(holds.__name__):
            holds(path, notice, plan)


@pytest.mark.any_database
def test_head_data_given_to_the_command_leave_the_words_and_move_the_year(tmp_path):
    text = "\n".join(
        ["某省工作方案", "一、重点任务", "（一）做甲。（省财政厅负责，6月底前完成）", "（二）做乙。（省水利厅负责）"]
    )
    file = tmp_path / "方案.txt"
    file.write_text(text, encoding="utf-8")
    head = {"number": "某政办发〔2023〕5号", "issuer": "某省人民政府办公厅", "date": date(2023, 8, 1)}
    call_command("import_notice", file, **head)
    plan = Plan.objects.get()
    assert (plan.document_number, plan.issued_on, plan.due_on) == (head["number"], date(2023, 8, 1), date(2023, 12, 31))
    first, second = ActionItem.objects.as_of(moment("2026-12-31")).order_by("number")
    assert (first.due_on, first.due_source, first.due_words) == (date(2024, 6, 30), "written", "6月底前完成")
    assert (second.due_on, second.due_source, second.due_words) == (date(2023, 12, 31), "inferred", "")


@pytest.mark.any_database
def test_what_recurs_or_goes_on_has_no_end_as_written():
    notice = small("（一）做甲。（省财政厅负责，每季度调度）", "（二）做乙。（省水利厅负责，长期坚持）")
    plan, _ = import_notice(notice, by=None, at=NOW)
    items = plan.items.as_of(NOW).order_by("number")
    assert [(i.due_on, i.due_source, i.due_words) for i in items] == [
        (None, "written", "每季度调度"),
        (None, "written", "长期坚持"),
    ]
    assert [duty.recurs for duty in Duty.objects.order_by("pk")] == ["quarter", ""]


@pytest.mark.any_database
def test_of_several_deadlines_the_item_has_the_last_and_the_others_stay_with_their_duties():
    notice = small("（一）做甲。（省财政厅负责，6月底前完成）做乙。（省水利厅负责、省交通厅配合，9月底前完成）")
    plan, _ = import_notice(notice, by=None, at=NOW)
    item = plan.items.as_of(NOW).get()
    assert (item.due_on, item.due_words) == (date(2023, 9, 30), "9月底前完成")
    _, lines = measures_and_duties(item)
    assert tells_more(lines)
    assert [(line.duty.due_on, line.duty.due_words) for line in lines] == [
        (date(2023, 6, 30), "6月底前完成"),
        (date(2023, 9, 30), "9月底前完成"),
    ]
    assert [[named.name for named in (*line.leads, *line.assists)] for line in lines] == [
        ["省财政厅"],
        ["省水利厅", "省交通厅"],
    ]


@pytest.mark.any_database
def test_a_measure_behind_the_last_ending_is_nobodys_and_told_where_it_has_a_deadline():
    notice = small("（一）甲。做乙。（省财政厅负责）6月底前做丙。", "（二）丁。做戊。（省水利厅负责）")
    plan, _ = import_notice(notice, by=None, at=NOW)
    item = plan.items.get(number=1)
    _, [*lines, outside] = measures_and_duties(item)
    assert [line.duty.ending for line in lines] == ["（省财政厅负责）"]
    assert (outside.duty, [measure.due_on for measure in outside.dated]) == (None, [date(2023, 6, 30)])


@pytest.mark.any_database
def test_an_agency_that_an_ending_names_twice_is_named_once_as_lead():
    task = make_task(1, ["省甲厅"])
    plan, _ = import_notice(make_notice(task), by=None, at=NOW)
    assert plan.items.get().duties.count() == 0
    plan, _ = import_notice(small("（一）做甲。（省财政厅牵头，省财政厅、省水利厅配合）"), by=None, at=NOW)
    assert list(DutyAgency.objects.values_list("agency__name", "role")) == [
        ("省财政厅", "lead"),
        ("省水利厅", "assist"),
    ]


@pytest.mark.any_database
def test_the_notices_date_becomes_an_adjusted_one_and_its_words_stay_on_the_first(coordinator):
    plan, _ = import_notice(small("（一）做甲。（省财政厅负责，6月底前完成）"), by=None, at=NOW)
    item = plan.items.get()
    amend_item(item=item, due_on=date(2023, 6, 30), wording="改做丙。", reason="文件调整", by=coordinator, at=LATER)
    then = ActionItem.objects.as_of(LATER).get()
    assert (then.wording, then.due_source, then.due_words) == ("改做丙。", "written", "6月底前完成")
    amend_item(item=item, due_on=date(2023, 9, 30), reason="延期", by=coordinator, at=moment("2023-07-02"))
    then = ActionItem.objects.as_of(moment("2023-07-03")).get()
    assert (then.due_on, then.due_source, then.due_words) == (date(2023, 9, 30), "set", "")
    assert (then.first_due_on, then.first_due_source) == (date(2023, 6, 30), "written")
    before = ActionItem.objects.as_of(NOW).get()
    assert (before.due_on, before.due_source, before.due_words) == (date(2023, 6, 30), "written", "6月底前完成")
