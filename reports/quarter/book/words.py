"""Words that several sheets share: lights that occur, kinds of filing, the day that is compared with, times of red."""

from reports.quarter.facts import ItemFacts, PlanFacts, Snapshot
from reports.quarter.period_words import short_day
from tasks.models.obligation import Obligation
from tasks.rules.status import Light
from tasks.standing.filing import Filing

NO_CLOSE_BEFORE = "此前没有已截止的报告期，无从比较"
USUAL_LIGHTS = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)
FILING_COLUMNS = (
    (Obligation.OWED.value, str(Obligation.OWED.label)),
    ("filed", "已报"),
    (Filing.ACCEPTED.value, str(Filing.ACCEPTED.label)),
    (Filing.WAITING.value, str(Filing.WAITING.label)),
    ("late", "其中迟报"),
    ("unfiled", "未报"),
    (Filing.MISSING.value, str(Filing.MISSING.label)),
    (Filing.SENT_BACK.value, str(Filing.SENT_BACK.label)),
    (Filing.WAIVED.value, str(Filing.WAIVED.label)),
)


def shown_lights(snapshot: Snapshot) -> tuple[Light, ...]:
    """The five usual lights, and of the others those under which anything stands or stood at the previous close."""
    seen: set[str] = set()
    for plan in snapshot.plans:
        seen |= {item.light for item in plan.items} | {row.light for row in plan.rows}
        seen |= {row.light for row in plan.earlier} | {row.item_light for row in plan.earlier}
    return tuple(light for light in Light if light in USUAL_LIGHTS or light.value in seen)


def light_columns(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Keys and heads of the columns that count lights."""
    return tuple((light.value, light.words) for light in shown_lights(snapshot))


def close_before(plan: PlanFacts, snapshot: Snapshot) -> str:
    """The close that a plan is compared with: 「二季度报送截止日（7月15日）」; "" where it is compared with none."""
    if plan.since is None:
        return ""
    name = plan.since_name.removeprefix(f"{snapshot.day.year}年")
    return f"{name}报送截止日（{short_day(plan.since, snapshot.day.year)}）"


def closes_before(snapshot: Snapshot) -> list[str]:
    """The closes that the plans are compared with, each once."""
    return list(dict.fromkeys(filter(None, (close_before(plan, snapshot) for plan in snapshot.plans))))


def before_head(snapshot: Snapshot) -> str:
    """The head of a column of figures of the previous close."""
    closes = closes_before(snapshot)
    return closes[0].replace("（", "\n（") if len(closes) == 1 else "上一报送截止日"


def against_before(snapshot: Snapshot) -> str:
    """Says in words with what is compared."""
    closes = closes_before(snapshot)
    return f"与{'、'.join(closes)}比较" if closes else NO_CLOSE_BEFORE


def red_text(item: ItemFacts) -> str:
    """曾逾期 with its days, and 现逾期 apart: 「2016-08-01逾期，2016-08-09解除；现逾期（2016-10-01起）」."""
    is_red = item.light == Light.RED
    past = item.reds[:-1] if is_red and item.reds and item.reds[-1].until is None else item.reds
    texts = [
        f"{span.since:%Y-%m-%d}逾期，{f'{span.until:%Y-%m-%d}解除' if span.until else '现已解除'}" for span in past
    ]
    if is_red:
        texts.append(f"现逾期（{item.reds[-1].since:%Y-%m-%d}起）" if len(past) < len(item.reds) else "现逾期")
    return "；".join(texts)
