"""Words that say until when (6月底前, 第三季度, 每月, 长期坚持) → a day, a recurrence, or no end.

底前, 底, 末 and a month alone mean its last day; a term without a year takes the one that was named before it, else the
plan's. Nothing here knows about the notice: words in, values out.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.rules.numerals import digits_value, numeral_value

_MONTH = r"(?P<m>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?P<d>[12]\d|3[01]|0?[1-9]|[一二]?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])"
_YEAR = r"(?:20\d\d年?[—–~至到-]{1,2})?(?P<y>20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})"
_DATED = re.compile(
    rf"(?P<until>到|至|截止)?(?:{_YEAR} ?年 ?|(?P<next>明年|次年|翌年)|今年|本年度?|当年)?"
    rf"(?:(?P<range>(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})(?:月份?)?(?:[至到—–~-]+))?{_MONTH}月(?:份)?"
    rf"(?:{_DAY} ?日|(?P<part>上旬|中旬|下旬|底|末))?(?!度|[\d均嫂票薪牙饼])"
    r"|前?(?:第?[一二三四1-4](?:[至、—-]))?第?(?P<q>[一二三四1-4])个?季度(?P<qend>末|底)?"
    r"|(?P<half>上半年|下半年)(?P<hend>末|底)?"
    r"|(?P<year>(?:(?<=20\d\d年)|(?<=[〇○零一二三四五六七八九]{2}年)|(?<=[今本当明次翌]年)|(?<=年度)"
    r"|(?<![\d一二三四五六七八九十两几多近百半每])年度?)年?(?:底|末|终|内)(?!容)"
    r"|(?<=20\d\d年)(?:度内?|全年)?|(?<=今年|本年)|(?<=本年度)|全年))"
    r"(?P<before>之前|以前|前)?(?P<since>起|以来|开始|后)?"
)
_NUMERIC = re.compile(r"(?P<y>20\d\d)[-./](?P<m>1[0-2]|0?[1-9])(?:[-./](?P<d>[12]\d|3[01]|0?[1-9]))?(?!\d)")
_RECURS = re.compile(
    r"(?:每个?|按|逐)(?P<every>半年|年度?|季度?|月度?|周|旬)(?:度)?(?:(?:初|底|末|终|中旬|上旬|下旬|\d{1,2}月)?(?:\d{1,2}日)?(?:底|末)?(?:之?前)?)"
)
_PERIODS = {"周": "week", "旬": "month", "月": "month", "季": "quarter", "半": "half-year", "年": "year"}
_ENDLESS = re.compile(r"长期|持续|常态化|常态|经常性|常年|日常")
_ENDLESS_PIECE = re.compile(
    r"(?:并|且|需|要)?(?:(?:长期|持续|常态化?|经常性?|日常|不断)(?:地|性)?){1,2}(?:坚持|推进|实施|开展|执行|落实|抓好|推动|完善|进行|优化|深化|提升|巩固|加强|跟进|任务|工作|性工作|做好)*"
)
_AFTER_ISSUE = re.compile(
    r"(?:(?:自|从)?[^，。；]{0,12}(?:印发|发布|下发|公布|出台)(?:之日|后|起|之后|之日起)*|^)(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3}|半)(?:个)?(?P<unit>月|日|天|年)(?:之|以)?内"
)
_NOW = re.compile(r"立即|即时|即知即改|立行立改|马上|适时|随时|按时|另行|视情|尽快|及时")
_RECURRING_DEED = (
    r"(?=至少|不少于|末|底|初|\d+日|召开|开展|通报|报送|调度|组织|报告|汇总|公布|发布|分析|研究|督查|检查|更新|"
    r"定期|集中|形成|总结|统计|监测|公示|梳理|听取|向|对|[一二两三\d]+次|牵头|将|，|。|；|$)"
)
_RECURS_IN_PROSE = re.compile(
    rf"每个?(?P<every>半年|季度?|月|周)(?:度)?(?:末|底|初)?(?:\d{{1,2}}日)?前?{_RECURRING_DEED}"
)


_BEGINS_TERM = re.compile(rf"(?:并|应|需|要|力争|确保|原则上)?(?:于|在|到|至|自)?(?:{_DATED.pattern})")
_LONGEST_TERM = 40
_DONE = re.compile("(?:基本|全面|全部)?(?:完成|建成|竣工|投产|通车|投用|投入使用|印发|出台|上线|交付|开工)")
_COUNTED = re.compile("新增|净增|增加|累计")
_NOTHING_ELSE = re.compile("(?:基本|全面|全部|持续|长期)*(?:完成|实施|启动|落实|建成|推进|坚持)*")


@dataclass(frozen=True)
class Term:
    """Where it stands in the words that were searched, and what it means; neither day nor recurrence: no end."""

    start: int
    end: int
    on: date | None = None
    recurs: str | None = None
    is_plain: bool = True  # False: what it means could not be worked out


@dataclass(frozen=True)
class Years:
    """What a term without a year goes by: the plan's year, and the day of issue, before which no term ends."""

    plan: int | None
    issued_on: date | None = None

    def of(self, month: int, day: int) -> date | None:
        """That day in the plan's year; where only the day of issue tells it, the next such day."""
        if self.plan is not None:
            return date(self.plan, month, min(day, monthrange(self.plan, month)[1]))
        if self.issued_on is None:
            return None
        year = self.issued_on.year
        value = date(year, month, min(day, monthrange(year, month)[1]))
        return value if value >= self.issued_on else date(year + 1, month, min(day, monthrange(year + 1, month)[1]))


