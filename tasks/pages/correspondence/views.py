"""对应关系: the local office's coordinators confirm which items of the parent's plan theirs carry out."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_plan_to_steer, visible_plans
from tasks.http.request import Request, posted
from tasks.pages.correspondence.page import CorrespondencePage
from tasks.workflow import WorkflowError, confirm_correspondences


@takes_forms
def correspondence(request: Request, slug: str) -> HttpResponse:
    """Each local item with its proposals; what is ticked is confirmed in one deed."""
    plan = get_plan_to_steer(request.user, slug)
    parent = visible_plans(request.user).filter(local_plans=plan).first()
    if parent is None:
        raise Http404
    page = CorrespondencePage(
        plan,
        parent,
        clock.end_of(clock.today()),
        shows_all=request.GET.get("show") == "all",
        number=request.GET.get("page"),
        sent=posted(request),
    )
    if request.method == "GET":
        return render(request, "tasks/correspondence.html", {"plan": plan, "page": page})
    return _confirmed(request, page)


def _confirmed(request: Request, page: CorrespondencePage) -> HttpResponse:
    error, wrong = "", [row for row in page.rows if not row.form.is_valid()]  # all of them, so that each says its own
    if not wrong:
        picked = [row for row in page.rows if row.form.cleaned_data["pick"]]
        try:
            made = confirm_correspondences(
                plan=page.plan,
                decided={row.item.pk: row.form.targets for row in picked},
                bases={row.item.pk: row.form.cleaned_data["basis"] for row in picked},
                by=request.user,
                at=clock.now(),
            )
        except WorkflowError as refused:
            error = refused.message
        else:
            messages.success(request, f"已确认{len(made)}项任务的对应关系。" if made else "对应关系没有变化。")
            return redirect("tasks:correspondence", page.plan.slug)
    context = {"plan": page.plan, "page": page, "error": error or "请先改正标出的内容，所勾选的均未保存。"}
    return render(request, "tasks/correspondence.html", context, status=422)
