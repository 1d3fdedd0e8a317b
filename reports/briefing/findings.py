"""What the briefing finds wrong and asks for is composed here: laggards, indicators, reasons, next steps. Pure."""

from collections.abc import Iterator

from reports.briefing.text import Paragraph, Style
from reports.briefing.words import day, joined, percent
from reports.quarter import AgencyFacts, IndicatorFacts, LedgerRow, PlanFacts
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light

MOST_PROBLEMS = 8  # told one by one; the workbook has them all
EXCERPT = 80


def numbers_of(labels: tuple[str, ...]) -> str:
    """Items are called as the notice numbers them: 「（三）（八）」 are 「第三、八项」."""
    return f"第{'、'.join(label.strip('（）()') for label in labels)}项"


# ── 滞后事项 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def laggards(plan: PlanFacts, key: str, below: Style) -> Iterator[Paragraph]:
    kinds = ((Light.RED, plan.overdue), (Light.YELLOW, plan.behind))
    if not any(rows for _, rows in kinds):
        yield Paragraph(Style.BODY, "各单位负责的任务没有逾期，也没有欠进度。", {}, f"{key}.late")
        return
    place = 0
    for light, rows in kinds:
        if not rows:
            continue
        place += 1
        by_agency = _by_agency(plan, rows)
        count = f"{len(by_agency)}个单位{len(rows)}项（次）"
        begins = f"（{chinese_numeral(place)}）" if below == Style.HEADING_2 else f"{place}."
        yield Paragraph(below, f"{begins}{light.label}：{count}。")
        for number, (agency, mine) in enumerate(by_agency, 1):
            counted = f"{number}." if below == Style.HEADING_2 else f"（{number}）"
            yield Paragraph(
                Style.ITEM,
                f"{counted}{{单位}}：{{事项}}。",
                {"单位": agency.name, "事项": joined([_late_item(plan, row) for row in mine], "；")},
                f"{key}.{light.value}.{agency.pk}",
            )


def _by_agency(plan: PlanFacts, rows: list[LedgerRow]) -> list[tuple[AgencyFacts, list[LedgerRow]]]:
    """Groups the rows by agency; those with the most come first, otherwise the fixed order holds."""
    by_agency = [(agency, [row for row in rows if row.agency_id == agency.pk]) for agency in plan.agencies]
    return sorted(((agency, mine) for agency, mine in by_agency if mine), key=lambda pair: -len(pair[1]))


def _late_item(plan: PlanFacts, row: LedgerRow) -> str:
    item = plan.item(row.item)
    against = f"，序时{percent(row.expected)}" if row.expected is not None else ""
    due = f"，时限{day(item.due_on)}" if row.light == Light.RED and item.due_on else ""
    return f"第{item.label.strip('（）()')}项{item.title}（进度{row.percent}%{against}{due}）"


# ── 量化指标、存在问题 ───────────────────────────────────────────────────────────────────────────────────────────


def indicators(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    done = [indicator for indicator in plan.indicators if indicator.percent >= 100]
    behind = [indicator for indicator in plan.indicators if indicator.is_behind]
    text = "{指标数}项量化指标中，已完成{完成数}项，落后于序时{落后数}项：{指标}。"
    figures = {
        "指标数": str(len(plan.indicators)),
        "完成数": str(len(done)),
        "落后数": str(len(behind)),
        "指标": joined([_indicator(indicator) for indicator in plan.indicators], "；"),
    }
    yield Paragraph(Style.BODY, text, figures, f"{key}.indicators")


def _indicator(indicator: IndicatorFacts) -> str:
    target = f"{indicator.name}目标{indicator.target.normalize():f}{indicator.unit}"
    if indicator.value is None:
        return f"{target}，尚未报送"
    return f"{target}，完成{indicator.value.normalize():f}{indicator.unit}（{percent(indicator.percent)}）"


def problems(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """Quotes the reasons that agencies with late tasks give, in their own words, shortened."""
    reasons = [(row, row.delay_reason or row.problems) for row in (*plan.overdue, *plan.behind)]
    reasons = [(row, text) for row, text in reasons if text]
    for number, (row, text) in enumerate(reasons[:MOST_PROBLEMS], 1):
        item = plan.item(row.item)
        yield Paragraph(
            Style.ITEM,
            f"{number}.{{单位}}（第{{序号}}项）：{_quoted(text)}",
            {"单位": row.agency, "序号": item.label.strip("（）()")},
            f"{key}.problem.{row.pk}",
        )


def _quoted(text: str) -> str:
    """Puts a text on one line, without braces, which would be taken for fields; whole sentences as far as they fit."""
    text = " ".join(text.split()).replace("{", "（").replace("}", "）").replace("｛", "（").replace("｝", "）")
    if len(text) <= EXCERPT:
        return text
    cut = text[:EXCERPT].rfind("。")
    return text[: cut + 1] if cut > 0 else f"{text[: EXCERPT - 1]}…"


# ── 下一步要求 ───────────────────────────────────────────────────────────────────────────────────────────────────


def next_steps(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    steps: list[tuple[str, str, dict[str, str]]] = []
    if plan.overdue:
        names = joined(list(dict.fromkeys(row.agency for row in plan.overdue)))
        text = "限期办结逾期事项。{逾期单位}要倒排工期、逐项销号，确需延期的应依规说明理由。"
        steps.append(("overdue", text, {"逾期单位": names}))
    if plan.behind:
        names = joined(list(dict.fromkeys(row.agency for row in plan.behind)))
        text = "加快补齐欠账。{欠进度单位}要对照序时进度查找差距，明确措施、责任和完成时间。"
        steps.append(("behind", text, {"欠进度单位": names}))
    missing = [agency.name for agency in plan.agencies if agency.unfiled_items]
    if missing:
        figures = {"未报单位": joined(missing)}
        if any(row.is_overdue for row in plan.unfiled) or plan.period is None:
            text = "规范进展报送。{未报单位}要尽快补报，今后按期如实报送，附佐证材料。"
        else:
            text = "按期报送进展。{未报单位}要于{截止日期}前如实报送，附佐证材料。"
            figures["截止日期"] = day(plan.period.due_on)
        steps.append(("unfiled", text, figures))
    behind = [indicator.name for indicator in plan.indicators if indicator.is_behind]
    if behind:
        text = "确保指标完成。{落后指标}落后于序时，有关单位要挖掘潜力，确保实现目标。"
        steps.append(("indicators", text, {"落后指标": joined(behind)}))
    if not steps:
        steps.append(("steady", "各单位要保持工作力度，确保全面完成目标任务。", {}))
    for number, (name, text, figures) in enumerate(steps, 1):
        yield Paragraph(Style.ITEM, f"{number}.{text}", figures, f"{key}.next.{name}")
