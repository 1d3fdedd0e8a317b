"""The ledgers as addresses ask for them, and how many rows there are behind each tab and each 常用视图."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse

from tasks.models import Plan, ReportingPeriod, SavedView
from tasks.pages.ledger.base_filter import LedgerFilter
from tasks.pages.ledger.filters import AssignmentFilter, ItemFilter
from tasks.pages.ledger.questions import assignments_in_force
from tasks.rules.asof import AsOf
from tasks.standing import kept

View = tuple[str, str]  # which ledger, and the query of its address
SHOWN: View = ("", "")  # among the views, the ledger that is shown where none of them has the same rows
LISTS: Mapping[str, str] = {"item": "tasks:item-list", "assignment": "tasks:assignment-list"}

LEDGERS: Mapping[str, type[LedgerFilter]] = {ledger.what: ledger for ledger in (ItemFilter, AssignmentFilter)}


def ledger_of(
    what: str, asked: QueryDict, plan: Plan, as_of: AsOf, periods: Sequence[ReportingPeriod] = ()
) -> LedgerFilter:
    """The plan's ledger of items or of assignments as an address asks for it; the plan was read with its version.

    `periods` are those that have opened, the last one of them the current one.
    """
    rows: QuerySet[Any] = assignments_in_force(plan, as_of)
    if what == ItemFilter.what:
        rows = plan.items.existing(as_of.moment)
    return LEDGERS[what](asked, rows, plan=plan, as_of=as_of, periods=periods)


def kept_query(what: str, asked: QueryDict) -> str:
    """Of an address only what says which rows, in which order and with which columns, always in the same form."""
    ledger, kept_ones = LEDGERS[what], QueryDict(mutable=True)
    for name in ledger.base_filters:
        if name != "only" and (values := sorted({value for value in asked.getlist(name) if value})):
            kept_ones.setlist(name, values)
    if (sort := asked.get("sort", "")).removeprefix("-") in {column.name for column in ledger.columns} - {""}:
        kept_ones["sort"] = sort
    return kept_ones.urlencode()


def counted(
    plan: Plan,
    as_of: AsOf,
    periods: Sequence[ReportingPeriod],
    views: Iterable[View],
    shown: LedgerFilter | None = None,
) -> tuple[Mapping[View, int | None], int]:
    """The rows of each, None where its filter makes no sense on this plan; and of the ledger that is shown.

    What the standings don't tell is counted in one query, however many views there are: those of the views once until
    something changes, so that a ledger which one of them shows is not counted again.
    """
    known: dict[View, int | None] = kept.of(plan, as_of).derived("counts", dict)
    missing = {
        view: ledger_of(view[0], QueryDict(view[1]), plan, as_of, periods)
        for view in dict.fromkeys(views)
        if view not in known
    }
    asked = {view: ledger for view, ledger in missing.items() if ledger.makes_sense}
    alike = _view_of(shown) if shown is not None else SHOWN
    if shown is not None and alike not in asked and known.get(alike) is None:
        asked[SHOWN] = shown
    found = _counted(plan, asked)
    known.update({view: found.get(view) for view in missing})
    return known, found.get(SHOWN) or known.get(alike) or 0


def _view_of(ledger: LedgerFilter) -> View:
    """The view that has as many rows as the ledger; `SHOWN` for chosen rows, of which there are no views."""
    if ledger.data.get("only"):
        return SHOWN
    return ledger.what, rows_of(kept_query(ledger.what, ledger.data))


def _counted(plan: Plan, ledgers: Mapping[View, LedgerFilter]) -> dict[View, int]:
    found = {view: told for view, ledger in ledgers.items() if (told := ledger.told_by_standings) is not None}
    asked = {view: _number_of_rows(ledger) for view, ledger in ledgers.items() if view not in found}
    if asked:
        columns = Plan.objects.filter(pk=plan.pk).values_list(*asked.values())[0]
        found.update(zip(asked, columns, strict=True))
    return found


def _number_of_rows(ledger: LedgerFilter) -> Any:
    rows: Any = ledger.qs.order_by().annotate(alike=Value(1)).values("alike").annotate(rows=Count("pk"))
    return Coalesce(Subquery(rows.values("rows"), output_field=IntegerField()), 0)


@lru_cache(256)
def rows_of(query: str) -> str:
    """Of a query what says which rows there are; in whatever order and with whatever columns, they are as many."""
    asked = QueryDict(query, mutable=True)
    for name in ("sort", "hide"):
        asked.pop(name, None)
    return asked.urlencode()


def address_of(plan: Plan, view: SavedView) -> str:
    """Of its rows on that plan, today."""
    query = kept_query(view.ledger, QueryDict(view.query))
    return f"{reverse(LISTS[view.ledger], args=[plan.slug])}{f'?{query}' if query else ''}"


def described(ledger: LedgerFilter, names: Mapping[str, Mapping[Any, str]] = MappingProxyType({})) -> str:
    """Its filters in words: 「亮灯：红、黄；角色：负责」.

    `names` are those of agencies and sections by their keys; without them the keys stand alone.
    """
    said = []
    for name, value in ledger.form.cleaned_data.items() if ledger.form.is_valid() else ():
        if not value or name == "only":
            continue
        bound = ledger.form[name]
        words = names.get(name) or dict(getattr(bound.field, "choices", ()))
        chosen = value if isinstance(value, list) else [value]
        said.append(f"{bound.label}：{'、'.join(str(words.get(one, one)) for one in chosen)}")
    return "；".join(said)
