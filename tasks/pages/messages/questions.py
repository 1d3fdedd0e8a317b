"""What the list of messages asks."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When

from agencies.models import User
from qa_plan.compile_once import Param, compile_once
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


def counted(recipient: User) -> list[Counted]:
    """All of the person's first, then each kind of which there is any. One query."""
    kinds = list(_by_kind(recipient))
    total = Counted("", "各类", sum(one.all for one in kinds), sum(one.unread for one in kinds))
    return [total, *kinds]


def _by_kind(recipient: User) -> Iterator[Counted]:
    found = {kind: (every, unread) for kind, every, unread in _numbers(recipient=recipient.pk)}
    for kind in Message.Kind:
        if kind.value in found:
            yield Counted(kind.value, kind.label, *found[kind.value])


@compile_once(recipient=IntegerField())
def _numbers(recipient: Param) -> QuerySet[Message, tuple[str, int, int]]:
    """Of each kind how many, and how many unread."""
    kinds: Any = Message.objects.filter(recipient=recipient).order_by().values_list("kind")
    numbers: QuerySet[Message, tuple[str, int, int]] = kinds.annotate(
        all=Count("pk"), unread=Count("pk", filter=UNREAD)
    )
    return numbers
