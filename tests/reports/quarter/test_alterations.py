"""A workbook that shows something else than it was built to show is found out, whatever its cells hold."""

import io
from datetime import datetime
from functools import cache

import pytest
from openpyxl import load_workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from reports.quarter.alterations import alterations_of, cover_identity, open_quarterly
from reports.xlsx import WorkbookValues, to_bytes
from reports.xlsx.sheets import Book, Cell, Sheet
from tests.support import demonstration


def altered(*changes):
    """What is found in the demonstration's workbook after the changes, sheet and place."""
    workbook = load_workbook(io.BytesIO(demonstration.workbook()))
    for change in changes:
        change(workbook)
    target = io.BytesIO()
    workbook.save(target)
    return alterations_of(open_quarterly(io.BytesIO(target.getvalue())), as_built()).shown


@cache
def as_built():
    return WorkbookValues(io.BytesIO(demonstration.workbook()))


def number_format(code, sheet="总体情况", cell="B7"):
    def change(workbook):
        workbook[sheet][cell].number_format = code

    return change


def row_hidden(workbook):
    workbook["任务台账"].row_dimensions[10].hidden = True


def column_hidden(workbook):
    workbook["任务台账"].column_dimensions["E"].hidden = True


def sheet_hidden(workbook):
    workbook["逾期与未报"].sheet_state = "hidden"


def rows_hidden_by_default(workbook):
    workbook["分单位"].sheet_format.zeroHeight = True


def heading_changed(workbook):
    workbook["任务台账"]["E3"] = "完成率"


def title_changed(workbook):
    workbook["总体情况"]["A1"] = "2016年四季度总体情况"


def page_header_changed(workbook):
    workbook["任务台账"].oddHeader.left.text = "别的标题"


def written_in_white(workbook):
    workbook["任务台账"]["E4"].font = Font(color="FFFFFFFF")


def conditional_number_format(workbook):
    look = DifferentialStyle(numFmt=NumberFormat(200, '"99.9%"'))
    workbook["总体情况"].conditional_formatting.add("B7", Rule(type="expression", formula=["TRUE"], dxf=look))


# Each workbook is altered in several places that don't meet: to read, write and compare one costs half a second.
ALTERED = {
    "several": {
        ("总体情况", "B7"): number_format('"99.9%"'),
        ("任务台账", "B4"): number_format('General;General;General;"别的"', "任务台账", "B4"),
        ("任务台账", "D4"): number_format('"2017-01-01"', "任务台账", "D4"),
        ("任务台账", "第10行"): row_hidden,
        ("任务台账", "E3"): heading_changed,
        ("任务台账", "E4"): written_in_white,
        ("任务台账", "页眉页脚"): page_header_changed,
        ("总体情况", "A1"): title_changed,
        ("逾期与未报", ""): sheet_hidden,
        ("分单位", ""): rows_hidden_by_default,
    },
    "shown as nothing": {("总体情况", "B7"): number_format(";;;"), ("任务台账", "E列"): column_hidden},
    "shown without its decimals": {("总体情况", "B7"): number_format("0%")},
    "by a condition": {("全部工作表", ""): conditional_number_format},
}


@pytest.mark.parametrize("changes", ALTERED.values(), ids=ALTERED)
def test_what_is_shown_otherwise_is_found(demo, changes):
    demonstration.snapshot()
    found = altered(*changes.values())
    assert sorted((each.sheet, each.cell) for each in found) == sorted(changes)
    assert [each for each in found if each.built == each.found] == []


def test_it_says_what_was_shown_and_what_is(demo):
    demonstration.snapshot()
    [found] = altered(number_format('"99.9%"'))
    assert (found.built, found.found) == ("显示为“71.4%”", '显示为“99.9%”（数字格式"99.9%"）')


def recoloured(workbook):
    workbook["任务台账"]["E4"].fill = PatternFill("solid", start_color="FF1F4E79")
    workbook["任务台账"]["E4"].font = Font(color="FFFFFFFF", bold=True, size=14)


def widened(workbook):
    workbook["任务台账"].column_dimensions["E"].width = 40
    workbook["任务台账"].row_dimensions[10].height = 80


def test_what_shows_the_same_is_no_alteration(demo):
    demonstration.snapshot()
    same_day = number_format('yyyy"年"m"月"d"日"', "任务台账", "D4")
    assert altered(same_day, number_format("[Red]0.0%_)"), recoloured, widened) == []


def test_a_workbook_of_an_earlier_version_says_on_its_cover_what_it_is(demo):
    definition = demonstration.snapshot().definition
    rows = [[Cell("生成条件"), Cell(definition.to_json())], [Cell("数据校验码"), Cell("0" * 64)]]
    book = Book("旧", datetime(2016, 10, 12), [Sheet("封面与说明", rows)])
    identity = cover_identity(open_quarterly(io.BytesIO(to_bytes(book))))
    assert (identity.definition, identity.facts_sha256) == (definition, "0" * 64)
