"""One notice's text → Notice."""

from __future__ import annotations

import re

from .endings import Endings
from .header import DATE, Header, read_header
from .markers import Node, find_outlines
from .model import Notice, NoticeError, Problem, Section
from .phrases import FIRST_LEADS
from .plan import PlanReader
from .text import Text

_AFTER_THE_PLAN = re.compile(
    r"\n *附 *(?:件|表|录) *\d*[：\n]|(?<=[。）]) *附 *件 *\d*：|（ *此件[^（）]{0,20}）"
    r"|\n *(?:抄送|主题词|责任编辑|扫一扫|相关链接|相关解读|相关文件"
    r"|政策解读|打印本页|分享到|解读链接|信息来源)"
)
_TABLE_OF_DUTIES = re.compile(r"\n[^\n。：]{0,60}((?:牵头|责任|负责|主办|配合)(?:单位|部门))(?=[ \n])")
_CLOSING_PARAGRAPH = re.compile(
    r"\n *(?:各|省直|市直|省级|市级|有关|本(?:方案|意见|通知|计划|办法|措施|行动|文件)|以上|上述"
    r"|国务院|省政府)(?:地|市|县|区|级|有关|部门|单位|相关|牵头|责任|省|[^\n，。]{0,20}?)[^\n]{0,60}?"
    r"(?:要|应|应当|须|必须|请|自|施行|实施|执行)"
)
_TAKES_EFFECT = re.compile(
    r"(?<=[。）】〕\]])\s*本(?:方案|意见|通知|计划|办法|措施|行动|文件|要点)自[^。]{0,40}(?:施行|实施|执行)"
)


def parse(text: str) -> Notice:
    """The notice that `text` is. Raises NoticeError, saying what is missing, if it is none.

    Guaranteed: `notice.text` is `text`; every stored slice equals the text at its offsets; every name of a unit
    stands in the text (line breaks and blanks within it aside).
    """
    page = Text(text)
    runs, numbering_problems = find_outlines(page, _signatures(page))
    endings = Endings(page)
    roots = _main_run(endings, runs)
    body_start = roots[0].start if roots else len(text)
    header = read_header(page, body_start)
    missing = [problem for problem in header.problems if not problem.line]
    if not roots:
        missing.append(Problem(0, "没有找到分部分的正文，如“一、……”"))
        raise NoticeError(missing)
    _close(page, endings, roots, header)
    reader = PlanReader(page, endings, first_leads=_said_for_all(page, endings, roots), fallback_title=header.title)
    sections = reader.sections(roots)
    if not any(section.items for section in sections):
        missing.append(Problem(0, "没有找到任务，如“（一）……（某某部门负责）”"))
    if missing or header.issued_on is None:
        raise NoticeError([*missing, *(problem for problem in header.problems if problem.line)])
    unread = _unread(page, endings, runs, roots, sections)
    return _notice(text, header, sections, [*header.problems, *numbering_problems, *reader.problems, *unread])


def _notice(text: str, header: Header, sections: tuple[Section, ...], problems: list[Problem]) -> Notice:
    assert header.issued_on is not None
    return Notice(
        document_number=header.document_number,
        title=header.title,
        issuer=header.issuer,
        issued_on=header.issued_on,
        legal_bases=header.legal_bases,
        sections=sections,
        problems=tuple(sorted(set(problems), key=lambda problem: (problem.line, problem.reason))),
        text=text,
    )


def _main_run(endings: Endings, runs: list[list[Node]]) -> list[Node]:
    """The run of headings with the most endings: not the covering letter's points, not an annex's."""
    if not runs:
        return []
    return max(
        runs,
        key=lambda roots: (
            len(endings.within(roots[0].start, roots[-1].end)),
            sum(1 for root in roots for _ in root.walk()),
        ),
    )


def _unread(
    page: Text, endings: Endings, runs: list[list[Node]], roots: list[Node], sections: tuple[Section, ...]
) -> list[Problem]:
    """What answers for something outside the plan: a second plan, or a table of duties in an annex."""
    found = [
        Problem(page.line(run[0].start), f"从“{run[0].label}”起另有一份写明负责单位的正文，没有读入")
        for run in runs
        if run is not roots and endings.within(run[0].start, run[-1].end)
    ]
    table = _TABLE_OF_DUTIES.search(page.shadow, roots[-1].end)
    if table and not found:
        found.append(Problem(page.line(table.start(1)), "附表中的责任分工没有读入，请核对"))
    if not any(item.responsibility_start is not None for section in sections for item in section.items):
        found.append(Problem(0, "没有一项任务写明负责单位"))
    return found


def _signatures(page: Text) -> list[int]:
    """Where dates stand on lines of their own."""
    return [
        match.start()
        for match in DATE.finditer(page.shadow)
        if page.before(match.start()) == "\n" and page.after(match.end()) in "\n（"
    ]


def _close(page: Text, endings: Endings, roots: list[Node], header: Header) -> None:
    """Take signature, annexes and closing paragraphs off the last heading."""
    limit = roots[-1].end
    annexes = _AFTER_THE_PLAN.search(page.shadow, roots[-1].body, limit)
    if annexes:
        limit = annexes.start()
        roots[-1].cut(limit)
    last = roots[-1]
    while last.children:
        last = last.children[-1]
    cuts = [
        _signature_start(page, match.start(), header.issuer) for match in DATE.finditer(page.shadow, last.body, limit)
    ]
    closing = _CLOSING_PARAGRAPH.search(page.shadow, _end_of_first_paragraph(page, endings, last.body, limit), limit)
    cuts += [found.start() for found in (closing, _TAKES_EFFECT.search(page.shadow, last.body, limit)) if found]
    roots[-1].cut(min([cut for cut in cuts if cut > last.body], default=limit))


def _end_of_first_paragraph(page: Text, endings: Endings, start: int, limit: int) -> int:
    """Behind the title's line; if the title stands alone, behind the next one, which is the item's text."""
    found = re.compile(r"[^\n]+").finditer(page.shadow, start, limit)
    lines = [match.end() for match in found if match[0].strip()]
    if not lines:
        return limit
    alone = len(list(page.sentences(start, lines[0]))) == 1 and not endings.within(start, lines[0])
    return lines[1] if alone and len(lines) > 1 else lines[0]


def _signature_start(page: Text, at: int, issuer: str) -> int:
    """Where the signature before this date begins; 0 if the date is one of the prose."""
    name = re.compile(r"\s*".join(map(re.escape, issuer.replace(" ", ""))) + r"\s*$") if issuer else None
    signed = name.search(page.shadow, max(0, at - 80), at) if name else None
    if signed:
        return signed.start()
    match = DATE.match(page.shadow, at)
    alone = match and page.before(at) == "\n" and page.after(match.end()) in "\n（"
    return at if alone else 0


def _said_for_all(page: Text, endings: Endings, roots: list[Node]) -> bool:
    """「排在第一位的为牵头单位」 said in prose, outside every ending, holds for the whole notice."""
    found = endings.within(roots[0].start, roots[-1].end)
    return any(
        not any(ending.start <= match.start() < ending.end for ending in found)
        for match in FIRST_LEADS.finditer(page.shadow)
    )
