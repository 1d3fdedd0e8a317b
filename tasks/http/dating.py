"""`?as_of=2016-09-30` on any page: the day for which it speaks; today without it."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from qa_plan import clock
from tasks.http.request import Request
from tasks.models import Plan
from tasks.rules.asof import AsOf


class NotYetAssigned(Exception):
    """The page speaks for a day on which the system did not know the plan yet."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.document_number)
        self.plan = plan


def require_assigned(plan: Plan, as_of: AsOf) -> None:
    """Raises NotYetAssigned for days before the plan was imported: there is nothing to say of them."""
    if as_of.day < plan.begins_on:
        raise NotYetAssigned(plan)


View = Callable[..., HttpResponseBase]


def dated(view: View) -> View:
    """Gives the view `request.as_of`. A day to come, or none at all, is refused with a page that says why (400)."""

    @wraps(view)
    def wrapper(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        today = clock.today()
        given = request.GET.get("as_of", "").strip()
        try:
            day = date.fromisoformat(given) if given else today
        except ValueError:
            return _refused(request, today, f"“{given[:20]}”不是日期，请按2016-09-30的格式填写。")
        if day > today:
            return _refused(request, today, f"截至日期{day:%Y-%m-%d}晚于今天（{today:%Y-%m-%d}），不能查询未来日期。")
        request.as_of = AsOf(day, today)
        try:
            return view(request, *args, **kwargs)
        except NotYetAssigned as early:
            return render(request, "tasks/not_yet.html", {"plan": early.plan})

    return wrapper


def _refused(request: Request, today: date, message: str) -> HttpResponse:
    return render(request, "tasks/as_of_refused.html", {"message": message, "today": today}, status=400)
