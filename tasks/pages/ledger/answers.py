"""What is done with the rows that are chosen in a ledger: they go on over its pages, and deeds begin with them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from tasks.http.request import Request
from tasks.http.selection import MOST, named, written
from tasks.pages.ledger.base_filter import LedgerFilter

KEPT = ("per_page", "page", "as_of")  # what of the address stays beside the filters and the order


@dataclass(frozen=True, slots=True)
class Choosing:
    """The rows that are chosen, on the page that is shown and elsewhere."""

    what: str
    keys: Collection[int]
    shown: Collection[int]  # of the page's rows, chosen or not

    @property
    def text(self) -> str:
        return written(self.keys)

    @property
    def elsewhere(self) -> str:
        """What the form carries along; the boxes of the page say the rest."""
        return written(key for key in self.keys if key not in self.shown)

    @property
    def elsewhere_count(self) -> int:
        return sum(key not in self.shown for key in self.keys)


def choosing(request: Request, what: str, shown: Iterable[int]) -> dict[str, Any]:
    """What the page needs for it: what is chosen, on the page's rows and elsewhere."""
    keys = dict.fromkeys(named(request.GET, what)[:MOST])
    return {"choosing": Choosing(what, keys, set(shown)), "chosen": keys}


def settled(request: Request, ledger: LedgerFilter) -> HttpResponse | None:
    """On to the address that says shortly what the form said, or to the deed that was asked for; None where neither."""
    asked, do = request.GET, request.GET.get("do", "")
    if not (asked.getlist(ledger.what) or asked.get("choose") or do or len(asked.getlist("sort")) > 1):
        return None
    keys = _chosen(request, ledger)
    if do and keys and (address := _address_of(do, ledger, keys, asked)):
        return redirect(address)
    if do:
        messages.warning(request, "请先勾选，再批量办理。")
    return redirect(f"{request.path}?{_shaped(asked, ledger, keys).urlencode()}")


def _chosen(request: Request, ledger: LedgerFilter) -> list[int]:
    """As many as can be chosen at once; where more are asked for, a message says so."""
    choose = request.GET.get("choose", "")
    if choose == "none":
        return []
    keys = named(request.GET, ledger.what)
    if choose == "all" and (count := ledger.qs.count()) <= MOST:
        keys = list(dict.fromkeys([*keys, *ledger.handles]))
    elif choose == "all":
        messages.warning(request, f"筛选结果共{count}项，一次最多选{MOST}项，请先缩小筛选范围。")
    if len(keys) > MOST:
        messages.warning(request, f"一次最多选{MOST}项，其余{len(keys) - MOST}项没有选上。")
    return keys[:MOST]


def _shaped(asked: QueryDict, ledger: LedgerFilter, keys: Collection[int]) -> QueryDict:
    """The address of the same rows with what is chosen of them; fields that were left empty are none of it."""
    shaped = QueryDict(mutable=True)
    for name in (*ledger.filters, *KEPT):
        if values := [value for value in asked.getlist(name) if value]:
            shaped.setlist(name, values)
    for name, value in (("sort", asked.get("sort")), (f"{ledger.what}s", written(keys))):
        if value:
            shaped[name] = value
    return shaped


def _address_of(do: str, ledger: LedgerFilter, keys: Collection[int], asked: QueryDict) -> str:
    """Where that is done with those rows; "" for what nobody does with them."""
    what, slug, chosen = ledger.what, ledger.plan.slug, written(keys)
    if do == "export":
        query = {"only": chosen, "sort": asked.get("sort", "")}
        return f"{reverse(f'reports:{what}-export', args=[slug, 'xlsx'])}?{urlencode(query)}"
    views = {
        "urge": reverse("tasks:urge-new"),
        "dates": reverse("tasks:item-dates", args=[slug]),
        "steer": reverse("tasks:plan-steer", args=[slug]),
    }
    return f"{views[do]}?{urlencode({'plan': slug, f'{what}s': chosen})}" if do in views else ""
