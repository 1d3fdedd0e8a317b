"""取自上级任务: a local office draws its plan from the items of the office above, and proofreads it as an import."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_parent_to_carry_out
from tasks.http.forms import attempt
from tasks.http.request import Request, posted
from tasks.pages.drawing.page import Drawing
from tasks.workflow.proofs import start_draft


@takes_forms
def local_new(request: Request, slug: str) -> HttpResponse:
    """Each of the parent's items, to be picked and adapted; what comes of it is a 核对稿 like any other."""
    parent, office, existing = get_parent_to_carry_out(request.user, slug)
    if existing:
        messages.info(request, f"本地区的方案已经交办（{existing}）。")
        return redirect(existing)
    drawing = Drawing(parent, office, clock.end_of(clock.today()), posted(request))
    if request.method == "POST" and drawing.is_valid():
        draft = attempt(
            drawing.head,
            start_draft,
            data=drawing.text.encode(),
            file_name=f"{drawing.head.head.name}.txt",
            parent=parent,
            drawn_from=drawing.drawn_from,
            by=request.user,
            at=clock.now(),
        )
        if draft:
            return redirect(draft)
    context = {"plan": parent, "drawing": drawing}
    return render(request, "tasks/local_new.html", context, status=422 if request.method == "POST" else 200)
