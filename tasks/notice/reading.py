"""One notice's text → Notice.

The layers, from the signs upwards: a shadow of the text (text.py), printed numbers (markers.py), endings (endings.py),
who leads and assists in each (duties.py), which headings are tasks (levels.py), and the items (plan.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

from .closing import close
from .deadlines import Deadlines
from .duties import Answer, one_office_each, read_answers
from .endings import Endings
from .header import DATE, Given, Header, read_header
from .legible import Legible, legible
from .markers import Node, find_outlines
from .model import Notice, NoticeError, Problem, Section
from .phrases import FIRST_LEADS
from .plan import PlanReader
from .restoring import restored
from .tables import TableReader, find_tables
from .terms import plan_years
from .text import Text

_ANNEX_LINE = re.compile(r"\n *附 *(?:件|表|录) *[\d一二三四五六七八九十]*[：:]? *(?=\n)")
_TABLE_OF_DUTIES = re.compile(r"\n[^\n。：]{0,60}((?:牵头|责任|负责|主办|配合)(?:单位|部门))(?=[ \n])")
_LONGEST_TEXT = 1_000_000  # characters; the longest plan that we know has 70,000
_FIRST = re.compile("第一|第1|首位|首个|首家|首列|最前")
_NO_TASKS = (
    "没有一项任务写明负责单位；找过括号里的“（×××牵头）”“（×××负责）”，“牵头单位：”“责任单位：”一类的标注，"
    "以及“由×××负责。”的句子"
)


def parse(
    text: str,
    *,
    number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    tables: Sequence[Sequence[Node]] = (),
) -> Notice:
    """The notice that `text` is. Raises NoticeError, saying what was looked for, if nobody answers for anything in it.

    `number`, `issuer` and `issued_on` stand for what the text doesn't say, or says wrongly; what neither says is a
    problem of the notice, no error. Where the plan is a table, `tables` are its headings, and no number in the text is
    one. Guaranteed: `notice.text` is `text`; every stored slice equals the text at its
    offsets; every printed name of a unit stands in the text (line breaks and blanks within it aside); every ending is
    in a duty or in a problem.
    """
    if len(text) > _LONGEST_TEXT:
        raise NoticeError(f"文字超过{_LONGEST_TEXT // 10_000}万字，不像是通知正文")
    page = legible(text)
    outlines = [[_placed(node, page) for node in roots] for roots in tables]
    notice = _read(Text(page.text, page.line), Given(number.strip(), issuer.strip(), issued_on), outlines)
    return restored(notice, page)


def _placed(node: Node, page: Legible) -> Node:
    """A heading that was found in the source, in the text as it reads."""
    start, body, end = map(page.place, (node.start, node.body, node.end))
    return Node(node.kind, node.number, node.label, start, body, end, [_placed(each, page) for each in node.children])


def _read(page: Text, given: Given, tables: list[list[Node]]) -> Notice:
    runs, problems = (tables, []) if tables else find_outlines(page, _breaks(page))
    endings = Endings(page, (node.start for run in runs for root in run for node in root.walk()))
    answered = [run for run in runs if endings.within(run[0].start, run[-1].end)]
    body_start = _body_start(page, endings, answered, runs)
    header = read_header(page, body_start, given)
    for run in runs:
        if not tables:
            close(page, endings, run, header.issuer)
        for node in (node for root in run for node in root.walk()):
            endings.read_prose(node.body, node.children[0].start if node.children else node.end)
    answered = [run for run in runs if endings.within(run[0].start, run[-1].end)]
    if not endings.all:
        return _read_tables(page, header, is_numbered=bool(runs))
    answers = read_answers(page, endings.all, first_leads=_said_for_all(page, endings))
    deadlines = Deadlines(page, plan_years(header.title, header.issued_on))
    sections: list[Section] = []
    used: set[int] = set()
    for run in answered or [[]]:
        title = header.title if not sections else _title_above(page, run) or header.title
        reader = PlanReader(page, endings, answers, deadlines, fallback_title=title)
        sections += reader.sections(run) if run else reader.unnumbered(0, len(page.shadow))
        problems += reader.problems
        used |= reader.used
    if not any(section.items for section in sections):
        raise NoticeError([*(each for each in header.problems if not each.line), Problem(0, _NO_TASKS)])
    aliases, open_names = one_office_each(page, answers)
    problems += [*header.problems, *deadlines.problems, *open_names, *_left_out(page, answers, used, answered)]
    return _notice(page, header, sections, problems, aliases)


def _notice(
    page: Text, header: Header, sections: list[Section], problems: list[Problem], aliases: dict[str, str]
) -> Notice:
    return Notice(
        document_number=header.document_number,
        title=header.title,
        issuer=header.issuer,
        issued_on=header.issued_on,
        legal_bases=header.legal_bases,
        sections=tuple(sections),
        problems=tuple(sorted(set(problems), key=lambda problem: (problem.line, problem.reason))),
        text=page.source,
        aliases=aliases,
    )


def _read_tables(page: Text, header: Header, *, is_numbered: bool) -> Notice:
    """The plan in a notice whose text says nobody's duties: its tables; NoticeError if it has none."""
    deadlines = Deadlines(page, plan_years(header.title, header.issued_on))
    reader = TableReader(page, deadlines)
    sections = [section for table in find_tables(page) for section in reader.sections(table, header.title)]
    if not any(item.duties for section in sections for item in section.items):
        missing = _NO_TASKS if is_numbered else "没有找到分部分的正文，如“一、……”，也没有写明负责单位的段落"
        raise NoticeError([*(each for each in header.problems if not each.line), Problem(0, missing)])
    return _notice(page, header, sections, [*header.problems, *reader.problems, *deadlines.problems], {})


