"""截至日期: the day for which a page speaks, from `?as_of=2016-09-30`; today without it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qa_plan import clock

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class AsOf:
    """`moment` is the last instant of `day`. `query` and `amp` carry the day into links, empty when it is today."""

    day: date
    today: date

    @property
    def moment(self) -> datetime:
        return clock.end_of(self.day)

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def query(self) -> str:
        return "" if self.is_today else f"?as_of={self.day:%Y-%m-%d}"

    @property
    def amp(self) -> str:
        return "" if self.is_today else f"&as_of={self.day:%Y-%m-%d}"


def dated(view: View) -> View:
    """Gives the view `request.as_of`. A day to come, or none at all, is refused with a page that says why (400)."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        today = clock.today()
        given = request.GET.get("as_of", "").strip()
        try:
            day = date.fromisoformat(given) if given else today
        except ValueError:
            return _refused(request, today, f"“{given[:20]}”不是日期，请按2016-09-30的格式填写。")
        if day > today:
            return _refused(request, today, f"截至日期{day:%Y-%m-%d}晚于今天（{today:%Y-%m-%d}），系统不推测将来。")
        request.as_of = AsOf(day, today)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return wrapper


def _refused(request: HttpRequest, today: date, message: str) -> HttpResponse:
    return render(request, "tasks/as_of_refused.html", {"message": message, "today": today}, status=400)
