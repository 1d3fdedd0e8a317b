"""应报: the one rule that decides who owes a period's report (docs/rules.md 4). Every page and file asks here.

Each lead assignment that is open when a period closes owes one report, and an assisting one where the plan says so. So:

- It is decided at the end of the due date; while the period is open, as things stand, as if it closed now.
- Whoever had the task at that instant owes the report, and goes on owing it whatever happens afterwards. What was
  given later, taken up again later or excused later changes nothing; what ended before owes nothing.
- 免报, said before the period closed, is told apart and owed by nobody.
- A succession is no exception. After it, the successor owes what is not closed yet, and has filed it where its
  predecessors had; what had closed before stays theirs, filed or 未报, under the old names, so that no total of the
  past moves. The successor may still file it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    OuterRef,
    Q,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, In
from django.db.models.sql.compiler import SQLCompiler

from tasks.models.choices import RUNNING, AssignmentRole
from tasks.models.latest import Key, Latest, Moment


class Obligation(TextChoices):
    """What an assignment has to do with a period's report, where it has anything to do with it."""

    OWED = "owed", "应报"
    WAIVED = "waived", "免报"


class PeriodTerms(NamedTuple):
    """What the rule needs to know of a period. `closing` is the end of its due date; while it is open, the present."""

    period: int | None  # None before the daily round has recorded it
    plan: int
    closing: datetime
    assists: bool  # whether assisting assignments owe too


def obligation_in(terms: PeriodTerms) -> Case:
    """The column that says of an assignment of the period's plan: 应报, 免报, or "" for neither."""
    return obligation(Value(terms.period, BigIntegerField()), terms.closing, assists=terms.assists)


def obligation_over(terms: Iterable[PeriodTerms]) -> Case:
    """The same column over several plans, of one period of each; the rule is written out once for each closing.

    Most assignments never ended and were never excused, so that their role decides: PostgreSQL hashes the others.
    """
    periods = list(terms)
    recorded = (When(item__plan=each.plan, then=Value(each.period)) for each in periods if each.period)
    period = Case(*recorded, default=Value(None), output_field=BigIntegerField())
    plans: dict[tuple[datetime, bool], list[int]] = {}
    for each in periods:
        plans.setdefault((each.closing, each.assists), []).append(each.plan)
    undisturbed = never("Closure") & never("Waiver")
    cases: list[When] = []
    for (closing, assists), keys in plans.items():
        has_role = Q(item__plan__in=keys) & role_owes(assists=assists) & Q(recorded_at__lte=closing)
        cases.append(When(has_role & undisturbed, then=Value(Obligation.OWED)))
        cases.append(When(has_role & runs_at(closing), then=waived_or_owed(period, closing)))
    return Case(*cases, default=Value(""), output_field=CharField())


def obligation(period: Key, closing: Moment, *, assists: bool) -> Case:
    """The rule in SQL. Every fact is looked up once, and none for those whose role owes nothing."""
    return Case(When(owes_at(closing, assists=assists), then=waived_or_owed(period, closing)), default=Value(""))


def obligation_each(period: Key, closing: Moment, assists: Expression) -> Case:
    """The same column where each row has a period, a closing and a plan's setting of its own; "" without a closing."""
    roles = Q(role=AssignmentRole.LEAD) | Q(Exact(assists, True), role=AssignmentRole.ASSIST)
    return Case(When(roles & ran_at(closing), then=waived_or_owed(period, closing)), default=Value(""))


def owes_at(closing: Moment, *, assists: bool) -> Q:
    """Whether an assignment's role owes a report, and it had been given and ran when the period closed."""
    return role_owes(assists=assists) & ran_at(closing)


def role_owes(*, assists: bool) -> Q:
    return Q(role__in=[AssignmentRole.LEAD, AssignmentRole.ASSIST] if assists else [AssignmentRole.LEAD])


def ran_at(closing: Moment) -> Q:
    """Whether an assignment had been given and ran when the period closed."""
    return Q(recorded_at__lte=closing) & runs_at(closing)


def runs_at(moment: Moment) -> Q:
    """Whether an assignment had not ended: never closed, or taken up again since."""
    return Q(In(Coalesce(Latest("Closure", "kind", moment, assignment="pk"), Value("")), RUNNING))


def never(model: str) -> Q:
    """Whether there is no such fact of an assignment at all."""
    return ~Q(Exists(apps.get_model("tasks", model)._default_manager.filter(assignment=OuterRef("pk"))))


def waived_or_owed(period: Key, closing: Moment) -> Case:
    """Which of the two an assignment is: 免报 where the period's latest word on it is a waiver, else 应报."""
    is_waived = Coalesce(Latest("Waiver", "is_waived", closing, within=period, assignment="pk"), Value(False))
    return Case(When(Q(Exact(is_waived, True)), then=Value(Obligation.WAIVED)), default=Value(Obligation.OWED))


class FirstOwed(Expression):
    """When the first report that an assignment owes falls due, None before its period opens.

    Nobody is behind before that day has passed (docs/rules.md 5). A period owes nothing that was excused by its close,
    or that had ended then. `answers_from` empty means since the plan began.
    """

    # Most assignments were never excused or ended: theirs is the plan's first period. For the others the periods are
    # tried in their order.
    SQL = (
        "CASE WHEN {since} IS NULL AND NOT EXISTS (SELECT 1 FROM tasks_closure WHERE assignment_id = {pk})"
        " AND NOT EXISTS (SELECT 1 FROM tasks_waiver WHERE assignment_id = {pk})"
        " THEN (SELECT MIN(due_on) FROM tasks_reportingperiod WHERE plan_id = {plan}) ELSE"
        " (SELECT period.due_on FROM (SELECT id, due_on FROM tasks_reportingperiod WHERE plan_id = {plan}"
        " AND ({since} IS NULL OR due_on >= {since}) ORDER BY due_on LIMIT 1000) period"
        " WHERE NOT COALESCE((SELECT is_waived FROM tasks_waiver"
        " WHERE assignment_id = {pk} AND period_id = period.id AND recorded_at <= {moment} AND recorded_at < {close}"
        " ORDER BY recorded_at DESC, id DESC LIMIT 1), FALSE) AND COALESCE((SELECT kind FROM tasks_closure"
        " WHERE assignment_id = {pk} AND recorded_at <= {moment} AND recorded_at < {close}"
        " ORDER BY recorded_at DESC, id DESC LIMIT 1), 'reopened') = 'reopened' LIMIT 1) END"
    )
    CLOSES = {  # the end of the due date where the office is
        "postgresql": "((period.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')",
        "sqlite": "datetime(period.due_on, '+1 day', '-8 hours')",
    }

    def __init__(self, moment: Moment) -> None:
        super().__init__(output_field=DateField())
        moment_known = moment if isinstance(moment, Expression) else Value(moment)
        self.sources: list[Any] = [F("item__plan"), F("answers_from"), F("pk"), moment_known]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (plan, _), (since, _), (pk, _), (moment, params) = map(compiler.compile, self.sources)
        close = self.CLOSES[connection.vendor]
        return self.SQL.format(plan=plan, since=since, pk=pk, moment=moment, close=close), (*params, *params)

    def get_source_expressions(self) -> list[Any]:
        return self.sources

    def set_source_expressions(self, exprs: Any) -> None:
        self.sources = list(exprs)
