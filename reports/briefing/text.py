"""A briefing is a text whose figures are fields of its paragraphs, with the tables of its appendix. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

FIELD = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
TYPED = re.compile(r"\d+(?:\.\d+)?%?")
NUMBER = "number"  # the paragraph that holds the issue's


class Style(StrEnum):
    """The kinds of paragraph that GB/T 9704 sets apart."""

    TITLE = "title"
    ADDRESSEE = "addressee"
    HEADING_1 = "heading_1"
    HEADING_2 = "heading_2"
    BODY = "body"
    ITEM = "item"
    APPENDED = "appended"
    SIGNATURE = "signature"


class WordingError(Exception):
    """The wording can't stand; the message says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: `wording` holds fields in braces, `figures` what each of them says, and `key` names it for good.

    `composed` is the wording that the product suggests; a paragraph without a key is no one's to word.
    """

    style: Style
    wording: str
    figures: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    composed: str = ""

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)

    @property
    def parts(self) -> Iterator[tuple[str, bool]]:
        """The text is taken to pieces, each with whether it is a figure."""
        last = 0
        for match in FIELD.finditer(self.wording):
            if match.start() > last:
                yield self.wording[last : match.start()], False
            yield self.figures[match[1]], True
            last = match.end()
        if last < len(self.wording):
            yield self.wording[last:], False

    @property
    def is_reworded(self) -> bool:
        return self.wording != self.composed


@dataclass(frozen=True, slots=True)
class Appendix:
    """A table of the 附件: `widths` are in millimetres, `numeric` are the columns that are set to the right."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Briefing:
    """A whole briefing: `number` is 「第3期」 as a coordinator gave it, or an empty one to fill in."""

    masthead: str
    number: Paragraph
    office: str
    dated: str
    paragraphs: Sequence[Paragraph]
    tables: Sequence[Appendix]
    source: str
    is_demo: bool

    @property
    def open_paragraphs(self) -> list[Paragraph]:
        """The paragraphs that coordinators may word."""
        return [paragraph for paragraph in (self.number, *self.paragraphs) if paragraph.key]


def check_wording(wording: str, figures: Mapping[str, str]) -> str:
    """Returns the wording as it is kept, on one line, with half-width braces. A field may be left out, none invented.

    Raises WordingError.
    """
    wording = re.sub(r"[\r\n\t]+", " ", wording).strip()
    if not wording:
        raise WordingError("请填写措辞；整段不用的，可恢复系统拟稿。")
    unknown = [name for name in FIELD.findall(wording) if name not in figures]
    if unknown:
        raise WordingError(f"没有名为“{unknown[0]}”的数据项；数据项只能取自本段原有的。")
    wording = FIELD.sub(r"{\1}", wording)
    if re.search(r"[{}｛｝]", FIELD.sub("", wording)):
        raise WordingError("花括号没有成对，数据项应写作“{名称}”。")
    return wording


def typed_numbers(wording: str) -> list[str]:
    """Finds numbers that are typed and not fields: nobody keeps them true."""
    return TYPED.findall(FIELD.sub("", wording))
