"""A workbook that was moved about, pasted into or saved otherwise: read as people see it, or refused."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from reports.fillin.checking import RowState, check
from reports.fillin.layout import FIRST_ROW, FORM, META, READINGS
from reports.fillin.opening import open_fill_in
from reports.fillin.reading import read_workbook
from reports.fillin.taking import take_rows, tokens
from reports.fillin.workbook import describe_fill_in
from reports.xlsx import WorkbookRefused, to_bytes
from tasks.models import ProgressReport
from tests.support.downloaded import (
    NOW,
    WHOLE,
    downloaded,
    filled_in,
    item,
    lead,
    lead_agency,
    lead_liaison,
    period,
    plan,
    sent,
)
from tests.support.factories import accepted_report, make_assignment, make_indicator, make_item, moment
from tests.support.hostile import packed, repacked
from tests.support.workbooks import address, edited, filled, filled_rows, issued, swapped, with_markup

__all__ = ["downloaded", "filled_in", "item", "lead", "lead_agency", "lead_liaison", "period", "plan", "sent"]
pytestmark = pytest.mark.django_db
THREE_ROWS = [{"percent": percent, "progress": f"第{percent}句"} for percent in (80, 85, 90)]


@pytest.fixture
def rows_of_three(lead_agency, period, item, lead):
    """A workbook of three tasks, each filled in; before, each of them stood elsewhere."""
    assignments = [lead, *(make_assignment(make_item(item.plan), lead_agency) for _ in range(2))]
    for number, assignment in enumerate(assignments):
        accepted_report(assignment, 40 + number, at=moment("2016-07-10"), period="2016Q2", progress=f"上季第{number}句")
    return filled_rows(issued(lead_agency, period, NOW), THREE_ROWS)


@pytest.fixture
def with_readings(lead_agency, period, item, lead):
    """A workbook of one task with two indicators, of which the first has a reading."""
    first = make_indicator(item)
    make_indicator(item, name="安徽工业精品", target=50)
    accepted_report(lead, 40, at=moment("2016-07-10"), period="2016Q2", readings={first: 90})
    return issued(lead_agency, period, NOW)


def checked(content, at=NOW):
    upload, fill_in = open_fill_in(content, at)
    return check(upload, fill_in)


def messages(content):
    """By row, what is said of it."""
    return [row.messages for row in checked(content).rows]


def only(content):
    [row] = checked(content).rows
    return row


def said(content):
    [message] = only(content).messages
    return message


# ── rows and their hidden ids ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("columns", ["ABCDEFGHIJKLMNO", "AB", "B", "PQ"])
def test_cells_that_changed_rows_without_their_ids_are_refused_at_both_rows(rows_of_three, columns):
    found = messages(swapped(rows_of_three, FORM, (4, 5), columns))
    assert [bool(row) for row in found] == [True, True, False]
    for number, [message] in enumerate(found[:2], FIRST_ROW):
        assert message.startswith(f"填报!{'B' if columns == 'B' else 'A'}{number}：与本行的任务标识不符，应为“")


def test_columns_that_were_sorted_without_the_task_s_name_are_recognised_by_how_the_task_stood(rows_of_three):
    found = messages(swapped(rows_of_three, FORM, (5, 6), "DEFGHIJKLMN"))
    assert found[0] == []
    for number, [message] in enumerate(found[1:], 5):
        assert message.startswith(f"填报!F{number}：上次进度、上次进展是另一项任务的")


def test_rows_that_were_sorted_whole_or_hidden_are_taken(rows_of_three):
    content = swapped(rows_of_three, FORM, (4, 6), "ABCDEFGHIJKLMNOPQ")

    def hide(workbook):
        workbook[FORM].row_dimensions[5].hidden = True

    found = checked(edited(content, hide))
    assert [(row.content.percent, row.messages) for row in found.rows] == [(90, []), (85, []), (80, [])]
    assert {row.pk: row.content.progress for row in found.rows} == {
        row.pk: row.content.progress for row in checked(rows_of_three).rows
    }


@pytest.mark.parametrize(("column", "text"), [("A", "99"), ("B", "别的任务"), ("C", "协助"), ("B", None)])
def test_a_name_that_was_typed_over_is_refused_at_its_cell(sent, column, text):
    def change(workbook):
        workbook[FORM][f"{column}4"] = text

    assert said(edited(filled(sent, **WHOLE), change)).startswith(f"填报!{column}4：与本行的任务标识不符")


def test_blanks_and_line_breaks_in_a_name_are_no_difference(sent):
    def change(workbook):
        title = workbook[FORM]["B4"].value
        workbook[FORM]["B4"] = f" {title[:3]}\n{title[3:]} "

    assert only(edited(filled(sent, **WHOLE), change)).messages == []


def test_a_task_that_is_called_otherwise_since_the_download_is_taken(sent, item):
    """The file agrees with itself; that the name changed is nobody's fault."""
    upload, fill_in = open_fill_in(filled(sent, **WHOLE), NOW)
    for row in fill_in.rows:
        row.assignment.item.title = "改过的名称"
    found = check(upload, fill_in)
    assert [row.state for row in found.rows] == [RowState.READY]
    book = describe_fill_in(fill_in, identity=upload.identity, texts=found.texts, marks=found.marks)
    assert read_workbook(to_bytes(book)).rows[0].wrong == {}


