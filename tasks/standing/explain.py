"""Lights in words: why an item shows the light it shows, and what would turn it green. Decides nothing itself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil

from qa_plan.clock import end_of
from tasks.models import Plan
from tasks.rules.rounding import TENTH, percent_text
from tasks.rules.status import Light, behind_line
from tasks.standing.rollup import ItemStanding, Standing, thresholds_of

AgencyNames = Mapping[int, str]
NOTHING_ACCEPTED = "尚无通过的报告"


def reached(row: Standing) -> str:
    """How far an assignment has come; before a report was accepted it counts as 0, which nobody has reported."""
    return f"{row.percent}%" if row.has_accepted else NOTHING_ACCEPTED


def because(standing: ItemStanding, plan: Plan, day: date, names: AgencyNames) -> str:
    """One short sentence for lists: 「省商务厅48%，落后序时逾10个百分点」."""
    plan = plan.at(end_of(day))
    if standing.light == Light.RED:
        return f"{_joined(standing.laggards, names)}未办结"
    if standing.light == Light.YELLOW:
        slowest = "、".join(f"{names[s.agency_id]}{reached(s)}" for s in standing.laggards[:3])
        others = f"等{len(standing.laggards)}家" if len(standing.laggards) > 3 else ""
        return f"{slowest}{others}，落后序时逾{plan.behind_margin}个百分点"
    if standing.light == Light.BLUE and standing.due_on:
        return f"距完成时限{(standing.due_on - day).days}天"
    if not standing.light.is_running:
        return _ended(standing) if standing.leads else "未明确负责单位"
    if _is_spared(standing, plan):
        return "首个应报的报告期尚未截止，不计滞后"
    return "各负责单位均在黄灯线以上"


def _is_spared(standing: ItemStanding, plan: Plan) -> bool:
    """Whether a lead is below the line and yet not behind, because it could not report before now."""
    if standing.expected is None or standing.light.is_late:
        return False
    line = behind_line(standing.expected, thresholds_of(plan))
    return any(row.percent < line and row.light and row.light.is_running for row in standing.leads)


def _ended(standing: ItemStanding) -> str:
    """How all ended, 「各负责单位均已办结」, or how many of each where they ended differently."""
    words = Counter(row.light_word for row in standing.leads)
    if len(words) == 1:
        return f"各负责单位均{next(iter(words))}"
    return "、".join(f"{word}{count}家" for word, count in words.items())


def _joined(rows: list[Standing], names: AgencyNames) -> str:
    shown = "、".join(names[row.agency_id] for row in rows[:3])
    return f"{shown}等{len(rows)}家" if len(rows) > 3 else shown


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reckoning: what, how much, and the light it gives, if it gives one."""

    text: str
    value: str = ""
    light: Light | None = None
    is_result: bool = False


def steps(standing: ItemStanding, plan: Plan, day: date, names: AgencyNames) -> list[Step]:
    """The reckoning of an item's light, line by line: the rule, what went into it, and the verdict on each side."""
    if not standing.leads:
        return [Step("未明确负责单位，不计亮灯", "", Light.UNASSIGNED, is_result=True)]
    lines = _time_steps(standing, plan, day) if standing.light.is_running else []
    worst_rows = [row for row in standing.leads if row.light == standing.light]
    others = [row for row in standing.leads if row.light != standing.light]
    if standing.light != Light.GREEN:
        lines += [Step(names[row.agency_id], reached(row), row.light) for row in worst_rows[:5]]
        if len(worst_rows) > 5:
            lines.append(Step(f"另有{len(worst_rows) - 5}家", _span(worst_rows[5:]), standing.light))
    else:
        others = standing.leads
    if others:
        label = f"其余{len(others)}家" if standing.light != Light.GREEN else f"{len(others)}家负责单位"
        lines.append(Step(label, _span(others)))
    return [*lines, Step("按最严重的灯色显示", "", standing.light, is_result=True)]


def _time_steps(standing: ItemStanding, plan: Plan, day: date) -> list[Step]:
    if standing.due_on is None:
        return [Step("持续推进，不设完成时限", "不因时间亮灯")]
    plan, expected = plan.at(end_of(day)), standing.expected or 0.0
    whole, passed = (standing.due_on - plan.issued_on).days, (day - plan.issued_on).days
    line = max(behind_line(expected, thresholds_of(plan)), 0)
    lines = [
        Step(f"序时进度＝已过{min(passed, whole)}天÷全程{whole}天", percent_text(expected, TENTH)),
        Step(f"黄灯线＝序时进度−{plan.behind_margin}（本计划设定）", percent_text(line, TENTH)),
    ]
    if _is_spared(standing, plan):
        lines.append(Step("首个应报的报告期尚未截止", "不计滞后"))
    left = (standing.due_on - day).days
    if left < 0:
        lines.append(Step(f"完成时限{standing.due_on:%Y-%m-%d}", f"已过{-left}天"))
    elif left <= plan.soon_days:
        lines.append(Step(f"距完成时限不超过{plan.soon_days}天为{Light.BLUE.label}", f"还有{left}天"))
    return lines


def _span(rows: list[Standing]) -> str:
    percents = [row.percent for row in rows if row.has_accepted]
    if not percents:
        return NOTHING_ACCEPTED
    low, high = min(percents), max(percents)
    span = f"{low}%" if low == high else f"{low}%至{high}%"
    others = len(rows) - len(percents)
    return f"{span}，{others}家{NOTHING_ACCEPTED}" if others else span


def remedy(standing: ItemStanding, plan: Plan, names: AgencyNames) -> str:
    """What would turn the light green, by the plan's settings as given; "" where it is green or nothing can."""
    if standing.light == Light.RED:
        return f"整改要求：{_joined(standing.laggards, names)}办结。"
    if standing.light == Light.YELLOW and standing.expected is not None:
        needed = ceil(behind_line(standing.expected, thresholds_of(plan)))
        return f"整改要求：{_joined(standing.laggards, names)}报送并通过不低于{needed}%的进展。"
    if standing.light == Light.BLUE:
        blue, grey, red = Light.BLUE, Light.GREY, Light.RED
        return f"{blue.label}是提示，不是落后：办结后转{grey.colour}，{red.label}未办结转{red.colour}。"
    return ""
