"""Figures of the cities as pages and files print them: where each stands, what it claims to be, how it reads."""

import io
import re
from collections.abc import Iterator
from typing import Any

from docx import Document

from tests.audit.cities import RightOfCities
from tests.audit.pages import heads_of, shown
from tests.audit.recomputed import WORDS
from tests.audit.spreadsheets import table
from tests.audit.subjects import Figure, Subject
from tests.support.reading import Page, text_of

ALL: Subject = ("cities",)
COUNTED = {
    **{"应覆盖": "asked", "覆盖": "covered", "空缺": "lacking", "待确认": "unsettled", "本地任务": "items"},
    **{"任务": "items", "写明时限": "dated", "设有节点": "stepped", "到期节点": "came_due", "按期完成": "kept"},
    **{"应报": "owed", "已报": "filed", "县区": "counties", "县区已印发": "issued_counties"},
    **{"进度": "percent", "序时": "expected", "较序时": "stored_gap", "差": "stored_gap"},
    **{word: f"lights.{word}" for word in WORDS.values()},
}
IN_ALL = {"asked": "asked_in_all"}
SHARES = {"写明时限": "dated_share", "设有节点": "stepped_share"}


STATES = "|".join([*WORDS.values(), "未要求落实，方案未列", "方案未列", "待确认", "未印发"])


def code_in(href: str) -> str:
    found = re.search(r"/local/(\d{6,})/", href)
    assert found, href
    return found[1]


def told(place: str, text: str, patterns: tuple[tuple[str, str], ...], subject: Subject) -> Iterator[Figure]:
    """What a sentence says; what it doesn't say is no figure."""
    for pattern, what in patterns:
        if found := re.search(pattern, text):
            yield Figure(place, subject, what, found[1])


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

LEDE = (
    *(
        (r"，(\d+)个(?:市|县|省)\S*中", "offices"),
        (r"中 ?(\d+)个已印发", "issued"),
        (r"平均覆盖 ?([\d.]+)项", "mean_covered"),
    ),
    (r"应覆盖(\d+)项", "asked"),
    (r"空缺(\d+)处", "lacking"),
    (r"写明时限的占 ?(\d+%)", "dated_share"),
    (r"(\d+)项逾期", "lights.逾期"),
    (r"(\d+)项滞后", "lights.滞后"),
    (r"应印发(\d+)个", "counties"),
    (r"已印发(\d+)个。", "issued_counties"),
)


def whole(page: Page) -> Iterator[Figure]:
    yield from told("市县落实·首句", page.text("//p[@class='lede']"), LEDE, ALL)
    yield from matrix(page)
    grid = page.one("//table[contains(@class, 'city')][contains(@class, 'stack')]")
    for row in grid.xpath("./tbody/tr[@id]"):
        yield from listed(dict(zip(heads_of(grid), row.xpath("./td | ./th"), strict=True)), ("city", row.get("id")[1:]))
    yield from told("市县落实·空缺", page.text("//section[@id='gaps']"), ((r"空缺(\d+)处", "lacking"),), ALL)
    for row in page.all("//section[@id='ranking']//tr[.//span[@class='pos']]"):
        subject: Subject = ("city", code_in(row.xpath(".//a/@href")[0]))
        yield Figure("市县落实·排序", subject, "place", text_of(row.xpath(".//span[@class='pos']")[0]))
        covered, gap = (text_of(cell) for cell in row.xpath("./td")[-2:])
        yield Figure("市县落实·排序", subject, "covered", covered)
        yield Figure("市县落实·排序", subject, "gap", gap)
    for text in page.texts("//section[@id='counties']"):
        yield from told("市县落实·县区", text, ((r"县区未印发(\d+)个", "missing_counties"),), ALL)