def test_readings_that_changed_rows_without_their_ids_are_refused_at_both_rows(with_readings):
    swap = swapped(filled(with_readings, **WHOLE), READINGS, (4, 5), "ABCDEFG")
    assert [message.partition("，可能")[0] for message in only(swap).messages] == [
        "指标读数!C4：与本行的任务标识不符，应为“安徽名牌”",
        "指标读数!C5：与本行的任务标识不符，应为“安徽工业精品”",
    ]


# ── what is in the cell ──────────────────────────────────────────────────────────────────────────────────────────

ERROR = "单元格内是错误值"
PICTURE = "单元格内是图片"
CELLS = [
    ('t="e"><v>#NAME?</v>', ERROR),
    ('t="e"><f>甲!A1</f><v>#REF!</v>', ERROR),
    ('t="e"><f>VLOOKUP(1,A1:B2,2)</f><v>#N/A</v>', ERROR),
    ('t="e"><v>#VALUE!</v>', ERROR),
    ('t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v>', PICTURE),
    ('t="e"><f>_xlfn.DISPIMG("ID_1",1)</f><v>#VALUE!</v>', PICTURE),
    ('t="e"><f>_xlfn.IMAGE("x.png")</f><v>#BLOCKED!</v>', PICTURE),
    ('t="inlineStr"><is><t>=DISPIMG("ID_1",1)</t></is>', PICTURE),
    (">" + "<f>A1</f>", "单元格内是公式，文件里没有它的结果"),
    ("><f>A1</f><v></v>", "单元格内是公式，文件里没有它的结果"),
]


@pytest.mark.parametrize(("cell", "cause"), CELLS)
@pytest.mark.parametrize("column", ["I", "H", "N"])
def test_a_cell_without_a_value_is_refused_with_its_cause(filled_in, cell, cause, column):
    assert f"填报!{column}4：{cause}" in said(with_markup(filled_in, f"{column}4", cell))


def test_a_picture_that_excel_placed_in_a_cell_is_called_a_picture(filled_in):
    content = with_markup(filled_in, "J4", 't="e" vm="1"><v>#VALUE!</v>')
    assert said(content).startswith("填报!J4：单元格内是错误值#VALUE!")
    pictures = repacked(content, lambda members: members.update({"xl/richData/richValueRel.xml": b"<richValueRels/>"}))
    assert said(pictures).startswith("填报!J4：单元格内是图片，不能作为文字报送，请作为佐证材料上传")


