"""Where an item says who answers for it: in brackets, behind a label, or in its last sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .agencies import is_office, is_whole_unit, names_an_office
from .closings import NOTHING, Closing
from .phrases import BULLET
from .responsibility import read_closing
from .text import SENTENCE_ENDS, Text

_COLON = r"(?:：|(?: +| *\n[ \n]*)(?=[省市县区国中各自团]))"  # a table's cell stands on a line of its own
_LABEL = (
    r"(?:[（【\[]?(?:省级|市级|县级|区级|省直|市直|国家|总|第一|首要|主要|主体|具体|直接|属地|共同)?"
    r"(?:牵头|主办|主责|首责|责任|负责|承办|实施|落实|主管|配合|协办|协同|协助|参与|参加|会同)(?:（[^（）\n]{1,6}）)?[^，。；：\n（）]{0,12}?"
    r"(?:单位|部门|机构|处室|司局|股室|地区|县区|区县|市县|市州|镇街|科室|领导|责任人|部委|主体)[^，。；：\n（）]{0,6}?"
    rf"{_COLON}|(?:主办|协办|责任人|分管领导|牵头|配合|(?:责任|任务|职责|部门|工作)分工)：)"
)
_BULLET = rf"(?:(?:——|{BULLET}) {{0,3}})?"
_LABEL_START = re.compile(
    rf"(?:(?<=[。；！\n])|(?<=[）”①-⑳])|(?<=\d[.、])|^"
    r"|(?<=[\u4e00-\u9fff])(?=(?:牵头|责任|配合|主办|协办)(?:单位|部门)：[省市县区州国各中自]))"
    rf" {{0,20}}{_BULLET}(?P<label>{_LABEL})"
)
_MORE_LABELS = re.compile(
    rf"[ \n]*(?:{_BULLET}|(?<=\n)(?:（?\d{{1,2}}[）.、]|[①-⑳]) {{0,3}})(?:{_LABEL}|"
    r"(?:\w{0,6}(?:时限|时间|节点|期限|进度|责任人|分管领导)(?:要求|安排|节点)?)：)"
)
_LABELLED = re.compile(_LABEL)
_PERSON = re.compile(r"[^，。；：\n（）]{0,8}(?:领导|责任人|负责人|联系人)：[^\n。；：]*[\n。；]\s*")
_LINE = re.compile(r" *([\u4e00-\u9fff]{3,20}) *(?=\n|$)")
_BEGINS_NAME = re.compile(r"[省市县区州国各中自](?!.*）)")
_LONGEST_REST = 12
_LAST_WORDS = re.compile(r"([^，；。、：\n]+) *$")
_FIRST_WORDS = re.compile(r" *([^，；。、：\n]+)")
_STOP = re.compile(r"[。\n]")
_WORDS = re.compile(r"[\u4e00-\u9fff]\s*[\u4e00-\u9fff]")
_REMARK = re.compile(r" *(?:注|备注|说明|来源|资料来源|此件)")
_VERBS = re.compile(r"牵头|负责|配合|协助|协办|参与|参加|落实|主办|承担|会同|实施")
_MENTIONED = re.compile(r"(?:部门|单位|机构|机关|办公室|小组|牵头|主管|负责|名单|包括)$")
_SURE_WORDS = re.compile(r"牵头|负责|责任|主办|主责|承办|配合|协助|协办|参与|参加|会同|单位|部门|、")
_BY_WHOM = re.compile(
    r"(?:(?<=[，：；])|(?<=[该此本述]项工作)|(?<=上述工作)|(?<=以上工作)|(?<=项任务))由[^。！？\n]{2,150}(?:。|$)"
)
_SENTENCE_VERB = re.compile(r"(?:负责|牵头|配合|落实|参与|参加|协助|组织实施)(?:。|；|$)")


@dataclass(frozen=True)
class Ending:
    start: int
    end: int
    closing: Closing


class Endings:
    """Every ending of one text, in order; `headings` are the offsets at which one begins."""

    def __init__(self, text: Text, headings: Iterable[int] = ()) -> None:
        self._text = text
        self._headings = sorted(headings)
        self._openers = sorted(at for at in text.pairs if text.shadow[at] in "（【[〔〈" and not text.enclosed[at])
        self._all: list[Ending] = []
        self._add(self._bracketed())
        self._add(self._labelled())

    @property
    def all(self) -> tuple[Ending, ...]:
        return tuple(self._all)

    def within(self, start: int, end: int) -> list[Ending]:
        """Every ending that begins between the two offsets, in order."""
        first = bisect_left(self._all, start, key=_start)
        return self._all[first : bisect_left(self._all, end, lo=first, key=_start)]

    def read_prose(self, start: int, end: int) -> None:
        """Where no bracket and no label says who, the last sentence of a paragraph, or its last clause, may."""
        if not self.within(start, end):
            self._add(self._plain_lists(start, end) or self._last_sentence(start, end) or self._last_clause(start, end))

    def _add(self, found: Iterable[Ending]) -> None:
        new = [ending for ending in found if not self._overlaps(ending)]
        self._all = sorted([*self._all, *new], key=_start) if new else self._all

    def _overlaps(self, ending: Ending) -> bool:
        at = bisect_left(self._all, ending.end, key=_start)
        return at > 0 and self._all[at - 1].end > ending.start

    def _bracketed(self) -> Iterator[Ending]:
        for opener in self._openers:
            closer = self._text.pairs[opener]
            if self._may_be_ending(opener, closer):
                closing = self._read(opener + 1, closer)
                if closing and self._is_ending(opener, closer, closing):
                    yield Ending(opener, closer + 1, closing)

    def _may_be_ending(self, opener: int, closer: int) -> bool:
        """Most brackets hold a number or a remark: what can't be an ending isn't read as one."""
        inside = (self._text.shadow, opener + 1, closer)
        return bool(_WORDS.search(*inside)) and not _REMARK.match(*inside)

    def _read(self, start: int, end: int) -> Closing | None:
        return read_closing(self._text.shadow[start:end], self._text.source[start:end])

    def _is_ending(self, opener: int, closer: int, closing: Closing) -> bool:
        """It closes a sentence, a clause or the item; without a verb it is a plain list after a full stop."""
        before, after = self._text.before(opener), self._text.after(closer + 1)
        is_sure = not closing.doubts or any(each.name.text[-1] in "部委厅局署办" for each in closing.named)
        closes = before in SENTENCE_ENDS + "；\n）】]〕”" or (
            is_sure and (after in "。；\n（[【〔" or self._heading_follows(closer + 1))
        )
        if not _SURE_WORDS.search(self._text.shadow, opener, closer) and not any(
            names_an_office(each.name.text) or each.name.is_collective for each in closing.named
        ):
            return False  # 「（现场办理）」
        if closing.has_verb:
            return closes or (is_sure and after in "，、" and closing.is_whole)
        return (
            closing.is_whole
            and (before in SENTENCE_ENDS + "\n" or (after == "\n" and self._is_short_line(opener)))
            and all(len(each.name.text) > 2 for each in closing.named)
        )

    def _heading_follows(self, at: int) -> bool:
        while at < len(self._text.shadow) and self._text.shadow[at].isspace():
            at += 1
        return at == self._next_heading(at)

    def _next_heading(self, at: int) -> int:
        """The offset of the first heading at or behind this one; the text's end if there is none."""
        index = bisect_left(self._headings, at)
        return self._headings[index] if index < len(self._headings) else len(self._text.shadow)

    def _is_short_line(self, opener: int) -> bool:
        """A heading's line that a list of units closes: 「（一）推进改革（省财政厅、省水利厅）」."""
        start = self._text.shadow.rfind("\n", 0, opener) + 1
        return self._next_heading(start) <= start + 8 < opener <= start + 60

    def unread(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where a bracket at a paragraph's end, or a label, names an office, but nothing could be read from it."""
        openers = self._openers[bisect_left(self._openers, start) : bisect_left(self._openers, end)]
        spans = [
            (at, self._text.pairs[at] + 1)
            for at in openers
            if not _REMARK.match(self._text.shadow, at + 1)
            and (self._closes_paragraph(at) or self._says_who(at, self._text.pairs[at]))
        ]
        spans += [
            (match.start("label"), self._end_of_labels(match.end("label"), end))
            for match in _LABEL_START.finditer(self._text.shadow, start, end)
            if not self._text.enclosed[match.start("label")] and not self._is_known(match.start("label"))
        ]
        last = max(self._text.sentences(start, end), default=None) if not self.within(start, end) else None
        if last and (clause := _BY_WHOM.search(self._text.shadow, *last)):
            spans.append(clause.span())
        return [
            (first, last)
            for first, last in spans
            if names_an_office(self._text.shadow[first:last]) and not self._overlaps(Ending(first, last, NOTHING))
        ]

    def _closes_paragraph(self, opener: int) -> bool:
        after = self._text.after(self._text.pairs[opener] + 1)
        return self._text.before(opener) in SENTENCE_ENDS + "\n）" and after in "。\n（"

    def _says_who(self, opener: int, closer: int) -> bool:
        """「平台（省财政厅牵头）建设」: nothing but units and what they do, in the middle of a clause."""
        if not self._may_be_ending(opener, closer) or not _VERBS.search(self._text.shadow, opener, closer):
            return False
        closing = self._read(opener + 1, closer)
        return bool(closing and closing.has_verb and closing.is_whole and not closing.doubts)

    def _is_known(self, at: int) -> bool:
        return self._overlaps(Ending(at, at + 1, NOTHING))

    def _labelled(self) -> Iterator[Ending]:
        """「责任单位：A、B。」 on its own line or after a sentence; labels that follow belong to it."""
        at = 0
        while match := _LABEL_START.search(self._text.shadow, at):
            at, first = match.end(), match.start("label")
            if self._text.enclosed[first]:
                continue
            first = self._with_bracket(self._behind_persons(first))
            last = self._text.trim(first, self._end_of_labels(at, self._next_heading(at)))[1]
            closing = self._read(first, self._without_stray_closer(last))
            if closing:
                yield Ending(first, last, closing)
            at = max(last, at)

    def _behind_persons(self, start: int) -> int:
        """「牵头领导：某某」 names nobody who answers: the ending begins with its first unit."""
        person = _PERSON.match(self._text.shadow, start)
        return person.end() if person and _LABELLED.match(self._text.shadow, person.end()) else start

    def _with_bracket(self, start: int) -> int:
        """「【责任单位】省财政厅」 begins with its bracket, which the shadow shows as a blank."""
        return start - 1 if start and self._text.source[start - 1] in "【[［〔" else start

    def _without_stray_closer(self, end: int) -> int:
        """A bracket that was opened in another paragraph is left out."""
        stray = self._text.shadow[end - 1] in "）】]〕" and end - 1 not in self._text.closers
        return end - 1 if stray else end

    def _end_of_labels(self, start: int, limit: int) -> int:
        at = start
        while True:
            stop = _STOP.search(self._text.shadow, at, limit)
            if not stop:
                return self._text.trim(start, limit)[1]
            if self._goes_on(stop, limit):
                at = stop.end()
                continue
            more = _MORE_LABELS.match(self._text.shadow, stop.end(), limit)
            if not more:
                return stop.start() + (self._text.shadow[stop.start()] == "。")
            at = more.end()

    def _goes_on(self, stop: re.Match[str], limit: int) -> bool:
        """A list that a line's end breaks off goes on; so does one whose first unit stands on the next line."""
        before = self._text.shadow[max(0, stop.start() - 40) : stop.start()].rstrip()[-1:]
        if before in ("、", "，", "：") or self._text.after(stop.end()) == "、":
            return True
        if stop[0] != "\n":
            return False
        line = _LINE.match(self._text.shadow, stop.end(), limit)
        return bool(line and is_office(line[1])) or self._is_broken_off(stop.start(), limit)

    def _is_broken_off(self, line_end: int, limit: int) -> bool:
        """「省水利⏎厅」, 「2021年⏎12月」: neither half means anything alone."""
        left = _LAST_WORDS.search(self._text.shadow, max(0, line_end - 40), line_end)
        right = _FIRST_WORDS.match(self._text.shadow, line_end + 1, limit)
        if not left or not right or _LABELLED.match(self._text.shadow, right.start(1)):
            return False
        if left[1].endswith("年"):
            return bool(re.match(r"\d{1,2}月", right[1]))
        is_name = _BEGINS_NAME.match(left[1]) and max(len(left[1]), len(right[1])) <= _LONGEST_REST
        return bool(is_name) and not is_whole_unit(left[1]) and is_whole_unit(left[1] + right[1])

    def _plain_lists(self, start: int, end: int) -> list[Ending]:
        """「加快建设（省财政厅、省水利厅）。」: nothing but offices, before a stop, and no other ending round it."""
        found = []
        for opener in self._openers[bisect_left(self._openers, start) : bisect_left(self._openers, end)]:
            closer = self._text.pairs[opener]
            closing = self._read(opener + 1, closer) if self._may_be_ending(opener, closer) else None
            if closing and closing.is_whole and self._is_plain_list(opener, closer, closing):
                found.append(Ending(opener, closer + 1, closing))
        return found

    def _is_plain_list(self, opener: int, closer: int, closing: Closing) -> bool:
        return (
            not _MENTIONED.search(self._text.shadow[max(0, opener - 4) : opener])
            and all(is_office(each.name.text) for each in closing.named)
            and self._text.after(closer + 1) in "。；\n"
        )

    def _last_sentence(self, start: int, end: int) -> list[Ending]:
        """「由A牵头，B配合。」 as the last sentence of a paragraph, if it says nothing else."""
        found = []
        for first, last in self._text.sentences(start, end):
            if self._text.after(last) != "\n" and self._text.shadow[last:end].strip():
                continue
            if not _SENTENCE_VERB.search(self._text.shadow[first:last]):
                continue
            closing = self._read(first, last)
            if closing and closing.is_whole and closing.has_verb and closing.names_whole_units:
                found.append(Ending(first, last, closing))
        return found

    def _last_clause(self, start: int, end: int) -> list[Ending]:
        """「关于……的问题，由A会同B等部门研究提出落实意见。」: the last clause says by whom."""
        last = max(self._text.sentences(start, end), default=None)
        clause = _BY_WHOM.search(self._text.shadow, *last) if last else None
        if not clause or self._text.enclosed[clause.start()] or not _VERBS.search(clause[0]):
            return []
        closing = self._read(*clause.span())
        sound = closing and closing.has_verb and not closing.doubts and all(each.name.is_unit for each in closing.named)
        return [Ending(*clause.span(), closing)] if closing and sound else []


def _start(ending: Ending) -> int:
    return ending.start
