"""Figures as pages print them: each with where it stands, what it claims to be, and how it reads."""

import re
from collections.abc import Iterator
from typing import Any

from tests.audit.recomputed import PACES, STATES, WORDS
from tests.audit.subjects import FILING_WORDS, PLAN, Figure, Subject
from tests.support.reading import Page, text_of

ANY_LIGHT = "|".join(WORDS.values())
ANY_FILING = "|".join(sorted(FILING_WORDS, key=len, reverse=True))
APART = ((re.compile(r"曾逾期(\d+)项"), "once_red"), (re.compile(r"待销号(\d+)项"), "settling"))
ACTUAL = re.compile(r"(?<=实际) ?[\d.]+%|尚无通过的报告")
UNREPORTED = (re.compile(r"(\d+)项尚无通过的报告，按0计"), "unreported")
SENTENCE = (
    *APART,
    UNREPORTED,
    (re.compile(r"各单位尚无通过的报告，总体进度 ?(按0计)"), "as_nought"),
    (re.compile(r"(\d+)项任务"), "items"),
    (re.compile(r"序时进度 ?（?([\d.]+%)）?"), "expected"),
    (re.compile(r"总?体?平?均?进度 ?([\d.]+%)"), "percent"),
    (re.compile(r"(持平|[慢快][\d.]+个百分点)"), "compared"),
    (re.compile(r"相差 ?([+−]?[\d.]+) ?个百分点"), "gap"),
)
HEADS = {
    **{"进度": "percent", "序时": "expected", "序时进度": "expected", "差": "gap", "差（百分点）": "gap"},
    **{
        "亮灯": "light",
        "状态": "course",
        "负责": "leads",
        "协助": "assists",
        "负责单位（列滞后单位）": "laggards",
        "均值": "percent",
    },
    **{word: f"lights.{word}" for word in WORDS.values()},
    **{word: f"filed.{word}" for word in FILING_WORDS},
}
BARS = ("进度与序时", "图示", "负责任务平均进度与序时")
UNREAD = {"序号", "任务", "单位", "范围", "部分", "角色", "最近进展", "报送", "事项", "完成时限", "报送情况"}


def sentence(place: str, text: str, subject: Subject, *, lights: bool = True) -> Iterator[Figure]:
    """Every figure of a sentence. A figure that none of the known words explains is given as one of no kind."""
    rest = re.sub(r"\d+年|\d+月\d+日", "", text)
    for pattern, what in SENTENCE:
        for found in pattern.finditer(rest):
            yield Figure(place, subject, what, found[1])
        rest = pattern.sub(" ", rest)
    said = []
    for found in re.finditer(rf"(\d+)项({ANY_LIGHT})", rest):
        said.append(found[2])
        yield Figure(place, subject, f"lights.{found[2]}", found[1])
    if lights:
        yield Figure(place, subject, "lights_said", "、".join(said))
    rest = re.sub(rf"\d+项({ANY_LIGHT})", " ", rest)
    for found in re.finditer(rf"({ANY_FILING}) ?(\d+)份|(\d+)份({ANY_FILING})", rest):
        yield Figure(place, subject, f"filed.{found[1] or found[4]}", found[2] or found[3])
    rest = re.sub(rf"({ANY_FILING}) ?\d+份|\d+份({ANY_FILING})", " ", rest)
    for left in re.findall(r"\S{0,6}\d[\d.%]*\S{0,6}", rest):
        yield Figure(place, subject, "unexplained", left)


def key_of(href: str, kind: str) -> int | None:
    found = re.search(rf"/{kind}/(\d+)/", href or "")
    return int(found[1]) if found else None


def subject_of(row: Any) -> Subject | None:
    """The section, item or agency to which a row's first link leads."""
    for anchor in row.xpath(".//a[@href]"):
        href = anchor.get("href")
        for kind, name in (("items", "item"), ("sections", "section"), ("agencies", "agency")):
            if (key := key_of(href, kind)) is not None:
                return (name, key)
        if found := re.search(r"[?&]agency=(\d+)", href):
            return ("agency", int(found[1]))
    return None


def heads_of(table: Any) -> list[str]:
    return [text_of(cell) for cell in table.xpath("./thead/tr/th")]


