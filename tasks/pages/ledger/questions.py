"""What a page of the ledgers asks, whatever is filtered and sorted; what depends on keys alone is put into SQL once."""

from typing import Any, NamedTuple

from django.db.models import BigIntegerField, DateTimeField, F, IntegerField, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact

from agencies.models import Agency
from qa_plan.compile_once import InKeys, KeyList, Param, compile_once
from tasks.models import ActionItem, Assignment, Plan, ProgressReport, SavedView, Section
from tasks.models.latest import Latest
from tasks.models.obligation import obligation
from tasks.models.read_then import title_then
from tasks.models.searching import REPORT_TEXTS, Spells, holding
from tasks.rules.asof import AsOf
from tasks.standing.filing import Filed
from tasks.standing.rollup import COLUMNS


@compile_once(keys=KeyList(), moment=DateTimeField(), period=IntegerField(), closing=DateTimeField())
def assignment_rows(
    keys: Param,
    moment: Param,
    period: Param,
    closing: Param,
    *,
    has_period: bool,
    assists: bool,
    columns: tuple[str, ...],
) -> QuerySet[Assignment, tuple[Any, ...]]:
    """Where those assignments stand, and what they owe in the period, as these columns."""
    owed = obligation(period, closing, assists=assists) if has_period else Value("")
    rows = Assignment.objects.filter(InKeys(F("pk"), keys)).order_by().with_standing(moment, owed)
    rows = rows.annotate(title_then=title_then(moment, "item", "item__title"))
    return rows.with_due_history(moment).with_extensions(moment).with_state(moment).values_list(*columns)


@compile_once(standing=KeyList(), keys=KeyList(), moment=DateTimeField(), period=IntegerField())
def reports_to_show(
    standing: Param, keys: Param, moment: Param, period: Param, *, has_period: bool
) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    """Newest first: the reports at which assignments stand, and of those assignments the ones of the period.

    The columns of `Filed`, and what the report says.
    """
    shown = Q(InKeys(F("pk"), standing))
    if has_period:
        shown |= Q(InKeys(F("assignment"), keys), period=period)
    return ProgressReport.objects.as_of(moment).filter(shown).values_list(*Filed._fields, "progress")


@compile_once(keys=KeyList(), moment=DateTimeField())
def items_by_key(keys: Param, moment: Param) -> QuerySet[ActionItem]:
    items = ActionItem.objects.filter(InKeys(F("pk"), keys)).order_by().as_of(moment).as_read(moment)
    return items.select_related("section").defer("text")


@compile_once(items=KeyList(), moment=DateTimeField())
def standings_on(items: Param, moment: Param) -> QuerySet[Assignment, tuple[Any, ...]]:
    assignments = Assignment.objects.in_force(moment).filter(InKeys(F("item"), items))
    return assignments.with_standing(moment, Value("")).values_list(*COLUMNS)


@compile_once(plan=IntegerField())
def agencies_concerned(plan: Param) -> QuerySet[Agency, tuple[int, str]]:
    """Key and name of every agency that has, or had, a part in the plan."""
    concerned = Assignment.objects.filter(item__plan=plan).values("agency")
    return Agency.objects.filter(pk__in=concerned).values_list("pk", "name")


def assignments_in_force(plan: Plan, as_of: AsOf) -> QuerySet[Assignment]:
    return Assignment.objects.in_force(as_of.moment).filter(item__plan=plan)


class Offered(NamedTuple):
    """What a ledger's page offers: a section, an agency, or a view that the person has kept."""

    kind: int
    place: int
    key: int
    words: str
    leads_to: str  # of a view its ledger and its query


SECTIONS, AGENCIES, VIEWS = range(3)


@compile_once(plan=IntegerField(), user=IntegerField())
def offered(plan: Param, user: Param, *, has_views: bool) -> QuerySet[Any, tuple[Any, ...]]:
    """The plan's sections, the agencies that have or had a part in it, and own and shared views; all in one query."""
    concerned = Assignment.objects.filter(item__plan=plan).values("agency")
    sections = Section.objects.filter(plan=plan)
    rows = [
        _offered(sections, SECTIONS, F("number"), F("number"), F("title")),
        _offered(Agency.objects.filter(pk__in=concerned), AGENCIES, F("ordinal"), F("pk"), F("name")),
    ]
    if has_views:
        place = Cast(F("is_shared"), IntegerField())
        address = Concat(F("ledger"), Value("?"), F("query"), output_field=TextField())
        theirs = Coalesce(Subquery(Plan.objects.filter(pk=plan).values("office"), output_field=TextField()), Value(""))
        of_office = Exact(Coalesce(F("owner__office"), Value("")), theirs)
        views = SavedView.objects.filter(Q(owner=user) | Q(Q(is_shared=True), of_office))
        rows.append(_offered(views, VIEWS, place, F("pk"), F("name"), address))
    return rows[0].union(*rows[1:], all=True)


def _offered(rows: QuerySet[Any], kind: int, place: Any, key: Any, words: Any, leads_to: Any = None) -> Any:
    columns = {
        "kind": Value(kind),
        "place": place,
        "key_": Cast(key, BigIntegerField()),
        "words": Cast(words, TextField()),
        "leads_to": leads_to or Value("", TextField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)


def items_saying(plan: Plan, word: str) -> QuerySet[Any, Any]:
    """The keys of the items in whose title or text the word stands."""
    return ActionItem.objects.filter(holding([word], "title", "text", lookup=Spells), plan=plan).values("pk")


def reports_saying(plan: Plan, word: str) -> QuerySet[Any, Any]:
    """The keys of the reports that have the word: in progress, problems, next steps or the reason of a delay.

    Those of one plan are read through: to take their texts apart costs more, where it is not the index that does it.
    """
    said = holding([word], *REPORT_TEXTS, lookup=Spells)
    return ProgressReport.objects.filter(said, assignment__item__plan=plan).values("pk")


def parts_standing_at(reports: QuerySet[Any, Any], plan: Plan, as_of: AsOf) -> QuerySet[Assignment]:
    """The assignments in force whose accepted progress comes from one of those reports."""
    parts: Any = assignments_in_force(plan, as_of)
    newest = Latest("AcceptedProgress", "report", as_of.moment, assignment="pk")
    found: QuerySet[Assignment] = parts.alias(stands_at=newest).filter(stands_at__in=reports)
    return found