def plan_years(title: str, issued_on: date | None) -> Years:
    """The year that a plan's title names; a span of years (2023—2025年) leaves its terms to the day of issue."""
    years = {int(year) for year in re.findall(r"(20\d\d)(?=年|[-—–~至到])", title)}
    if len(years) == 1:
        return Years(years.pop(), issued_on)
    return Years(None, issued_on or (date(min(years), 1, 1) if years else None))


def is_term(piece: str) -> bool:
    """Whether a piece between commas says until when, and nothing of who. A day from which on is none."""
    if _ENDLESS_PIECE.fullmatch(piece) or _AFTER_ISSUE.match(piece) or _NUMERIC.match(piece):
        return True
    if _RECURS.match(piece):
        return len(piece) <= _LONGEST_TERM
    first = _BEGINS_TERM.match(piece)
    return first is not None and not first["since"] and len(piece) <= _LONGEST_TERM


def is_only_term(words: str) -> bool:
    """Whether a whole sentence says nothing but until when."""
    if _ENDLESS_PIECE.fullmatch(words) or _NUMERIC.fullmatch(words):
        return True
    first = _BEGINS_TERM.match(words) or _RECURS.match(words)
    return bool(first and _NOTHING_ELSE.fullmatch(words, first.end()))


def find_dated(words: str) -> Iterator[tuple[int, int]]:
    """Where a month, a quarter or a year with 底 or 前 is named."""
    for match in _DATED.finditer(words):
        if match["m"] or match["q"] or match["half"] or match["before"] or (match["year"] and match["y"]):
            yield match.span()


def dated(words: str, years: Years, *, in_prose: bool) -> Iterator[Term]:
    """The terms with a day, in order. In prose a month or a year alone is none, nor what lies before the issue."""
    named: int | None = None
    for match in [*_DATED.finditer(words), *_NUMERIC.finditer(words)] if not in_prose else _DATED.finditer(words):
        is_dated = match.re is _DATED
        if match["y"]:
            named = int(match["y"]) if match["y"].isascii() else digits_value(match["y"])
        if is_dated and (match["since"] or (in_prose and not _is_term_in_prose(match, words))):
            continue
        on = _day(match, named, years, is_dated=is_dated)
        if in_prose and on and years.issued_on and on < years.issued_on:
            continue
        yield Term(match.start(), match.end(), on, is_plain=on is not None)


def _is_term_in_prose(match: re.Match[str], words: str) -> bool:
    if re.search(r"截至|比|较|从|自|每年$", words[max(0, match.start() - 2) : match.start()]):
        return False
    within = (match["year"] or "").endswith("内")
    if within and _COUNTED.match(words, match.end()):
        return False  # 「年度内新增170个」 says what a target counts, and no task's end
    bounded = match["before"] or within
    if match["y"] or match["m"] or match["q"] or match["half"]:
        bounded = bounded or _DONE.match(words, match.end())
    by_the_end = match["until"] and (match["part"] in ("底", "末") or match["year"] or match["qend"] or match["hend"])
    return bool(bounded or by_the_end)


def _day(match: re.Match[str], named: int | None, years: Years, *, is_dated: bool) -> date | None:
    month, day = 12, 31
    if not is_dated:
        month, day = int(match["m"]), int(match["d"] or 31)
    elif match["m"]:
        month = numeral_value(match["m"]) or 12
        day = {"上旬": 10, "中旬": 20}.get(match["part"], numeral_value(match["d"]) or 31 if match["d"] else 31)
    elif match["q"]:
        month = 3 * (numeral_value(match["q"]) or 4)
    elif match["half"] == "上半年":
        month = 6
    if is_dated and match["next"]:
        base = years.of(1, 1) if years.plan else years.issued_on
        named = base.year + 1 if base else None
    if named is None:
        return years.of(month, day)
    return date(named, month, min(day, monthrange(named, month)[1]))


def recurring(words: str, *, in_prose: bool = False) -> Iterator[Term]:
    for match in (_RECURS_IN_PROSE if in_prose else _RECURS).finditer(words):
        yield Term(match.start(), match.end(), recurs=_PERIODS[match["every"][0]])


def meaning(words: str, years: Years) -> Term | None:
    """What a whole term means, read for all that it says (「6月底前启动，12月底前完成」 ends with its last day)."""
    every = next(recurring(words), None)
    if every:
        return Term(0, len(words), recurs=every.recurs)
    days = list(dated(words, years, in_prose=False))
    if days:
        last = max((each.on for each in days if each.on), default=None)
        return Term(0, len(words), last, is_plain=last is not None)
    after = _AFTER_ISSUE.search(words)
    if after:
        on = _after_issue(after, years.issued_on)
        return Term(0, len(words), on, is_plain=on is not None)
    if _ENDLESS.search(words):
        return Term(0, len(words))
    return Term(0, len(words), is_plain=False) if _NOW.search(words) else None


def _after_issue(match: re.Match[str], issued_on: date | None) -> date | None:
    if issued_on is None:
        return None
    if match["n"] == "半":
        return _months_later(issued_on, 6) if match["unit"] == "年" else issued_on + timedelta(days=15)
    number = numeral_value(match["n"]) or 0
    if match["unit"] in "日天":
        return issued_on + timedelta(days=number)
    return _months_later(issued_on, number * (12 if match["unit"] == "年" else 1))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
