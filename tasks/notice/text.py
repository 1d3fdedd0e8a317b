"""The notice's text and its shadow: a copy of the same length in which spellings of one sign are one sign.

Rules are matched on the shadow, and what they find is cut out of the source: an offset means the same in both.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

SOFT_BREAK = "\x1f"  # stands for a line end in the middle of a sentence; `\s` matches it, a line rule doesn't
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
_RADICALS = str.maketrans(
    {
        **{
            chr(code): unicodedata.normalize("NFKC", chr(code))
            for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFADA))
        },
        **dict(
            zip(
                "⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⼾",
                "西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟户",
                strict=True,
            )
        ),
    }
)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff]")
_QUOTE_REACH = 300  # a quotation or bracket longer than this was never closed
_BRACKETED_LABEL = re.compile(
    r"(?:^|(?<=[\n。；！ ）】\]〕]))[【\[〔](?P<label>"
    r"(?:牵头|主办|主责|责任|负责|配合|协办|协助|参与|参加|承办|落实|实施|完成)[\u4e00-\u9fff]{0,4}"
    r"(?:单位|部门|领导|人|时限|时间|期限)|时间节点|完成时限)[】\]〕](?P<colon>：?)(?=[^\n]|\n *[\u4e00-\u9fff])"
)
_LABELLED_LINE = re.compile(r"\n\s*(?:牵头|主办|责任|负责|配合|协办|协助|参与|参加|完成|时限)[^\n：，。（）]{0,8}：")
_BEGINS_ENDING = re.compile(r".(?:[^。：]{2,8}：|[^。：]{2,60}?(?:[厅局委办部]|政府)[、，；])")
_LABEL_FIRST = re.compile(r" *[\u4e00-\u9fff]{2,10}：")
_MARKER_LINE = re.compile(r" *(?:（?[一二三四五六七八九十]+[）、.]|（?\d{1,3}[.、）]|第[一二三四五六七八九十]+[章部])")


def legible(source: str) -> tuple[str, list[int] | None]:
    """The text as it reads, and where each of its characters stands in the source; None: everywhere at the same place.

    Radicals that look like a character are that character; signs that nobody sees (joiners, soft hyphens) are nothing.
    """
    source = source.translate(_RADICALS)
    if not _INVISIBLE.search(source):
        return source, None
    kept = [at for at, char in enumerate(source) if not _INVISIBLE.match(char)]
    return "".join(source[at] for at in kept), [*kept, len(source)]


class Text:
    """Source and shadow, and what only the signs say: pairs, paragraphs, sentences."""

    def __init__(self, source: str) -> None:
        self.source = source
        shadow = source.translate(_TABLE)
        shadow = re.sub(r"(?<=\d)，(?=\d{3})", ",", shadow)
        shadow = _BRACKETED_LABEL.sub(lambda match: f" {match['label']}：{' ' * len(match['colon'])}", shadow)
        self.shadow = _soften_hard_wraps(shadow)

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
        return bool(begins or self.before(at) in "、，；" or _LABELLED_LINE.match(self.shadow, at))

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
        return bisect_right(self._line_starts, offset)

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
        while at >= 0 and self.shadow[at] in (" ", SOFT_BREAK):
            at -= 1
        return self.shadow[at] if at >= 0 else "\n"

    def after(self, offset: int) -> str:
        at = offset
        while at < len(self.shadow) and self.shadow[at] in (" ", SOFT_BREAK):
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


def _width(lines: list[str], width: int, share: float) -> int:
    """The width at which the text was wrapped, if that share of its lines is full and breaks off; else 0."""
    full = [line for line in lines if len(line.strip()) >= width - 3 and not _LABEL_FIRST.match(line)]
    broken = [line for line in full if line.rstrip()[-1:] not in "。！？；：）"]
    printed = sum(1 for line in lines if line.strip())
    is_wrapped = 18 <= width <= 60 and len(full) >= max(4, printed * share) and len(broken) >= len(full) * 0.6
    return width if is_wrapped else 0


def _soften_hard_wraps(shadow: str) -> str:
    """Turn line ends in the middle of sentences into soft ones, if the text was wrapped at a fixed width."""
    lines = shadow.split("\n")
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    if len(lengths) < 12:
        return shadow
    width = _width(lines, lengths[int(len(lengths) * 0.9)], 0.4) or _width(lines, lengths[-1], 0.15)
    if not width:
        return shadow
    out = [lines[0]]
    for previous, line in pairwise(lines):
        ends = (
            len(previous.strip()) < width - 3
            or not line.strip()
            or line.startswith("  ")
            or _MARKER_LINE.match(line)
            or _LABEL_FIRST.match(line)
        )
        out += ["\n" if ends else SOFT_BREAK, line]
    return "".join(out)
