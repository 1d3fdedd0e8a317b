"""What the list of messages asks."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Case, Count, Q, QuerySet, When

from tasks.models import Message

UNREAD = Q(read_at__isnull=True)


def unread_first(messages: QuerySet[Message], *, only_unread: bool, kind: str = "") -> QuerySet[Message]:
    """With how each was sent; the latest before the earlier. Of one kind, or of all."""
    shown = messages.filter(UNREAD) if only_unread else messages.all()
    if kind:
        shown = shown.filter(kind=kind)
    ordered = shown.order_by(Case(When(UNREAD, then=0), default=1), "-sent_at", "-pk")
    return ordered.select_related("delivery__digest")


class Counted(NamedTuple):
    """How many messages there are of a kind, "" for all; and how many of them are unread."""

    kind: str
    label: str
    all: int
    unread: int


def counted(messages: QuerySet[Message]) -> list[Counted]:
    """All of them first, then each kind of which there is any. One query."""
    kinds = list(_by_kind(messages))
    total = Counted("", "各类", sum(one.all for one in kinds), sum(one.unread for one in kinds))
    return [total, *kinds]


def _by_kind(messages: QuerySet[Message]) -> Iterator[Counted]:
    rows = messages.order_by().values_list("kind").annotate(all=Count("pk"), unread=Count("pk", filter=UNREAD))
    found = {kind: (every, unread) for kind, every, unread in rows}
    for kind in Message.Kind:
        if kind.value in found:
            yield Counted(kind.value, kind.label, *found[kind.value])
