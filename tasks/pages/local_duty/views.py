"""印发本地区工作方案: an office asks those directly below for plans of their own, after a page that says whom."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_plan_to_steer
from tasks.http.forms import attempt
from tasks.http.request import Request, posted
from tasks.notice.asking import asking_paragraphs
from tasks.pages.local_duty.forms import DutyForm, OfficesForm
from tasks.pages.local_duty.page import DutyPage
from tasks.workflow import ask_for_local_plans, ask_further_offices


@takes_forms
def local_duty(request: Request, slug: str) -> HttpResponse:
    """Asks at first for words and a day; afterwards shows how far each is, and adds further offices."""
    plan = get_plan_to_steer(request.user, slug)
    page = DutyPage(plan, clock.end_of(clock.today()))
    if not page.below or not plan.is_listed:
        raise Http404
    form: OfficesForm
    if page.duty:
        form = OfficesForm(posted(request), offered=page.open)
    else:
        paragraphs = asking_paragraphs(plan.notice_text)
        form = DutyForm(posted(request), offered=page.open, paragraphs=paragraphs, items=page.items)
    preview: dict[str, Any] = {}
    if form.is_valid():
        chosen = form.chosen
        if request.POST.get("action") == "confirm" and _done(request, page, form):
            messages.success(request, f"已向{len(chosen)}个地区交办印发本地区工作方案，有关人员收到消息。")
            return redirect("tasks:local-duty", plan.slug)
        if not chosen:
            form.add_error("offices", "请至少选择一个地区。")
        elif not form.errors:
            named = form.chosen_items if isinstance(form, DutyForm) else page.named_items
            preview = {"told": page.told(chosen), "mute": page.without_account(chosen), "count": len(chosen)}
            preview["to_cover"] = len(named or page.items)
    context = {"plan": plan, "page": page, "form": form, "preview": preview}
    return render(request, "tasks/local_duty.html", context, status=422 if form.errors else 200)


def _done(request: Request, page: DutyPage, form: OfficesForm) -> bool:
    """Does what was shown; where it is refused, the form says why."""
    what = {"by": request.user, "at": clock.now()}
    if page.duty:
        attempt(form, ask_further_offices, duty=page.duty, offices=form.chosen, **what)
    elif isinstance(form, DutyForm):
        attempt(form, ask_for_local_plans, parent=page.plan, **form.content, **what)
    return form.is_valid()
