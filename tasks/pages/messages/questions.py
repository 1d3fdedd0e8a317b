"""What the list of messages asks."""

from django.db.models import Case, Q, QuerySet, When

from tasks.models import Message

UNREAD = Q(read_at__isnull=True)


def unread_first(messages: QuerySet[Message], *, only_unread: bool) -> QuerySet[Message]:
    """With how each was sent; the latest before the earlier."""
    shown = messages.filter(UNREAD) if only_unread else messages.all()
    ordered = shown.order_by(Case(When(UNREAD, then=0), default=1), "-sent_at", "-pk")
    return ordered.select_related("delivery__digest")
