"""批示 in the quarter's facts, workbook and briefing."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from qa_plan.clock import end_of
from reports.briefing.composing import compose
from reports.quarter import Definition, take_snapshot
from reports.quarter.book import build_workbook
from reports.quarter.canonical import canonical, restore
from tests.support.factories import instruction_answer, make_instruction, moment

pytestmark = pytest.mark.django_db


def snapshot_of(plan, day=date(2016, 10, 12)):
    return take_snapshot(Definition((plan.slug,), "2016Q3", end_of(day)))


@pytest.fixture
def snapshot(plan, lead, assist, period):
    first = make_instruction(lead, assist, at=moment("2016-10-08"), answer_by=date(2016, 10, 11), text="=原话")
    instruction_answer(first, at=moment("2016-10-10"), text="答复的话")
    make_instruction(lead, at=moment("2016-10-11"))
    return snapshot_of(plan)


def test_the_facts_are_those_of_the_moment_and_survive_the_canonical_text(snapshot, plan):
    answered, late, open_one = snapshot.plans[0].instructions
    assert (answered.answered_on, answered.answer, answered.is_late) == (date(2016, 10, 10), "答复的话", False)
    assert (late.answered_on, late.is_late, open_one.is_late) == (None, True, False)
    assert restore(canonical(snapshot)) == snapshot
    assert [row.answered_on for row in snapshot_of(plan, date(2016, 10, 9)).plans[0].instructions] == [None, None]


def test_the_workbook_lists_them_with_words_and_answers(snapshot):
    sheet = load_workbook(BytesIO(build_workbook(snapshot)))["批示"]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert [line["状态"] for line in lines] == ["√ 已答复", "■ 逾期未答复", "○ 待答复"]
    assert lines[0]["答复"] == "答复的话"
    assert sheet.page_setup.fitToWidth == 1  # what was answered is on the same sheet of paper as what was asked
    assert "2件，涉及3家（次）单位：已答复1，待答复2，其中逾期1" in sheet["A2"].value


def test_the_briefing_counts_them_by_fields_and_quotes_nothing(snapshot, assist):
    briefing = compose(snapshot, {}, "办公室")
    (told,) = [paragraph for paragraph in briefing.paragraphs if paragraph.key == "p1.instructions"]
    assert (told.figures["批示数"], told.figures["交办数"], told.figures["答复数"]) == ("2", "3", "1")
    assert told.figures["逾期单位"] == assist.agency.name
    whole = "".join(paragraph.wording for paragraph in briefing.paragraphs)
    assert "批示办理" in whole
    assert "原话" not in whole


def test_a_plan_without_any_says_nothing_of_them(plan, lead, period):
    snapshot = snapshot_of(plan)
    assert load_workbook(BytesIO(build_workbook(snapshot)))["批示"]["A4"].value == "（无）"
    assert all("批示" not in paragraph.wording for paragraph in compose(snapshot, {}, "办公室").paragraphs)
