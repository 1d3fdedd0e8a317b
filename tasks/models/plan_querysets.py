"""Questions that are asked of plans."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from agencies.models import Office
from tasks.models.version import version

if TYPE_CHECKING:
    from tasks.models import Plan


class PlanQuerySet(models.QuerySet["Plan"]):
    def with_counts(self) -> Self:
        """Adds `item_count`, of the items that there are today."""
        items = apps.get_model("tasks", "ActionItem")._default_manager.filter(plan=OuterRef("pk"), ended_at=None)
        count = Subquery(items.order_by().values("plan").annotate(count=models.Count("pk")).values("count"))
        return self.annotate(item_count=Coalesce(count, 0)).order_by("-issued_on", "-pk")

    def listed(self) -> Self:
        """Leaves out the plans of nothing but the duty to make local ones, which no list of plans shows."""
        return self.filter(duty_of=None)

    def with_listing(self) -> Self:
        """Adds `is_listed`: whether it is none of those."""
        return self.annotate(is_listed=Q(duty_of=None))

    def office_of(self, slug: str) -> Office:
        """The office whose plan that is."""
        return Office.at(self.filter(slug=slug).values_list("office__path", flat=True).first())

    def with_version(self) -> Self:
        """Adds `version`, which is another one after everything that the plan's standing on any day depends on."""
        return self.annotate(version=version())
