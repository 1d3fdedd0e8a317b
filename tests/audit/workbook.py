"""Figures as the quarterly workbook shows them, sheet by sheet."""

import re
from collections.abc import Iterator

from tests.audit.recomputed import COLOURS, PACES, STATES, WORDS
from tests.audit.right import Right
from tests.audit.spreadsheets import light, table
from tests.audit.subjects import FILING_WORDS, PLAN, Figure, Subject

WHATS = {
    **{
        "任务": "items",
        "任务总数": "items",
        "负责分工": "leads",
        "负责": "leads",
        "协助分工": "assists",
        "协助": "assists",
    },
    **{"进度": "percent", "总体进度": "percent", "序时进度": "expected", "序时": "expected", "较序时": "stored_gap"},
    **{"上期进度": "earlier.percent", "报送率": "rate"},
    **{word: f"paces.{word}" for word in PACES.values()},
    **{word: f"filed.{word}" for word in FILING_WORDS},
    **{word: f"lights.{word}" for word in WORDS.values()},
    **{f"{COLOURS[light]}{word}": f"lights.{word}" for light, word in WORDS.items()},
}
TEXTS = {"部分", "单位", "序号", "名称", "重新计算", "不一致的数字", "结论"}
SAME = ("一致", "全部一致")
Sheets = dict[str, list[list[str]]]


def workbook(sheets: Sheets, right: Right) -> Iterator[Figure]:
    yield from summary(sheets["总体情况"])
    yield from parts("分部分", sheets["分部分"], "部分", sections(right))
    agencies: dict[str, Subject] = {name: ("agency", pk) for name, pk in right.agency_keys.items()}
    yield from parts("分单位", sheets["分单位"], "单位", agencies)
    yield from matrix(sheets["责任矩阵"], right)
    yield from ledger(sheets["任务台账"], right)
    yield from indicators(sheets["量化指标"])
    yield from changes(sheets["本期变化"])
    yield from late(sheets["逾期与未报"], right)
    yield from told(sheets["存在问题与下一步"], right)
    for rows in sheets.values():
        if any(row[:1] == ["所属数字"] for row in rows):
            yield from figures_listed(rows, right)
    yield from checks(sheets["校核"], right)


def what_of(title: str) -> str:
    """What a head or the name of a row claims its figures to be."""
    word = re.sub(r"（(项|份|百分点|项·单位)）$", "", title.replace(" ", ""))
    word = re.sub(r"^(亮灯：|报送：|进度类别：|其中)", "", word).removeprefix("其中")
    if word.startswith("进度") and "报送截止日" in word:
        return "earlier.percent"
    return WHATS.get(word, f"column {title}")


def sections(right: Right) -> dict[str, Subject]:
    return {
        f"{'一二三四五六七八九十'[row['number'] - 1]}、{row['title']}": ("section", row["number"])
        for row in right.stand.rows.sections
    }


def summary(rows: list[list[str]]) -> Iterator[Figure]:
    for row in table(rows, "项目"):
        title, what = row["项目"], what_of(row["项目"])
        if title.startswith("亮灯："):
            named = re.sub(r"（项）$", "", title.removeprefix("亮灯："))
            yield Figure("总体情况·词", PLAN, f"named.{what.partition('.')[2]}", named)
        yield Figure("总体情况", PLAN, what, row["本期"])
        _, before, moved = [value for head, value in row.items() if head not in ("项目", "说明")]
        if before:
            yield Figure("总体情况·上期", PLAN, f"earlier.{what}", before)
        if moved:
            yield Figure("总体情况·变化", PLAN, "moved" if what == "percent" else f"moved_by.{what}", moved)


def parts(place: str, rows: list[list[str]], first: str, subjects: dict[str, Subject]) -> Iterator[Figure]:
    for row in table(rows, first):
        is_sum = row[first] == "合计"
        subject: Subject = (PLAN if first == "部分" else ("agencies",)) if is_sum else subjects[row[first]]
        for head, text in row.items():
            if head in TEXTS or (is_sum and not text):
                continue
            if head.startswith("逾期") and head.endswith("任务"):
                yield Figure(place, subject, "late_labels", text)
            elif head.startswith("未报") and head.endswith("任务"):
                yield Figure(place, subject, "unfiled_labels", text)
            else:
                yield Figure(place, subject, what_of(head), text)


