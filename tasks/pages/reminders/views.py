"""提醒台账, the coming days, why one was sent, and sending again what failed."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from qa_plan import clock
from tasks.access import can_watch_reminders, get_delivery_to_send, get_reminder, visible_reminders
from tasks.http.request import Request
from tasks.models import ReminderRule
from tasks.pages.reminders.page import ReminderFilter, State, rows, steps, with_sending
from tasks.reminders.described import describe
from tasks.reminders.entries import ledger_entries
from tasks.reminders.preview import ComingDay, coming
from tasks.workflow import WorkflowError
from tasks.workflow.reminders import send_again

ROWS_PER_PAGE = 30
ALL = ("", "全部")


@require_safe
def reminder_list(request: Request) -> HttpResponse:
    """A person's own; everybody's for those who watch."""
    ledger = ReminderFilter(request.GET, visible_reminders(request.user))
    paginator = Paginator(with_sending(ledger.qs), ROWS_PER_PAGE)
    paginator.count = ledger.qs.count()
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "filter": ledger,
        "page": page,
        "rows": rows(page.object_list, request.user),
        "watches": can_watch_reminders(request.user),
        "kinds": [ALL, *ReminderRule.Kind.choices],
        "states": [ALL, *State.choices],
    }
    return render(request, "tasks/reminder_list.html", context)


@require_safe
def reminder_detail(request: Request, pk: int) -> HttpResponse:
    """提醒依据, and how it was sent."""
    reminder = get_reminder(request.user, pk)
    [entry] = ledger_entries([reminder], request.user)
    context = {
        "reminder": reminder,
        "entry": entry,
        "steps": list(steps(reminder)),
        "deliveries": reminder.digest.deliveries.select_related("inbox_message").order_by("pk"),
        "watches": can_watch_reminders(request.user),
        "plan": entry.plan,
    }
    return render(request, "tasks/reminder_detail.html", context)


@require_POST
def delivery_send(request: Request, pk: int) -> HttpResponse:
    """Tried again from now on."""
    delivery = get_delivery_to_send(request.user, pk)
    try:
        send_again(delivery=delivery, by=request.user, at=clock.now(), now=timezone.now())
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已安排重新发送（{delivery.get_channel_display()}），一分钟内发出；免打扰时段顺延。")
    first = delivery.digest.reminders.order_by("pk").values_list("pk", flat=True).first()
    return redirect("tasks:reminder-detail", first)


@require_safe
def reminder_preview(request: Request) -> HttpResponse:
    """The coming 30 days: one's own, or everybody's for those who watch; one day of them in full."""
    watches = can_watch_reminders(request.user)
    at = clock.now()
    days, newest_plan = coming(request.user, at)
    chosen = _chosen(request.GET.get("day", ""), days)
    dues = chosen.in_order[:ROWS_PER_PAGE] if chosen else []
    described = describe([due.subject for due in dues], request.user, at)
    context = {
        "days": days,
        "chosen": chosen,
        "lines": [(due, what, path) for due, (what, _, path) in zip(dues, described, strict=True)],
        "more": len(chosen.dues) - len(dues) if chosen else 0,
        "watches": watches,
        "newest_plan": newest_plan,
    }
    return render(request, "tasks/reminder_preview.html", context)


def _chosen(given: str, days: list[ComingDay]) -> ComingDay | None:
    if not given:
        return None
    try:
        wanted = date.fromisoformat(given)
    except ValueError as error:
        raise Http404 from error
    chosen = next((coming for coming in days if coming.day == wanted), None)
    if chosen is None:
        raise Http404
    return chosen
