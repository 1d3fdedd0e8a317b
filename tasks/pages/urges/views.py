"""催办: choosing what to urge, the list, one urge with its answer, and its printed slip."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from agencies.models import User
from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import answers_urge, get_urge, require
from tasks.http.dating import dated
from tasks.http.evidence_form import attached, is_attaching
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.http.selection import keys_in, named
from tasks.models import Urge, UrgeReply
from tasks.pages.urges.forms import UrgeForm, UrgeReplyForm
from tasks.pages.urges.page import (
    SUGGESTED_TEXT,
    Asked,
    Candidate,
    Turn,
    UrgePage,
    candidates,
    counts,
    suggested_day,
    urges_of,
)
from tasks.pages.urges.slips import get_slips
from tasks.reminders.warnings import agencies_without_people
from tasks.rules.asof import AsOf
from tasks.workflow import answer_urge, urge


@takes_forms
def urge_new(request: Request) -> HttpResponse:
    """One notice to each agency of the chosen tasks."""
    today = clock.today()
    asked = _asked(request.GET)
    offered = candidates(request.user, asked, AsOf(today, today))
    assignments = [candidate.assignment for candidate in offered]
    form = UrgeForm(posted(request), offered=assignments, initial=_suggested(offered, asked, today))
    if form.is_valid() and (urges := attempt(form, urge, by=request.user, at=clock.now(), **form.content)):
        _tell_sent(request, urges)
        return redirect("tasks:urge-detail", urges[0].pk) if len(urges) == 1 else redirect("tasks:urge-list")
    context = {
        "candidates": offered,
        "form": form,
        "agency_count": len({assignment.agency_id for assignment in assignments}),
        "plan": assignments[0].item.plan if assignments else None,
    }
    return form_page(request, "tasks/urge_new.html", context)


def _suggested(offered: Sequence[Candidate], asked: Asked, today: date) -> dict[str, Any]:
    """Whatever was asked for by its key or its item's number is ticked, else what is red or yellow."""
    is_named = asked.keys or asked.numbers
    ticked = [candidate.assignment.pk for candidate in offered if is_named or candidate.is_pressing]
    return {"assignment": ticked, "text": SUGGESTED_TEXT, "reply_by": suggested_day(today)}


def _tell_sent(request: Request, urges: Sequence[Urge]) -> None:
    messages.success(request, f"已发出{'、'.join(map(str, urges))}，共{len(urges)}个单位。")
    if silent := list(agencies_without_people().filter(pk__in=[sent.agency_id for sent in urges])):
        messages.warning(request, f"{'、'.join(map(str, silent))}没有在用账号，收不到消息，请打印催办单另行送达。")


def _asked(query: QueryDict) -> Asked:
    """404 for an address that nothing on the site leads to."""
    given = [*query.getlist("assignment"), *query.getlist("item"), *query.getlist("agency")]
    if not all(value.isdecimal() and len(value) < 19 for value in given):
        raise Http404
    item, agency = query.get("item"), query.get("agency")
    return Asked(
        keys=tuple(named(query, "assignment")),
        numbers=tuple(keys_in(query.get("items", ""))),
        item=int(item) if item else None,
        agency=int(agency) if agency else None,
        plan=query.get("plan", ""),
    )


@require_safe
@dated
def urge_list(request: Request) -> HttpResponse:
    """An agency's own; all of them for those who oversee."""
    turn = request.GET.get("turn", Turn.WAITING)
    if turn not in Turn.values:
        raise Http404
    as_of = request.as_of
    page = Paginator(urges_of(request.user, as_of, turn), 20).get_page(request.GET.get("page"))
    context = {"page": page, "turn": turn, "turns": counts(request.user, as_of)}
    return render(request, "tasks/urge_list.html", context)


@takes_forms
@dated
def urge_detail(request: Request, pk: int) -> HttpResponse:
    """To its agency, which answers here, and to those who oversee it."""
    as_of = request.as_of
    page = UrgePage(get_urge(request.user, pk, as_of.moment), as_of)
    require(request.method != "POST" or (as_of.is_today and answers_urge(request.user, page.urge, as_of.day)))
    form = UrgeReplyForm(posted(request), request.FILES or None, subjects=[each.assignment for each in page.subjects])
    form.hold(page.subjects[0].assignment)
    if is_attaching(request):
        return attached(request, form, by=request.user, at=clock.now())
    if request.method == "POST":
        form.is_valid()
        evidence = attempt(form, form.stored_evidence, by=request.user, at=clock.now())
        said = {"text": form.cleaned_data.get("text", ""), "parts": form.parts, "evidence": evidence or ()}
        answered = form.is_valid() and _answered(form, page.urge, request.user, said)
        if answered:
            messages.success(request, f"已答复{page.urge}。")
            return redirect("tasks:urge-detail", pk)
    context = {"page": page, "form": form, "can_answer": page.can_answer(request.user)}
    return form_page(request, "tasks/urge_detail.html", context)


@require_safe
@dated
def urge_slip(request: Request, pk: int) -> HttpResponse:
    """催办单 on one A4 sheet, as the tasks stood when it was sent."""
    return _slips(request, [str(pk)])


@require_safe
@dated
def urge_slips(request: Request) -> HttpResponse:
    """Several 催办单 in one print, each on its own sheet: `?id=3&id=4`; the list of urges where none is chosen."""
    keys = request.GET.getlist("id")
    return _slips(request, keys) if keys else redirect("tasks:urge-list")


def _slips(request: Request, keys: Sequence[str]) -> HttpResponse:
    """A slip's code leads to the page of the urge; there is none where no phone could open it."""
    slips = [(slip, _code(slip.address)) for slip in get_slips(request.user, keys, request.as_of)]
    return render(request, "tasks/urge_slips.html", {"slips": slips})


def _code(address: str) -> str:
    if not address:
        return ""
    return mark_safe(segno.make(address, error="m").svg_inline(scale=3, border=2))  # of digits and the site's address


def _answered(form: UrgeReplyForm, urge: Urge, by: User, said: dict[str, Any]) -> UrgeReply | None:
    return attempt(form, answer_urge, urge=urge, by=by, at=clock.now(), **said)