def matrix(page: Page) -> Iterator[Figure]:
    grid = page.one("//table[contains(@class, 'cities')]")
    codes = [code_in(href) for href in grid.xpath("./thead//th[contains(@class, 'v')]//a/@href")]
    for row in grid.xpath("./tbody/tr[not(@class)]"):
        place = int(re.search(r"/items/(\d+)/", row.xpath("./th//a/@href")[0])[1])  # type: ignore[index]
        for code, cell in zip(codes, row.xpath("./td")[:-1], strict=True):
            label = "".join(cell.xpath(".//@aria-label | ./span/@title"))
            state = re.search(
                r"）?(逾期|滞后|临期|正常|已中止|已办结|已撤销|未明确单位|方案未列|待确认|未印发|未要求落实，方案未列)",
                label,
            )
            assert state, label
            yield Figure("市县落实·矩阵", ("cell", code, place), "state", state[1])
            if "，" in label and cell.xpath("./a[not(contains(@class, 'lack'))]"):
                yield Figure("市县落实·矩阵", ("cell", code, place), "percent", label.rpartition("，")[2])
    heads = {"覆盖（项）": "covered", "写明时限（%）": "dated_share", "本地方案进度（%）": "percent"}
    for row in grid.xpath("./tfoot/tr"):
        what = heads[text_of(row.xpath("./th")[0])]
        *cells, mean = (text_of(cell) for cell in row.xpath("./td"))
        for subject, text in (*((("city", code), cell) for code, cell in zip(codes, cells, strict=True)), (ALL, mean)):
            sign = "" if what == "covered" or text in ("·", "尚无") else "%"
            yield Figure("市县落实·矩阵", subject, what, f"{text}{sign}")


def listed(cells: dict[str, Any], subject: Subject) -> Iterator[Figure]:
    texts = {re.sub(r" ?[↑↓]$", "", head): shown(cell) for head, cell in cells.items()}
    place = "市县落实·逐个"
    if " / " in texts["覆盖"]:
        for what, text in zip(("covered", "asked"), texts["覆盖"].split(" / "), strict=True):
            yield Figure(place, subject, what, text)
    if " / " in texts["报告"]:
        for what, text in zip(("filed", "owed"), texts["报告"].split(" / "), strict=True):
            yield Figure(place, subject, what, text)
    if " / " in texts["县区印发"]:
        for what, text in zip(("issued_counties", "counties"), texts["县区印发"].split(" / "), strict=True):
            yield Figure(place, subject, what, text)
    yield Figure(place, subject, "dated_share", texts["有时限"])
    yield Figure(place, subject, "stepped_share", texts["有节点"].split()[0])
    yield from told(place, texts["有节点"], ((r"按期(\d+)", "kept"), (r"按期\d+ / (\d+)", "came_due")), subject)
    yield Figure(place, subject, "percent", texts["进度"])
    yield Figure(place, subject, "lacking_labels", texts["空缺"].replace(" ", ""))


CITY = (
    (r"(\d+)项任务 ?覆盖", "items"),
    (r"覆盖(\d+)项", "covered"),
    (r"应覆盖(\d+)项", "asked"),
    *(
        (r"进度 ([\d.]+%)", "percent"),
        (r"序时进度（([\d.]+%)）", "expected"),
        (r"[（）]?(持平|[慢快][\d.]+)", "compared"),
    ),
    (r"没有列入的(\d+)项", "lacking"),
    *((rf"(\d+)项{word}", f"lights.{word}") for word in WORDS.values()),
)


def city(page: Page, code: str) -> Iterator[Figure]:
    subject: Subject = ("city", code)
    yield from told("一个市县·首句", page.text("//p[@class='lede']"), CITY, subject)
    facts = " ".join(page.texts("//dl[contains(@class, 'facts')]/div"))
    patterns = (
        *(
            (r"写明时限 ?(\d+%)", "dated_share"),
            (r"写明时限 ?\d+% (\d+) /", "dated"),
            (r"设有节点 ?(\d+%)", "stepped_share"),
        ),
        (r"按期完成 ?(\d+)", "kept"),
        (r"到期(\d+)个", "came_due"),
        (r"已报(\d+)", "filed"),
        (r"应报(\d+)", "owed"),
        (r"已印发(\d+)", "issued_counties"),
    )
    yield from told("一个市县·各数", facts, patterns, subject)


