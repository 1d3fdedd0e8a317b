"""The newest words on each local item: what the office above reads of reports that were accepted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tasks.models import ProgressReport
from tasks.models.existence import existed_at
from tasks.models.latest import Latest


@dataclass(frozen=True, slots=True)
class Words:
    """What an agency reported, as it stands accepted."""

    text: str
    agency: str
    filed_at: datetime


def newest_words(items: Collection[int], moment: datetime) -> dict[int, Words]:
    """By item: of the accepted reports at which its leads stand, the one that was filed last. One query."""
    if not items:
        return {}
    standing = ProgressReport.objects.filter(
        existed_at(moment, "assignment__item__"),
        assignment__item__in=items,
        assignment__role="lead",
        assignment__recorded_at__lte=moment,
        pk=Latest("AcceptedProgress", "report", moment, assignment="assignment_id"),
    ).exclude(assignment__ended_at__lte=moment)
    columns = ("assignment__item_id", "progress", "assignment__agency__name", "recorded_at")
    rows = standing.order_by("recorded_at", "pk").values_list(*columns)
    return {item: Words(*rest) for item, *rest in rows}
