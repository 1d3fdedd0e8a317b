"""Describes the fill-in workbook as sheets: guidance, the agency's own rows, indicator readings, what is hidden."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reports.fillin.identity import Identity, identity_of, seen_anew
from reports.fillin.known import FillIn, KnownRow, Texts
from reports.fillin.layout import (
    FIRST_ROW,
    FORM,
    FORM_COLUMNS,
    GUIDE,
    HEAD_ROW,
    HIDDEN,
    META,
    OTHER_REASON,
    READING_COLUMNS,
    READINGS,
    RESULT,
    FillInColumn,
    letter_of,
)
from reports.fillin.lines import FormLine, Marks, ReadingLine, cells_of
from reports.xlsx.sheets import Book, Cell, Look, Sheet, Validation
from tasks.http.fields import TEXT_LIMIT
from tasks.models import ReportingPeriod
from tasks.models.obligation import Obligation
from tasks.rules.delays import reasons
from tasks.rules.unchanged import REASONS

UNCHANGED_HINT = "没有变化的选一个原因，沿用上次通过的内容；选“其他原因”的，把原因写在“本期进展”。有变化的留空。"
DELAY_HINT = "可从下拉中选常见原因再改时间，也可直接填写；须写明原因和预计赶上的时间。"
PERCENT_HINT = "请填0到100之间的整数，不带百分号。"
GUIDANCE = (
    "一、本表只含本单位的任务，由系统生成。在“填报”页淡黄色单元格内填写，灰色单元格由系统带出，不能修改。",
    "二、系统已带入上次进度、上次进展和网上已保存的内容，只填本期变化；没有变化的，在“本期无变化”选原因，沿用上次内容。",
    "三、本期进度填0到100之间的整数。低于黄灯线的须写滞后原因（可从下拉中选）；低于上次通过进度的须写进度回调原因。",
    f"四、进展、问题等每格不超过{TEXT_LIMIT}字。有量化指标的，在“指标读数”页填累计数；不由本单位统计的留空。",
    "五、填好后保存为 .xlsx，在系统“我的填报”的“离线填报”页上传。系统先核对、逐行列出差异，确认后才写入。",
    "六、不要插入、删除列，不要改动隐藏的内容，也不要改用他单位或其他报告期的表，否则系统不予接收。",
    "七、下载后在网上改过的任务，上传时会列为冲突，由填报人选定，不会自动覆盖。",
    "八、可用Excel、WPS表格或LibreOffice打开。撤销工作表保护没有密码，但系统只读取淡黄色单元格。",
)


def describe_fill_in(
    fill_in: FillIn,
    *,
    identity: Identity | None = None,
    texts: Mapping[int, Texts] | None = None,
    marks: Mapping[int, Marks] | None = None,
) -> Book:
    """Describes the workbook to fill in; with `texts` and `marks`, the one that goes back with what is wrong in it.

    `identity` is that of the file that came: conflicts stay conflicts until somebody has looked at them.
    """
    identity = seen_anew(identity, fill_in.rows) if identity else identity_of(fill_in)
    written = texts or {row.assignment.pk: row.known for row in fill_in.rows}
    rows = [row for row in fill_in.rows if row.assignment.pk in identity.rows]
    title = f"{fill_in.agency} {fill_in.period.code[:4]}年{fill_in.period}进展填报表"
    sheets = [
        _guide(fill_in, title),
        _form(title=title, rows=rows, period=fill_in.period, identity=identity, written=written, marks=marks),
    ]
    if any(row.indicators for row in rows):
        sheets.append(_readings(title, rows, written, marks))
    sheets.append(_meta(identity))
    return Book(title=title, written_at=fill_in.issued_at, sheets=sheets)


def _guide(fill_in: FillIn, title: str) -> Sheet:
    period = fill_in.period
    lines = [
        Cell(title, Look.TITLE),
        Cell("本系统为非涉密系统，严禁录入涉密信息", Look.HEAD),
        Cell(f"依据：{fill_in.plan.title}（{fill_in.plan.document_number}）"),
        Cell(f"报送截止：{period.due_on:%Y-%m-%d}；本表生成于{_local(fill_in.issued_at)}，{_counted(fill_in.rows)}"),
        *(Cell(line) for line in GUIDANCE),
    ]
    return Sheet(GUIDE, [[line] for line in lines], widths=[70], is_protected=True, is_landscape=False)


def _counted(rows: list[KnownRow]) -> str:
    """Counts the tasks and what is owed of them, as the period's page does; nobody waits for the others."""
    owed = sum(row.assignment.obligation == Obligation.OWED for row in rows)
    return f"共{len(rows)}项任务，其中应报{owed}份"


