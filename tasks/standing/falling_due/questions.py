"""即将到期: what falls due next in the plans of an office, before it waits for anybody.

Each kind is found by its day, the soonest first, so that a look costs the same however many tasks there are.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Substr
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from agencies.models import TOP, User
from qa_plan.compile_once import Param, compile_once
from tasks.models import (
    Assignment,
    InstructedAssignment,
    ItemRevision,
    MilestonePlan,
    Plan,
    Urge,
    UrgedAssignment,
)
from tasks.models.latest import Latest

AHEAD = timedelta(days=15)  # as a task counts as 临期 where its plan says nothing else
SHOWN = 6


class Due(TextChoices):
    """What falls due: in the order in which things of one day stand."""

    INSTRUCTION = "instruction", "批示"
    URGE = "urge", "催办"
    MILESTONE = "milestone", "节点"
    TASK = "task", "任务"


class Falling(NamedTuple):
    """One thing that falls due. `number_of` is, of a task, how many agencies still work on it as leads.

    `part` is, of an instruction, the assignment that is to answer; an urge asks for that, else for the `item`.
    """

    kind: str
    key: int
    day: str
    agency: str | None
    number_of: int | None
    part: int | None
    item: int | None
    number: int | None
    label: str | None
    title: str | None
    slug: str | None
    words: str | None

    @property
    def on(self) -> date:
        return date.fromisoformat(self.day)


def falling_due(user: User, day: date, moment: datetime) -> list[Falling]:
    """The next of the office of that person, at most one more than are shown. One query."""
    ((*kinds,),) = _next(user=user.pk, home=user.scope, day=day, until=day + AHEAD, moment=moment)
    found = [Falling._make(row) for rows in kinds for row in rows]
    order = list(Due.values)
    found.sort(key=lambda one: (one.day, order.index(one.kind), one.key))
    return found[: SHOWN + 1]


class Told(Subquery):
    """The rows of a question in one value, their columns in the order of `Falling`."""

    names = ", ".join(f"as_{name}" for name in Falling._fields)
    template = f"(SELECT COALESCE(jsonb_agg(jsonb_build_array({names})), '[]'::jsonb) FROM (%(subquery)s) falling)"
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> Any:
        rows = f"(SELECT json_group_array(json_array({self.names})) FROM (%(subquery)s) falling)"
        return self.as_sql(compiler, connection, rows)


@compile_once(user=IntegerField(), home=CharField(), day=DateField(), until=DateField(), moment=DateTimeField())
def _next(user: Param, home: Param, day: Param, until: Param, moment: Param) -> QuerySet[User, tuple[Any, ...]]:
    parts = (
        _instructions(home, day, until),
        _urges(home, day, until),
        _milestones(home, day, until, moment),
        _tasks(home, day, until, moment),
    )
    return User.objects.filter(pk=user).values_list(*map(Told, parts))


def _soonest(
    kind: Due, rows: QuerySet[Any], office: "F | Subquery[Any]", home: Param, **columns: Any
) -> QuerySet[Any, Any]:
    of_office = Exact(Coalesce(office, Value(TOP)), home)
    every = {"kind": Value(kind.value, CharField()), "key": F("pk"), **columns}
    told = {f"as_{name}": every.get(name, Cast(Value(None), CharField())) for name in Falling._fields}
    told["as_day"] = Cast(columns["day"], CharField())
    return rows.filter(of_office).order_by(columns["day"], "pk").values(**told)[: SHOWN + 1]


def _newest(dated: Any, of: str, moment: Param) -> Subquery:
    """The row in force among those of the same thing; `Latest` can't ask a table about itself."""
    rows = dated.objects.filter(LessThanOrEqual(F("recorded_at"), moment), **{of: OuterRef(of)})
    return Subquery(rows.order_by("-recorded_at", "-pk").values("pk")[:1])


def _item(prefix: str) -> dict[str, Any]:
    columns = {"item": "pk", "number": "number", "label": "label", "title": "title", "slug": "plan__slug"}
    return {name: F(f"{prefix}{column}") for name, column in columns.items()}


def _instructions(home: Param, day: Param, until: Param) -> QuerySet[Any, Any]:
    """From tomorrow: what is to be answered today waits for the office."""
    by = F("instruction__answer_by")
    parts = InstructedAssignment.objects.filter(GreaterThan(by, day), LessThanOrEqual(by, until), reply__isnull=True)
    return _soonest(
        Due.INSTRUCTION,
        parts,
        F("instruction__item__plan__office"),
        home,
        day=by,
        agency=F("assignment__agency__name"),
        words=F("instruction__leader"),
        part=F("assignment_id"),
        **_item("instruction__item__"),
    )


def _urges(home: Param, day: Param, until: Param) -> QuerySet[Any, Any]:
    subjects = UrgedAssignment.objects.filter(urge=OuterRef("pk")).order_by("assignment__item__place", "pk")
    by = F("reply_by")
    waiting = Urge.objects.filter(GreaterThanOrEqual(by, day), LessThanOrEqual(by, until), reply__isnull=True)
    return _soonest(
        Due.URGE,
        waiting,
        F("office"),
        home,
        day=by,
        agency=F("agency__name"),
        words=Substr("text", 1, 60),
        **{
            name: Subquery(subjects.values(f"assignment__item__{column.name}")[:1])
            for name, column in _item("").items()
        },
    )


def _milestones(home: Param, day: Param, until: Param, moment: Param) -> QuerySet[Any, Any]:
    """By the day to which each is planned now; not those that are reported done, unless they were sent back."""
    on = F("planned_on")
    dated = MilestonePlan.objects.filter(GreaterThanOrEqual(on, day), LessThanOrEqual(on, until)).annotate(
        newest=_newest(MilestonePlan, "milestone", moment),
        done=Latest("MilestoneDone", "id", moment, milestone="milestone"),
    )
    dated = dated.annotate(is_confirmed=Latest("MilestoneReview", "is_confirmed", moment, done="done"))
    open_ones = dated.filter(
        Q(done__isnull=True) | Q(is_confirmed=False), newest=F("pk"), milestone__withdrawal__isnull=True
    )
    return _soonest(
        Due.MILESTONE,
        open_ones,
        F("milestone__item__plan__office"),
        home,
        day=on,
        key=F("milestone_id"),
        agency=F("milestone__agency__name"),
        words=F("milestone__name"),
        **_item("milestone__item__"),
    )


def _tasks(home: Param, day: Param, until: Param, moment: Param) -> QuerySet[Any, Any]:
    """By the date in force, as long as a lead works on them."""
    on = F("due_on")
    leads = Assignment.objects.filter(item=OuterRef("item_id"), role=Assignment.Role.LEAD).in_force(moment)
    working = leads.running(moment).order_by("agency__ordinal", "pk")
    dated = ItemRevision.objects.filter(GreaterThanOrEqual(on, day), LessThanOrEqual(on, until)).annotate(
        newest=_newest(ItemRevision, "item", moment)
    )
    # Joined, PostgreSQL would go through all tasks of the office instead of by the day.
    office = Subquery(Plan.objects.filter(pk=OuterRef("item__plan")).values("office")[:1], output_field=CharField())
    counted = working.order_by().values("item").annotate(n=Count("pk")).values("n")
    return _soonest(
        Due.TASK,
        dated.filter(Exists(working), newest=F("pk"), item__ended_at__isnull=True),
        office,
        home,
        day=on,
        key=F("item_id"),
        agency=Subquery(working.values("agency__name")[:1]),
        number_of=Subquery(counted),
        **_item("item__"),
    )
