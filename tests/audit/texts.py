"""Figures as the briefing, the one-page view, the ledgers to take away and the mails print them."""

import csv
import io
import re
from collections.abc import Iterator

from docx import Document

from tests.audit.pages import bars_of, heads_of
from tests.audit.recomputed import PACES, WORDS
from tests.audit.right import Right
from tests.audit.spreadsheets import sheets, table
from tests.audit.subjects import FILING_WORDS, PLAN, Figure, Subject
from tests.support.reading import Page, text_of

ANY_LIGHT = "|".join(WORDS.values())
ANY_FILING = "|".join(sorted(FILING_WORDS, key=len, reverse=True))
LATE_ITEM = r"项([^（；]+)（(进度\d+%|尚无通过的报告)(?:，序时(\d+%))?"
ANY_PACE = "|".join(PACES.values())

# ── 通报 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def briefing(content: bytes, right: Right) -> Iterator[Figure]:
    document = Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    whole = "\n".join(texts)
    yield from overall(next(text for text in texts if text.startswith("截至")))
    yield from lights(next(text for text in texts if text.startswith("按亮灯")))
    paces = next((text for text in texts if text.startswith("按任务平均进度")), "")
    for word, count in re.findall(rf"({ANY_PACE})(\d+)项", paces):
        yield Figure("通报·进度类别", PLAN, f"paces.{word}", count)
    if found := re.search(r"其余(\d+)项", paces):
        yield Figure("通报·进度类别", PLAN, "paceless", found[1])
    yield from since(texts)
    for title, items, percent in re.findall(r"“([^”]+)”(\d+)项，进度([\d.]+%)", whole):
        number = next(row["number"] for row in right.stand.rows.sections if row["title"] == title)
        yield Figure("通报·分部分", ("section", number), "items", items)
        yield Figure("通报·分部分", ("section", number), "percent", percent)
    yield from filing(texts)
    yield from laggards(texts, right)
    yield from targets(whole)
    for grid in document.tables[-2:]:
        rows = [[cell.text for cell in row.cells] for row in grid.rows]
        yield from appendix(rows, right)


def overall(text: str) -> Iterator[Figure]:
    for pattern, what in (
        *((r"(\d+)个部分", "sections"), (r"部分(\d+)项任务", "items"), (r"由(\d+)个单位", "agencies")),
        *((r"总体进度([\d.]+%)", "percent"), (r"(尚无通过的报告)", "percent"), (r"序时进度([\d.]+%)", "expected")),
        (r"(持平|[慢快][\d.]+个百分点)", "compared"),
    ):
        if found := re.search(pattern, text):
            yield Figure("通报·总体", PLAN, what, found[1])
    says_progress = bool(re.search(r"总体进度[\d.]+%|尚无通过的报告|没有通过", text))
    yield Figure("通报·总体", PLAN, "size.True", str(says_progress))


def lights(text: str) -> Iterator[Figure]:
    said = re.findall(rf"({ANY_LIGHT})(\d+)项", text)
    yield Figure("通报·亮灯", PLAN, "lights_said", "、".join(word for word, _ in said))
    for word, count in said:
        yield Figure("通报·亮灯", PLAN, f"lights.{word}", count)


def since(texts: list[str]) -> Iterator[Figure]:
    for text in texts:
        if text.startswith("较") and "总体进度" in text:
            close, then = re.match(r"较(.+?)(?:的([\d.]+%))?，", text).groups()
            yield Figure("通报·较上期", PLAN, "since", close)
            if then:
                yield Figure("通报·较上期", PLAN, "earlier.percent", then)
            found = re.search(r"(提高|下降)([\d.]+)个百分点", text)
            moved = f"{'+' if found[1] == '提高' else '-'}{found[2]}" if found else "0"
            yield Figure("通报·较上期", PLAN, "moved", moved)


def filing(texts: list[str]) -> Iterator[Figure]:
    for text in texts:
        if "进展报告" in text and "应报" in text and "报送率" in text:
            for word, count in re.findall(rf"({ANY_FILING})(\d+)份", text):
                yield Figure("通报·报送", PLAN, f"filed.{word}", count)
            yield Figure("通报·报送", PLAN, "rate", re.search(r"报送率([\d.]+%)", text)[1])
        elif found := re.match(r"\D*单位(\d+)个，(\d+)份：(.*)。$", text):
            yield Figure("通报·未报单位", PLAN, "unfiled_agencies", found[1])
            yield Figure("通报·未报单位", PLAN, "filed.未报", found[2])
            yield Figure("通报·未报单位", PLAN, "unfiled_named", found[3])


