"""成员单位名单: coordinators edit it, and the assisting assignments that follow from it change with it."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from agencies.confirming import asks_again
from agencies.models import AgencyGroup
from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import belongs_to, can_steer, get_group, require, visible_plans
from tasks.http.dating import dated
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import ActionItem
from tasks.pages.groups.forms import MembersForm, MembersPreview
from tasks.workflow import change_members


@takes_forms
@asks_again(when=lambda request: request.method == "POST")
@dated
def group_detail(request: Request, pk: int) -> HttpResponse:
    """Who belongs to the group, and on which items; coordinators change it, after a page that says what will follow."""
    group = get_group(request.user, pk)
    form, preview = MembersForm(posted(request), group=group), None
    may_change = can_steer(request.user) and belongs_to(request.user, group.office_id)
    if request.method == "POST":
        require(may_change)
        if form.is_valid() and request.POST.get("action") == "confirm":
            what = {**form.content, "basis": form.cleaned_data["basis"] or "none"}
            attempt(form, change_members, group=group, by=request.user, at=clock.now(), **what)
            if form.is_valid():
                messages.success(request, f"{group}成员单位已更新，“其他成员单位协助”的任务随之调整。")
                return redirect("tasks:group-detail", group.pk)
        elif form.is_valid():
            preview = MembersPreview(form, clock.end_of(clock.today()))
            if preview.is_empty:
                messages.info(request, "名单没有变化。")
                return redirect("tasks:group-detail", group.pk)
    context = {
        "group": group,
        "form": form,
        "may_change": may_change,
        "preview": preview,
        "is_inferred": any(membership.is_inferred for membership in form.memberships),
        "items": _items(request, group),
    }
    return form_page(request, "tasks/group_detail.html", context)


def _items(request: Request, group: AgencyGroup) -> QuerySet[ActionItem]:
    """In which the group's members assist, as far as the person sees their plans."""
    items = group.items.filter(ended_at__isnull=True, plan__in=visible_plans(request.user))
    return items.select_related("plan").defer("text")[:50]
