"""审核: the queue with verdicts on many at once, one report beside the last accepted one, and comments on it."""

from collections.abc import Sequence
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import can_review, get_report_to_review, home_plans, reports_to_review, require
from tasks.http.dating import dated
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.http.taken_back import unless_taken_back
from tasks.http.verdict_form import phrases_of
from tasks.models import ProgressReport, Review
from tasks.pages.reviews.filters import DecidedReviews
from tasks.pages.reviews.forms import CommentForm, PhrasesForm, ReviewForm, ReviewManyForm
from tasks.pages.reviews.page import ReviewPage
from tasks.pages.reviews.questions import COLLEAGUE, Offered, colleagues_of, offered_to, record_version
from tasks.pages.reviews.queue import ReviewQueue
from tasks.workflow import comment_on_report, review_report, review_reports, write_phrases
from tasks.workflow.reviews import NotReviewed

NAMED_AT_MOST = 8


@takes_forms
@dated
def review_list(request: Request) -> HttpResponse:
    """What waits; POST decides the chosen reports, each by itself."""
    require(can_review(request.user))
    queue = ReviewQueue(request.as_of, request.GET, version=record_version(), home=request.user.scope)
    reports, phrases = reports_to_review(request.user, request.as_of.moment), phrases_of(request.user)
    form = ReviewManyForm(posted(request), reports=reports, phrases=phrases)
    if form.is_valid():
        refused = attempt(form, review_reports, by=request.user, at=clock.now(), **form.cleaned_data)
        if refused is not None:
            _tell_result(request, form.cleaned_data["reports"], refused, form.cleaned_data["verdict"])
            return redirect(f"{reverse('tasks:review-list')}{queue.query}")
    page = queue.page()
    context = {
        "queue": queue,
        "page": page,
        "rows": queue.rows(cast("list[int]", page.object_list)),
        "form": form,
        "first": next(iter(queue.keys), None),
        "chooses_all": request.GET.get("choose") == "all",
    }
    return form_page(request, "tasks/review_list.html", context | queue.selects)


def _tell_result(
    request: Request, reports: Sequence[ProgressReport], refused: Sequence[NotReviewed], verdict: str
) -> None:
    """What was done, in one line, and each that was refused with its reason."""
    left = {report.pk for report, _ in refused}
    names = [_named(report) for report in reports if report.pk not in left]
    if names:
        more = "等" if len(names) > NAMED_AT_MOST else ""
        done = f"已{Review.Verdict(verdict).label}{len(names)}份报告"
        messages.success(request, f"{done}：{'、'.join(names[:NAMED_AT_MOST])}{more}。")
    for report, why in refused:
        address = reverse("tasks:review-detail", args=[report.pk])
        messages.warning(request, format_html('<a href="{}">{}</a>未处理：{}', address, _named(report), why))


def _named(report: ProgressReport) -> str:
    return f"{report.assignment.agency}{report.assignment.item.label}"


@require_safe
@dated
def review_decided(request: Request) -> HttpResponse:
    """What was decided, the last one first."""
    require(can_review(request.user))
    decided = DecidedReviews(home_plans(request.user), request.as_of, request.GET)
    return render(request, "tasks/review_decided.html", {"decided": decided} | decided.selects)


@takes_forms
def phrase_list(request: Request) -> HttpResponse:
    """常用意见, one's own and the office's, written anew as lists."""
    require(can_review(request.user))
    form = PhrasesForm(posted(request), phrases=phrases_of(request.user))
    if form.is_valid():
        attempt(form, write_phrases, **form.lists, by=request.user, at=clock.now())
    if form.is_bound and form.is_valid():
        messages.success(request, "已保存常用意见。")
        return redirect("tasks:phrase-list")
    return form_page(request, "tasks/phrase_list.html", {"form": form})


@takes_forms
@dated
def review_detail(request: Request, pk: int) -> HttpResponse:
    """One report; whoever decided it goes on to the next of the queue."""
    return unless_taken_back(request, pk, request.as_of.moment, lambda: _reviewed(request, pk))


def _reviewed(request: Request, pk: int) -> HttpResponse:
    report = get_report_to_review(request.user, pk, request.as_of.moment)
    people, phrases = _offered_to(request)
    form = ReviewForm(posted(request), phrases=phrases)
    if form.is_valid():
        queue = ReviewQueue(request.as_of, request.GET, version=report.version, home=request.user.scope)
        onward = queue.place_of(report.pk).onward
        what = {"report": report, "by": request.user, "at": clock.now(), **form.cleaned_data}
        if review := attempt(form, review_report, **what):
            messages.success(request, f"已{review.get_verdict_display()}{_named(report)}的报告。")
            page = reverse("tasks:review-detail", args=[onward]) if onward else reverse("tasks:review-list")
            return redirect(f"{page}{queue.query}")
        report = get_report_to_review(request.user, pk, request.as_of.moment)  # as it is now, which was the reason
    return _detail(request, report, form, CommentForm(colleagues=colleagues_of(request.user), people=people))


def _offered_to(request: Request) -> tuple[list[Offered], list[Offered]]:
    """Colleagues to mention, and phrases to choose."""
    offered = offered_to(request.user)
    people = [one for one in offered if one.kind == COLLEAGUE]
    return people, offered[len(people) :]


@require_POST
@dated
def review_comment(request: Request, pk: int) -> HttpResponse:
    """内部批注 on the report, which no agency reads."""
    return unless_taken_back(request, pk, request.as_of.moment, lambda: _commented(request, pk))


def _commented(request: Request, pk: int) -> HttpResponse:
    report = get_report_to_review(request.user, pk, request.as_of.moment)
    people, phrases = _offered_to(request)
    form = CommentForm(request.POST, colleagues=colleagues_of(request.user), people=people)
    if not form.is_valid():
        return _detail(request, report, ReviewForm(phrases=phrases), form)
    comment_on_report(report=report, by=request.user, at=clock.now(), **form.cleaned_data)
    query = ReviewQueue(request.as_of, request.GET, version=report.version, home=request.user.scope).query
    return redirect(f"{reverse('tasks:review-detail', args=[pk])}{query}#comments")


def _detail(request: Request, report: ProgressReport, form: ReviewForm, comment_form: CommentForm) -> HttpResponse:
    page = ReviewPage(report, request.as_of.day)
    queue = ReviewQueue(request.as_of, request.GET, version=report.version, home=request.user.scope)
    if page.is_withdrawn:
        messages.info(request, f"{_named(report)}的责任分工已撤回，无须审核。")
        return redirect(f"{reverse('tasks:review-list')}{queue.query}")
    context = {
        "page": page,
        "plan": page.plan,
        "report": report,
        "queue": queue,
        "place": queue.place_of(report.pk),
        "form": form,
        "comment_form": comment_form,
        "can_review": request.as_of.is_today and not page.is_replaced,
    }
    status = 422 if form.errors or comment_form.errors else 200
    return render(request, "tasks/review_detail.html", context, status=status)
