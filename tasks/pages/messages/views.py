"""站内消息: a person's own. Reading is a deed, so a message opens by a button (POST) and leads on to its page."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_message
from tasks.http.request import Request
from tasks.models import Message
from tasks.pages.messages.questions import counted, unread_first
from tasks.workflow.messages import mark_read

PAGE_SIZE = 20


@takes_forms
def message_list(request: Request) -> HttpResponse:
    """Unread ones first, the latest before the earlier; POST marks them all as read."""
    mine = cast("QuerySet[Message]", request.user.messages)
    if request.method == "POST":
        count = mark_read(mine.all(), at=clock.now())
        messages.success(request, f"{count}条消息已标为已读。" if count else "没有未读消息。")
        return redirect("tasks:message-list")
    only_unread, kind = request.GET.get("show") == "unread", request.GET.get("kind", "")
    if kind and kind not in Message.Kind:
        raise Http404
    shown = unread_first(mine, only_unread=only_unread, kind=kind)
    kinds = counted(request.user)
    paginator = Paginator(shown, PAGE_SIZE)
    paginator.count = sum(one.unread if only_unread else one.all for one in kinds if one.kind == kind)
    context = {
        "page": paginator.get_page(request.GET.get("page")),
        "only_unread": only_unread,
        "kind": kind,
        "kinds": kinds,
        "counted": next((one for one in kinds if one.kind == kind), kinds[0]),
    }
    return render(request, "tasks/message_list.html", context)


@require_POST
def message_open(request: Request, pk: int) -> HttpResponse:
    """Marks it as read and leads to the page that it speaks of."""
    message = get_message(request.user, pk)
    mark_read(request.user.messages.filter(pk=message.pk), at=clock.now())
    return redirect(message.link or "tasks:message-list")
