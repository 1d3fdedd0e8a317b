"""The list of plans, and 历次调整 of a plan's settings: what changed, when, by whom and why."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from tasks.models import Plan, PlanRevision
from tasks.rules.periods import Frequency

SHOWN = 50
LIES = ("本级", "上级", "下级")


class SettingsChange(NamedTuple):
    revision: PlanRevision
    lines: list[str]


def grouped(plans: Iterable[Any]) -> list[tuple[str, list[Plan]]]:
    """Plans with how each lies, under a heading for each way; without one where all are the own office's."""
    groups = [(lies, list(same)) for lies, same in groupby(plans, key=attrgetter("lies"))]
    return [(LIES[lies] if lies or len(groups) > 1 else "", same) for lies, same in groups]


def settings_changes(plan: Plan) -> list[SettingsChange]:
    """Newest first; one query."""
    revisions = plan.revisions.select_related("recorded_by").order_by("-recorded_at", "-pk")[:SHOWN]
    return [
        SettingsChange(revision, _lines(former, revision))
        for revision, former in zip(revisions, reversed(plan.former), strict=False)
    ]


def _lines(former: dict[str, object], revision: PlanRevision) -> list[str]:
    """「临期天数（天）：15→10」."""
    defaults = Plan().settings  # a setting that was added later had its default
    labels = {field.name: field.verbose_name for field in Plan._meta.fields}
    return [
        f"{labels[name]}：{_word(former.get(name, defaults[name]))}→{_word(value)}"
        for name, value in revision.settings.items()
        if former.get(name, defaults[name]) != value
    ]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(Frequency(value).label) if value in Frequency.values else str(value) or "不限"
