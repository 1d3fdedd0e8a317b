"""拆分与合并 of items: what is chosen, then what would come of it, then the deed."""

from collections.abc import Callable, Sequence
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from agencies.confirming import asks_again
from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_item, require, steers
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import ActionItem, Reshaping
from tasks.pages.reshaping.forms import MergeForm, ReshapingForm, SplitForm
from tasks.pages.reshaping.questions import merged_with
from tasks.rules.asof import AsOf
from tasks.standing.reshaping import duty_units, measure_units, mergeable
from tasks.standing.reshaping_outcome import Before, ReshapingOutcome
from tasks.standing.steering import parts_of_items
from tasks.workflow import merge_items, rehearse, split_item

MEASURES = "measures"


@takes_forms
@asks_again()
def item_split(request: Request, slug: str, number: int) -> HttpResponse:
    """Into which items one is split: of its duties, or, where it has one only or `?by=measures`, of its measures."""
    as_of = AsOf(clock.today(), clock.today())
    item = get_item(request.user, slug, number, as_of.moment)
    require(steers(request.user, item.plan))
    duties, measures = duty_units(item), measure_units(item)
    by_measures = len(duties) < 2 or request.GET.get("by") == MEASURES
    units = measures if by_measures else duties
    parts = parts_of_items([item.pk], as_of.moment)
    form = SplitForm(posted(request), item=item, units=units, parts=parts)
    preview = None
    if len(units) > 1 and form.is_valid():
        deed = partial(split_item, item=item, pieces=form.pieces, by_measures=by_measures)
        preview, change = _preview_or_deed(request, form, [item], deed, as_of)
        if change:
            messages.success(request, f"{item.label}已拆分为{len(form.pieces)}项，有关单位已收到消息。")
            return redirect(item)
    context = {"plan": item.plan, "item": item, "form": form, "preview": preview, "by_measures": by_measures}
    context |= {"can_choose": len(duties) > 1 and len(measures) > 1, "is_single": len(units) < 2}
    return form_page(request, "tasks/item_split.html", context)


@takes_forms
@asks_again()
def item_merge(request: Request, slug: str, number: int) -> HttpResponse:
    """With which others of its section an item becomes one."""
    as_of = AsOf(clock.today(), clock.today())
    item = get_item(request.user, slug, number, as_of.moment)
    require(steers(request.user, item.plan))
    others = mergeable(item, as_of.moment) if item.ended_at is None else merged_with(item)
    form = MergeForm(posted(request), item=item, others=others)
    preview = None
    if form.is_valid():
        items = sorted([item, *form.chosen], key=lambda each: each.place)
        typed = form.cleaned_data
        deed = partial(merge_items, items=items, title=typed["title"], due_on=typed["due_on"])
        preview, change = _preview_or_deed(request, form, items, deed, as_of)
        if change:
            messages.success(request, f"{len(items)}项任务已合并，有关单位已收到消息。")
            return redirect(item)
    context = {"plan": item.plan, "item": item, "form": form, "preview": preview}
    return form_page(request, "tasks/item_merge.html", context)


def _preview_or_deed(
    request: Request,
    form: ReshapingForm,
    items: Sequence[ActionItem],
    deed: Callable[..., Reshaping],
    as_of: AsOf,
) -> tuple[ReshapingOutcome | None, Reshaping | None]:
    """What would come of it, or the deed where it was confirmed. Refused, the page shows what there is now."""
    typed = form.cleaned_data
    what = {"reason": typed["reason"], "by": request.user, "at": clock.now()}
    if request.POST.get("action") == "confirm":
        change = attempt(form, deed, basis=typed["basis"], **what)
        if change:
            return None, change
    if any(item.ended_at is not None for item in items):
        if form.is_valid():
            form.add_error(None, "该任务已拆分或合并，请在新任务上办理。")
        return None, None
    before = Before(items[0].plan, items, as_of)
    rehearsed = partial(deed, basis=before.basis, **what)
    outcome = attempt(form, rehearse, change=rehearsed, look=partial(ReshapingOutcome, before))
    return outcome, None
