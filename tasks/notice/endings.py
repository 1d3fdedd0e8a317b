"""Where an item says who answers for it: in brackets, behind a label, or in its last sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from .agencies import names_an_office
from .responsibility import Closing, read_closing
from .text import SENTENCE_ENDS, Text

_COLON = r"(?:：|(?: +| *\n[ \n]*)(?=[省市县区国中各自团]))"  # a table's cell stands on a line of its own
_LABEL = (
    r"(?:[（【\[]?(?:牵头|主办|主责|首责|责任|负责|承办|实施|落实|主管|配合|协办|协同|协助|参与|参加|会同)[^，。；：\n（）]{0,12}?"
    r"(?:单位|部门|机构|处室|地区|科室|领导|责任人|部委|主体)[^，。；：\n（）]{0,6}?"
    rf"{_COLON}|(?:主办|协办|责任人|分管领导|牵头|配合|责任分工|任务分工|职责分工)：)"
)
_LABEL_START = re.compile(rf"(?:(?<=[。；！\n])|(?<=）)|(?<=\d[.、])|^) {{0,20}}(?:——|—|-|●|◆|\*)?(?P<label>{_LABEL})")
_MORE_LABELS = re.compile(
    rf"[ \n]*(?:——|—|-|●|◆|\*)?(?:{_LABEL}|(?:完成时限|完成时间|时间节点|时限要求|责任人"
    r"|时限|时间要求|进度安排)：)"
)
_REMARK = re.compile(r" *(?:注|备注|说明|来源|资料来源|此件)")
_VERBS = re.compile(r"牵头|负责|配合|协助|协办|参与|参加|落实|主办|承担|会同|实施")
_BY_WHOM = re.compile(r"(?<=[，：；])由[^。！？\n]{2,150}(?:。|$)")
_SENTENCE_VERB = re.compile(r"(?:负责|牵头|配合|落实|参与|参加|协助|组织实施)(?:。|；|$)")


@dataclass(frozen=True)
class Ending:
    start: int
    end: int
    closing: Closing


class Endings:
    """The endings of one text; the tree of headings asks about the same places again and again."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._openers = sorted(at for at in text.pairs if text.shadow[at] in "（【[〔" and not text.enclosed[at])
        self._known: dict[tuple[int, int], list[Ending]] = {}

    def within(self, start: int, end: int) -> list[Ending]:
        """Every ending between the two offsets, in order."""
        if (start, end) not in self._known:
            found = self._bracketed(start, end)
            found += [each for each in self._labelled(start, end) if not _overlaps(each, found)]
            found = found or self._last_sentence(start, end) or self._last_clause(start, end)
            self._known[start, end] = sorted(found, key=lambda ending: ending.start)
        return self._known[start, end]

    def _openers_within(self, start: int, end: int) -> list[int]:
        return self._openers[bisect_left(self._openers, start) : bisect_left(self._openers, end)]

    def _bracketed(self, start: int, end: int) -> list[Ending]:
        found = []
        for opener in self._openers_within(start, end):
            closer = self._text.pairs[opener]
            if closer >= end:
                continue
            closing = self._read(opener + 1, closer)
            if closing and self._is_ending(opener, closer, closing, end):
                found.append(Ending(opener, closer + 1, closing))
        return found

    def _read(self, start: int, end: int) -> Closing | None:
        return read_closing(self._text.shadow[start:end], self._text.source[start:end])

    def _is_ending(self, opener: int, closer: int, closing: Closing, limit: int) -> bool:
        """It closes a sentence or the item; without a verb it has to be a plain list after a full stop."""
        before, after = self._text.before(opener), self._text.after(closer + 1)
        is_sure = not closing.doubts or any(each.name.text[-1] in "部委厅局署办" for each in closing.named)
        closes = before in SENTENCE_ENDS + "；\n）】”" or (
            is_sure and (after in "。；\n（" or not self._text.shadow[closer + 1 : limit].strip())
        )
        if closing.has_verb:
            return closes
        return (
            closing.is_whole
            and before in SENTENCE_ENDS + "\n"
            and all(len(each.name.text) > 2 for each in closing.named)
        )

    def unread(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where a bracket at a paragraph's end, or a label, names an office, but nothing could be read from it."""
        spans = [
            (at, self._text.pairs[at] + 1)
            for at in self._openers_within(start, end)
            if not _REMARK.match(self._text.shadow, at + 1)
            and self._text.before(at) in SENTENCE_ENDS + "\n）"
            and self._text.after(self._text.pairs[at] + 1) in "。\n（"
        ]
        spans += [
            (match.start("label"), self._end_of_labels(match.end("label"), end))
            for match in _LABEL_START.finditer(self._text.shadow, start, end)
            if not self._text.enclosed[match.start("label")]
        ]
        known = self.within(start, end)
        return [
            (first, last)
            for first, last in spans
            if names_an_office(self._text.shadow[first:last])
            and not any(ending.start < last and first < ending.end for ending in known)
        ]

    def _labelled(self, start: int, end: int) -> list[Ending]:
        """「责任单位：A、B。」 on its own line or after a sentence; labels that follow belong to it."""
        found = []
        at = start
        while match := _LABEL_START.search(self._text.shadow, at, end):
            first = match.start("label")
            first, last = self._text.trim(first, self._end_of_labels(match.end("label"), end))
            closing = None if self._text.enclosed[first] else self._read(first, self._without_stray_closer(last))
            if closing:
                found.append(Ending(first, last, closing))
            at = max(last, match.end())
        return found

    def _without_stray_closer(self, end: int) -> int:
        """A bracket that was opened in another paragraph is left out."""
        stray = self._text.shadow[end - 1] in "）】]〕" and end - 1 not in self._text.pairs.values()
        return end - 1 if stray else end

    def _end_of_labels(self, start: int, limit: int) -> int:
        at = start
        while True:
            stop = re.compile(r"[。\n]").search(self._text.shadow, at, limit)
            if not stop:
                return self._text.trim(start, limit)[1]
            if self._text.before(stop.start()) in "、，":
                at = stop.end()
                continue
            more = _MORE_LABELS.match(self._text.shadow, stop.end(), limit)
            if not more:
                return stop.start() + (self._text.shadow[stop.start()] == "。")
            at = more.end()

    def _last_sentence(self, start: int, end: int) -> list[Ending]:
        """「由A牵头，B配合。」 as the last sentence of a paragraph, if it says nothing else."""
        found = []
        for first, last in self._text.sentences(start, end):
            if self._text.after(last) != "\n" and self._text.shadow[last:end].strip():
                continue
            if not _SENTENCE_VERB.search(self._text.shadow[first:last]):
                continue
            closing = self._read(first, last)
            if closing and closing.is_whole and closing.has_verb and not closing.doubts:
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


def _overlaps(ending: Ending, others: list[Ending]) -> bool:
    return any(ending.start < other.end and other.start < ending.end for other in others)