def matrix(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    for row in table(rows, "序号"):
        for agency, text in row.items():
            if agency in ("序号", "任务") or not text:
                continue
            pk = right.agency_keys[agency]
            if text == "协":
                yield Figure("责任矩阵", ("item", int(row["序号"])), f"assisted.{pk}", "协")
            else:
                yield Figure("责任矩阵", ("part_of", int(row["序号"]), pk), "percent", light(text))
        yield Figure("责任矩阵·个数", ("item", int(row["序号"])), "holders", str(sum(map(bool, row.values())) - 2))


def ledger(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    lines = list(table(rows, "序号"))
    yield Figure("任务台账·行数", PLAN, "ledger_rows", str(len(lines)))
    for row in lines:
        item: Subject = ("item", int(row["序号"]))
        yield Figure("任务台账", item, "light", light(row["任务亮灯"]))
        yield Figure("任务台账·任务进度", item, "percent", row["任务进度"])
        yield Figure("任务台账·时限", item, "due", row["完成时限"])
        reds = next(text for head, text in row.items() if head.startswith("曾逾期"))
        yield Figure("任务台账·曾逾期", item, "reds", reds)
        if row["负责单位"] == "未明确" or row["负责单位"] not in right.agency_keys:
            continue
        part: Subject = ("part_of", int(row["序号"]), right.agency_keys[row["负责单位"]])
        for head, what in (("进度", "percent"), ("序时进度", "expected"), ("较序时（百分点）", "stored_gap")):
            yield Figure("任务台账", part, what, row[head])
        yield Figure("任务台账·亮灯", part, "light", light(row["亮灯"]))
        yield Figure("任务台账·本期报送", part, "owed_state", row["本期报送"])
        yield Figure("任务台账·进度类别", part, "pace", row["进度类别"])
        before = next(text for head, text in row.items() if head not in ("进度", "序时进度") and is_before(head))
        yield Figure("任务台账·上期末", part, "earlier.percent", before)
        yield Figure("任务台账·迟报", part, "late_word", row["迟报"])
        yield Figure("任务台账·权重", part, "weight", row["权重"])


def is_before(head: str) -> bool:
    """Whether a column is of the close before."""
    return "截止日" in head or head.startswith("上期末")


def of_before(row: dict[str, str], word: str) -> str:
    return next(text for head, text in row.items() if is_before(head) and (word in head or word == ""))


def indicators(rows: list[list[str]]) -> Iterator[Figure]:
    for row in table(rows, "序号"):
        if not row.get("指标"):
            continue
        subject: Subject = ("indicator", row["指标"])
        heads = {"目标值": "target", "现值（累计）": "reading", "完成率": "reached", "序时进度": "time"}
        for head, what in (*heads.items(), ("状态", "standing")):
            yield Figure("量化指标", subject, what, light(row[head]))
        yield Figure("量化指标", subject, "earlier.reading", of_before(row, ""))


def changes(rows: list[list[str]]) -> Iterator[Figure]:
    for row in table(rows, "序号"):
        if not row["序号"].isdigit():
            continue
        item: Subject = ("item", int(row["序号"]))
        yield Figure("本期变化", item, "percent", row["本期进度"])
        yield Figure("本期变化", item, "earlier.percent", of_before(row, "进度"))
        yield Figure("本期变化", item, "moved", row["变化（百分点）"])
        yield Figure("本期变化", item, "light", light(row["本期亮灯"]))
        yield Figure("本期变化", item, "earlier.light", light(of_before(row, "亮灯")))


def late(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    """Rows of leads, and of reports; who is listed under each word is a figure of its own."""
    listed: dict[str, list[str]] = {}
    for row in table(rows, "序号"):
        if not row["序号"].isdigit():
            continue
        listed.setdefault(row["类别"], []).append(f"{row['序号']}{row['单位']}")
        part: Subject = ("part_of", int(row["序号"]), right.agency_keys[row["单位"]])
        if row["类别"] not in STATES.values() and row["进度"]:
            for head, what in (("进度", "percent"), ("序时进度", "expected"), ("较序时（百分点）", "stored_gap")):
                yield Figure("逾期与未报", part, what, row[head])
    for word in ("逾期", "滞后", "未报送", "退回待重报"):
        yield Figure("逾期与未报·名单", PLAN, f"listed.{word}", "、".join(sorted(listed.pop(word, []))))
    for word, names in listed.items():
        yield Figure("逾期与未报·名单", PLAN, f"listed.{word}", "、".join(sorted(names)))


def told(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    for row in table(rows, "序号"):
        if row["序号"].isdigit():
            part: Subject = ("part_of", int(row["序号"]), right.agency_keys[row["负责单位"]])
            yield Figure("存在问题与下一步", part, "percent", row["进度"])
            yield Figure("存在问题与下一步", part, "light", light(row["亮灯"]))


def checks(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    """The figures that the file itself adds up again, subject by subject, and its verdicts."""
    subjects = {**sections(right), **{name: ("agency", pk) for name, pk in right.agency_keys.items()}}
    subjects[right.stand.rows.plan["document_number"]] = PLAN
    for row in table(rows, "重新计算"):
        if not row["结论"]:
            continue
        yield Figure("校核·结论", (row["重新计算"],), "verdict", row["结论"])
        for head, text in row.items():
            if head not in TEXTS and text and row["重新计算"] in subjects:
                yield Figure("校核", subjects[row["重新计算"]], what_of(head), text)


def figures_listed(rows: list[list[str]], right: Right) -> Iterator[Figure]:
    """The rows to which the figures of 总体情况 open."""
    for row in table(rows, "所属数字"):
        if not row["序号"].isdigit():
            continue
        number, pk = int(row["序号"]), right.agency_keys.get(row["单位"])
        parts_of_item = (*right.items[number].leads, *right.items[number].assists)
        is_part = any(part.row["agency_id"] == pk for part in parts_of_item) and "分工" in row["所属数字"]
        subject: Subject = ("part_by", number, pk) if is_part else ("item", number)
        yield Figure("数字明细", subject, "light", light(row["亮灯"]))
        for head, what in (("进度", "percent"), ("序时进度", "expected"), ("较序时（百分点）", "stored_gap")):
            yield Figure("数字明细", subject, what, row[head])
        yield Figure("数字明细", subject, "pace", row["进度类别"])