def laggards(texts: list[str], right: Right) -> Iterator[Figure]:
    """Who is named as late, under which word, with which figures."""
    word, named = "", dict.fromkeys(("逾期", "滞后"), 0)
    titles = {item.row["title"]: item.row["number"] for item in right.stand.items}
    for text in texts:
        if found := re.match(r"(?:（[一二]）)?(逾期|滞后)：(\d+)个单位(\d+)项（次）", text):
            word = found[1]
            yield Figure("通报·滞后事项", PLAN, f"late_agencies.{word}", found[2])
            yield Figure("通报·滞后事项", PLAN, f"late_leads.{word}", found[3])
        elif word and (found := re.match(r"(?:\d+\.)?([^：]+)：(.*)", text)) and found[1] in right.agency_keys:
            for title, done, against in re.findall(
                r"项([^（；]+)（(进度\d+%|尚无通过的报告)(?:，序时(\d+%))?", found[2]
            ):
                part: Subject = ("part_of", titles[title], right.agency_keys[found[1]])
                named[word] += 1
                yield Figure("通报·滞后事项", part, "percent", done.removeprefix("进度"))
                if against:
                    yield Figure("通报·滞后事项", part, "expected", against)
                yield Figure("通报·滞后事项", part, "word", word)
        elif re.match(r"[一二三四五六七]、", text):
            word = ""
    for each, count in named.items():
        yield Figure("通报·滞后事项数", PLAN, f"late_leads.{each}", str(count))


def targets(whole: str) -> Iterator[Figure]:
    for name, target, value, percent in re.findall(
        r"[：；]([^：；。]+?)目标([\d.]+)[^\d，]+，完成([\d.]+)[^（；。]*（([\d.]+%)）", whole
    ):
        subject: Subject = ("indicator", name)
        for what, text in (("target", target), ("reading", value), ("reached", percent)):
            yield Figure("通报·指标", subject, what, text)


