"""Printed numbers (一、 （一） 1. （1） ①) → a tree of headings, on lines of their own or not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.rules.numerals import numeral_value

from .model import Problem
from .text import Text

_CN = r"[一二三四五六七八九十百零〇]{1,5}"
_NUMBER = r"(?P<n>"
_KINDS = (
    rf"第 *{_NUMBER}{_CN}|\d{{1,2}}) *(?:章|部分|篇)[、：]?",
    rf"第 *{_NUMBER}{_CN}|\d{{1,2}}) *节[、：]?",
    rf"{_NUMBER}{_CN}) *[、.](?!(?:[一二三四五六七八九十]+(?:、|产业|类|级|线|次|期|手|代|批)))",
    rf"（ *{_NUMBER}{_CN}) *）[、.]?|第 *(?P<m>{_CN}) *条(?= )|(?P<e>[㈠-㈩])",
    rf"{_NUMBER}\d{{1,3}}) *(?:[.、](?!\d)|\.(?=(?:19|20)\d\d年|\d{{1,2}}[A-Z]|\d{{3,}}[\u4e00-\u9fff]))|(?P<e>[⒈-⒛])"
    rf"|(?<![^\n ])(?:任务|举措|措施|事项|行动|工程) *(?P<named>{_CN}|\d{{1,3}}) *[：、.](?=.)",
    rf"(?:（ *{_NUMBER}\d{{1,3}}) *）|(?<!\d)(?P<m>\d{{1,2}})）)[、.]?"
    r"|(?<!\d)\d{1,2}\.(?P<decimal>\d{1,2})(?= *[\u4e00-\u9fff“])(?! *[亿万千百倍个元])|(?P<e>[⑴-⒇])",
    rf"{_NUMBER}[①-⑳])",
)
PART, DIVISION, CHAPTER, CLAUSE, POINT, SUBPOINT, CIRCLED = range(7)
_MARKERS = [re.compile(pattern) for pattern in _KINDS]
_ENCLOSED = (("①", "⑳"), ("⑴", "⒇"), ("⒈", "⒛"), ("㈠", "㈩"))  # one sign that is a whole number
_SENTENCE_END = "。！？；：）】〕]”…\n"
_GLUED_TITLE = re.compile(
    r"(?:方案|计划|意见|通知|要点|措施|清单|办法|规划|如下|制度|分工|任务|细则|纲要|规定|决定|分解)$"
)
_LONGEST_HEADING = 60
_ANSWERED = re.compile(
    r"(?:单位|部门)：[^。\n]*[厅局委办部署院会府司室心行社团] *$"
    r"|(?:时限|时间)：[^。\n：]{2,20}(?:[年月底前]|推进|完成|坚持|实施) *$"
)
_TOLD_BY_LABEL = re.compile(
    r" *(?:牵头|主办|主责|责任|配合|协助|协办|承办|参与|落实|完成|实施|时间|时限|进度|分管)[\u4e00-\u9fff]{0,4}"
    r"(?:单位|部门|机构|主体|领导|责任人|时限|时间|节点|期限|安排|进度)："
    r"| *(?:工作|任务|主要|具体|目标|项目|实施|建设|责任|职责|部门)(?:内容|目标|任务|措施|举措|要求|分工)："
)


@dataclass
class Node:
    """A heading: its label starts at `start`, its words at `body`; the next of its rank at `end`."""

    kind: int
    number: int
    label: str
    start: int
    body: int
    end: int = 0
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def cut(self, end: int) -> None:
        """Whatever stands at or behind `end` is no part of it."""
        self.end = min(self.end, end)
        self.children = [child for child in self.children if child.start < end]
        for child in self.children:
            child.cut(end)


@dataclass(frozen=True)
class _Candidate:
    kind: int
    number: int
    start: int
    end: int
    own_line: bool


def find_outlines(text: Text, breaks: list[int]) -> tuple[list[list[Node]], list[Problem]]:
    """One tree of headings for each run of numbers; a top-level number that starts anew begins a new run.

    (A plan may have annexes with their own 一、二、三, and a covering letter may number its points. So whatever
    begins with one behind one of the `breaks`, signatures and lines 附件, begins anew, too.)
    """
    picker = _Picker(text, breaks)
    for candidate in _candidates(text):
        picker.offer(candidate)
    runs = [run for run in picker.runs if run]
    ends = [*(run[0].start for run in runs[1:]), len(text.shadow)]
    return [_tree(text, run, end) for run, end in zip(runs, ends, strict=False)], picker.problems


def _candidates(text: Text) -> Iterator[_Candidate]:
    found = []
    for kind, pattern in enumerate(_MARKERS):
        for match in pattern.finditer(text.shadow):
            if text.enclosed[match.start()] or (match.start() and _glued_to_digit(text.shadow, match.start())):
                continue
            number = _value(match)
            if number is None or (kind >= POINT and _TOLD_BY_LABEL.match(text.shadow, match.end())):
                continue  # 「4.牵头单位：省财政厅」 is one line of what the task above it says, and no task
            own_line = text.before(match.start()) == "\n"
            if match.lastgroup in ("decimal", "named") and not own_line:
                continue  # 「1.2」 within a line is an amount, 「任务1」 one that is spoken of
            found.append(_Candidate(kind, number, match.start(), match.end(), own_line))
    yield from sorted(found, key=lambda candidate: (candidate.start, -candidate.end))


def _glued_to_digit(shadow: str, at: int) -> bool:
    return shadow[at - 1].isdigit() or shadow[at - 1] in "一二三四五六七八九十百第."


def _value(match: re.Match[str]) -> int | None:
    numeral = match[match.lastgroup or 0]
    first = next((first for first, last in _ENCLOSED if numeral and first <= numeral <= last), None)
    if first:
        return ord(numeral) - ord(first) + 1
    return numeral_value(numeral)


class _Picker:
    """Keeps the candidates that continue the numbering; everything else with a number is prose."""

    def __init__(self, text: Text, breaks: list[int]) -> None:
        self.text = text
        self._breaks = breaks
        self.runs: list[list[_Candidate]] = [[]]
        self.problems: list[Problem] = []
        self._in_scope: dict[int, int] = {}
        self._overall: dict[int, int] = {}
        self._top = CIRCLED + 1

    def offer(self, candidate: _Candidate) -> None:
        run = self.runs[-1]
        if run and candidate.start < run[-1].end:
            return
        if self._starts_anew(candidate):
            self.runs.append([])
            self._in_scope, self._overall, self._top = {}, {}, CIRCLED + 1
        elif not self._continues(candidate):
            self._report_dropped(candidate)
            return
        self._report_gap(candidate)
        self._accept(candidate)

    def _accept(self, candidate: _Candidate) -> None:
        for kind in [kind for kind in self._in_scope if kind > candidate.kind]:
            del self._in_scope[kind]
        self._in_scope[candidate.kind] = self._overall[candidate.kind] = candidate.number
        self._top = min(self._top, candidate.kind)
        self.runs[-1].append(candidate)

    def _starts_anew(self, candidate: _Candidate) -> bool:
        run = self.runs[-1]
        if not run or candidate.number != 1 or not candidate.own_line:
            return False
        if bisect_left(self._breaks, run[-1].end) < bisect_left(self._breaks, candidate.start):
            return True
        return candidate.kind == self._top <= CHAPTER and self._in_scope.get(candidate.kind, 0) >= 1

    def _continues(self, candidate: _Candidate) -> bool:
        scoped, overall = self._in_scope.get(candidate.kind, 0), self._overall.get(candidate.kind, 0)
        nexts = {scoped + 1} if scoped else {1, overall + 1}
        if candidate.own_line:
            nexts |= set(range(scoped, scoped + 4)) if scoped else set(range(overall + 1, overall + 4))
            if candidate.kind in (CLAUSE, POINT):
                nexts.add(1)
            return candidate.number in nexts and (candidate.kind >= POINT or candidate.number > 0)
        return candidate.number in nexts and self._stands_free(candidate)

    def _stands_free(self, candidate: _Candidate) -> bool:
        """Within a line a number opens a heading only after a sentence, or after a short heading."""
        if self.text.before(candidate.start) in _SENTENCE_END:
            return candidate.kind > DIVISION
        run = self.runs[-1]
        if run and _ANSWERED.search(self.text.shadow, max(run[-1].end, candidate.start - 300), candidate.start):
            return True
        if run and run[-1].kind < candidate.kind <= POINT:
            between = self.text.shadow[run[-1].end : min(candidate.start, run[-1].end + _LONGEST_HEADING + 1)]
            return len(between) <= _LONGEST_HEADING and not re.search(r"[。；\n]", between)
        before = self.text.shadow[max(0, candidate.start - 12) : candidate.start].rstrip()
        return (
            candidate.kind in (CHAPTER, CLAUSE)
            and candidate.number == 1
            and not run
            and bool(_GLUED_TITLE.search(before))
        )

    def _report_dropped(self, candidate: _Candidate) -> None:
        if candidate.own_line and self._top <= candidate.kind <= CLAUSE:
            label = self.text.source[candidate.start : candidate.end].strip()
            reason = f"序号“{label}”与前面的序号不连续，没有作为标题读入"
            self.problems.append(Problem(self.text.line(candidate.start), reason))

    def _report_gap(self, candidate: _Candidate) -> None:
        scoped = self._in_scope.get(candidate.kind, 0)
        expected = {scoped + 1, 1} if scoped else {1, self._overall.get(candidate.kind, 0) + 1}
        if candidate.kind <= CLAUSE and candidate.number not in expected:
            label = self.text.source[candidate.start : candidate.end].strip()
            self.problems.append(Problem(self.text.line(candidate.start), f"序号“{label}”与前面的序号不连续"))


def _tree(text: Text, run: list[_Candidate], end: int) -> list[Node]:
    roots: list[Node] = []
    path: list[Node] = []
    for candidate in run:
        label = " ".join(text.source[candidate.start : candidate.end].split())
        body = candidate.end
        while body < len(text.shadow) and text.shadow[body].isspace():
            body += 1
        node = Node(candidate.kind, candidate.number, label, candidate.start, body)
        while path and path[-1].kind >= node.kind:
            path.pop().end = node.start
        (path[-1].children if path else roots).append(node)
        path.append(node)
    for node in path:
        node.end = end
    return roots