def bars_of(cell: Any) -> str:
    return "".join(cell.xpath(".//svg[contains(@class, 'bar')]/@aria-label")[:1])


def shown(cell: Any) -> str:
    """A cell's text on a wide screen."""
    return " ".join("".join(cell.xpath(".//text()[not(ancestor::*[contains(@class, 'only-phone')])]")).split())


def cells(place: str, heads: list[str], row: Any, subject: Subject) -> Iterator[Figure]:
    """The figures of a table's row, by the words of its heads."""
    for head, cell in zip(heads, row.xpath("./td | ./th"), strict=True):
        word = re.sub(r"^[一二三四]季度", "", head)
        if word in BARS:
            if label := bars_of(cell):
                yield Figure(f"{place}·条", subject, "bar", label)
        elif word in HEADS:
            text = shown(cell)
            if word in WORDS.values() or word in FILING_WORDS:
                text = text.removesuffix(word)
            yield Figure(place, subject, HEADS[word], text)
        elif word not in UNREAD and word not in ("报告", "已报 / 应报", ""):
            yield Figure(place, subject, f"column {head}", shown(cell))


# ── the dashboard and sections ───────────────────────────────────────────────────────────────────────────────────


def dashboard(page: Page) -> Iterator[Figure]:
    head = page.texts("//main//div[@class='plan']//p[@class='meta']")[0]
    for pattern, what in ((r"(\d+)个部分", "sections"), (r"(\d+)项任务", "items"), (r"(\d+)个单位", "agencies")):
        yield Figure("总览·题头", PLAN, what, re.search(pattern, head)[1])
    yield from sentence("总览·首句", page.text("//p[@class='lede']"), PLAN)
    for tile in page.all("//ul[@class='tiles']/li/a"):
        word = WORDS[tile.get("class").split()[0]]
        yield Figure("总览·灯格", PLAN, f"lights.{word}", tile.findtext("b"))
        yield Figure("总览·灯格", PLAN, f"labels.{word}", text_of(tile.xpath("./small")[0]))
        yield Figure("总览·灯格", PLAN, f"named.{word}", text_of(tile.xpath("./span")[0]))
    apart = "".join(page.texts("//ul[@class='tiles']/following-sibling::p[1]"))
    for pattern, what in APART:
        found = pattern.search(apart)
        yield Figure("总览·另计", PLAN, what, found[1] if found else "0")
    table = page.one("//table[contains(@class, 'bars')]")
    for row in table.xpath("./tbody/tr"):
        subject = subject_of(row) or PLAN
        yield from cells("总览·进度与序时", ["范围", "图示", "进度", "序时", "差（百分点）"], row, subject)
    yield from filing_bar("总览·报送", page)
    paces = page.text("//section[@id='progress']//p[contains(@class, 'after')]")
    for word in PACES.values():
        yield Figure("总览·进度类别", PLAN, f"paces.{word}", re.search(rf"{word} ?(\d+) ?项", paces)[1])
    yield from curve(page)
    yield from item_table("总览·任务进展", page)
    yield from recent(page)
    yield from queue(page)
    yield from laggard_agencies(page)
    yield from matrix("总览·矩阵", page)


def filing_bar(place: str, page: Page) -> Iterator[Figure]:
    for box in page.all("//div[@class='filing']"):
        meta = text_of(box.xpath("./div[@class='heading']")[0])
        yield Figure(place, PLAN, "filed.应报", re.search(r"应报(\d+)份", meta)[1])
        yield Figure(place, PLAN, "filing_due", re.search(r"(\d+月\d+日)", meta)[1])
        for word, count in re.findall(rf"({'|'.join(STATES.values())}) (\d+)", text_of(box)):
            yield Figure(place, PLAN, f"filed.{word}", count)
        for label in box.xpath(".//svg[@role='img']/@aria-label"):
            for part in label.split("，"):
                word, count = re.fullmatch(r"(\D+)(\d+)份", part).groups()
                yield Figure(f"{place}·条", PLAN, f"filed.{word}", count)


