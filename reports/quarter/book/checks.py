"""校核 adds up every total again by formula, in a line for each subject, with a verdict; and says what the file is."""

import re
from dataclasses import dataclass

from reports.quarter.book.local import is_local
from reports.quarter.book.local_recounts import FIGURES
from reports.quarter.book.recounting import recount_lines
from reports.quarter.book.recounts import TOLERANCE, CountedTables, RecountLine
from reports.quarter.book.tables import FIRST_ROW, WHOLE, BookColumn, BookTable, RowCells, linked
from reports.quarter.book.words import FILING_COLUMNS, against_before, light_columns
from reports.quarter.canonical import facts_sha256
from reports.quarter.facts import Snapshot
from reports.xlsx.sheets import Cell, Look, letter
from tasks.rules.status import Light, Pace

NAME = "校核"
SAME, DIFFERENT = "一致", "不一致"
ALL_SAME, SOME_DIFFERENT = "全部一致", "有不一致"
DEFINITION, FACTS = "生成条件", "数据校验码"
FACTS_BEFORE = "数据SHA-256"  # its name in files of formats up to 3
MOST_ON_A_PAGE = 60
LINE_LENGTH = 190  # letters of a long text in one row
METHODS = (
    ("任务、分工、亮灯、类别", "按“任务台账”计数；协助按“责任矩阵”计数；各项报送按“报送明细”计数"),
    (
        "进度、序时",
        "按“任务台账”的任务内占比加权平均，单位按其负责的分工平均；四舍五入，总体和部分保留一位小数，单位不留小数",
    ),
    ("较序时", "取四舍五入后的进度与序时进度之差"),
    ("上期", "按“上期末明细”以同样方法计算，{against}"),
    ("“任务台账”相加", "与生成时各列之和比较"),
)
LOCAL_METHOD = ("市县", "按“市县明细”的本地任务计数和平均，保留一位小数；应报、已报只核对合计")
OTHER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A subject, with the row of the sheet in which its figures are checked and the columns of the figures."""

    line: RecountLine
    row: int
    columns: dict[str, str]  # the letters of the figures' columns, by key
    words: dict[str, str]  # the figures' names

    @property
    def different(self) -> list[str]:
        return [self.words[key] for key, recount in self.line.recounts.items() if not recount.is_same]

    def cells(self) -> RowCells:
        """The row: what every figure comes to, and a verdict that names those that differ."""
        return {
            "subject": linked(self.line.subject, self.line.link, is_centred=False),
            **{
                key: _calculated(recount.again, self._formula(recount.formula), recount.number_format)
                for key, recount in self.line.recounts.items()
            },
            "verdict": _calculated(
                f"{DIFFERENT}：{''.join(f'{word} ' for word in self.different)}" if self.different else SAME,
                f'IF({self._names()}="","{SAME}","{DIFFERENT}："&{self._names()})',
            ),
        }

    def _formula(self, formula: str) -> str:
        return OTHER.sub(lambda other: f"{self.columns[other[1]]}{self.row}", formula)

    def _names(self) -> str:
        """Names the figures that differ from where they stand; one that is no number there differs too."""
        tests = (
            f'IFERROR(IF(ABS({recount.place}-{self.columns[key]}{self.row})<{TOLERANCE:.7f},"","{self.words[key]} "),'
            f'"{self.words[key]} ")'
            for key, recount in self.line.recounts.items()
        )
        return "&".join(tests) or '""'


def _calculated(value: str | float, formula: str, number_format: str = "General") -> Cell:
    """Makes a cell that office programs work out anew."""
    return Cell(value, Look.BODY, number_format, is_centred=True, formula=formula)


def _columns(snapshot: Snapshot) -> tuple[BookColumn[CheckLine], ...]:
    figures = (
        *(("items", "任务"), ("leads", "负责"), ("assists", "协助")),
        *(("percent", "进度"), ("expected", "序时"), ("gap", "较序时"), ("previous", "上期进度")),
        *_lights(snapshot),
        *((pace.value, str(pace.label)) for pace in Pace),
        *FILING_COLUMNS,
        ("rate", "报送率"),
    )
    local = FIGURES if is_local(snapshot) else ()
    width, verdict = (6.6, 20) if local else (7, 22)  # all on one sheet of paper
    return (
        BookColumn("subject", "重新计算", 30),
        *(BookColumn(key, word.replace(" ", "\n"), width, WHOLE, True) for key, word in figures),
        *(BookColumn(key, word, 5.4, WHOLE, True) for key, word in local),
        BookColumn("verdict", "结论", verdict, is_centred=True),
    )


def _lights(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Those that the plans show, and those that only some local item does."""
    known = dict(light_columns(snapshot))
    local = {row.light for plan in snapshot.plans for row in plan.local_items}
    return [(light.value, light.words) for light in Light if light.value in known or light.value in local]


def build_checks(tables: CountedTables, note: str) -> BookTable:
    """Checks the totals of the tables subject by subject, and gives a verdict on all below them."""
    snapshot = tables.snapshot
    columns = _columns(snapshot)
    letters = {column.key: letter(place) for place, column in enumerate(columns)}
    words = {column.key: column.title.replace("\n", "") for column in columns}
    lines = [CheckLine(line, row, letters, words) for row, line in enumerate(recount_lines(tables), FIRST_ROW)]
    last = FIRST_ROW + max(len(lines), 1) - 1
    verdicts = f"${letters['verdict']}${FIRST_ROW}:${letters['verdict']}${last}"
    is_same = not any(line.different for line in lines)
    total: RowCells = {
        "subject": f"总结论（共{sum(len(line.line.recounts) for line in lines)}个数）",
        "verdict": Cell(
            ALL_SAME if is_same else SOME_DIFFERENT,
            Look.TOTAL,
            is_centred=True,
            formula=f'IF(COUNTIF({verdicts},"{SAME}")=ROWS({verdicts}),"{ALL_SAME}","{SOME_DIFFERENT}")',
        ),
    }
    return BookTable(
        name=NAME,
        title=f"{snapshot.definition.period_name}校核",
        note=f"{note}。各数为公式，打开时由Excel、WPS从明细重算，再与各表中的数比较",
        columns=columns,
        rows=[line.cells() for line in lines],
        total=total,
        frozen="items",
        alarms={"verdict": (DIFFERENT, SOME_DIFFERENT)},
        is_filtered=False,
        is_one_page=len(lines) <= MOST_ON_A_PAGE,
        tail=_tail(snapshot),
    )


def _tail(snapshot: Snapshot) -> list[list[Cell]]:
    """Says how was reckoned, of what the file is made, and by what to know it again."""
    told = (*METHODS, LOCAL_METHOD) if is_local(snapshot) else METHODS
    methods = ((name, text.format(against=against_before(snapshot))) for name, text in told)
    return [
        [],
        *([Cell(name, Look.HEAD), Cell(text, Look.NOTE)] for name, text in methods),
        *_pieces(DEFINITION, snapshot.definition.to_json()),
        *_pieces(FACTS, facts_sha256(snapshot)),
        *(row for plan in snapshot.plans for row in _pieces("公文校验码", plan.notice_sha256)),
    ]


def _pieces(name: str, text: str) -> list[list[Cell]]:
    """Writes a text that no cell shows whole piece by piece, each below the name."""
    pieces = [text[start : start + LINE_LENGTH] for start in range(0, len(text), LINE_LENGTH)]
    return [[Cell(name, Look.HEAD), Cell(piece, Look.NOTE)] for piece in pieces]
