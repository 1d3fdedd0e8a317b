"""Every printed line adds up by hand: on every third day of the demonstration, the difference is that of the two terms.

Nothing is recomputed here. Only printed texts are taken, progress, 序时 and the difference between them, and added.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from agencies.models import User
from tasks.models import Plan
from tests.audit.pages import bars_of, heads_of, shown
from tests.pages.conftest import Visitor
from tests.support.reading import Page, text_of

TODAY, DAYS = date(2016, 10, 12), range(0, 141, 3)
NUMBER = re.compile(r"([+−-]?)(\d+(?:\.\d+)?)")
BARS = ("图示", "进度与序时", "负责任务平均进度与序时")


class Triple(NamedTuple):
    """A line as it is printed."""

    where: str
    progress: str
    expected: str
    difference: str

    def adds_up(self) -> bool:
        progress, expected, difference = map(value, self[1:])
        return progress - expected == difference and len({decimals(self.progress), decimals(self.expected)}) == 1


def value(text: str) -> Decimal:
    """「−3.1」, 「70.8%」, 「慢3.1个百分点」, 「持平」."""
    if "持平" in text:
        return Decimal(0)
    sign, digits = NUMBER.search(text).groups()
    return -Decimal(digits) if (sign in ("−", "-") and sign) or text.startswith("慢") else Decimal(digits)


def decimals(text: str) -> int:
    return len(text.rstrip("%").partition(".")[2])


def triples(page: Page) -> Iterator[Triple]:
    """Of a dashboard or the list of agencies: its sentence, and the lines of its tables."""
    for lede in page.texts("//p[@class='lede']"):
        against, apart = re.search(r"序时进度 ?（?([\d.]+%)", lede), re.search(r"[慢快][\d.]+个百分点|持平", lede)
        whole = re.search(r"总体进度 ?([\d.]+%|按0计)", lede)[1]
        yield Triple("首句", whole.replace("按0计", "0.0%"), against[1], apart[0])
    for table in page.all("//main//table[contains(@class, 'bars') or contains(@class, 'stack')]"):
        yield from lines(table)


def lines(table) -> Iterator[Triple]:
    heads = [head.removesuffix("（百分点）") for head in heads_of(table)]
    for row in table.xpath("./tbody/tr[not(@class='part')]"):
        cells = row.xpath("./td | ./th")
        bar = next((bars_of(cell) for head, cell in zip(heads, cells, strict=False) if not head or head in BARS), "")
        bar = bar or bars_of(row)
        printed = {head: shown(cell) for head, cell in zip(heads, cells, strict=True)}
        if printed.get("进度") == "尚无":  # it counts as 0
            printed["进度"] = "0.0%" if "progress" in table.xpath("./ancestor::section/@id") else "0%"
        if "序时" in bar and all(value_of(printed.get(head, "")) for head in ("进度", "差")):
            progress, expected = re.search(r"进度([\d.]+%)，序时([\d.]+%)", bar).groups()
            where = text_of(row)[:30]
            yield Triple(f"{where}·条", progress, expected, printed["差"])
            yield Triple(where, printed["进度"], printed.get("序时", expected), printed["差"])


def value_of(text: str) -> bool:
    return bool(NUMBER.search(text))


@pytest.mark.untraced
def test_every_line_adds_up_whatever_the_day(demo: Plan) -> None:
    """On the dashboard and in the list of agencies; of a day one after the other, which is read once for both."""
    visitor = Visitor(User.objects.get(username="leader"))
    counts, wrong = Counter(), []
    for passed in DAYS:
        day = TODAY - timedelta(days=passed)
        for path in ("", "agencies/"):
            page = visitor.get(f"{demo.get_absolute_url()}{path}?as_of={day}")
            for triple in triples(page):
                counts[path, day] += 1
                if not triple.adds_up():
                    wrong.append(f"{day} {path}{triple}")
    print(f"{counts.total()} lines on {len(counts)} pages, {len(wrong)} don't add up")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert len(counts) == 2 * len(DAYS)
    assert all(
        sum(counts[path, day] for path, day in counts if path == of) > len(DAYS) * 20 for of in ("", "agencies/")
    )