def appendix(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    heads, *lines = rows
    for line in (dict(zip(heads, row, strict=True)) for row in lines):
        if "单位" in line:
            subject: Subject = ("agency", right.agency_keys[line["单位"]])
            names = {"负责": "leads", "协助": "assists", "平均进度": "percent", "序时进度": "expected"}
            names |= {word: f"lights.{word}" for word in WORDS.values()}
            names |= {word: f"filed.{word}" for word in FILING_WORDS}
        else:
            number = next(item.row["number"] for item in right.stand.items if item.row["title"] == line["任务"])
            subject, names = ("item", number), {"进度": "percent", "序时": "told_expected", "亮灯": "told_word"}
        for head, text in line.items():
            if head in names:
                yield Figure("通报·附件", subject, names[head], re.sub(r"\n(.+)", r"（\1）", text))


# ── 一页图 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def one_page(page: Page, right: Right) -> Iterator[Figure]:
    lead = page.one("//div[@class='lead']")
    yield Figure("一页图", PLAN, "percent", text_of(lead.xpath("./b")[0]))
    yield Figure("一页图·条", PLAN, "bar", bars_of(lead))
    for tile in page.all("//section[@class='figures']/div[not(@class='lead')]"):
        word = text_of(tile.xpath("./*[not(self::b)]")[0]).split()[-1]
        yield Figure("一页图·灯格", PLAN, f"lights.{word}", text_of(tile.xpath("./b")[0]))
    text = page.text("//p[@class='paces']")
    for pattern, what in ((r"总体进度([\d.]+%)", "percent"), (r"序时进度([\d.]+%)", "expected")):
        for found in re.finditer(pattern, text):
            yield Figure("一页图·文", PLAN, what, found[1])
    yield Figure("一页图·文", PLAN, "compared", re.search(r"(持平|[慢快][\d.]+个百分点)", text)[1])
    yield from since([f"较{sentence}" for sentence in re.findall(r"较([^。]*总体进度[^。]*)", text)])
    for word, count in re.findall(rf"({ANY_PACE})(\d+)项", text):
        yield Figure("一页图·文", PLAN, f"paces.{word}", count)
    for word, count in re.findall(rf"({ANY_FILING})(\d+)份", text):
        yield Figure("一页图·文", PLAN, f"filed.{word}", count)
    yield from tables_of(page, right)


def tables_of(page: Page, right: Right) -> Iterator[Figure]:
    for row in page.all("//section[h2='分部分']//tr"):
        title = text_of(row.xpath("./th")[0]).partition("、")[2]
        number = next(each["number"] for each in right.stand.rows.sections if each["title"] == title)
        yield Figure("一页图·分部分", ("section", number), "percent", text_of(row.xpath("./td")[-1]))
        yield Figure("一页图·条", ("section", number), "bar", bars_of(row))
    for row in page.all("//section[starts-with(h2, '量化指标')]//tr"):
        subject: Subject = ("indicator", text_of(row.xpath("./th")[0]))
        value, target = re.match(r"(\S+) ?/ ?([\d.]+)", text_of(row.xpath("./td")[-1])).groups()
        yield Figure("一页图·指标", subject, "reading", value)
        yield Figure("一页图·指标", subject, "target", target)
    titles = {item.row["title"]: item.row["number"] for item in right.stand.items}
    for line in lines_of(page, "//table[@class='items']"):
        for head, what in (("亮灯", "told_light"), ("进度", "percent"), ("序时", "told_expected")):
            yield Figure("一页图·任务", ("item", titles[line["任务"]]), what, line[head])
    for line in lines_of(page, "//section[starts-with(h2, '滞后单位')]//table"):
        agency: Subject = ("agency", right.agency_keys[line["单位"]])
        for head in line.keys() - {"单位", "事项"}:
            yield Figure("一页图·滞后单位", agency, f"named_late.{head}", line[head])
    for text in page.texts("//section/p"):
        for name, count in re.findall(r"([^（）、。，：\s\d]+)（?(\d+)份", text):
            if name in right.agency_keys:
                yield Figure("一页图·未报单位", ("agency", right.agency_keys[name]), "filed.未报", count)


def lines_of(page: Page, tables: str) -> Iterator[dict[str, str]]:
    """The rows of tables, each by its heads."""
    for grid in page.all(tables):
        for row in grid.xpath("./tbody/tr"):
            yield dict(zip(heads_of(grid), [text_of(cell) for cell in row.xpath("./td | ./th")], strict=True))


# ── 台账 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def ledger(content: bytes, form: str, right: Right) -> Iterator[Figure]:
    """A ledger taken away, of items or of assignments, as a workbook or as CSV."""
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        rows = list(table(next(iter(sheets(content).values())), "序号"))
    for row in rows:
        number = next(item.row["number"] for item in right.stand.items if item.row["title"] == row["任务"])
        subject: Subject = ("part_by", number, right.agency_keys[row["单位"]]) if "单位" in row else ("item", number)
        place = f"台账{form}·{'分工' if '单位' in row else '任务'}"
        yield Figure(place, subject, "word", row["亮灯"])
        for head, what in (("进度", "percent"), ("序时", "expected")):
            text = row[head]
            yield Figure(place, subject, what, f"{text}%" if re.fullmatch(r"[\d.]+", text) else text)
        yield Figure(place, subject, "stored_gap", row["差（百分点）"])
        if "本期报告" in row:
            yield Figure(place, subject, "state", row["本期报告"])
        if "进度类别" in row:
            yield Figure(place, subject, "pace", row["进度类别"])
    yield Figure(f"台账{form}·行数", PLAN, "all_rows" if rows and "单位" in rows[0] else "items", str(len(rows)))


# ── 每日提醒 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def mail(subject: str, text: str, right: Right) -> Iterator[Figure]:
    """Counts of a mail against the lines that it lists; days left, and reports owed and missing, against the rows."""
    sizes = {heading: int(size) for heading, size in re.findall(r"^[一二三四五六]、(\S+)（(\d+)项）$", text, re.M)}
    parts = re.split(r"^[一二三四五六]、\S+（\d+项）$", text, flags=re.M)[1:]
    for (heading, size), part in zip(sizes.items(), parts, strict=True):
        more = re.search(r"其余(\d+)项", part)
        listed = len(re.findall(r"^\d+\. ", part, re.M)) + (int(more[1]) if more else 0)
        yield Figure("邮件·项数", PLAN, f"size.{listed}", str(size))
        for said in (subject, text.partition("一、")[0]):
            before, after = re.search(rf"{heading}(\d+)项|(\d+)项待办", said).groups()
            yield Figure("邮件·总数", PLAN, f"size.{listed}", before or after)
    labels = {f"{item.row['label']}{item.row['title']}": item for item in right.stand.items}
    for what, when in re.findall(r"^\d+\. (.+)：(.+)。$", text, re.M):
        if found := re.match(r"(\d+)年([一二三四])季度进展报告（(.+)）应报(\d+)份、未报(\d+)份", what):
            agency: Subject = ("agency", right.agency_keys[found[3]])
            yield Figure("邮件·报告", agency, "filed.应报", found[4])
            yield Figure("邮件·报告", agency, "filed.未报", found[5])
        if found := re.match(r"(?:完成时限|报送截止|签收期限|答复期限)(\d+)月(\d+)日，(.+)", when):
            day = right.stand.day.replace(month=int(found[1]), day=int(found[2]))
            yield Figure("邮件·期限", ("date", day), "left", found[3])
        name, agency_name = what.rpartition("（")[0], what.rpartition("（")[2].removesuffix("）")
        if when.startswith("完成时限") and name in labels:
            part_of: Subject = ("part_by", labels[name].row["number"], right.agency_keys[agency_name])
            yield Figure("邮件·时限", part_of, "due_words", re.match(r"完成时限(\d+月\d+日)", when)[1])
