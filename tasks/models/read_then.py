"""As what an item was read at a moment, before it was corrected, asked of the database (docs/rules.md 9)."""

from django.apps import apps
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tasks.models.latest import Moment


def former(moment: Moment, item: str = "pk") -> Subquery:
    """As what an item was read at the moment, None where nothing was corrected since; `item` names its key's column."""
    return Subquery(_since(moment, item).values("before")[:1])


def title_then(moment: Moment, item: str = "pk", title: str = "title") -> Coalesce:
    """An item's title as it was read at the moment."""
    return Coalesce(Subquery(_since(moment, item).values("title_before")[:1]), title)


def _since(moment: Moment, item: str) -> QuerySet:
    corrections = apps.get_model("tasks", "ItemCorrection")._default_manager
    later: QuerySet = corrections.filter(item=OuterRef(item), recorded_at__gt=moment)
    return later.order_by("recorded_at", "pk")
