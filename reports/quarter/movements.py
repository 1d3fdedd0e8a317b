"""本期变化 tells what differs between an item at the close before and the same item now."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from reports.quarter.records import ItemRecord, PlanState
from reports.quarter.row_facts import ChangeRow, RedSpan
from tasks.models import ItemRevision, LightChange, Lineage, ReportingPeriod, Reshaping
from tasks.rules.rounding import half_up
from tasks.rules.status import Light
from tasks.standing.rollup import ItemStanding, Standing


def due_reasons(now: PlanState, moment: datetime, since: ReportingPeriod) -> dict[int, str]:
    """Finds why due dates were set anew since that close, by item: the last reason counts. One query."""
    revisions = ItemRevision.objects.filter(
        item__plan=now.plan, recorded_at__gt=since.closes_at, recorded_at__lte=moment
    )
    return dict(revisions.order_by("recorded_at", "pk").values_list("item_id", "reason"))


def red_spans(now: PlanState) -> dict[int, tuple[RedSpan, ...]]:
    """曾逾期, 现逾期: finds the times during which the daily round saw an item red, oldest first. One query."""
    is_red = Q(light=Light.RED) | Q(previous=Light.RED)
    seen = LightChange.objects.filter(is_red, item__plan=now.plan, day__lte=now.day).order_by("day")
    spans: dict[int, list[RedSpan]] = {}
    for item, day, light in seen.values_list("item_id", "day", "light"):
        of_item = spans.setdefault(item, [])
        is_open = bool(of_item) and of_item[-1].until is None
        if light == Light.RED and not is_open:
            of_item.append(RedSpan(day, None))
        elif light != Light.RED and is_open:
            of_item[-1] = RedSpan(of_item[-1].since, day)
    return {item: tuple(of_item) for item, of_item in spans.items()}


def origins(now: PlanState, since: ReportingPeriod) -> dict[int, str]:
    """Says of each item that came of others since that close what it came of: 「由（五）拆分」. One query."""
    lines = Lineage.objects.filter(
        successor__in=[standing.pk for standing in now.standings], reshaping__recorded_at__gt=since.closes_at
    )
    found: dict[int, tuple[str, list[str]]] = {}
    columns = ("successor_id", "reshaping__kind", "former__label")
    for item, kind, label in lines.order_by("former__place", "former_id").values_list(*columns):
        found.setdefault(item, (str(Reshaping.Kind(kind).label), []))[1].append(label)
    return {item: f"由{'、'.join(labels)}{word}" for item, (word, labels) in found.items()}


def changes(
    now: PlanState, before: PlanState | None, reasons: Mapping[int, str], came_of: Mapping[int, str]
) -> tuple[ChangeRow, ...]:
    """Finds the items of which anything differs, in the notice's order; of one that came of others, of which."""
    if before is None:
        return ()
    earlier = {standing.pk: standing for standing in before.standings}
    rows = []
    for standing in now.standings:
        has, reason = _holders(standing, now), reasons.get(standing.pk, "")
        if standing.pk in earlier:
            was = earlier[standing.pk]
            rows.append(_change(was, standing, had=_holders(was, before), has=has, reason=reason))
        elif standing.pk in came_of:
            rows.append(_begun(standing, came_of[standing.pk]))
    return tuple(row for row in rows if row.kinds)


def _begun(now: ItemStanding[ItemRecord], said: str) -> ChangeRow:
    """An item that there was not: what it came of, and how it stands. It goes on with theirs: nobody came or went."""
    return ChangeRow(
        item=now.item.number,
        kinds=(said,),
        percent_before=0.0,
        percent=round(float(now.percent), 6),
        light_before="",
        light_word_before="",
        light=now.light.value,
        light_word=now.light_word,
        due_before=now.item.due_on,
        due_on=now.item.due_on,
        due_reason="",
        agencies_added=(),
        agencies_removed=(),
    )


def _change(
    before: ItemStanding[ItemRecord],
    now: ItemStanding[ItemRecord],
    *,
    had: Mapping[tuple[int, bool], str],
    has: Mapping[tuple[int, bool], str],
    reason: str,
) -> ChangeRow:
    """Tells what differs of one item; `had` and `has` are the names of its agencies then and now."""
    percent, percent_before = round(float(now.percent), 6), round(float(before.percent), 6)
    is_redated = now.item.due_on != before.item.due_on
    differs = {
        "进度": half_up(percent) != half_up(percent_before),
        "亮灯": (now.light, now.light_word) != (before.light, before.light_word),
        "时限": is_redated,
        "单位": had.keys() != has.keys(),
    }
    return ChangeRow(
        item=now.item.number,
        kinds=tuple(kind for kind, is_so in differs.items() if is_so),
        percent_before=percent_before,
        percent=percent,
        light_before=before.light.value,
        light_word_before=before.light_word,
        light=now.light.value,
        light_word=now.light_word,
        due_before=before.item.due_on,
        due_on=now.item.due_on,
        due_reason=reason if is_redated else "",
        agencies_added=tuple(name for key, name in has.items() if key not in had),
        agencies_removed=tuple(name for key, name in had.items() if key not in has),
    )


def _holders(standing: ItemStanding[ItemRecord], plan_state: PlanState) -> dict[tuple[int, bool], str]:
    """Gives the names of the item's agencies by agency and role, assisting ones marked."""
    rows: list[Standing] = [*standing.leads, *standing.assists]
    return {
        (row.agency_id, row.is_lead): plan_state.names[row.agency_id] + ("" if row.is_lead else "（协助）")
        for row in rows
    }
