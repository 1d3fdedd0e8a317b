"""The notice's text and its shadow: a copy of the same length in which spellings of one sign are one sign.

Rules are matched on the shadow, and what they find is cut out of the source: an offset means the same in both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property

CLOSERS = {
    "（": "）",
    "《": "》",
    "〈": "〉",
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "【": "】",
    "[": "]",
    "〔": "〕",
}
SENTENCE_ENDS = "。！？"

_SAME = {
    **{chr(0xFF10 + n): str(n) for n in range(10)},
    **dict(zip("(﹙⑴", "（（⑴", strict=True)),
    **dict(zip(")﹚", "））", strict=True)),
    **dict(zip(",﹐:﹕︰;﹔?!｡．﹒", "，，：：：；；？！。..", strict=True)),
    **dict(zip("［］﹝﹞", "[]〔〕", strict=True)),
    **dict(zip("\t\r\xa0\u3000\u2002\u2003", " " * 6, strict=True)),
    **dict(zip("\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029", "\n" * 9, strict=True)),
}
_TABLE = str.maketrans(_SAME)
_QUOTE_REACH = 300  # a quotation or bracket longer than this was never closed
_BRACKETED_LABEL = re.compile(
    r"(?:^|(?<=[\n。；！ ）】\]〕]))[【\[〔](?P<label>"
    r"(?:牵头|主办|主责|责任|负责|配合|协办|协助|参与|参加|承办|落实|实施|完成)[\u4e00-\u9fff]{0,4}"
    r"(?:单位|部门|领导|人|时限|时间|期限)|时间节点|完成时限)[】\]〕](?P<colon>：?)(?=[^\n]|\n *[\u4e00-\u9fff])"
)
_LABELLED_LINE = re.compile(r"\n\s*(?:牵头|主办|责任|负责|配合|协办|协助|参与|参加|完成|时限)[^\n：，。（）]{0,8}：")
_BEGINS_ENDING = re.compile(r".(?:[^。：]{2,8}：|[^。：]{2,60}?(?:[厅局委办部]|政府)[、，；])")
_ENDS_ENDING = re.compile(r"[^（）\n]{0,300}(?:负责|牵头|配合|落实|参与)[^（）\n]{0,30}[）\]】〕]")
_MARKER_LINE = re.compile(r" *(?:（?[一二三四五六七八九十]+[）、.]|（?\d{1,3}[.、）]|第[一二三四五六七八九十]+[章部])")


def as_one_spelling(source: str) -> str:
    """The same length, with one sign for all spellings of it."""
    return source.translate(_TABLE)


class Text:
    """Source and shadow, and what only the signs say: pairs, paragraphs, sentences.

    `line_of` tells a problem's line; in a text from which line ends were taken out, it's not to be counted here.
    """

    def __init__(self, source: str, line_of: Callable[[int], int] | None = None) -> None:
        self.source = source
        self._line_of = line_of
        shadow = as_one_spelling(source)
        shadow = re.sub(r"(?<=\d)，(?=\d{3})", ",", shadow)
        shadow = _BRACKETED_LABEL.sub(lambda match: f" {match['label']}：{' ' * len(match['colon'])}", shadow)
        self.shadow = shadow

    @cached_property
    def pairs(self) -> dict[int, int]:
        """Offset of every bracket or quotation mark that is closed within its paragraph → of its closer."""
        pairs: dict[int, int] = {}
        stack: list[int] = []
        for at, char in enumerate(self.shadow):
            if char == "\n":
                if not self._goes_on(stack, at):
                    stack.clear()
            elif char in CLOSERS:
                stack.append(at)
            elif char in "）》〉”’」』】]〕":
                self._close(stack, at, pairs)
            elif char == '"':
                self._toggle_straight_quote(stack, at, pairs)
        return pairs

    @cached_property
    def closers(self) -> frozenset[int]:
        return frozenset(self.pairs.values())

    def _goes_on(self, stack: list[int], at: int) -> bool:
        """A bracket may hold several lines: the names of units, and who does what."""
        if not stack or self.shadow[stack[-1]] not in "（【[〔" or _MARKER_LINE.match(self.shadow, at + 1):
            return False
        begins = _BEGINS_ENDING.match(self.shadow, stack[-1], at) and self.before(at) not in SENTENCE_ENDS
        return bool(
            begins
            or self.before(at) in "、，；"
            or _LABELLED_LINE.match(self.shadow, at)
            or (self.before(stack[-1]) in SENTENCE_ENDS and _ENDS_ENDING.match(self.shadow, at + 1))
        )

    def _close(self, stack: list[int], at: int, pairs: dict[int, int]) -> None:
        for depth in range(len(stack) - 1, max(-1, len(stack) - 6), -1):
            if CLOSERS.get(self.shadow[stack[depth]]) == self.shadow[at]:
                if at - stack[depth] <= _QUOTE_REACH * (4 if self.shadow[at] in "）】]" else 1):
                    pairs[stack[depth]] = at
                del stack[depth:]
                return

    def _toggle_straight_quote(self, stack: list[int], at: int, pairs: dict[int, int]) -> None:
        if stack and self.shadow[stack[-1]] == '"' and at - stack[-1] < 60:
            pairs[stack.pop()] = at
        else:
            stack.append(at)

    @cached_property
    def enclosed(self) -> bytearray:
        """1 for every character that stands inside a pair."""
        flags = bytearray(len(self.shadow))
        reached = 0
        for opener in sorted(self.pairs):
            first, last = max(opener + 1, reached), self.pairs[opener]
            if last > first:
                flags[first:last] = b"\x01" * (last - first)
            reached = max(reached, last)
        return flags

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\n", self.source))]

    def line(self, offset: int) -> int:
        return self._line_of(offset) if self._line_of else bisect_right(self._line_starts, offset)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.shadow[start].isspace():
            start += 1
        while end > start and self.shadow[end - 1].isspace():
            end -= 1
        return start, end

    def clean(self, start: int, end: int) -> str:
        """The slice on one line: no line breaks, and no spaces beside Chinese characters."""
        words = self.one_line(start, end).split(" ")
        line = words[0]
        for word in words[1:]:
            line += f" {word}" if (line[-1:] + word[:1]).isascii() else word
        return line

    def one_line(self, start: int, end: int) -> str:
        """The slice with its line breaks taken out, and one space for any number of blanks."""
        lines = re.split(r"[\r\n\x0b\x0c\x1c-\x1f\x85\u2028\u2029]", self.source[start:end])
        return "".join(re.sub(r"\s+", " ", line).strip() for line in lines)

    def before(self, offset: int) -> str:
        """The last character before the offset that is no blank; the text's start counts as a line end."""
        at = offset - 1
        while at >= 0 and self.shadow[at] == " ":
            at -= 1
        return self.shadow[at] if at >= 0 else "\n"

    def after(self, offset: int) -> str:
        at = offset
        while at < len(self.shadow) and self.shadow[at] == " ":
            at += 1
        return self.shadow[at] if at < len(self.shadow) else "\n"

    def sentences(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Trimmed (start, end) of every sentence; full stops within quotations and brackets end none."""
        begin = start
        for at in range(start, end):
            if self.shadow[at] == "\n" or (self.shadow[at] in SENTENCE_ENDS and not self.enclosed[at]):
                yield from self._nonempty(begin, at + 1)
                begin = at + 1
        yield from self._nonempty(begin, end)

    def _nonempty(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        start, end = self.trim(start, end)
        if end > start and re.search(r"\w", self.shadow[start:end]):
            yield start, end
