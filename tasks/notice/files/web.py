"""A web page → its paragraphs and tables; what a browser doesn't show is left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from .contents import Block, Contents, Grid, GridBuilder
from .lines import BREAK, without_layout_breaks
from .plain import decoded

_UNSEEN = {
    *("head", "script", "style", "noscript", "template", "select", "textarea", "button", "svg", "math"),
    *("object", "iframe", "audio", "video", "canvas", "map", "rt", "rp", "title", "nav", "footer", "aside", "del"),
}
_EMPTY = {*("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")}
_INLINE = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "q",
        "ruby",
        "rb",
    ),
    *("s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "o:p", "st1:chsdate", "st1:personname"),
}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_CLOSED_BY = {"p": {"p"}, "li": {"li"}, "td": {"td", "th"}, "th": {"td", "th"}, "tr": {"tr", "td", "th"}}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CHINESE_ENCODINGS = {"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk"}
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|table|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_DEEPEST = 400
_SPACES = re.compile(r"[ \t\r\n\f]+")


def looks_like_page(text: str) -> bool:
    return bool(_PAGE.match(text[:4000]))


def page_text(data: bytes) -> str:
    """The page in the encoding that it names, else in the one in which it reads as prose."""
    named = _CHARSET.search(data[:4000])
    encoding = named[1].decode("ascii").lower() if named else ""
    if encoding in _CHINESE_ENCODINGS:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decoded(data)


def contents(data: bytes) -> Contents:
    reader = _Page()
    reader.feed(page_text(data))
    reader.close()
    return Contents(tuple(reader.blocks()))


class _Table:
    """A table that is being read: its rows, the lines of the open cell, and all that it holds one after another."""

    def __init__(self) -> None:
        self.builder = GridBuilder()
        self.has_row = False
        self.cell: tuple[int, int] | None = None
        self.lines: list[str] = []
        self.flow: list[Block] = []

    def start_row(self) -> None:
        self.end_cell()
        self.builder.start_row()
        self.has_row = True

    def start_cell(self, columns: int, rows: int) -> None:
        self.end_cell()
        if not self.has_row:
            self.start_row()
        self.cell = (columns, rows)

    def place(self, blocks: list[Block]) -> None:
        self.flow += blocks
        self.lines += [line for block in blocks for line in ([block] if isinstance(block, str) else block.lines())]

    def blocks(self) -> list[Block]:
        """The table; or what it holds, if it is a frame: of one cell, or around other tables."""
        self.end_cell()
        grid = self.builder.grid()
        is_frame = len(grid.cells) == 1 or any(isinstance(block, Grid) for block in self.flow)
        return self.flow if is_frame else [grid]

    def end_cell(self) -> None:
        if self.cell:
            self.builder.add("\n".join(self.lines), *self.cell)
        self.cell, self.lines = None, []


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each open element, and whether it is shown
        self._tables: list[_Table] = []
        self._links = 0
        self._has_own_words = False

    def blocks(self) -> list[Block]:
        while self._tables:
            self._place(self._tables.pop().blocks())
        self._end_line()
        return self._blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._words.append(BREAK)
        elif tag == "hr":
            self._end_line()
        if tag in _EMPTY:
            return
        while self._open and self._open[-1][0] in _CLOSED_BY.get(tag, set()):
            self.handle_endtag(self._open[-1][0])
        values = dict(attrs)
        shown = self._is_shown and tag not in _UNSEEN and not _is_hidden(values)
        if len(self._open) < _DEEPEST:
            self._open.append((tag, shown))
        if tag not in _INLINE and shown:
            self._end_line()
            self._start_structure(tag, values)

    def _start_structure(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "table":
            self._tables.append(_Table())
        elif self._tables and tag == "tr":
            self._tables[-1].start_row()
        elif self._tables and tag in ("td", "th"):
            self._tables[-1].start_cell(_span(values.get("colspan")), _span(values.get("rowspan")))

    def handle_endtag(self, tag: str) -> None:
        depth = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at][0] == tag), None)
        if depth is None:
            if tag == "p":
                self._end_line()
            return
        for name, shown in reversed(self._open[depth:]):
            if name in _INLINE or not shown:
                continue
            self._end_line()
            if name == "table" and self._tables:
                self._place(self._tables.pop().blocks())
            elif name in ("td", "th") and self._tables:
                self._tables[-1].end_cell()
        del self._open[depth:]

    def handle_data(self, data: str) -> None:
        if self._is_shown:
            if re.search(r"\w", data):
                is_link = any(name == "a" for name, _ in self._open)
                self._links += is_link
                self._has_own_words |= not is_link
            keeps_lines = any(name == "pre" for name, _ in self._open)
            self._words.append(data.replace("\n", BREAK) if keeps_lines else _SPACES.sub(" ", data))

    @property
    def _is_shown(self) -> bool:
        return not self._open or self._open[-1][1]

    def _end_line(self) -> None:
        """What is nothing but links leads elsewhere: it is the site's, not the notice's."""
        is_link = self._links and not self._has_own_words
        self._links, self._has_own_words = 0, False
        if is_link:
            self._words = []
        words = re.sub(r" *\x0b *", BREAK, "".join(self._words)).replace("\xad", "").strip(" \x0b")
        self._words = []
        if words:
            lines = [_SPACES.sub(" ", line) for line in without_layout_breaks(words).split("\n")]
            self._place([*filter(str.strip, lines)])

    def _place(self, blocks: list[Block]) -> None:
        if self._tables:
            self._tables[-1].place(blocks)
        else:
            self._blocks += blocks


def _is_hidden(values: dict[str, str | None]) -> bool:
    return "hidden" in values or bool(_HIDDEN_STYLE.search(values.get("style") or ""))


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.strip().isdecimal() and len(text) < 6 else 1
