"""What the briefing finds wrong and asks for is composed here: laggards, indicators, reasons, next steps. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from reports.briefing.text import Paragraph, Style
from reports.briefing.words import joined, percent, whole_percent
from reports.quarter import AgencyFacts, IndicatorFacts, LedgerRow, PlanFacts
from reports.quarter.period_words import day
from reports.quarter.reasons import late_reason
from tasks.rules.numerals import chinese_numeral
from tasks.rules.periods import span_word
from tasks.rules.status import Light

MOST_PROBLEMS = 8  # told one by one; the workbook has them all
EXCERPT = 80
ENDS = ("。", "！", "？", "…")


def numbers_of(labels: Iterable[str]) -> str:
    """Items are called as the notice numbers them: 「（三）（八）」 are 「第三、八项」.

    Where numbering restarts, labels name their part: 「第一部分第三项，第二部分第一项」.
    """
    by_part: dict[str, list[str]] = {}
    for label in labels:
        part, mark, number = label.rpartition("部分")
        by_part.setdefault(part + mark, []).append(number.strip("（）()"))
    return "，".join(f"{part}第{'、'.join(numbers)}项" for part, numbers in by_part.items())


# ── 滞后事项 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def laggards(plan: PlanFacts, key: str, below: Style) -> Iterator[Paragraph]:
    """Names who is behind by the rule, each with the latest reason on record, or with what became of its report."""
    kinds = [(light, rows) for light, rows in ((Light.RED, plan.overdue), (Light.YELLOW, plan.behind)) if rows]
    if not kinds:
        yield Paragraph(Style.BODY, "没有应予通报的逾期或滞后事项。", {}, f"{key}.late")
    for place, (light, rows) in enumerate(kinds, 1):
        by_agency = _by_agency(plan, rows)
        count = f"{len(by_agency)}个单位{len(rows)}项（次）"
        begins = f"（{chinese_numeral(place)}）" if below == Style.HEADING_2 else f"{place}."
        yield Paragraph(below, f"{_of_several(begins, kinds)}{light.label}：{count}。")
        for number, (agency, mine) in enumerate(by_agency, 1):
            counted = _of_several(f"{number}." if below == Style.HEADING_2 else f"（{number}）", by_agency)
            yield Paragraph(
                Style.ITEM,
                f"{counted}{{单位}}：{{事项}}。",
                {"单位": agency.name, "事项": joined([_late_item(plan, row) for row in mine], "；")},
                f"{key}.{light.value}.{agency.pk}",
            )
    yield from not_named(plan, key)


def _of_several(number: str, parts: Sequence[object]) -> str:
    """The number of one of several parts; a part that stands alone has none."""
    return number if len(parts) > 1 else ""


def not_named(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """What the lights show and yet nobody is blamed for: what waits to be closed, and what was excused."""
    excused = [row for row in plan.rows if row.light == Light.YELLOW and row.is_waived and not row.is_settling]
    if plan.settling:
        text = "已完成并申请办结、待销号的{待销号项次}项（次），不列为逾期或滞后：{待销号}。"
        figures = {"待销号项次": str(len(plan.settling)), "待销号": _rows_named(plan, plan.settling)}
        yield Paragraph(Style.BODY, text, figures, f"{key}.settling")
    if excused:
        text = "本期免报的{免报项次}项（次），不列为滞后：{免报事项}。"
        figures = {"免报项次": str(len(excused)), "免报事项": _rows_named(plan, excused)}
        yield Paragraph(Style.BODY, text, figures, f"{key}.excused")


def _rows_named(plan: PlanFacts, rows: Iterable[LedgerRow]) -> str:
    by_agency: dict[str, list[str]] = {}
    for row in rows:
        by_agency.setdefault(row.agency, []).append(plan.label(row.item))
    return joined([f"{agency}{numbers_of(labels)}" for agency, labels in by_agency.items()], "；")


def _by_agency(plan: PlanFacts, rows: list[LedgerRow]) -> list[tuple[AgencyFacts, list[LedgerRow]]]:
    """Sorts them by agency, the worst first as everywhere."""
    by_agency = [(agency, [row for row in rows if row.agency_id == agency.pk]) for agency in plan.laggards]
    return sorted(((agency, mine) for agency, mine in by_agency if mine), key=lambda pair: -len(pair[1]))


def _late_item(plan: PlanFacts, row: LedgerRow) -> str:
    item = plan.item(row.item)
    measured = [f"进度{row.percent}%" if row.has_accepted else "尚无通过的报告"]
    if row.expected is not None:
        measured.append(f"序时{whole_percent(row.expected)}")
    if row.light == Light.RED and item.due_on:
        measured.append(f"时限{day(item.due_on)}")
    return f"{numbers_of([plan.label(row.item)])}{item.title}（{'，'.join(measured)}；{why(plan, row)}）"


def why(plan: PlanFacts, row: LedgerRow) -> str:
    """The latest reason on record, shortened to whole sentences, or what became of the report."""
    reason = late_reason(plan, row)
    return f"原因：{excerpt(reason).removesuffix('。')}" if row.reason else reason


# ── 量化指标、存在问题 ───────────────────────────────────────────────────────────────────────────────────────────


def indicators(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """Lists the targets: those reached, those behind by the plan's margin, the rest, and those that nobody reported."""
    known = [target for target in plan.indicators if target.value is not None]
    unknown = [target for target in plan.indicators if target.value is None]
    rest = [target for target in known if target.percent < 100 and not target.is_behind]
    groups = (
        ("已完成{完成数}项", "完成", [target for target in known if target.percent >= 100]),
        ("落后序时超过{指标差额}个百分点的{落后数}项", "落后", [target for target in known if target.is_behind]),
        ("其余{其余数}项" if len(rest) < len(known) else "进展正常的{其余数}项", "其余", rest),
        ("尚无数据的{无数据数}项", "无数据", unknown),
    )
    figures = {"指标数": str(len(plan.indicators)), "指标差额": str(plan.behind_margin)}
    figures |= {f"{name}数": str(len(targets)) for _, name, targets in groups}
    figures |= {f"{name}指标": joined([_indicator(target) for target in targets], "；") for _, name, targets in groups}
    words = [f"{begins}：{{{name}指标}}" for begins, name, targets in groups if targets]
    yield Paragraph(Style.BODY, f"共{{指标数}}项量化指标。{'。'.join(words)}。", figures, f"{key}.indicators")