def test_a_formula_with_its_result_is_taken_for_that(filled_in):
    content = with_markup(filled_in, "J4", 't="str"><f>A1&amp;B1</f><v>算出来的话</v>')
    content = with_markup(content, "H4", "><f>40+42</f><v>82</v>")
    content = with_markup(content, "K4", 't="str"><f>L4</f><v></v>')
    row = only(content)
    assert (row.messages, row.content.problems, row.content.percent, row.content.next_steps) == (
        [],
        "算出来的话",
        82,
        "",
    )


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.85, "0%", "85%"),
        (0.8512, "0.0%", "85.1%"),
        (1234, "#,##0", "1,234"),
        (1234.5, "General", "1234.5"),
        (13805510000, "General", "13805510000"),
        (0.1 + 0.2, "General", "0.3"),
        (12, '0"家"', "12家"),
        (12, "@", "12"),
        (True, "General", "TRUE"),
        (date(2016, 9, 30), "yyyy-mm-dd", "2016-09-30"),
        (date(2016, 9, 5), 'yyyy"年"m"月"d"日"', "2016年9月5日"),
        (date(2016, 9, 5), "[$-F800]dddd, mmmm dd, yyyy", "2016年9月5日"),
        (date(2016, 9, 5), "mm-dd-yy", "2016/9/5"),
        ("共检查3次", '"注："@', "注：共检查3次"),
    ],
)
def test_what_a_text_cell_shows_is_what_is_filed(sent, value, code, text):
    def change(workbook):
        workbook[FORM][address("percent")], cell = 80, workbook[FORM][address("progress")]
        cell.value, cell.number_format = value, code

    assert only(edited(sent, change)).content.progress == text


def test_a_day_in_a_format_that_only_chinese_programs_know_is_read_as_a_day(filled_in):
    """9月30日, typed, has the format 58, which no file writes down."""

    def change(members):
        styles = members["xl/styles.xml"]
        members["xl/styles.xml"] = styles.replace(b"</cellXfs>", b'<xf numFmtId="58" applyNumberFormat="1"/></cellXfs>')

    styles = zipfile.ZipFile(io.BytesIO(filled_in)).read("xl/styles.xml")
    count = styles.split(b"<cellXfs", 1)[1].split(b"</cellXfs>")[0].count(b"<xf ")
    content = with_markup(repacked(filled_in, change), "I4", f's="{count}"><v>42643</v>')
    assert only(content).content.progress == "9月30日"


@pytest.mark.parametrize("code", ["[>1]0;0", "0.00E+00", "# ?/?", "[DBNum1]0", ";;;", "mmm-yy"])
def test_what_can_t_be_known_is_refused_at_its_cell(sent, code):
    def change(workbook):
        workbook[FORM][address("percent")], cell = 80, workbook[FORM][address("progress")]
        cell.value, cell.number_format = date(2016, 9, 30) if "m" in code else 1234.5, code

    assert said(edited(sent, change)).startswith("填报!I4：单元格的数字格式")


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("65.5", "进度应为0到100之间的整数。"),
        (65.5, "进度应为0到100之间的整数。"),
        ("六十五", "“六十五”不是数字，请用阿拉伯数字填写，如65。"),
        ("80\n85", "中间有空格或换行"),
        ("①", "“①”不是数字。"),
        ("1,23", "逗号分不清"),
    ],
)
def test_a_percentage_that_could_mean_two_things_is_asked(sent, typed, message):
    assert message in said(filled(sent, percent=typed, progress="话"))


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (1234.5, "0", "单元格显示为“1235”，实际数值是1234.5"),
        (123456, '0!.0,"万"', "显示无法确定"),
        (123000, "0,", "单元格显示为“123”"),
        (12, ";;;", "单元格显示为“”"),
        (1234.567, "General", "小数不超过2位"),
        ("1,23", "General", "逗号分不清"),
    ],
)
def test_a_reading_that_shows_another_number_than_it_is_is_asked(with_readings, value, code, message):
    def change(workbook):
        workbook[READINGS]["G4"].value, workbook[READINGS]["G4"].number_format = value, code

    found = said(edited(filled(with_readings, **WHOLE), change))
    assert found.startswith("指标读数!G4：")
    assert message in found


@pytest.mark.parametrize(
    ("value", "code", "number"),
    [
        (1234, "#,##0", "1234"),
        ("1,234.5", "@", "1234.5"),
        ("１，２３４", "@", "1234"),
        (0.655, "0.0%", "65.5"),
        ("65.5%", "@", "65.5"),
        (12, '0"个"', "12"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "0"),
    ],
)
def test_a_reading_is_what_its_cell_shows(with_readings, value, code, number):
    def change(workbook):
        workbook[READINGS]["G4"].value, workbook[READINGS]["G4"].number_format = value, code

    readings = only(edited(filled(with_readings, **WHOLE), change)).content.readings
    assert Decimal(number) in readings.values()


