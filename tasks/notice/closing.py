"""Where a plan ends: before its signature, its annexes, and the paragraphs that close it."""

from __future__ import annotations

import re

from .endings import Endings
from .header import DATE
from .markers import Node
from .text import Text

_AFTER_THE_PLAN = re.compile(
    r"\n *附 *(?:件|表|录) *\d*[：\n]|(?<=[。）]) *附 *件 *\d*：|（ *此件[^（）]{0,20}）"
    r"|\n *(?:抄送|主题词|责任编辑|扫一扫|相关链接|相关解读|相关文件"
    r"|政策解读|打印本页|分享到|解读链接|信息来源)"
)
_CLOSING_PARAGRAPH = re.compile(
    r"\n *(?:各|省直|市直|省级|市级|有关|本(?:方案|意见|通知|计划|办法|措施|行动|文件)|以上|上述"
    r"|国务院|省政府)(?:地|市|县|区|级|有关|部门|单位|相关|牵头|责任|省|[^\n，。]{0,20}?)[^\n]{0,60}?"
    r"(?:要|应|应当|须|必须|请|自|施行|实施|执行)"
)
_TAKES_EFFECT = re.compile(
    r"(?<=[。）】〕\]])\s*本(?:方案|意见|通知|计划|办法|措施|行动|文件|要点)自[^。]{0,40}(?:施行|实施|执行)"
)


def close(page: Text, endings: Endings, roots: list[Node], issuer: str) -> None:
    """Take signature, annexes and closing paragraphs off the last heading; an ending is never cut off by a phrase."""
    limit = roots[-1].end
    annexes = _AFTER_THE_PLAN.search(page.shadow, roots[-1].body, limit)
    if annexes:
        limit = annexes.start()
        roots[-1].cut(limit)
    last = roots[-1]
    while last.children:
        last = last.children[-1]
    cuts = [_signature_start(page, match.start(), issuer) for match in DATE.finditer(page.shadow, last.body, limit)]
    limit = min([cut for cut in cuts if cut > last.body], default=limit)
    answered = endings.within(last.body, limit)
    behind = max(_end_of_first_paragraph(page, endings, last.body, limit), answered[-1].end if answered else 0)
    closing = _CLOSING_PARAGRAPH.search(page.shadow, min(behind, limit), limit)
    effect = _TAKES_EFFECT.search(page.shadow, answered[-1].end - 1 if answered else last.body, limit)
    roots[-1].cut(min([limit, *(match.start() for match in (closing, effect) if match)]))


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
