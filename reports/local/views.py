"""市县落实: all offices below with all items, one office, one item, and the list as a file."""

import tempfile
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.clock import end_of
from reports.local.columns import Among, columns_of
from reports.local.filters import LocalFilter
from reports.local.page import CityPage, CityRanking, ItemInCities, LocalPage
from reports.local.questions import NOT_ASKED, asked_of, given, last_urge
from reports.xlsx import MEDIA_TYPE, write_rows
from tasks.access import belongs_to, can_steer, get_versioned_plan, lines_up, steers
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Plan
from tasks.standing.local import LocalPicture, OfficeStanding, local_picture, newest_words
from tasks.standing.trend import MOST_POINTS, progress_of_plans

IN_MEMORY = 5_000_000  # bytes; a longer workbook is written to the disk


def plan_and_picture(request: Request, slug: str) -> tuple[Plan, LocalPicture]:
    """The plan with those offices below it that the person sees: what lies beside isn't there. 404 without any.

    The plan of a duty is carried out by no local plans.
    """
    plan = get_versioned_plan(request.user, slug)
    if not plan.is_listed:
        raise Http404
    require_assigned(plan, request.as_of)
    picture = local_picture(plan, request.as_of).within(lambda path: lines_up(request.user, path))
    if not picture.offices:
        raise Http404
    return plan, picture


@require_safe
@dated
def local(request: Request, slug: str) -> HttpResponse:
    plan, picture = plan_and_picture(request, slug)
    alone = picture.only if picture.is_partial else None
    asked = NOT_ASKED if alone and alone.is_issued else asked_of(plan, request.as_of)
    shown = LocalPage(picture, LocalFilter(request.GET), asked, request.GET.get("page"))
    context = {"plan": plan, "picture": picture, "local": shown}
    if alone:
        context |= _one_city(request, picture, alone)
    elif steers(request.user, plan) and request.as_of.is_today:
        parts = given(request.user, asked.duty, request.as_of.moment)
        urged = {government: each.part.pk for government, each in parts.items() if each.may_urge}
        late = [urged[key] for each in picture.unissued if (key := each.office.government_id) in urged]
        context |= {"may_ask": True, "to_urge": urged, "urge_all": urlencode({"assignment": late}, doseq=True)}
    return render(request, "reports/local.html", context)


@require_safe
@dated
def city(request: Request, slug: str, code: str) -> HttpResponse:
    """What one office does for each of the plan's items."""
    plan, picture = plan_and_picture(request, slug)
    standing = picture.office(code)
    if standing is None:
        raise Http404
    return render(request, "reports/local_city.html", {"plan": plan, **_one_city(request, picture, standing)})


def _one_city(request: Request, picture: LocalPicture, standing: OfficeStanding) -> dict[str, Any]:
    """One office beside the plan, with what the person can do where it has none: urge, ask for it, or make it."""
    words = newest_words([each.pk for each in standing.items], request.as_of.moment) if standing.items else {}
    context: dict[str, Any] = {"standing": standing, "city": CityPage(picture, standing, words)}
    if standing.is_issued or not request.as_of.is_today:
        return context
    if steers(request.user, picture.plan):
        duty = asked_of(picture.plan, request.as_of).duty
        part = given(request.user, duty, request.as_of.moment).get(standing.office.government_id or 0)
        urged = last_urge(part.part, request.as_of.moment) if part else None
        return {**context, "may_ask": True, "given": part, "duty": duty, "urged": urged}
    return {**context, "may_make": can_steer(request.user) and belongs_to(request.user, standing.path)}


@require_safe
@dated
def item(request: Request, slug: str, number: int) -> HttpResponse:
    """How an item fares below; as a part of the item's page where that asks for it."""
    plan, picture = plan_and_picture(request, slug)
    found = next((each for each in picture.items if each.number == number), None)
    if found is None:
        raise Http404
    template = "reports/_local_item.html" if request.htmx else "reports/local_item.html"
    return render(request, template, {"plan": plan, "shown": ItemInCities(picture, found)})


@require_safe
@dated
def ranking(request: Request, slug: str) -> HttpResponse:
    """All offices in their order, with their course; as a part of another page where that asks for it, or in short."""
    plan, picture = plan_and_picture(request, slug)
    moments = [end_of(due_on) for _, due_on in picture.closes[-MOST_POINTS:]]
    progress = progress_of_plans([each.plan.pk for each in picture.issued if each.plan], moments)
    part = "reports/_local_ends.html" if "ends" in request.GET else "reports/_local_places.html"
    template = part if request.htmx else "reports/local_ranking.html"
    return render(request, template, {"plan": plan, "ranking": CityRanking(picture, progress)})


@require_safe
@dated
def export(request: Request, slug: str) -> HttpResponseBase:
    """The offices that the filter keeps, in its order, as a workbook."""
    plan, picture = plan_and_picture(request, slug)
    written_at, day = clock.now(), request.as_of.day
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    offices = LocalFilter(request.GET).applied(picture.offices)
    among = Among({item.pk: item.label for item in picture.items}, picture.levels)
    columns = columns_of(picture.offices)
    rows = ([column.value(each, among) for column in columns] for each in offices)
    title = f"{plan.name}　市县落实　截至{day:%Y-%m-%d}"
    write_rows(file, columns, rows, name="市县落实", title=title, written_at=written_at)
    file.seek(0)
    name = f"{plan.slug}_市县落实_{day:%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPE)