def test_a_text_over_the_limit_goes_back_whole(sent):
    found = checked(filled(sent, percent=80, progress="长" * 12_000))
    book = describe_fill_in(found.fill_in, identity=found.filled.identity, texts=found.texts, marks=found.marks)
    sheet = load_workbook(io.BytesIO(to_bytes(book)))[FORM]
    assert found.rows[0].messages[0].startswith("填报!I4：")
    assert sheet["I4"].value == "长" * 12_000


# ── joined cells, missing sheets and rows, other sheets ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "rows"),
    [("I4:I6", (4, 5, 6)), ("H4:H5", (4, 5)), ("I5:J5", (5,)), ("L4:M6", (4, 5, 6)), ("A5:A6", (5, 6))],
)
def test_merged_cells_are_named_in_each_row_that_they_touch(rows_of_three, place, rows):
    found = messages(edited(rows_of_three, lambda workbook: workbook[FORM].merge_cells(place)))
    for number, said_of_row in enumerate(found, FIRST_ROW):
        merged = [message for message in said_of_row if f"{place}是合并单元格" in message]
        assert len(merged) == (number in rows)
        assert not said_of_row or merged


def test_merged_readings_are_refused_and_a_merged_title_is_nobody_s_matter(with_readings):
    def change(workbook):
        workbook[FORM].merge_cells("A1:Q1")
        workbook[READINGS].merge_cells("G4:G5")

    found = only(edited(filled(with_readings, **WHOLE), change)).messages
    assert [message.partition("，")[0] for message in found] == [
        "指标读数!G4：G4:G5是合并单元格",
        "指标读数!G5：G4:G5是合并单元格",
    ]


def delete_sheet(workbook):
    del workbook[READINGS]


def delete_row(workbook):
    workbook[READINGS].delete_rows(4)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (delete_sheet, "文件中没有工作表“指标读数”，指标读数没有读取，沿用下载时的读数。"),
        (delete_row, "“指标读数”页少了1行，这些指标的读数没有读取，沿用下载时的读数。"),
    ],
)
@pytest.mark.any_database
def test_a_reading_that_is_missing_is_not_cleared(with_readings, lead_liaison, change, note):
    found = checked(edited(filled(with_readings, **WHOLE), change))
    assert found.filled.notes == [note]
    take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    assert [reading.value for reading in ProgressReport.objects.latest("pk").readings.all()] == [90]


def test_a_row_that_was_deleted_leaves_its_task_alone(rows_of_three):
    found = checked(edited(rows_of_three, lambda workbook: workbook[FORM].delete_rows(5)))
    assert [(row.content.percent, row.messages) for row in found.rows] == [(80, []), (90, [])]


def test_a_column_may_stand_elsewhere_but_not_be_missing(filled_in):
    def move(workbook):
        sheet = workbook[FORM]
        for row in range(1, sheet.max_row + 1):
            sheet[f"H{row}"].value, sheet[f"I{row}"].value = sheet[f"I{row}"].value, sheet[f"H{row}"].value

    assert only(edited(filled_in, move)).content.percent == 80
    with pytest.raises(WorkbookRefused, match="填报!3行：表头缺少“角色”"):
        read_workbook(edited(filled_in, lambda workbook: workbook[FORM].delete_cols(3)))


def test_a_column_of_one_s_own_is_not_read_and_said_so(filled_in):
    def change(workbook):
        workbook[FORM]["S3"], workbook[FORM]["S4"] = "备注", "另见附件"

    found = checked(edited(filled_in, change))
    assert found.filled.notes == ["“备注”不是填报表的列，这一列没有读取。"]
    assert found.rows[0].messages == []


@pytest.mark.parametrize(
    "cells",
    [{"A": "填表人：张三", "G": "审核人：李四", "I": "2016年10月10日"}, {"B": "合计", "H": 240}, {"A": "以上情况属实"}],
)
def test_what_an_office_writes_below_the_table_is_left_out_with_a_note(rows_of_three, cells):
    def change(workbook):
        for column, value in cells.items():
            workbook[FORM][f"{column}8"] = value

    found = checked(edited(rows_of_three, change))
    assert ([row.messages for row in found.rows], found.filled.strays) == ([[], [], []], [])
    [note] = found.filled.notes
    assert note.startswith(f"填报!A8：“{next(iter(cells.values()))}”一行不是任务")


