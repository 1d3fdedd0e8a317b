"""常用视图: ledgers that coordinators keep by a name, each with an address that leads to its rows."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import (
    get_plan_to_steer,
    get_saved_view,
    get_versioned_plan,
    owns_saved_view,
    require,
    steers,
    visible_saved_views,
)
from tasks.http.dating import require_assigned
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import SavedView
from tasks.pages.ledger.forms import SavedViewForm
from tasks.pages.ledger.tabs import LEDGERS, address_of, counted, described, kept_query, ledger_of, rows_of
from tasks.rules.asof import AsOf
from tasks.standing.filing import opened_periods
from tasks.workflow import change_view, remove_view, save_view


@takes_forms
def view_list(request: Request, slug: str) -> HttpResponse:
    """Own ones and those for all; with a ledger in the address, `?ledger=item&light=red`, the form that keeps it."""
    plan, sent = get_versioned_plan(request.user, slug), posted(request)
    require(steers(request.user, plan))
    as_of = AsOf(clock.today(), clock.today())
    require_assigned(plan, as_of)
    what = request.GET.get("ledger", "")
    new, asked, periods = None, None, opened_periods(plan, as_of.day)
    if what in LEDGERS:
        asked = ledger_of(what, QueryDict(kept_query(what, request.GET)), plan, as_of, periods)
        new = SavedViewForm(sent)
    form = new or SavedViewForm()
    if sent is not None and new is not None and asked is not None and new.is_valid():
        query = kept_query(what, request.GET)
        if not asked.makes_sense:
            new.add_error(None, "筛选条件有误，请回到台账改正后再保存。")
        kept = {"ledger": what, "query": query, **new.cleaned_data}
        if new.is_valid() and (view := attempt(new, save_view, by=request.user, at=clock.now(), **kept)):
            messages.success(request, f"已保存常用视图“{view}”。")
            return redirect("tasks:saved-view", slug, view.pk)
    views = list(visible_saved_views(request.user))
    counts, _ = counted(plan, as_of, periods, [(view.ledger, rows_of(view.query)) for view in views])
    lines = [(view, counts[view.ledger, rows_of(view.query)], SavedViewForm(view=view)) for view in views]
    context = {
        "plan": plan,
        "form": form,
        "new": new,
        "asked": asked,
        "described": described(asked) if asked else "",
        "rows": [line for line in lines if owns_saved_view(request.user, line[0])],
        "others": [line for line in lines if not owns_saved_view(request.user, line[0])],
    }
    return form_page(request, "tasks/saved_views.html", context)


@takes_forms
def saved_view(request: Request, slug: str, pk: int) -> HttpResponse:
    """Leads to the rows; POST gives it another name, shares it or removes it."""
    plan, view = get_plan_to_steer(request.user, slug), get_saved_view(request.user, pk)
    sent = posted(request)
    if sent is None:
        return redirect(address_of(plan, view))
    require(owns_saved_view(request.user, view))
    if sent.get("action") == "remove":
        remove_view(view=view, by=request.user, at=clock.now())
        messages.success(request, f"已删除常用视图“{view}”。")
    else:
        _change(request, view)
    return redirect("tasks:saved-view-list", slug)


def _change(request: Request, view: SavedView) -> None:
    form = SavedViewForm(request.POST, view=view)
    what = {"view": view, "by": request.user, "at": clock.now()}
    if form.is_valid() and attempt(form, change_view, **what, **form.cleaned_data) is not None:
        messages.success(request, f"已修改常用视图“{view}”。")
    for errors in form.errors.values():
        messages.error(request, f"“{view}”未修改：{errors[0]}")
