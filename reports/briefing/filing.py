"""报送情况 is composed here: 应报 = 已报 + 未报, and who has not filed (docs/rules.md 11). Pure."""

from collections.abc import Iterator, Sequence

from reports.briefing.findings import numbers_of
from reports.briefing.text import Paragraph, Style
from reports.briefing.words import joined, joined_periods, share
from reports.quarter import PlanFacts, Totals, UnfiledRow
from reports.quarter.period_words import due_day, quarter


def filing(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """Says what was owed and filed; those who missed a due date are named apart from those who still have time."""
    yield counted(plan, key)
    late = [row for row in plan.unfiled if row.is_overdue]
    early = [row for row in plan.unfiled if not row.is_overdue]
    if late:
        yield _named(plan, late, f"{states(late, '未报送')}的有", f"{key}.unfiled")
    if early:
        yield _named(plan, early, f"报送期未满，{states(early, '尚未报送')}的有", f"{key}.open")


def counted(plan: PlanFacts, key: str) -> Paragraph:
    """应报 and what it is made of, in one sentence."""
    totals = plan.totals
    figures = {
        "报告期": joined_periods([period.name for period in plan.periods]),
        "截止日期": _due_days(plan),
        "应报": str(totals.owed),
        "已报": str(totals.filed),
        "已通过": str(totals.accepted),
        "待审": str(totals.waiting),
        "迟报": str(totals.late),
        "未报": str(totals.unfiled),
        "未报送": str(totals.missing),
        "退回待重报": str(totals.sent_back),
        "免报": str(totals.waived),
        "报送率": share(totals.filed, totals.owed),
    }
    if not totals.owed:
        text = "本期没有应报的进展报告，{免报}份均为免报。" if totals.waived else "本期没有应报的进展报告。"
        return Paragraph(Style.BODY, text, figures, f"{key}.filing")
    due = "{报告期}进展报告应于{截止日期}（含当日）前报送，"
    if len(plan.periods) > 1:
        due = "{报告期}进展报告（{截止日期}截止，均含当日）"
    counts = joined([text for text in (_filed(totals), _unfiled(totals)) if text], "，")
    text = f"{due}应报{{应报}}份，{counts}，报送率{{报送率}}。"
    if totals.waived:
        text += "另有{免报}份免报，不计入应报。"
    return Paragraph(Style.BODY, text, figures, f"{key}.filing")


def _due_days(plan: PlanFacts) -> str:
    if len(plan.periods) == 1:
        return due_day(plan.periods[0])
    return joined([f"{quarter(period)}{due_day(period)}" for period in plan.periods])


def _filed(totals: Totals) -> str:
    """What 已报 is made of; 迟报 is part of it."""
    if not totals.filed:
        return "已报{已报}份"
    parts = [word for word, count in (("已通过", totals.accepted), ("待审", totals.waiting)) if count]
    made_of = joined([f"{word}{{{word}}}份" for word in parts])
    late = "，其中迟报{迟报}份" if totals.late else ""
    if len(parts) == 1 and totals.filed > 1:
        made_of = f"均{parts[0]}"
    return f"已报{{已报}}份（{made_of}{late}）"


def _unfiled(totals: Totals) -> str:
    """What 未报 is made of; where everything was filed, nothing is said of it."""
    if not totals.unfiled:
        return ""
    if not totals.sent_back:
        return "未报{未报}份"
    parts = [word for word, count in (("未报送", totals.missing), ("退回待重报", totals.sent_back)) if count]
    return f"未报{{未报}}份（{joined([f'{word}{{{word}}}份' for word in parts])}）"


def states(rows: Sequence[UnfiledRow], missing: str) -> str:
    """Names only the states that the rows have: 「尚未报送或退回待重报」."""
    words = {"missing": missing, "sent_back": "退回待重报"}
    return joined([word for state, word in words.items() if any(row.filing == state for row in rows)], "或")


def _named(plan: PlanFacts, rows: Sequence[UnfiledRow], begins: str, key: str) -> Paragraph:
    by_agency: dict[str, list[UnfiledRow]] = {}
    for row in rows:
        by_agency.setdefault(row.agency, []).append(row)
    order = [agency.name for agency in plan.agencies if agency.name in by_agency]
    named = joined([f"{name}（{_numbers(plan, by_agency[name])}）" for name in order], "；")
    figures = {"未报单位数": str(len(order)), "未报份数": str(len(rows)), "未报单位": named}
    return Paragraph(Style.BODY, f"{begins}{{未报单位数}}个单位{{未报份数}}份：{{未报单位}}。", figures, key)


def _numbers(plan: PlanFacts, rows: Sequence[UnfiledRow]) -> str:
    """The items, by period where the package is of several."""
    if len(plan.periods) == 1:
        return numbers_of([plan.label(row.item) for row in rows])
    parts = []
    for period in plan.periods:
        labels = [plan.label(row.item) for row in rows if row.period == period.name]
        if labels:
            parts.append(f"{quarter(period)}{numbers_of(labels)}")
    return joined(parts, "，")