def curve(page: Page) -> Iterator[Figure]:
    figure = page.one("//figure[@class='curve']")
    text = "".join(figure.xpath(".//title/text()"))
    yield Figure("总览·曲线题", PLAN, "percent", ACTUAL.search(text)[0].strip())
    yield Figure("总览·曲线题", PLAN, "expected", re.search(r"序时 ?([\d.]+%)", text)[1])
    notes = " ".join(text_of(note) for note in figure.xpath(".//*[local-name()='text']"))
    yield Figure("总览·曲线", PLAN, "percent", ACTUAL.search(notes)[0].strip())
    yield Figure("总览·曲线", PLAN, "expected", re.search(r"序时 ?([\d.]+%)", notes)[1])
    if found := re.search(r"季度待审(\d+)份 如全部通过，为 ?([\d.]+%)", notes):
        yield Figure("总览·曲线", PLAN, "waiting_now", found[1])
        yield Figure("总览·曲线", PLAN, "if_accepted", found[2])


def item_table(place: str, page: Page) -> Iterator[Figure]:
    for table in page.all("//table[.//tr[starts-with(@id, 'item-')]]"):
        heads = heads_of(table)
        for row in table.xpath("./tbody/tr"):
            subject = subject_of(row)
            if (row.get("id") or "").startswith("section-"):
                small = text_of(row.xpath(".//small")[0])
                yield Figure(f"{place}·部分行", subject, "items", re.search(r"(\d+)项", small)[1])
                for pattern, what in ((r"进度([^ ]+)", "percent"), (r"序时([^ ]+)", "expected")):
                    found = re.search(pattern, small)
                    yield Figure(f"{place}·部分行", subject, what, found[1] if found else "")
            else:
                yield from cells(place, heads, row, subject)
                yield from due("任务进展·时限", text_of(row.xpath("./td[contains(@class, 'duecell')]")[0]), subject)


def due(place: str, text: str, subject: Subject) -> Iterator[Figure]:
    if found := re.search(r"逾期(\d+)天", text):
        yield Figure(place, subject, "days_over", found[1])
    if found := re.search(r"还有(\d+)天", text):
        yield Figure(place, subject, "days_left", found[1])


def recent(page: Page) -> Iterator[Figure]:
    """近两周变化: from which day, and how progress and 序时 moved."""
    for text in page.texts("//section[.//h2='近两周变化']//span[@class='meta']"):
        month, day, before, now, time_before, time_now = re.match(
            r"(\d+)月(\d+)日至.*，总体进度 ?(\S+) → ?(\S+)，同期序时 ?(\S+) → ?(\S+)", text
        ).groups()
        for what, then, shown_now in (("percent", before, now), ("expected", time_before, time_now)):
            yield Figure("总览·近两周", PLAN, f"on.{month}-{day}.{what}", then)
            yield Figure("总览·近两周", PLAN, what, shown_now)


def queue(page: Page) -> Iterator[Figure]:
    [panel] = [one for one in page.all("//section[@class='panel']") if text_of(one).startswith("待审核")]
    meta = text_of(panel.xpath(".//span[@class='meta']")[0])
    yield Figure("总览·待审核", PLAN, "waiting", re.search(r"(\d+)份", meta)[1])
    if found := re.search(r"最久(\d+)天", meta):
        yield Figure("总览·待审核", PLAN, "longest", found[1])


def laggard_agencies(page: Page) -> Iterator[Figure]:
    for table in page.all("//section[@class='panel'][.//h2[contains(., '滞后')]]//table"):
        for row in table.xpath("./tbody/tr"):
            yield from cells("总览·滞后单位", heads_of(table), row, subject_of(row))


def matrix(place: str, page: Page) -> Iterator[Figure]:
    table = page.one("//table[@class='matrix']")
    columns = [key_of("".join(head.xpath(".//a/@href")), "agencies") for head in table.xpath("./thead/tr/th")]
    for row in table.xpath("./tbody/tr[not(@class)]"):
        subject = subject_of(row)
        yield Figure(f"{place}·均值", subject, "number", text_of(row.xpath("./td[@class='mean']")[0]))
        for anchor in row.xpath(".//a[starts-with(@class, 'cell')]"):
            part = ("part", int(anchor.get("href").rpartition("#a")[2]))
            _, _, percent, light = anchor.get("aria-label").split("，")
            yield Figure(place, part, "percent", percent)
            yield Figure(place, part, "light", light)
            yield Figure(place, part, "number", text_of(anchor.xpath(".//span")[0]))
    for row in table.xpath("./tfoot/tr"):
        word = text_of(row.xpath("./th")[0])
        what = {"负责（项）": "leads", "协助（项）": "assists", "负责任务平均进度": "number"}[word]
        for column, cell in zip(columns[1:], row.xpath("./td"), strict=True):
            subject = PLAN if column is None else ("agency", column)
            name = "mean_of_leads" if column is None and what == "number" else what
            yield Figure(f"{place}·{word}", subject, name, text_of(cell))


