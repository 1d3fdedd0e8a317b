"""Until when a duty is to be done: behind a label, in its ending, in brackets, else in its running text.

What the ending or a label says stands before what the text mentions; of several terms the last is the duty's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .agencies import names_an_office
from .model import Deadline, Problem
from .terms import Term, Years, dated, find_dated, is_only_term, is_term, meaning, recurring
from .text import SENTENCE_ENDS, Text

_LABEL = re.compile(
    r"(?<![\u4e00-\u9fff])(?:(?:具体|计划|目标|总体|任务|工作|整改|预计|拟)?"
    r"(?:完成|办结|整改|推进|实施|落实|办理|实现|验收|启动)?"
    r"(?:时限|时间|期限|节点|时间节点|时序|进度)(?:节点|要求|安排|进度|计划)?)(?:为|是)?"
    r"(?:：|[ \n]+(?=\d|每|长期|持续|年底)|(?=\d))"
)
_END_OF_VALUE = re.compile(
    r"[；。\n）】\]〕]| (?=[\u4e00-\u9fff]{2,8}：)|[，、](?=[\u4e00-\u9fff]{2,8}(?:单位|部门|领导|人)：)|$"
)
_PIECE = re.compile(r"[^，；。、：\n（）【】\[\]〔〕]+")
_BRACKETED = re.compile(r"[（【\[〔]([^（）【】\[\]〔〕\n]{2,40})[）】\]〕]")
_MONTH = re.compile(r" *\d{1,2}月")
_NO_DAY = "完成时限“{}”没有换算成日期，请核对"


class Deadlines:
    """Reads one text's terms; a term whose day can't be told is kept with its words and has a problem."""

    def __init__(self, text: Text, years: Years) -> None:
        self._text = text
        self._years = years
        self.problems: list[Problem] = []

    def of_duty(self, start: int, ending: tuple[int, int], limit: int) -> tuple[Deadline | None, int]:
        """The deadline of the duty from `start` to its ending, and where the words about it end."""
        told = _of_one_duty(self._told_in_ending(*ending))
        behind = self._behind(ending[1], limit)
        told = told or behind or last_of(self._told_in_text(start, ending[0]))
        return told or self.in_prose(start, ending[0]), behind.end if behind else ending[1]

    def of_cell(self, start: int, end: int) -> Deadline | None:
        """The deadline that a cell of a table's column of times is."""
        return last_of(self._whole(start, end)) if start < end else None

    def in_prose(self, start: int, end: int) -> Deadline | None:
        """The last term that a sentence mentions; a recurring one only where there is no other."""
        found = [
            self._deadline(start + first, start + last, term)
            for first, last, term in _terms_in(self._prose(start, end), self._years)
            if term.is_plain
        ]
        return last_of(found)

    def is_about_time(self, start: int, end: int) -> bool:
        """Whether a sentence says nothing but until when."""
        words = self._text.shadow[start:end].strip("。；，（）【】[]〔〕 ")
        label = _LABEL.match(words)
        return bool(label) or is_only_term(words)

    def _prose(self, start: int, end: int) -> str:
        """The words with everything in quotation marks and brackets made blank: titles have years of their own."""
        enclosed = self._text.enclosed
        return "".join(" " if enclosed[at] else self._text.shadow[at] for at in range(start, end))

    def _told_in_ending(self, start: int, end: int) -> list[Deadline]:
        labelled = list(self._labelled(start, end))
        return labelled or list(self._clauses(start, end))

    def _labelled(self, start: int, end: int) -> Iterator[Deadline]:
        for label in _LABEL.finditer(self._text.shadow, start, end):
            first, last = self._text.trim(label.end(), self._end_of_value(label.end(), end))
            if first < last:
                yield from self._whole(first, last)

    def _end_of_value(self, start: int, end: int) -> int:
        """「完成时限：6月底前启动；12月底前完成」 goes on behind the semicolon."""
        at = start
        while stop := _END_OF_VALUE.search(self._text.shadow, at, end):
            piece = _PIECE.match(self._text.shadow, stop.end(), end)
            if stop[0] == "\n" and self._text.before(stop.start()) == "年" and piece and _MONTH.match(piece[0]):
                at = stop.end()
                continue
            if stop[0] != "；" or not piece or not is_term(piece[0].strip()):
                return stop.start()
            at = stop.end()
        return end

    def _clauses(self, start: int, end: int) -> Iterator[Deadline]:
        """「…负责，6月底前完成」, also where the units stand in the same piece: 「省财政厅6月底前完成」."""
        for piece in _PIECE.finditer(self._text.shadow, start, end):
            words = piece[0].strip()
            first = piece.start() + piece[0].index(words) if words else piece.start()
            if is_term(words) and not names_an_office(words):
                yield from self._whole(first, first + len(words))
                continue
            for begin, stop in find_dated(words):
                stop = len(words) if not names_an_office(words[stop:]) else stop
                yield from self._whole(first + begin, first + stop)
                break

    def _told_in_text(self, start: int, end: int) -> list[Deadline]:
        found = list(self._labelled(start, end))
        for bracket in _BRACKETED.finditer(self._text.shadow, start, end):
            if is_term(bracket[1]) and self._text.before(bracket.start()) in SENTENCE_ENDS + "；\n）":
                found += self._whole(bracket.start(1), bracket.end(1))
        return found

    def _behind(self, at: int, limit: int) -> Deadline | None:
        """「（A负责）（6月底前完成）」, or a label on the next line."""
        while at < limit and (self._text.shadow[at].isspace() or self._text.shadow[at] in "。；"):
            at += 1
        bracket = _BRACKETED.match(self._text.shadow, at, limit)
        if bracket and (is_term(bracket[1]) or _LABEL.match(bracket[1])):
            told = self._told_in_ending(bracket.start(1), bracket.end(1))
            return last_of(told)
        if _LABEL.match(self._text.shadow, at, limit):
            stop = re.compile(r"[。\n]").search(self._text.shadow, at, limit)
            return next(self._labelled(at, stop.start() if stop else limit), None)
        return None

    def _whole(self, start: int, end: int) -> list[Deadline]:
        """The words as one term; those that mean no day, no recurrence and no 「长期」 are a problem and no term."""
        start += self._text.shadow[start] in "并且"
        term = meaning("".join(self._text.shadow[start:end].split()), self._years)
        if term and term.is_plain:
            return [self._deadline(start, end, term)]
        words = self._text.source[start:end]
        self.problems.append(Problem(self._text.line(start), _NO_DAY.format(words), words))
        return []

    def _deadline(self, start: int, end: int, term: Term) -> Deadline:
        return Deadline(self._text.source[start:end], start, end, term.on, term.recurs)


def _of_one_duty(found: list[Deadline]) -> Deadline | None:
    """「12月底前完成，长期坚持」: the day stands before what goes on behind it."""
    return last_of([each for each in found if each.on]) or last_of(found)


def last_of(found: list[Deadline]) -> Deadline | None:
    """The one that ends last: one without an end, else the latest day, else a recurrence."""
    if not found:
        return None
    return max(found, key=lambda each: (_rank(each), each.on.toordinal() if each.on else 0, each.start))


def _rank(deadline: Deadline) -> int:
    if deadline.recurs:
        return 0
    return 1 if deadline.on else 2


def _terms_in(words: str, years: Years) -> Iterator[tuple[int, int, Term]]:
    days = list(dated(words, years, in_prose=True))
    yield from ((term.start, term.end, term) for term in days or recurring(words, in_prose=True))
