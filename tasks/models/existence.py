"""Since when and until when an item is a task of its plan: it may be split or merged (docs/rules.md 13)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import FloatField, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce

from tasks.models.latest import Moment

if TYPE_CHECKING:
    from tasks.models import ActionItem

PLACE = Coalesce("placed", Cast("number", FloatField()))  # where it stands among the plan's items


def existed_at(moment: Moment, item: str = "") -> Q:
    """Whether an item existed at the moment; `item` leads to it, as in `item__`."""
    began = Q(**{f"{item}began_at__isnull": True}) | Q(**{f"{item}began_at__lte": moment})
    return began & (Q(**{f"{item}ended_at__isnull": True}) | Q(**{f"{item}ended_at__gt": moment}))


def exists(item: "ActionItem", moment: datetime) -> bool:
    """The same of one that was read."""
    return (item.began_at is None or item.began_at <= moment) and (item.ended_at is None or item.ended_at > moment)


def neighbours(moment: Moment) -> dict[str, Subquery]:
    """The numbers of the items before and after the outer one in its plan at the moment."""
    items = apps.get_model("tasks", "ActionItem")._default_manager
    others = items.filter(existed_at(moment), plan=OuterRef("plan"))
    before = others.filter(place__lt=OuterRef("place")).order_by("-place")
    after = others.filter(place__gt=OuterRef("place")).order_by("place")
    return {"previous": Subquery(before.values("number")[:1]), "following": Subquery(after.values("number")[:1])}