def ranking(page: Page) -> Iterator[Figure]:
    grid = page.one("//section[@id='cities']//table")
    heads = {"名次": "place", "进度": "percent", "序时": "expected", "差": "gap"}
    for row in grid.xpath("./tbody/tr[.//a]"):
        subject: Subject = ("city", code_in(row.xpath(".//a/@href")[0]))
        for head, cell in zip(heads_of(grid), row.xpath("./td | ./th"), strict=True):
            if head in heads:
                yield Figure("市县排序", subject, heads[head], text_of(cell))
            elif head == "覆盖":
                yield Figure("市县排序", subject, "covered", text_of(cell).partition(" /")[0])


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def export(sheets: dict[str, list[list[str]]], right: RightOfCities) -> Iterator[Figure]:
    for row in table(sheets["市县落实"], "市县"):
        subject: Subject = ("city", right.by_area[row["市县"]].office["code"])
        for head, text in row.items():
            word = re.sub(r"（(项|份|个|百分点)）$", "", head)
            if what := SHARES.get(word) or COUNTED.get(word):
                yield Figure("市县落实·导出", subject, what, text)


def workbook(sheets: dict[str, list[list[str]]], right: RightOfCities) -> Iterator[Figure]:
    """市县落实 and what 校核 adds up again of it."""
    for name, first in (("市县落实", "市县"), ("校核", "重新计算")):
        for row in table(sheets[name], first):
            known = right.by_area.get(row[first])
            if known is None and "合计" not in row[first].replace("“市县落实”", "合计"):
                continue
            if known is None and name == "校核" and row[first] != "“市县落实”合计":
                continue
            subject: Subject = ("city", known.office["code"]) if known else ALL
            for head, text in row.items():
                word = head.split(" ")[-1].removeprefix("红").removeprefix("黄").removeprefix("蓝").removeprefix("绿")
                what = COUNTED.get(word.removeprefix("灰"))
                if what and (name == "市县落实" or text) and not (known is None and not text):
                    yield Figure(name, subject, IN_ALL.get(what, what) if known is None else what, text)
            if name == "市县落实" and known:
                yield Figure(name, subject, "document", row["发文字号"])
                yield Figure(name, subject, "lacking_labels", row["空缺的任务"])
    for row in table(sheets["市县明细"], "市县"):
        if row["序号"].isdigit():
            cell = ("cell", right.by_area[row["市县"]].office["code"], int(row["序号"]))
            yield Figure("市县明细", cell, "state", row["情况"])


TEXT = (
    *(
        (r"(\d+)个(?:市|县|省)\S*?中", "offices"),
        (r"中，?(\d+)个已印发", "issued"),
        (r"本地方案，(.+?)未印发", "names_unissued"),
    ),
    (r"平均覆盖([\d.]+)项", "mean_covered"),
    (r"应覆盖(\d+)项", "asked"),
    (r"空缺(\d+)处", "lacking"),
    *(
        (r"应印发(\d+)个", "counties"),
        (r"应印发\d+个，已印发(\d+)个", "issued_counties"),
        (r"共列(\d+)项任务", "items"),
    ),
    (r"写明时限的占([\d.]+%)", "dated_share"),
    (r"设有节点的占([\d.]+%)", "stepped_share"),
    (r"到期节点(\d+)个", "came_due"),
    (r"按期完成(\d+)个", "kept"),
    (r"平均进度([\d.]+%)", "percent"),
    (r"平均序时进度([\d.]+%)", "expected"),
    (r"；(\d+)项逾期", "lights.逾期"),
    (r"(\d+)项滞后；最近", "lights.滞后"),
    (r"应报(\d+)份", "owed"),
    (r"已报(\d+)份", "filed"),
)


def briefing(content: bytes) -> Iterator[Figure]:
    texts = [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]
    for text in texts:
        if "个已印发本地方案" in text or text.startswith("各地方案共列"):
            yield from told("通报·市县", text, TEXT, ALL)


def one_page(line: str) -> Iterator[Figure]:
    yield from told("一页图·市县", line, TEXT, ALL)