def section(page: Page, place: int) -> Iterator[Figure]:
    subject = ("section", place)
    yield from sentence("部分·首句", page.text("//p[@class='lede']"), subject)
    for label in page.all("//main/svg[contains(@class, 'bar')]/@aria-label"):
        yield Figure("部分·条", subject, "bar", label)
    yield from item_table("部分·任务进展", page)
    yield from matrix("部分·矩阵", page)


# ── an item ──────────────────────────────────────────────────────────────────────────────────────────────────────


def item(page: Page, number: int) -> Iterator[Figure]:
    subject: Subject = ("item", number)
    yield Figure("任务·题", subject, "light", text_of(page.one("//h1//span[contains(@class, 'light')]")))
    for box in page.all("//dl[contains(@class, 'facts')]/div"):
        yield from fact(text_of(box.xpath("./dt")[0]), box.xpath("./dd")[0], subject)
    for table in page.all("//table[.//tr[starts-with(@id, 'a')]]"):
        for row in table.xpath("./tbody/tr"):
            part: Subject = ("part", int(row.get("id")[1:]))
            yield from cells("任务·负责单位", heads_of(table), row, part)
            yield Figure("任务·本期报告", part, "state", state_of(row.xpath("./td")[-1]))
    yield from indicators("任务·指标", page)


def fact(term: str, value: Any, subject: Subject) -> Iterator[Figure]:
    """One of the facts at the head of an item's page."""
    text = text_of(value)
    if term.startswith("任务进度"):
        yield Figure("任务·条", subject, "bar", bars_of(value))
        yield Figure("任务·条", subject, "leads", re.search(r"(\d+)家", term)[1])
    elif term.startswith("进度 / 序时"):
        done, *timed = text.replace("/ ", "").split()
        yield Figure("任务·进度", subject, "percent", done)
        if timed:
            yield Figure("任务·进度", subject, "expected", timed[0])
        yield Figure("任务·进度", subject, "gap_or_none", "".join(timed[1:]))
    elif term.startswith("完成时限"):
        for pattern, what in ((r"已过(\d+)天", "days_over"), (r"还有(\d+)天", "days_left")):
            if found := re.search(pattern, text):
                yield Figure("任务·时限", subject, what, found[1])
        yield Figure("任务·时限", subject, "due", text.split()[0])
    elif term.endswith("报告"):
        filed, owed = re.search(r"已报(\d+) / 应报(\d+)", text).groups()
        yield Figure("任务·报告", subject, "filed.已报", filed)
        yield Figure("任务·报告", subject, "filed.应报", owed)
    elif term == "曾逾期":
        yield Figure("任务·曾逾期", subject, "was_red", text)


def state_of(cell: Any) -> str:
    return " ".join(text_of(tag) for tag in cell.xpath(".//span[contains(@class, 'tag')][1]"))


def indicators(place: str, page: Page, *agency: int) -> Iterator[Figure]:
    for line in page.all("//ul[contains(@class, 'bullets')]/li"):
        name, *_ = (text_of(span) for span in line.xpath("./span"))
        subject = ("indicator", name, *agency)
        value, target = re.search(r"(\S+) ?/ ?([\d.]+)", text_of(line.xpath("./span")[1])).groups()
        yield Figure(place, subject, "reading", value)
        yield Figure(place, subject, "target", target)
        yield Figure(place, subject, "reached", text_of(line.xpath("./span")[2]))


# ── agencies, periods and ledgers ────────────────────────────────────────────────────────────────────────────────


