"""更正: what was read wrongly of the notice is read anew, word for word; the item stays, and so does its past."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import ProtectedError

from agencies.changes import note
from agencies.models import User
from tasks.models import ActionItem, Indicator, ItemCorrection, Measure
from tasks.notice.proof import locate
from tasks.workflow.current import WorkflowError, deed, lock_item

DEADLINE = ("due_words", "due_start", "due_on", "recurs")
AWAY = 10_000  # numbers that no measure has, while all are numbered anew
STALE = "内容已被更新，本次未保存：该任务已被更正。请刷新页面，核对现在的内容后再改。"


class ReadIndicator(NamedTuple):
    """A target as a coordinator reads it; `quote` are the notice's words. Without a key it is a new one."""

    pk: int | None
    name: str
    target: Decimal
    unit: str
    quote: str


@deed
def correct_item(
    *,
    item: ActionItem,
    title: str,
    text: str,
    measures: Sequence[str],
    indicators: Sequence[ReadIndicator],
    reason: str,
    basis: int,
    by: User,
    at: datetime,
) -> ItemCorrection:
    """Reads the item anew: title, text, measures and indicators, each of them in the notice's own words.

    `basis` is how many corrections there were when the form was made; the same form sent twice is one correction.
    """
    if not reason.strip():
        raise WorkflowError("请写明更正原因。", "reason")
    lock_item(item)
    item = ActionItem.objects.select_related("plan").get(pk=item.pk)
    if item.spans:
        raise WorkflowError("该任务由原文不相连的几段合成，不能更正。")
    before, earlier = reading_of(item), list(item.corrections.all())
    span = _span(item, text)
    wanted = {
        "title": _title(item, title.strip()),
        "text": text,
        "start": span[0],
        "end": span[1],
        "measures": _measures(before["measures"], measures, text, span[0]),
        "indicators": _indicators(before["indicators"], indicators, text, span[0]),
    }
    if len(earlier) != basis:
        if earlier and earlier[-1].recorded_by_id == by.pk and _same(wanted, before):
            return earlier[-1]
        raise WorkflowError(STALE)
    if _same(wanted, before):
        raise WorkflowError("与现在的内容相同，没有改动。")
    at = max([at, *(correction.recorded_at for correction in earlier)])
    _rewrite(item, wanted, before)
    correction = ItemCorrection.objects.create(
        item=item,
        title_before=before["title"],
        before=before,
        after=reading_of(item),
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    changed = [name for name in wanted if _plain(wanted[name]) != _plain(before[name])]
    old, new = ({name: side[name] for name in changed} for side in (before, correction.after))
    note("更正任务", item, by=by, at=at, old=old, new=new, reason=reason.strip())
    return correction


def reading_of(item: ActionItem) -> dict[str, Any]:
    """As what the item is read now, in plain values."""
    measures = Measure.objects.filter(item=item).order_by("number")
    indicators = Indicator.objects.filter(item=item).order_by("start", "pk")
    return {
        "title": item.title,
        "text": item.text,
        "start": item.start,
        "end": item.end,
        "measures": [
            {
                **{name: getattr(row, name) for name in ("number", "text", "start", "end", "due_words", "recurs")},
                "due_start": row.due_start,
                "due_on": row.due_on.isoformat() if row.due_on else None,
            }
            for row in measures
        ],
        "indicators": [
            {
                "pk": row.pk,
                "name": row.name,
                "target": f"{row.target:f}",
                "unit": row.unit,
                "start": row.start,
                "end": row.end,
            }
            for row in indicators
        ],
    }


def _same(wanted: dict[str, Any], before: dict[str, Any]) -> bool:
    return all(_plain(wanted[name]) == _plain(before[name]) for name in wanted)


def _plain(value: Any) -> Any:
    """Of measures and indicators what people correct, whatever else is kept of them."""
    if not isinstance(value, list):
        return value
    return [
        (row["start"], row["end"], row.get("name"), row.get("unit"), "target" in row and Decimal(row["target"]))
        for row in value
    ]


def _title(item: ActionItem, title: str) -> str:
    """As titles are read: without the blanks and line ends that the notice has between their signs."""
    if title == item.title:
        return title
    notice = item.plan.notice_text
    start, end = locate(notice, title, 0, len(notice)) or (0, 0)
    if start == end:
        raise _not_there(title, "title")
    return "".join(notice[start:end].split())


def _not_there(words: str, field: str) -> WorkflowError:
    return WorkflowError(f"公文中没有“{words[:30]}”，须与公文逐字一致。", field)


def _span(item: ActionItem, text: str) -> tuple[int, int]:
    """Where the text stands in the notice, nearest to where it was read before; no other item's text may lie in it."""
    notice = item.plan.notice_text
    if not text or text not in notice:
        raise _not_there(text, "text")
    starts, found = [], notice.find(text)
    while found >= 0:
        starts.append(found)
        found = notice.find(text, found + 1)
    start = min(starts, key=lambda place: abs(place - item.start))
    end = start + len(text)
    others = item.plan.items.filter(ended_at__isnull=True, start__lt=end, end__gt=start).exclude(pk=item.pk)
    if (start, end) != (item.start, item.end) and (other := others.first()):
        raise WorkflowError(f"与{other.label}的原文重叠，请先更正{other.label}。", "text")
    return start, end


def _measures(before: Sequence[dict[str, Any]], texts: Sequence[str], text: str, start: int) -> list[dict[str, Any]]:
    """The measures in their order, each with the deadline of the one that had the same words before."""
    rows: list[dict[str, Any]] = []
    at = 0
    for number, words in enumerate(texts, 1):
        place = text.find(words, at)
        if place < 0:
            raise WorkflowError(f"第{number}条举措不在任务原文内，或次序与原文不同。", "measures")
        at = place + len(words)
        rows.append({"number": number, "text": words, "start": start + place, "end": start + at, **_NO_DEADLINE})
    for place, known in _same_words(rows, before).items():
        rows[place] |= {name: before[known][name] for name in DEADLINE}
    return rows


def _same_words(wanted: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]) -> dict[int, int]:
    """The place of each measure that has the words of one before, and that one's place; of twins each has its own."""
    found: dict[int, int] = {}
    for names in (("text", "start"), ("text",)):
        for place, each in enumerate(wanted):
            alike = (at for at, row in enumerate(before) if all(row[name] == each[name] for name in names))
            known = next((at for at in alike if at not in found.values()), None)
            if place not in found and known is not None:
                found[place] = known
    return found


