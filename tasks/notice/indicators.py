"""Targets with a number: 「新增名牌170个」 says name, number and unit.

Precision before recall: a number that is no target (首批14个, 第三届, 2016年) is worse than one that is missed.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from decimal import Decimal

from tasks.rules.numerals import numeral_value

from .model import Indicator
from .text import Text

_UNIT = (
    r"(?:个百分点|万[个家件座次处条只头]|个|家|件|项|期|场次|场|次|万人次|人次|万人|万名|人|名|万户|户|万亩|亩|万公里|公里|千米|万亿元|亿元|万元|亿美元|万美元|元"
    r"|万千瓦|亿千瓦|千瓦|万吨|亿吨|吨|万平方米|平方米|平方公里|公顷|万套|套|万台|台|万辆|辆|座|处|所|条|张|只|头|艘|架|篇|部|种|款|对|班|支|%|％)"
)
_NUM = r"(?P<num>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_VERB = (
    r"(?:新增|新认定|新培育|新建成|新建|新创建|新创|培育|培养|培训|建成|建设|创建|举办"
    r"|组织举办|引进|打造|认定|评选|选树"
    r"|遴选|创成|完成|改造|扶持|制定|制修订|制订|修订|发展|争创"
    r"|实施|开展|达到|突破|组建)"
)
_REACH = (
    r"(?:达到|达|突破|超过|不少于|不低于|提高到|提升到|增加到|扩大到|稳定在"
    r"|保持在|控制在|压缩到|压缩至|降低到|降至|下降到|增长到|实现)"
)
_QUOTED = r"“[^”]{1,20}”|（[^（）]{1,20}）"
_NAME = (
    rf"(?P<name>(?:[\u4e00-\u9fffA-Za-z+]|{_QUOTED})"
    rf"(?:[\u4e00-\u9fffA-Za-z+·-]|{_QUOTED}){{0,29}}?)"
)
_ABOUT = r"(?:以上|左右|以内|余)?"
_END = r"(?=[，。；、！\n和及）]|$)"
_NAME_FIRST = re.compile(rf"{_NAME}{_NUM}(?P<unit>{_UNIT}){_ABOUT}{_END}")
_COUNT_FIRST = re.compile(
    rf"{_VERB}(?P<num>\d+|[一二三四五六七八九十]{{1,3}})(?P<unit>期|场|次|家|件|项|个|名|所|座|条|处|套){_ABOUT}{_NAME}(?=[，。；、！\n]|$)"
)
_REACHED = re.compile(rf"{_NAME}(?:分别|总体|均|力争)?{_REACH}{_NUM}(?P<unit>{_UNIT}){_ABOUT}{_END}")
_LIST_VERB = re.compile(rf"{_VERB}(?=[\u4e00-\u9fffA-Za-z“])")
_NO_NAME = re.compile(
    r"^(?:替代|改造|改建|新建|扩建|新增|建设|完成|实现|投入|修订|分别|均|各|总数|累计|共计)$"
    r"|^(?:第|首批|前|其中|每|约|近|超|至|到|共|和|及|的|了|等|年|月|日|一批)|\d"
    r"|(?:第|首批|前|每|约|近|共|至少|不少于|其中|到|在|年|至|不|最高|最低|最多|给予|安排)$|[并且还将可]$"
    r"|给予|奖励|奖补|补助|补贴|罚款|不超过|不低于|不少于|上年|同期|同比"
)
_WORD_GOES_ON = string.ascii_letters + string.digits + "."
_DEED = re.compile(r"(?:完成|实现|新增|新建|改建|惠及|资助|选派|引进|力争|确保|累计)(?=[\u4e00-\u9fff“]{2})")


def find_indicators(text: Text, start: int, end: int) -> tuple[Indicator, ...]:
    """Indicators of text[start:end], in order, none overlapping another."""
    found: list[Indicator] = []
    for first, last in text.sentences(start, end):
        for indicator in sorted(_in_sentence(text, first, last), key=lambda each: each.start):
            if not found or indicator.start >= found[-1].end:
                found.append(indicator)
    return tuple(found)


def _in_sentence(text: Text, start: int, end: int) -> Iterator[Indicator]:
    for verb in _LIST_VERB.finditer(text.shadow, start, end):
        if not text.enclosed[verb.start()]:
            yield from _listed(text, verb.end(), end)
    for match in _COUNT_FIRST.finditer(text.shadow, start, end):
        yield from _indicator(text, match)
    for match in _REACHED.finditer(text.shadow, start, end):
        if (
            text.shadow[match.start() - 1] not in "、和及"
        ):  # 「马铃薯种植、收获机械化率」: half a name is worse than none
            yield from _indicator(text, match)


def _listed(text: Text, start: int, end: int) -> Iterator[Indicator]:
    """「新增A5家、B170个、C400件」: one verb, many targets."""
    at = start
    while match := _NAME_FIRST.match(text.shadow, at, end):
        yield from _indicator(text, match)
        if match.end() >= end or text.shadow[match.end()] not in "、，和及":
            return
        at = match.end() + 1


def _indicator(text: Text, match: re.Match[str]) -> Iterator[Indicator]:
    start, end = match.span("name")
    deed = _DEED.match(text.shadow, start, end)  # 「，完成投资800亿元」: the name is 「投资」
    start = deed.end() if deed else start
    name = text.clean(start, end)
    target = _target(match["num"])
    is_half = start > 0 and text.shadow[start - 1] in _WORD_GOES_ON  # 「5G通达率」
    if target is None or _NO_NAME.search(name) or text.enclosed[start] or len(name) < 2 or is_half:
        return
    if start < match.start("num"):
        yield Indicator(name, target, match["unit"], start, match.end("unit"))
    elif match["unit"] != "个" or match["num"].isascii():  # 「一个中心」 is a slogan
        yield Indicator(name, target, match["unit"], match.start("num"), end)


def _target(numeral: str) -> int | Decimal | None:
    plain = numeral.replace(",", "")
    if plain.isascii():
        return Decimal(plain) if "." in plain else int(plain)
    return numeral_value(plain)
