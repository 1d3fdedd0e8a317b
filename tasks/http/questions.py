"""What the frame of every page counts, in one statement that is put into SQL once."""

from typing import Any

from django.db.models import CharField, DateField, DateTimeField, IntegerField, JSONField, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

from agencies.models import Level, Office, User
from qa_plan.compile_once import Param, compile_once
from tasks.models import Heartbeat, LocalDuty, Message, Plan, Sweep, WorkdayOverride
from tasks.models.collected import Collected
from tasks.reminders.watch import JOBS, tried_mails
from tasks.standing.pending_rows import columns, version

BADGE_LIMIT = 99


class CountUpToLimit(Subquery):
    """How many rows the query has, counted no further than a badge can show."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet) -> None:
        super().__init__(queryset.order_by().values("pk")[: BADGE_LIMIT + 1])


class CountFailed(Subquery):
    """How many of those deliveries were refused."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) tried WHERE error <> '')"
    output_field = IntegerField()


class AsOverrides(Subquery):
    """The office's corrections of the calendar, all in one value."""

    template = "(SELECT jsonb_object_agg(day, is_workday) FROM (%(subquery)s) corrected)"
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> Any:
        return self.as_sql(compiler, connection, self.template.replace("jsonb_object_agg", "json_group_object"))


@compile_once(user=IntegerField(), known=IntegerField(), moment=DateTimeField(), day=DateField(), home=CharField())
def badge_counts(
    user: Param, known: Param, moment: Param, day: Param, home: Param, *, steers: bool, watches: bool, waits: bool
) -> QuerySet[User, tuple[Any, ...]]:
    """One row: unread messages; offices that have others below, and that have cities; the plans of duties.

    Then corrections of the calendar, and for those who steer the name of the office at `home` and the version of what
    waits for it. Then what the watch goes by.

    With `waits` last a column for each kind of it, where it is another than at the version that is `known`.
    """
    unread = Message.objects.filter(recipient=user, read_at__isnull=True)
    below = Office.objects.local().order_by().values("parent").distinct()
    above, cities = Collected(below), Collected(below.filter(level=Level.CITY))
    duties = Collected(LocalDuty.objects.order_by().values("plan"))
    office = Subquery(Office.objects.filter(path=home).values("name"))
    calendar = AsOverrides(WorkdayOverride.objects.order_by().values("day", "is_workday"))
    theirs: tuple[Any, ...] = (office, version()) if steers else ()
    watched = (
        Subquery(Sweep.objects.order_by("-day").values("day")[:1]),
        Subquery(Plan.objects.order_by("imported_at").values("imported_at")[:1]),
        CountFailed(tried_mails().values("error")),
        *(Subquery(Heartbeat.objects.filter(process=name).values("seen_at")[:1]) for name in JOBS),
    )
    shown = ((calendar,) if steers or watches else ()) + theirs + (watched if watches else ())
    shown += tuple(columns(known, moment, day, home)) if waits else ()
    return User.objects.filter(pk=user).values_list(CountUpToLimit(unread), above, cities, duties, *shown)
