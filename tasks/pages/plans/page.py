"""历次调整 of a plan's settings: what changed, when, by whom and why."""

from typing import NamedTuple

from tasks.models import Plan, PlanRevision

SHOWN = 50


class SettingsChange(NamedTuple):
    revision: PlanRevision
    lines: list[str]


def settings_changes(plan: Plan) -> list[SettingsChange]:
    """Newest first; one query."""
    revisions = plan.revisions.select_related("recorded_by").order_by("-recorded_at", "-pk")[:SHOWN]
    return [
        SettingsChange(revision, _lines(former, revision))
        for revision, former in zip(revisions, reversed(plan.former), strict=False)
    ]


def _lines(former: dict[str, object], revision: PlanRevision) -> list[str]:
    """「临期天数（天）：15→10」."""
    labels = {field.name: field.verbose_name for field in Plan._meta.fields}
    return [
        f"{labels[name]}：{_word(former[name])}→{_word(value)}"
        for name, value in revision.settings.items()
        if former[name] != value
    ]


def _word(value: object) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
