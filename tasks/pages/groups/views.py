"""成员单位名单: coordinators edit it, and the assisting assignments that follow from it change with it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from qa_plan import clock
from tasks.access import can_steer, get_group, require
from tasks.http.dating import dated
from tasks.http.forms import form_page
from tasks.http.request import Request, posted
from tasks.pages.groups.forms import MembersForm, candidates_for
from tasks.workflow import change_members


@require_http_methods(["GET", "POST"])
@dated
def group_detail(request: Request, pk: int) -> HttpResponse:
    """Who belongs to the group, and on which items; coordinators change it."""
    group = get_group(request.user, pk)
    form = MembersForm(posted(request))
    if request.method == "POST":
        require(can_steer(request.user))
        if form.is_valid():
            change_members(group=group, by=request.user, at=clock.now(), **form.cleaned_data)
            messages.success(request, f"{group}成员单位已更新，“其他成员单位协助”的任务随之调整。")
            return redirect("tasks:group-detail", group.pk)
    memberships = list(group.memberships.select_related("agency"))
    context = {
        "group": group,
        "form": form,
        "memberships": memberships,
        "is_inferred": any(membership.is_inferred for membership in memberships),
        "candidates": candidates_for(group),
        "items": group.items.select_related("plan").defer("text")[:50],
    }
    return form_page(request, "tasks/group_detail.html", context)
