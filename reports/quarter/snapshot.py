"""Takes a snapshot from the database: as many queries for each plan, every figure by `tasks.standing.rollup`.

Nothing later than the definition's moment is seen; the clock is not read.
"""

from collections.abc import Iterable

from django.conf import settings

from reports.quarter.assembling import assemble
from reports.quarter.definition import BadDefinition, Definition
from reports.quarter.facts import PlanFacts, Snapshot
from reports.quarter.filings import read_filings
from reports.quarter.records import read_plan_state
from tasks.models import Plan, ReportingPeriod
from tasks.models.latest import Latest


def take_snapshot(definition: Definition) -> Snapshot:
    """Takes the facts as they stood at the definition's moment. Raises BadDefinition for what can't be told."""
    by_slug = {plan.slug: plan for plan in Plan.objects.filter(slug__in=definition.plans).defer("notice_text")}
    missing = [slug for slug in definition.plans if slug not in by_slug]
    if missing:
        raise BadDefinition(f"没有行动计划“{'、'.join(missing)}”。")
    plans = [by_slug[slug] for slug in definition.plans]
    periods = {plan.pk: known_periods(plan, definition) for plan in plans}
    wanted = {plan.pk: [period for period in periods[plan.pk] if is_within(period, definition)] for plan in plans}
    if not any(wanted.values()):
        raise BadDefinition(f"没有报告期“{definition.period}”。")
    for plan in plans:
        if definition.day < plan.begins_on:
            raise BadDefinition(f"{plan.name}自{plan.begins_on:%Y-%m-%d}起才有数据，截至日期不能更早。")
    opened = {pk: [period for period in of_plan if period.opens_on <= definition.day] for pk, of_plan in wanted.items()}
    if not any(opened.values()):
        first = min(period.opens_on for of_plan in wanted.values() for period in of_plan)
        raise BadDefinition(f"{definition.period}报告期{first:%Y-%m-%d}才开放填报，截至日期不能更早。")
    facts = tuple(plan_facts(plan, definition, periods[plan.pk], opened[plan.pk]) for plan in plans)
    return Snapshot(definition, facts, is_demo=settings.QA_PLAN_DEMO)


def known_periods(plan: Plan, definition: Definition) -> list[ReportingPeriod]:
    """Lists all of the plan's periods, oldest first, each with `is_locked` as of the moment."""
    is_locked = Latest("PeriodLock", "is_locked", definition.as_of, period="pk")
    periods: list[ReportingPeriod] = list(plan.periods.annotate(is_locked=is_locked).order_by("starts_on"))
    for period in periods:
        period.plan = plan
    return periods


def is_within(period: ReportingPeriod, definition: Definition) -> bool:
    return period.code[:4] == definition.period if definition.is_yearly else period.code == definition.period


def plan_facts(
    plan: Plan, definition: Definition, periods: list[ReportingPeriod], opened: list[ReportingPeriod]
) -> PlanFacts:
    now = read_plan_state(plan, definition.as_of, definition.day, definition.filters)
    filings = read_filings(opened, definition.as_of, now)
    since = compared_with(plan, definition, periods)
    before = None
    if since:
        same = {*now.item_of}
        before = read_plan_state(plan, since.closes_at, since.due_on, definition.filters, only=same)
    return assemble(definition=definition, now=now, filings=filings, since=since, before=before, known=periods)


def compared_with(plan: Plan, definition: Definition, periods: Iterable[ReportingPeriod]) -> ReportingPeriod | None:
    """Finds the period at whose close changes begin, if it had closed by the moment and the plan had begun."""
    wanted = definition.options.since
    first = min((period.starts_on for period in periods if is_within(period, definition)), default=None)
    closed = [
        period
        for period in periods
        if period.due_on < definition.day
        and period.due_on >= plan.begins_on
        and (period.code == wanted if wanted else first is not None and period.ends_on < first)
    ]
    if wanted and not closed and wanted not in {period.code for period in periods}:
        raise BadDefinition(f"没有用于比较的报告期“{wanted}”。")
    return closed[-1] if closed else None
