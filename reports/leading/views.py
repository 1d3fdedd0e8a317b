"""The dashboard, with the leadership's first screen on it; ranking and trend; and the wall of the meeting room."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports.dashboard import views as dashboards
from reports.dashboard.ranking import ranking as ranking_of
from reports.dashboard.ranking import section_trend
from reports.leading.page import FirstScreen, News
from reports.leading.wall import Wall
from tasks.access import is_leader, require
from tasks.http.dating import dated
from tasks.http.request import Request


@require_safe
@dated
def dashboard(request: Request, slug: str) -> HttpResponse:
    """How the plan stands; to a leader, today, with what answers in one look on top."""
    plan, overview = dashboards.plan_and_overview(request, slug)
    leads = is_leader(request.user) and request.as_of.is_today
    more = {"first": FirstScreen(overview)} if leads else {}
    return dashboards.dashboard(request, plan, overview, **more)


@require_safe
@dated
def news(request: Request, slug: str) -> HttpResponse:
    """What changed since the person's last look; as a part of the dashboard where that asks for it."""
    require(request.as_of.is_today)
    plan, overview = dashboards.plan_and_overview(request, slug)
    template = "reports/_news.html" if request.htmx else "reports/news.html"
    context = {"plan": plan, "news": News(request.user, overview), "shown": 5 if request.htmx else len(overview.items)}
    return render(request, template, context)


@require_safe
@dated
def ranking(request: Request, slug: str) -> HttpResponse:
    """All agencies in the order of 差, and the sections over the periods, as charts with their figures."""
    plan, overview = dashboards.plan_and_overview(request, slug)
    context = {"plan": plan, "overview": overview, "rows": ranking_of(overview), "trend": section_trend(overview)}
    return render(request, "reports/ranking.html", context)


@require_safe
@dated
def wall(request: Request, slug: str) -> HttpResponse:
    """One screen after another, turned by the page itself; `?screen=2` begins there, `&still=1` stays."""
    plan, overview = dashboards.plan_and_overview(request, slug)
    shown = Wall(overview)
    number = request.GET.get("screen", "1")
    if not (number.isdecimal() and 1 <= int(number) <= shown.count):
        raise Http404
    context = {"plan": plan, "overview": overview, "wall": shown, "still": "still" in request.GET}
    return render(request, "reports/wall.html", context | {"screen": shown.screen(int(number))})