_NO_DEADLINE: dict[str, Any] = {"due_words": "", "due_start": None, "due_on": None, "recurs": ""}


def _indicators(
    before: Sequence[dict[str, Any]], indicators: Sequence[ReadIndicator], text: str, start: int
) -> list[dict[str, Any]]:
    """Each at its words: where they stood if they still begin there, else at the first place that no other has."""
    read = {row["pk"]: row["start"] for row in before}
    staying = {
        each.pk: read[each.pk]
        for each in indicators
        if start <= read.get(each.pk, -1) and text.startswith(each.quote, read[each.pk] - start)
    }
    rows = []
    taken = set(staying.values())
    for each in indicators:
        begins = staying.get(each.pk, _free_place(text, each.quote, start, taken))
        if not each.quote or begins is None:
            raise WorkflowError(f"指标“{each.name}”的原文不在任务原文内。", "indicators")
        taken.add(begins)
        row = {"pk": each.pk, "name": each.name, "target": f"{each.target:f}", "unit": each.unit}
        rows.append({**row, "start": begins, "end": begins + len(each.quote)})
    if len({row["name"] for row in rows}) < len(rows):
        raise WorkflowError("同一任务的指标名称不能重复。", "indicators")
    return sorted(rows, key=lambda row: row["start"])


def _free_place(text: str, quote: str, start: int, taken: Collection[int]) -> int | None:
    """The first place of those words in the notice that isn't taken; the first of all where each is."""
    places = [start + found.start() for found in re.finditer(re.escape(quote), text)]
    return next((place for place in places if place not in taken), places[0] if places else None)


def _rewrite(item: ActionItem, wanted: dict[str, Any], before: dict[str, Any]) -> None:
    """Writes what is read now. Measures and indicators that stay keep their keys."""
    for name in ("title", "text", "start", "end"):
        setattr(item, name, wanted[name])
    item.save(update_fields=["title", "text", "start", "end"])
    _rewrite_measures(item, wanted["measures"], before["measures"])
    staying = [row["pk"] for row in wanted["indicators"] if row["pk"]]
    if gone := item.indicators.exclude(pk__in=staying).filter(readings__isnull=False).first():
        raise WorkflowError(f"指标“{gone}”已有读数，不能去掉；可以更正名称、目标值和单位。", "indicators")
    item.indicators.exclude(pk__in=staying).delete()
    for row in wanted["indicators"]:
        columns = {name: row[name] for name in ("name", "unit", "start", "end")} | {"target": Decimal(row["target"])}
        if row["pk"]:
            item.indicators.filter(pk=row["pk"]).update(**columns)
        else:
            Indicator.objects.create(item=item, **columns)


def _rewrite_measures(item: ActionItem, wanted: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]) -> None:
    """Those that stay keep their keys, the others come and go; one with records of its own goes not."""
    rows = list(item.measures.order_by("number"))
    staying = _staying(rows, wanted, before)
    for row in rows:
        Measure.objects.filter(pk=row.pk).update(number=AWAY + row.number)
    for each in wanted:
        if kept := staying.get(each["number"]):
            Measure.objects.filter(pk=kept.pk).update(**each)
        else:
            Measure.objects.create(item=item, **each)
    try:
        for row in rows:
            if row not in staying.values():
                row.delete()
    except ProtectedError:
        raise WorkflowError(f"举措“{row.text[:30]}”已有后续记录，不能去掉；可以更正文字。", "measures") from None


def _staying(
    rows: Sequence[Measure], wanted: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]
) -> dict[int, Measure]:
    """By its new number, each measure that has the same words as before, or else some of them."""
    staying = {wanted[place]["number"]: rows[known] for place, known in _same_words(wanted, before).items()}
    for each in wanted:
        free = (row for row in rows if row not in staying.values())
        same = next((row for row in free if row.start < each["end"] and each["start"] < row.end), None)
        if same and each["number"] not in staying:
            staying[each["number"]] = same
    return staying
