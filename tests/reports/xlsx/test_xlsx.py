"""Workbooks as files: typed cells, the same bytes for the same facts, and nothing hostile comes near the library."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from openpyxl import load_workbook

from reports.xlsx import QUARTERLY, WorkbookRefused, WorkbookValues, open_sheets, refuse_hostile, to_bytes
from reports.xlsx.sheets import Book, Cell, Look, Sheet, Validation, row_height
from tests.support.factories import moment
from tests.support.hostile import HOSTILE, MB, SHEET, going_on, plain, repacked, with_member
from tests.support.resource_usage import resource_usage

WRITTEN = moment("2016-10-12 18:00")


def book(*sheets):
    return Book("某省2016年三季度", WRITTEN, list(sheets))


def loaded(*sheets):
    return load_workbook(io.BytesIO(to_bytes(book(*sheets))))


def test_the_same_facts_give_the_same_bytes():
    def made():
        return to_bytes(
            book(Sheet("填报", [[Cell("甲"), Cell(3), Cell(date(2016, 9, 30), number_format="yyyy-mm-dd")]]))
        )

    assert made() == made()


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0", "#N/A", "#REF!", "2016-09-30", "0012", "TRUE"],
)
def test_a_text_stays_a_text_whatever_it_begins_with(text):
    [[cell]] = loaded(Sheet("填报", [[Cell(text)]])).active.iter_rows()
    assert (cell.data_type, cell.value) == ("s", text)


def test_characters_that_no_file_can_hold_are_left_out():
    [[cell]] = loaded(Sheet("填报", [[Cell("甲\x00\x0b乙\n丙")]])).active.iter_rows()
    assert cell.value == "甲乙\n丙"


def test_numbers_dates_and_words_keep_their_types():
    row = [Cell(85), Cell(Decimal("1.50")), Cell(date(2016, 9, 30), number_format="yyyy-mm-dd"), Cell(None)]
    [[whole, part, day, nothing]] = loaded(Sheet("填报", [row])).active.iter_rows()
    assert (whole.value, part.value, day.value.date(), nothing.value) == (85, 1.5, date(2016, 9, 30), None)
    assert day.is_date


def test_only_open_cells_of_a_protected_sheet_can_be_written_and_no_password_guards_them():
    sheet = loaded(
        Sheet("填报", [[Cell("甲", Look.LOCKED), Cell("乙", Look.INPUT, is_open=True)]], is_protected=True)
    ).active
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert [cell.protection.locked for cell in sheet[1]] == [True, False]
    assert sheet["A1"].fill.start_color.rgb != sheet["B1"].fill.start_color.rgb


def test_a_sheet_is_set_up_for_reading_and_for_a4():
    rows = [[Cell("标题", Look.HEAD), Cell("x")], [Cell("长" * 50), Cell("y")]]
    sheet = loaded(Sheet("填报", rows, widths=[20, 5], frozen="B2", head=(1, 1), hidden_columns=["B"])).active
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1")
    assert sheet.column_dimensions["A"].width == 20
    assert sheet.column_dimensions["B"].hidden
    assert sheet.row_dimensions[2].height == row_height(rows[1], [20, 5]) > 5 * 15
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_wrong_input_is_stopped_with_a_message():
    whole = Validation("A1:A9", "whole", "请填0到100之间的整数。", minimum=0, maximum=100)
    choice = Validation("B1:B9", "list", "请选择。", choices=("是", "否"))
    sheet = loaded(Sheet("填报", [[Cell(1), Cell("是")]], validations=[whole, choice])).active
    numbers, words = sheet.data_validations.dataValidation
    assert (numbers.type, numbers.operator, numbers.formula1, numbers.formula2) == ("whole", "between", "0", "100")
    assert (words.type, words.formula1) == ("list", '"是,否"')
    assert {(each.errorStyle, each.showErrorMessage) for each in (numbers, words)} == {("stop", True)}
    assert numbers.error == "请填0到100之间的整数。"


def test_what_was_written_is_read_back():
    cells = [Cell("甲"), Cell(0.85, number_format="0%")]
    [[text, number]] = open_sheets(to_bytes(book(Sheet("填报", [cells]))))["填报"].rows
    assert text.value == "甲"
    assert (number.value, number.number_format) == (0.85, "0%")


# ── hostile files ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_cause(name):
    make, word = HOSTILE[name]
    with pytest.raises(WorkbookRefused, match=word):
        open_sheets(make())


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "50 MB"])
def test_a_quarterly_workbook_may_be_large_and_not_hostile(name):
    make, word = HOSTILE[name]
    with pytest.raises(WorkbookRefused, match=word):
        refuse_hostile(io.BytesIO(make()), QUARTERLY)


def test_a_file_that_is_too_large_is_told_how_large_one_may_be():
    with pytest.raises(WorkbookRefused, match="文件超过1 MB"):
        refuse_hostile(io.BytesIO(b"PK" + bytes(2 * MB)), replace(QUARTERLY, file=MB))


def test_a_quarterly_workbook_of_more_than_ten_megabytes_is_not_refused():
    content = with_member("docProps/thumbnail.jpeg", Random(76).randbytes(11 * MB), level=0)
    refuse_hostile(io.BytesIO(content), QUARTERLY)
    with pytest.raises(WorkbookRefused, match="10 MB"):
        refuse_hostile(io.BytesIO(content))


def test_an_honest_file_is_not():
    refuse_hostile(io.BytesIO(plain()))
    assert open_sheets(plain())["填报"].rows[0][0].value == "文字"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A1" s="0"><v>1e300</v></c>',
        b'<c r="A1" s="0"><v>1e9</v></c>',
        b'<c r="A1" s="0"><v>nan</v></c>',
        b'<c r="A1" s="0"><v>a</v></c>',
        b'<c r="A1" t="s"><v>7</v></c>',
        b'<c r="A1" t="inlineStr"><is>' + b"<r>" * 3000 + b"</r>" * 3000 + b"</is></c>",
        b'<c r="1A"><v>1</v></c>',
    ],
)
def test_a_cell_that_cannot_be_read_refuses_the_workbook(cell):
    def change(members):
        members[SHEET] = re.sub(rb"(<row [^>]*>).*(</row>)", rb"\1" + cell + rb"\2", members[SHEET])
        members["xl/styles.xml"] = members["xl/styles.xml"].replace(b'numFmtId="0" fontId="0"', b'numFmtId="14"')

    workbook = WorkbookValues(io.BytesIO(repacked(plain(), change)))
    with pytest.raises(WorkbookRefused):
        list(workbook.rows("填报"))


# ── in bounded time and memory ───────────────────────────────────────────────────────────────────────────────────

IMPORTS = "from reports.xlsx import QUARTERLY, open_sheets, refuse_hostile"


def laid(folder, contents):
    """Paths of files with these contents."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"{number}.xlsx")
        paths[-1].write_bytes(content)
    return paths


def test_what_goes_on_behind_the_end_of_a_part_is_never_unpacked(tmp_path):
    paths = laid(tmp_path, [going_on("[Content_Types].xml"), going_on("xl/styles.xml")])
    found = resource_usage(IMPORTS, "open_sheets(open(path, 'rb').read())", paths)
    assert [each.raised for each in found] == ["", ""]
    assert max(each.megabytes for each in found) < 40


def test_refusing_takes_less_than_a_second_and_100_mb(tmp_path):
    """Within the wider limits; the narrower ones refuse no later."""
    paths = laid(tmp_path, [make() for make, _ in HOSTILE.values()])
    found = dict(
        zip(HOSTILE, resource_usage(IMPORTS, "refuse_hostile(open(path, 'rb'), QUARTERLY)", paths), strict=True)
    )
    assert [name for name, each in found.items() if each.raised != "WorkbookRefused"] == []
    assert {name: each for name, each in found.items() if each.seconds >= 1 or each.megabytes >= 100} == {}