def agency_list(page: Page) -> Iterator[Figure]:
    head = page.texts("//main//div[@class='plan']//p[@class='meta']")[0]
    for pattern, what in ((r"(\d+)个单位", "agencies"), (r"负责(\d+)条", "leads"), (r"协助(\d+)条", "assists")):
        yield Figure("单位·题头", PLAN, what, re.search(pattern, head)[1])
    table = page.one("//table[contains(@class, 'agencies')]")
    for row in table.xpath("./tbody/tr"):
        yield from cells("单位", heads_of(table), row, subject_of(row))


def agency(page: Page, pk: int) -> Iterator[Figure]:
    subject: Subject = ("agency", pk)
    head = page.texts("//main//div[@class='plan']//p[@class='meta']")[0]
    yield Figure("单位页·题头", subject, "leads", re.search(r"负责(\d+)项", head)[1])
    yield Figure("单位页·题头", subject, "assists", re.search(r"协助(\d+)项", head)[1])
    for lede in page.texts("//p[@class='lede']"):
        yield from sentence("单位页·首句", lede, subject, lights=False)
        for pattern, what in (*APART, UNREPORTED):
            if not pattern.search(lede):
                yield Figure("单位页·首句", subject, what, "0")
    for table in page.all("//section[.//h2='负责任务']//table"):
        for row in table.xpath("./tbody/tr"):
            number = key_of(row.xpath(".//a/@href")[0], "items")
            part: Subject = ("part_of", number, pk)
            yield from cells("单位页·负责任务", heads_of(table), row, part)
            yield Figure("单位页·本期报告", part, "state", state_of(row.xpath("./td")[-1]))
    yield from indicators("单位页·指标", page, pk)


def period(page: Page) -> Iterator[Figure]:
    for lede in page.texts("//p[@class='lede']"):
        yield from sentence("报告期·首句", lede, PLAN, lights=False)
    for table in page.all("//section[@id='rows']//table"):
        heads = heads_of(table)
        for row in table.xpath("./tbody/tr"):
            subject = PLAN if "total" in (row.get("class") or "") else subject_of(row)
            if subject is None:
                key = row.xpath(".//a/@href")
                subject = ("agency", int(re.search(r"agency=(\d+)", key[0])[1]))
            yield from cells("报告期", heads, row, subject)
            both = row.xpath("./td | ./th")[heads.index("已报 / 应报")]
            if "/" in text_of(both):
                filed, owed = text_of(both).split(" / ")
                yield Figure("报告期", subject, "filed.已报", filed)
                yield Figure("报告期", subject, "filed.应报", owed)
            for label in row.xpath(".//svg[@role='img']/@aria-label"):
                for part in label.split("，"):
                    word, count = re.fullmatch(r"(\D+)(\d+)份", part).groups()
                    yield Figure("报告期·条", subject, f"filed.{word}", count)


def ledger(page: Page, place: str) -> Iterator[Figure]:
    """Either ledger: of items, or of assignments, whose rows lead to a part of the item's page."""
    for table in page.all("//section[@id='rows']//table"):
        heads = heads_of(table)
        heads = [re.sub(r" [↑↓]$", "", head) for head in heads]
        for row in table.xpath("./tbody/tr"):
            href = row.xpath(".//td[contains(@class, 'title')]//a/@href")[0]
            subject = ("part", int(href.rpartition("#a")[2])) if "#a" in href else ("item", key_of(href, "items"))
            yield from cells(place, heads, row, subject)
            if subject[0] == "part":
                state = row.xpath("./td | ./th")[next(n for n, head in enumerate(heads) if head.endswith("报告"))]
                yield Figure(f"{place}·本期报告", subject, "state", state_of(state))


def period_rows(page: Page) -> Iterator[Figure]:
    """报送明细: one row for each report that is owed or excused."""
    yield Figure("报送明细·份数", PLAN, "asked_count", re.search(r"(\d+)份", page.text("//section[@id='rows']//h2"))[1])
    for table in page.all("//section[@id='rows']//table"):
        heads = heads_of(table)
        for row in table.xpath("./tbody/tr"):
            cells_of = dict(zip(heads, row.xpath("./td | ./th"), strict=True))
            subject = ("asked", int(row.xpath(".//a[contains(@href, '#a')]/@href")[0].rpartition("#a")[2]))
            yield Figure("报送明细", subject, "asked_state", text_of(cells_of["报送情况"]))
            yield Figure("报送明细", subject, "asked_percent", text_of(cells_of["报送进度"]))