def _local(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _form(
    title: str,
    rows: list[KnownRow],
    period: ReportingPeriod,
    identity: Identity,
    written: Mapping[int, Texts],
    marks: Mapping[int, Marks] | None,
) -> Sheet:
    body = [
        cells_of(FORM_COLUMNS, FormLine(row, identity.rows[row.assignment.pk].version, *_shown(row, written, marks)))
        for row in rows
    ]
    last = HEAD_ROW + max(len(rows), 1)
    return Sheet(
        FORM,
        [*_head(title, "只填淡黄色单元格；灰色单元格由系统带出。填写要求见“说明”页。", FORM_COLUMNS), *body],
        widths=[column.width for column in FORM_COLUMNS],
        frozen=f"C{FIRST_ROW}",
        head=(HEAD_ROW, HEAD_ROW),
        hidden_columns=_hidden(FORM_COLUMNS, marks),
        validations=_form_validations(last, period),
        is_protected=True,
    )


def _shown(
    row: KnownRow, written: Mapping[int, Texts], marks: Mapping[int, Marks] | None
) -> tuple[Texts, Marks | None]:
    """Gives what is written of the row, and what is wrong with it."""
    pk = row.assignment.pk
    return written.get(pk, {}), None if marks is None else marks.get(pk, {})


def _form_validations(last: int, period: ReportingPeriod) -> list[Validation]:
    def cells(key: str) -> str:
        column = letter_of(FORM_COLUMNS, key)
        return f"{column}{FIRST_ROW}:{column}{last}"

    limits = [
        Validation(
            cells=cells(column.key),
            kind="textLength",
            message=f"{column.title}不超过{TEXT_LIMIT}字。",
            title=column.title,
            minimum=0,
            maximum=TEXT_LIMIT,
        )
        for column in FORM_COLUMNS
        if column.field and column.field not in ("percent", "unchanged", "delay_reason")
    ]
    ready = tuple(reason for _, kind_reasons in reasons(period.ends_on) for reason in kind_reasons)
    return [
        Validation(
            cells=cells("percent"), kind="whole", message=PERCENT_HINT, title="本期进度", minimum=0, maximum=100
        ),
        Validation(
            cells=cells("unchanged"),
            kind="list",
            message=UNCHANGED_HINT,
            title="本期无变化",
            choices=(*REASONS, OTHER_REASON),
        ),
        Validation(
            cells=cells("delay_reason"),
            kind="list",
            message=DELAY_HINT,
            title="滞后原因",
            choices=ready,
            is_strict=False,
        ),
        *limits,
    ]


def _readings(
    title: str, rows: list[KnownRow], written: Mapping[int, Texts], marks: Mapping[int, Marks] | None
) -> Sheet:
    body = [
        cells_of(READING_COLUMNS, ReadingLine(row, indicator, *_shown(row, written, marks)))
        for row in rows
        for indicator in row.indicators
    ]
    column = letter_of(READING_COLUMNS, "reading")
    cells = f"{column}{FIRST_ROW}:{column}{HEAD_ROW + len(body)}"
    number = Validation(
        cells=cells,
        kind="decimal",
        message="请填累计数，不小于0；不由本单位统计的留空。",
        title="本期累计",
        minimum=0,
        maximum=10**12 - 1,
    )
    return Sheet(
        READINGS,
        [*_head(title, "填自年初起的累计数；不由本单位统计的留空。", READING_COLUMNS), *body],
        widths=[column.width for column in READING_COLUMNS],
        frozen=f"D{FIRST_ROW}",
        head=(HEAD_ROW, HEAD_ROW),
        hidden_columns=_hidden(READING_COLUMNS, marks),
        validations=[number],
        is_protected=True,
    )


def _head(title: str, note: str, columns: tuple[FillInColumn[Any], ...]) -> list[list[Cell]]:
    return [
        [Cell(title, Look.TITLE)],
        [Cell(f"{note}本系统为非涉密系统，严禁录入涉密信息。", Look.NOTE)],
        [Cell(column.title, Look.HEAD, is_centred=True) for column in columns],
    ]


def _hidden(columns: tuple[FillInColumn[Any], ...], marks: Mapping[int, Marks] | None) -> list[str]:
    """Names the columns that are hidden; the result's is, until there is a result."""
    names = HIDDEN if marks is not None else (*HIDDEN, RESULT)
    return [letter_of(columns, column.key) for column in columns if column.key in names]


def _json(texts: Texts) -> str:
    return json.dumps(texts, ensure_ascii=False, sort_keys=True)


def _meta(identity: Identity) -> Sheet:
    facts = [
        ("模板版本", identity.template),
        ("单位标识", str(identity.agency)),
        ("行动计划", identity.plan),
        ("报告期", identity.period),
        ("签发时间", identity.issued_at),
        ("签名", identity.signature),
    ]
    rows = [
        (str(row.assignment), row.version, _json(row.base), _json(row.seen)) for _, row in sorted(identity.rows.items())
    ]
    cells = [[Cell(text, number_format="@") for text in line] for line in (*facts, *rows)]
    return Sheet(META, cells, is_hidden=True, is_protected=True, has_own_heights=False)