@pytest.mark.parametrize(("row", "cells"), [(7, {"I": "接上格的话"}), (7, {"A": "1.2", "I": "制定了方案"})])
def test_a_report_in_a_row_of_no_task_is_refused(rows_of_three, row, cells):
    def change(workbook):
        for column, value in cells.items():
            workbook[FORM][f"{column}{row}"] = value

    [stray] = checked(edited(rows_of_three, change)).filled.strays
    assert stray == "填报!A7：这一行不是系统生成的任务，无法对应到任务，请删去此行；要填的内容写在任务所在的行。"


def test_a_task_that_lost_its_id_is_no_footer(rows_of_three):
    def change(workbook):
        for place in ("P6", "Q6", "H6", "I6"):
            workbook[FORM][place] = None

    assert len(checked(edited(rows_of_three, change)).filled.strays) == 1


def renamed(name, new):
    return lambda workbook: setattr(workbook[name], "title", new)


def copied(name):
    return lambda workbook: workbook.copy_worksheet(workbook[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (renamed(FORM, "三季度"), "缺少工作表“填报”，“三季度”像是它改了名，请把名称改回“填报”后再上传"),
        (renamed(READINGS, "读数"), "缺少工作表“指标读数”，“读数”像是它改了名"),
        (copied(FORM), "工作表“填报 Copy”是“填报”的副本，分不清以哪一张为准，请只留一张“填报”"),
        (copied(READINGS), "工作表“指标读数 Copy”是“指标读数”的副本"),
        (renamed(META, "元数据"), "缺少隐藏的工作表“_meta”"),
        (lambda workbook: workbook.remove(workbook[FORM]), "缺少工作表“填报”"),
        (renamed(FORM, "填报 - 表格 1"), "文件是由Numbers导出的.*另存为“Excel 工作簿"),
    ],
)
def test_a_sheet_that_is_missing_or_there_twice_is_named(with_readings, change, message):
    with pytest.raises(WorkbookRefused, match=message):
        read_workbook(edited(with_readings, change))


def test_pictures_over_the_cells_are_not_filed_and_said_so(filled_in):
    def change(members):
        sheet = members["xl/worksheets/sheet2.xml"]
        members["xl/worksheets/sheet2.xml"] = sheet.replace(b"</worksheet>", b"<drawing/></worksheet>")

    [note] = read_workbook(repacked(filled_in, change)).notes
    assert note == "“填报”页上有图片、图形或批注，不随表报送；需要报送的请作为佐证材料上传。"


# ── other files ──────────────────────────────────────────────────────────────────────────────────────────────────


def strict(content):
    """In the names of ISO 29500 strict, as Excel writes “Strict Open XML 电子表格”."""
    names = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/": b"http://purl.oclc.org/ooxml/officeDocument/",
    }

    def change(members):
        for part, text in members.items():
            for name, new in names.items():
                text = text.replace(name, new)
            members[part] = text

    return repacked(content, change)


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
XLSB = {"[Content_Types].xml": b'"application/vnd.ms-excel.sheet.binary.macroEnabled.main"'}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (OLE, r"旧版 \.xls、WPS的 \.et 或加密的文件"),
        (OLE + "EncryptedPackage".encode("utf-16-le") + bytes(100), "设有打开密码"),
        ("序号,任务\n1,甲\n".encode(), r"文本文件（如 \.csv）"),
        ("序号,任务\n1,甲\n".encode("gb18030"), r"文本文件（如 \.csv）"),
        ("序号\t任务".encode("utf-16"), r"文本文件（如 \.csv）"),
        (b"<html><table></table></html>", "网页或XML表格"),
        (b"%PDF-1.4\n\0", "PDF文件"),
        (packed(ODS), r"OpenDocument表格（\.ods）"),
        (packed({"Index/Document.iwa": b"x"}), "Numbers表格"),
        (packed(XLSB), r"二进制工作簿（\.xlsb）"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(db, content, message):
    with pytest.raises(WorkbookRefused, match=message):
        read_workbook(content)


def test_a_strict_workbook_is_to_be_saved_as_an_ordinary_one(filled_in):
    with pytest.raises(WorkbookRefused, match=r"Strict Open XML.*另存为“Excel 工作簿"):
        read_workbook(strict(filled_in))
