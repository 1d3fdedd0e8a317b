"""What 拆分 and 合并 ask: of an item that was merged already, with which others, for a form that is sent twice."""

from tasks.models import ActionItem, Lineage


def merged_with(item: ActionItem) -> list[ActionItem]:
    """The other items that became one with it."""
    into = Lineage.objects.filter(former=item).values("reshaping")
    others = ActionItem.objects.filter(became__reshaping__in=into).exclude(pk=item.pk).distinct()
    return list(others.defer("text").order_by("place"))
