"""总体情况 is composed here: progress against 序时, lights, paces, what was won since, the sections. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from reports.briefing.text import Paragraph, Style
from reports.briefing.words import joined, percent, points
from reports.quarter import PlanFacts, SectionFacts
from reports.quarter.period_words import day, short_day
from tasks.rules.means import averaged
from tasks.rules.numerals import chinese_numeral
from tasks.rules.rounding import TENTH, difference
from tasks.rules.status import Light, Pace

NOT_COMPARED = (Light.SUSPENDED, Light.GREY, Light.CANCELLED, Light.UNASSIGNED)  # such an item keeps no pace


def overall(plan: PlanFacts, today: date, key: str) -> Iterator[Paragraph]:
    yield _progress(plan, today, key)
    yield lights(plan, key)
    if any(getattr(plan.totals, pace.value) for pace in Pace):
        yield paces(plan, key)
    if moved := since(plan, today, key):
        yield moved
    if len(plan.sections) > 1:
        yield _sections(plan, key)


def _progress(plan: PlanFacts, today: date, key: str) -> Paragraph:
    agencies = [agency for agency in plan.agencies if agency.totals.leads or agency.totals.assists]
    figures = {
        "截至日期": day(today),
        "文号": plan.document_number,
        "部分数": str(len(plan.sections)),
        "任务数": str(plan.totals.items),
        "单位数": str(len(agencies)),
    }
    held = "由{单位数}个单位负责或协助" if agencies else "尚未明确负责单位"
    begins = f"截至{{截至日期}}，{{文号}}确定的{{部分数}}个部分{{任务数}}项任务，{held}。"
    rest = against_time(plan, key)
    return Paragraph(Style.BODY, f"{begins}{rest.wording}", {**figures, **rest.figures}, rest.key)


def against_time(plan: PlanFacts, key: str) -> Paragraph:
    """Compares the whole with its 序时; where no report was ever accepted, it says so instead of 0.0%."""
    totals = plan.totals
    figures = {
        "总体进度": percent(totals.percent),
        "序时进度": percent(totals.expected),
        "相差": points(totals.gap),
    }
    begins = "总体进度{总体进度}"
    if not reported_items(plan):
        begins = "各单位尚无通过的报告，总体进度按零计"
    text = f"{begins}，序时进度{{序时进度}}，{_gap(totals.gap)}。"
    return Paragraph(
        Style.BODY, text if averaged(plan.items) else "没有计入总体进度的任务。", figures, f"{key}.overall"
    )


def reported_items(plan: PlanFacts) -> set[int]:
    """The tasks of which a report that counts was accepted."""
    return {row.item for row in plan.rows if row.counts and row.has_accepted}


def _gap(gap: float) -> str:
    return f"比序时{'慢' if gap < 0 else '快'}{{相差}}个百分点" if gap else "与序时持平"


def lights(plan: PlanFacts, key: str) -> Paragraph:
    """Counts the items by light, the worst first, and names the margins; a light that nothing has isn't spoken of."""
    counts = {light.label: getattr(plan.totals, light.value) for light in Light}
    rules = ["以各任务最落后的负责单位为准"]
    if plan.totals.yellow:
        rules.append("进度落后序时超过{滞后差额}个百分点为滞后")
    if plan.totals.blue:
        rules.append("距完成时限不超过{临期天数}天为临期")
    margins = {"滞后差额": str(plan.behind_margin), "临期天数": str(plan.soon_days)}
    text = f"按亮灯统计（{joined(rules, '；')}），{_counted(counts)}。"
    return Paragraph(Style.BODY, text, {**_figures(counts), **margins}, f"{key}.lights")


def paces(plan: PlanFacts, key: str) -> Paragraph:
    """Compares the items' means with their 序时, and names the margins; what keeps no pace is named apart."""
    counts = {pace.label: getattr(plan.totals, pace.value) for pace in Pace}
    apart = {light.label: getattr(plan.totals, light.value) for light in NOT_COMPARED}
    rule = "超前序时超过{超进度差额}个百分点为超进度，落后序时超过{欠进度差额}个百分点为欠进度"
    text = f"按任务平均进度与序时进度比较（{rule}），{_counted(counts)}"
    if any(apart.values()):
        text += f"；{_counted(apart)}，不作比较"
    margins = {"超进度差额": str(plan.ahead_margin), "欠进度差额": str(plan.behind_margin)}
    return Paragraph(Style.BODY, f"{text}。", {**_figures(counts), **_figures(apart), **margins}, f"{key}.paces")


def _counted(counts: Mapping[str, int]) -> str:
    """Says how many are what; what none is isn't spoken of, but can be: it is a field nevertheless."""
    return joined([f"{word}{{{word}}}项" for word, count in counts.items() if count])


def _figures(counts: Mapping[str, int]) -> dict[str, str]:
    return {str(word): str(count) for word, count in counts.items()}


def since(plan: PlanFacts, today: date, key: str) -> Paragraph | None:
    """Compares with a day that is named, and its figure, so that the difference can be added up by hand.

    None where there is nothing to compare: no earlier close, no task that counts, no report that was accepted yet.
    """
    if plan.since is None or plan.previous is None or not averaged(plan.items) or not reported_items(plan):
        return None
    year, _, quarter = plan.since_name.partition("年")
    moved = difference(plan.totals.percent, plan.previous.percent, TENTH)
    figures = {
        "上期": f"{quarter if year == str(today.year) else plan.since_name}报送截止日",
        "上期截止日": short_day(plan.since, today.year),
        "上期进度": percent(plan.previous.percent),
        "变化": points(float(moved)),
    }
    change = f"{'提高' if moved > 0 else '下降'}{{变化}}个百分点" if moved else "没有变化"
    then, remark = "的{上期进度}", ""
    if plan.earlier and not any(row.has_accepted for row in plan.earlier):
        then, remark = "", "（当时尚无通过的报告，按零计）"
    text = f"较{{上期}}（{{上期截止日}}）{then}，总体进度{change}{remark}。"
    return Paragraph(Style.BODY, text, figures, f"{key}.since")


def _sections(plan: PlanFacts, key: str) -> Paragraph:
    wordings: list[str] = []
    figures: dict[str, str] = {}
    for section in plan.sections:
        name = f"第{chinese_numeral(section.number)}部分"
        wordings.append(f"“{section.title}”{{{name}任务}}项，{_section_progress(plan, section, name)}")
        figures[f"{name}任务"] = str(section.totals.items)
        figures[f"{name}进度"] = percent(section.totals.percent)
    return Paragraph(Style.BODY, f"分部分看，{joined(wordings, '；')}。", figures, f"{key}.sections")


def _section_progress(plan: PlanFacts, section: SectionFacts, name: str) -> str:
    if not section_counts(plan, section):
        return "未计入进度"
    return f"进度{{{name}进度}}" if section_reported(plan, section) else "尚无通过的报告"


def section_reported(plan: PlanFacts, section: SectionFacts) -> bool:
    """Whether a report that counts in the section's progress was accepted."""
    reported = reported_items(plan)
    return any(item.number in reported for item in plan.items if item.section == section.number and item.counts)


def section_counts(plan: PlanFacts, section: SectionFacts) -> bool:
    """Whether any task of the section counts in its progress."""
    return any(item.counts for item in plan.items if item.section == section.number)
