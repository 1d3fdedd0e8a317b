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


def altered(change):
    """What is found in the demonstration's workbook after the change, sheet and place."""
    workbook = load_workbook(io.BytesIO(demonstration.workbook()))
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


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (number_format('"99.9%"'), ("总体情况", "B7")),
        (number_format(";;;"), ("总体情况", "B7")),
        (number_format("0%"), ("总体情况", "B7")),
        (number_format('General;General;General;"别的"', "任务台账", "B4"), ("任务台账", "B4")),
        (number_format('"2017-01-01"', "任务台账", "D4"), ("任务台账", "D4")),
        (row_hidden, ("任务台账", "第10行")),
        (column_hidden, ("任务台账", "E列")),
        (sheet_hidden, ("逾期与未报", "")),
        (rows_hidden_by_default, ("分单位", "")),
        (heading_changed, ("任务台账", "E3")),
        (title_changed, ("总体情况", "A1")),
        (page_header_changed, ("任务台账", "页眉页脚")),
        (written_in_white, ("任务台账", "E4")),
        (conditional_number_format, ("全部工作表", "")),
    ],
)
def test_what_is_shown_otherwise_is_found(demo, change, place):
    demonstration.snapshot()
    [found] = altered(change)
    assert (found.sheet, found.cell) == place
    assert found.built != found.found


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


@pytest.mark.parametrize(
    "change",
    [
        number_format('yyyy"年"m"月"d"日"', "任务台账", "D4"),
        number_format("[Red]0.0%_)"),
        recoloured,
        widened,
    ],
)
def test_what_shows_the_same_is_no_alteration(demo, change):
    demonstration.snapshot()
    assert altered(change) == []


def test_a_workbook_of_an_earlier_version_says_on_its_cover_what_it_is(demo):
    definition = demonstration.snapshot().definition
    rows = [[Cell("生成条件"), Cell(definition.to_json())], [Cell("数据校验码"), Cell("0" * 64)]]
    book = Book("旧", datetime(2016, 10, 12), [Sheet("封面与说明", rows)])
    identity = cover_identity(open_quarterly(io.BytesIO(to_bytes(book))))
    assert (identity.definition, identity.facts_sha256) == (definition, "0" * 64)