def _indicator(indicator: IndicatorFacts) -> str:
    target = f"{indicator.name}目标{indicator.target.normalize():f}{indicator.unit}"
    if indicator.value is None:
        return target
    return f"{target}，完成{indicator.value.normalize():f}{indicator.unit}（{percent(indicator.percent)}）"


def problems(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """Quotes the problems that agencies report, those of the late ones first, but for what was quoted as a reason."""
    late = {row.pk for row in (*plan.overdue, *plan.behind)}
    rows = [row for row in plan.rows if row.problems and row.problems != (row.reason if row.pk in late else "")]
    rows.sort(key=lambda row: row.pk not in late)
    for number, row in enumerate(rows[:MOST_PROBLEMS], 1):
        yield Paragraph(
            Style.ITEM,
            f"{_of_several(f'{number}.', rows)}{{单位}}（{{序号}}）：{_quoted(row.problems)}",
            {"单位": row.agency, "序号": numbers_of([plan.label(row.item)])},
            f"{key}.problem.{row.pk}",
        )
    if len(rows) > MOST_PROBLEMS:
        figures = {"其余项次": str(len(rows) - MOST_PROBLEMS)}
        word = span_word(plan.period.code) if plan.period else ""
        text = f"另有{{其余项次}}项（次）所报问题，见{word}汇总表。"
        yield Paragraph(Style.BODY, text, figures, f"{key}.problem.more")


def excerpt(text: str) -> str:
    """The text on one line; whole sentences as far as they fit."""
    text = " ".join(text.split())
    if len(text) <= EXCERPT:
        return text
    cut = text[:EXCERPT].rfind("。")
    return text[: cut + 1] if cut > 0 else f"{text[: EXCERPT - 1]}…"


def _quoted(text: str) -> str:
    """One sentence or more, without braces, which would be taken for fields."""
    quoted = excerpt(text.replace("{", "（").replace("}", "）").replace("｛", "（").replace("｝", "）"))
    return quoted if quoted.endswith(ENDS) else f"{quoted}。"


# ── 下一步要求 ───────────────────────────────────────────────────────────────────────────────────────────────────


def next_steps(plan: PlanFacts, key: str) -> Iterator[Paragraph]:
    """Asks for what can still be done. The issued document locks its period, so it asks for no report in it."""
    steps: list[tuple[str, str, dict[str, str]]] = []
    if plan.overdue:
        names = joined(list(dict.fromkeys(row.agency for row in plan.overdue)))
        steps.append(("overdue", "抓紧办结逾期事项。{逾期单位}要倒排工期，尽快办结销号。", {"逾期单位": names}))
    if plan.behind:
        names = joined(list(dict.fromkeys(row.agency for row in plan.behind)))
        text = "加快补齐欠账。{滞后单位}要对照序时进度查找差距，明确措施、责任和完成时间。"
        steps.append(("behind", text, {"滞后单位": names}))
    late = {row.agency_id for row in plan.unfiled if row.is_overdue}
    missing = [agency.name for agency in plan.agencies if agency.pk in late]
    if missing:
        text = "规范进展报送。{未报单位}今后要按期如实报送进展，附佐证材料。"
        steps.append(("unfiled", text, {"未报单位": joined(missing)}))
    running = [target for target in plan.indicators if _is_running(plan, target.item)]
    behind = [target.name for target in running if target.is_behind and target.value is not None]
    if behind:
        text = "确保指标完成。{落后指标}进度偏慢，有关单位要挖掘潜力，确保实现目标。"
        steps.append(("indicators", text, {"落后指标": joined(behind)}))
    unknown = [target.name for target in running if target.is_behind and target.value is None]
    if unknown:
        text = "掌握指标数据。{无数据指标}尚无数据，有关单位今后报送进展时要一并报送完成数。"
        steps.append(("readings", text, {"无数据指标": joined(unknown)}))
    unassigned = [plan.label(item.number) for item in plan.items if item.light == Light.UNASSIGNED]
    if unassigned:
        text = "落实责任单位。{未明确任务}尚未明确负责单位，要尽快明确。"
        steps.append(("unassigned", text, {"未明确任务": numbers_of(unassigned)}))
    if not steps:
        steps.append(("steady", _going_on(plan), {}))
    for number, (name, text, figures) in enumerate(steps, 1):
        yield Paragraph(Style.ITEM, f"{_of_several(f'{number}.', steps)}{text}", figures, f"{key}.next.{name}")


def _is_running(plan: PlanFacts, item: int) -> bool:
    return Light(plan.item(item).light).is_running


def _going_on(plan: PlanFacts) -> str:
    """What is asked where nobody has to be named."""
    if not any(_is_running(plan, item.number) for item in plan.items):
        return "目前没有在办的任务，各单位要做好资料整理归档，巩固工作成效。"
    if plan.totals.behind:
        return "各单位要对照序时进度加快推进，确保按期完成目标任务。"
    return "各单位要保持工作力度，确保全面完成目标任务。"
