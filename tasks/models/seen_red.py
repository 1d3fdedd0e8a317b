"""曾逾期: what the daily round saw red, of tasks and of their leads, asked of the database (docs/rules.md 5)."""

from datetime import date

from django.apps import apps
from django.db.models import Exists, Expression, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import Exact, In

from tasks.models.choices import RUNNING, ClosureKind
from tasks.models.latest import Moment
from tasks.rules.status import Light

Day = date | Expression


def seen_red(item: str, day: date) -> Exists:
    """Whether the daily round had seen the task red by that day."""
    return Exists(_changes().filter(light=Light.RED, day__lte=day, item=OuterRef(item)))


def lead_seen_red(day: Day, moment: Moment) -> Q:
    """Whether a lead ran while its task was seen red by that day: what ended before was never late itself.

    It ran on a day on which the task turned red, or was given or taken up again while it was. The assignments are to
    have `given_on`, the day of `recorded_at`. `moment` is the end of the day.
    """
    closures = apps.get_model("tasks", "Closure")._default_manager.order_by("-recorded_at", "-pk")
    last = closures.filter(assignment=OuterRef(OuterRef("pk")), recorded_at__date__lte=OuterRef("day"))
    turned = _changes().filter(light=Light.RED, day__lte=day, item=OuterRef("item"), day__gte=OuterRef("given_on"))
    ran = turned.filter(In(Coalesce(Subquery(last.values("kind")[:1]), Value("")), RUNNING))
    reopened = closures.filter(assignment=OuterRef("pk"), kind=ClosureKind.REOPENED, recorded_at__lte=moment)
    reopened = reopened.alias(day=TruncDate("recorded_at")).filter(_is_red_on(OuterRef("assignment__item"), "day"))
    return Q(Exists(ran)) | Q(Exists(reopened)) | Q(_is_red_on(OuterRef("item"), "given_on"))


def _changes() -> QuerySet:
    changes: QuerySet = apps.get_model("tasks", "LightChange")._default_manager.all()
    return changes


def _is_red_on(item: OuterRef, day: str) -> Expression:
    """Whether the task's light was red at the end of that day."""
    known = _changes().filter(item=item, day__lte=OuterRef(day)).order_by("-day")
    return Exact(Coalesce(Subquery(known.values("light")[:1]), Value("")), Value(Light.RED.value))
