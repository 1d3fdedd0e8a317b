"""What is asked of the offices below and of their plans; each a question of fixed size, however many they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from agencies.models import Office
from tasks.models import ActionItem, Assignment, LocalDuty, Plan, ProgressReport, ReportingPeriod
from tasks.models.latest import Latest
from tasks.standing.correspondence import runs
from tasks.standing.filing import Filing
from tasks.standing.rollup import COLUMNS


def offices_below(path: str) -> list[Office]:
    """All of them, however deep, in the order of the notice."""
    return list(Office.objects.below(path))


def local_plans(plan: Plan, moment: datetime) -> QuerySet[Plan]:
    """The plans that carry out that one, and those that carry these out, as far as they were known by then."""
    below = Plan.objects.filter(Q(parent=plan) | Q(parent__parent=plan), imported_at__lte=moment)
    return below.defer("notice_text").order_by("imported_at", "pk")


def tasks_of_plans(plans: Collection[int], tasks: Collection[int]) -> list[int]:
    """Which of these tasks are of one of the plans."""
    return list(ActionItem.objects.filter(pk__in=tasks, plan__in=plans).order_by().values_list("pk", flat=True))


def items_with_decisions(
    plan: Plan, local: Collection[int], moment: datetime, tasks: Collection[int] | None
) -> list[tuple[Any, ...]]:
    """The items of the plan and of the local ones, as they were read then; of these tasks, or of all.

    A row for each decision on what an item carries out, and for each target of it. Behind the first ten columns, which
    are the item's, stands whether local plans have to cover it: what runs, unless the duty to make local plans names
    others. The last three are the decision that held at the moment, a decision, and a target of it.
    """
    named = LocalDuty.items.through._default_manager.filter(localduty__parent=plan, localduty__recorded_at__lte=moment)
    is_named = Q(Exists(named.filter(actionitem=OuterRef("pk")))) | ~Q(Exists(named))
    items = ActionItem.objects.existing(moment).filter(plan__in=[plan.pk, *local]).as_of(moment).as_read(moment)
    if tasks is not None:
        items = items.filter(pk__in=tasks)
    items = items.annotate(
        is_asked=ExpressionWrapper(Q(plan=plan) & runs(moment) & is_named, BooleanField()),
        decision=Latest("Correspondence", "id", moment, item="pk"),
    )
    known = ("plan_id", "pk", "place", "number", "label", "title_then", "due_on", "due_source")
    section = ("section__number", "section__title")
    decided = ("decision", "correspondences", "correspondences__targets__parent_item")
    return list(items.order_by().values_list(*known, *section, "is_asked", *decided))


def standing_rows(plans: Collection[int], moment: datetime, tasks: Collection[int] | None) -> list[tuple[Any, ...]]:
    """Of every assignment in force of the plans, or of these tasks of theirs, what its standing needs."""
    rows = Assignment.objects.in_force(moment).with_standing(moment, Value("")).filter(item__plan__in=plans)
    if tasks is not None:
        rows = rows.filter(item__in=tasks)
    return list(rows.order_by("agency__ordinal", "agency_id").values_list(*COLUMNS))


def owed_reports(
    periods: Sequence[ReportingPeriod], moment: datetime, tasks: Collection[int] | None
) -> list[tuple[int, int, int, str, str]]:
    """What the periods ask, of these tasks or of all: plan, task, assignment, 应报 or 免报, and where its newest report
    stands. One question.
    """
    together: dict[tuple[datetime, bool], list[Any]] = {}
    for terms in (period.terms_at(moment) for period in periods):
        together.setdefault((terms.closing, terms.assists), []).append(terms)
    filed = ProgressReport.objects.as_of(moment).filter(assignment=OuterRef("pk"), period=OuterRef("period"))
    newest = filed.annotate(stands=Coalesce("verdict", Value(Filing.WAITING.value))).values("stands")[:1]
    stands = Coalesce(Subquery(newest), Value(Filing.MISSING.value))
    asked = [Assignment.objects.reporting(*same).annotate(stands=stands).order_by() for same in together.values()]
    if tasks is not None:
        asked = [rows.filter(item__in=tasks) for rows in asked]
    parts = [rows.values_list("item__plan_id", "item_id", "pk", "obligation", "stands") for rows in asked]
    return list(parts[0].union(*parts[1:], all=True)) if parts else []
