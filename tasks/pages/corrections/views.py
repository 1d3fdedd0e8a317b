"""更正: coordinators read an item anew, in the notice's own words; everybody sees as what it was read before."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_item, require, steers
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.corrections.forms import CorrectionForm
from tasks.standing.indicators import targets_of
from tasks.workflow import correct_item
from tasks.workflow.corrections import STALE

LONG = 300  # signs of the notice before and after the item's text


def _corrected(form: CorrectionForm, **what: Any) -> bool:
    return attempt(form, correct_item, **what, **form.content) is not None


@takes_forms
def item_correct(request: Request, slug: str, number: int) -> HttpResponse:
    """The item as it is read, to be corrected; and its corrections, each with what was before."""
    item = get_item(request.user, slug, number, clock.end_of(clock.today()))
    require(request.method != "POST" or steers(request.user, item.plan))
    corrections = list(item.corrections.select_related("recorded_by"))
    form = CorrectionForm(posted(request), item=item, targets=targets_of(item.pk), basis=len(corrections))
    what = {"item": item, "by": request.user, "at": clock.now()}
    if form.is_valid() and _corrected(form, **what):
        messages.success(request, f"已更正{item.label}，更正前的内容留存，此前各日仍按当时的内容显示。")
        return redirect(item)
    notice = item.plan.notice_text
    context = {
        "plan": item.plan,
        "item": item,
        "form": form,
        "is_stale": STALE in form.non_field_errors(),
        "corrections": corrections[::-1],
        "before": notice[max(0, item.start - LONG) : item.start],
        "after": notice[item.end : item.end + LONG],
    }
    return form_page(request, "tasks/item_correct.html", context)