def _body_start(page: Text, endings: Endings, answered: list[list[Node]], runs: list[list[Node]]) -> int:
    """Where the tasks begin: what the notice says of itself stands before."""
    if answered:
        return answered[0][0].start
    if endings.all:
        return max(0, page.shadow.rfind("\n", 0, endings.all[0].start))
    return runs[0][0].start if runs else len(page.shadow)


def _title_above(page: Text, run: list[Node]) -> str:
    """The title of an annex: the short line right above its first number."""
    lines = [line.strip() for line in page.source[max(0, run[0].start - 300) : run[0].start].split("\n")]
    above = next((line for line in reversed(lines) if line), "")
    return above if 2 <= len(above) <= 60 and above[-1] not in "。：；" else ""


def _left_out(page: Text, answers: list[Answer], used: set[int], answered: list[list[Node]]) -> list[Problem]:
    """What answers for something outside of every task: in the preamble, behind the plan, or in a table of duties."""
    problems = []
    for answer in answers:
        if answer.start not in used:
            words = page.source[answer.start : answer.end]
            problems.append(Problem(page.line(answer.start), f"“{words}”不在任何一项任务中，没有读入，请核对", words))
    table = _TABLE_OF_DUTIES.search(page.shadow, answered[-1][-1].end) if answered else None
    if table:
        problems.append(Problem(page.line(table.start(1)), "附表中的责任分工没有读入，请核对"))
    return problems


def _breaks(page: Text) -> list[int]:
    """Where a new document may begin: dates on lines of their own, and the line 附件."""
    dates = [
        match.start()
        for match in DATE.finditer(page.shadow)
        if page.before(match.start()) == "\n" and page.after(match.end()) in "\n（"
    ]
    return sorted([*dates, *(match.start() for match in _ANNEX_LINE.finditer(page.shadow))])


def _said_for_all(page: Text, endings: Endings) -> bool:
    """「排在第一位的为牵头单位」 said in prose, outside every ending, holds for the whole notice."""
    found = endings.all
    if not _FIRST.search(page.shadow):
        return False
    for match in FIRST_LEADS.finditer(page.shadow):
        at = bisect_left(found, match.start() + 1, key=lambda ending: ending.start)
        if not at or found[at - 1].end <= match.start():
            return True
    return False
