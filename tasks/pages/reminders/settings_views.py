"""提醒规则 for coordinators, and everybody's own 提醒设置 with the calendar's secret address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import can_steer, get_rule_to_change, keeps_rules, person_of_calendar, require
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.reminders.calendar import calendar_of
from tasks.pages.reminders.forms import RuleForm, WishesForm
from tasks.pages.reminders.page import rule_words
from tasks.pages.reminders.questions import preference_of, rules_in_order
from tasks.reminders.warnings import agencies_without_people
from tasks.workflow.reminders import add_rule, change_rule, choose_wishes, renew_calendar, revoke_calendar


@require_safe
def rule_list(request: Request) -> HttpResponse:
    """Everybody may read by which rules people are told; the coordinators of the top office change them."""
    rules = [(rule, rule_words(rule)) for rule in rules_in_order()]
    may_change, unreachable = keeps_rules(request.user), agencies_without_people().of_office(request.user.scope)
    context = {"rules": rules, "may_change": may_change}
    context |= {"unreachable": list(unreachable) if can_steer(request.user) else []}
    return render(request, "tasks/rule_list.html", context)


@takes_forms
def rule_edit(request: Request, pk: int) -> HttpResponse:
    """From the next sweep on; what was told before stays as it was."""
    rule = get_rule_to_change(request.user, pk)
    form = RuleForm(posted(request), rule=rule)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        what = {"rule": rule, "content": form.content, "reason": reason, "by": request.user, "at": clock.now()}
        if attempt(form, change_rule, **what):
            messages.success(request, f"已调整规则“{form.content.name}”，自下一次提醒起执行。")
            return redirect("tasks:rule-list")
    return form_page(request, "tasks/rule_edit.html", {"form": form, "rule": rule})


@takes_forms
def rule_new(request: Request) -> HttpResponse:
    """Another rule, with the date that it counts from."""
    require(keeps_rules(request.user))
    form = RuleForm(posted(request))
    if form.is_valid():
        kind, reason = form.cleaned_data["kind"], form.cleaned_data["reason"]
        what = {"kind": kind, "content": form.content, "reason": reason, "by": request.user, "at": clock.now()}
        if rule := attempt(form, add_rule, **what):
            messages.success(request, f"已新增规则“{rule}”，自下一次提醒起执行。")
            return redirect("tasks:rule-list")
    return form_page(request, "tasks/rule_edit.html", {"form": form})


@takes_forms
def reminder_settings(request: Request) -> HttpResponse:
    """Where and when the person is reminded. In-app messages, and what is overdue, can't be switched off."""
    preference = preference_of(request.user)
    form = WishesForm(posted(request), preference=preference)
    if form.is_valid():
        choose_wishes(user=request.user, wishes=form.wishes, at=clock.now())
        messages.success(request, "已保存提醒设置，自下一次提醒起执行。")
        return redirect("tasks:reminder-settings")
    token = preference.calendar_in_force
    address = request.build_absolute_uri(reverse("tasks:calendar-feed", args=[token])) if token else ""
    return form_page(request, "tasks/reminder_settings.html", {"form": form, "address": address})


@require_POST
def calendar_address(request: Request) -> HttpResponse:
    """Makes a new secret address, or takes the one there is away."""
    if request.POST.get("action") == "revoke":
        revoke_calendar(user=request.user, at=clock.now())
        messages.success(request, "已停用日历订阅，原地址不再有效。")
    else:
        renew_calendar(user=request.user, at=clock.now())
        messages.success(request, "已生成新的日历订阅地址，原地址不再有效。")
    return redirect("tasks:reminder-settings")


@login_not_required
@never_cache
@require_safe
def calendar_feed(request: Request, token: str) -> HttpResponse:
    """To whoever knows the address: calendar programs don't sign in. It only reads, and can be taken away."""
    person = person_of_calendar(token)
    return HttpResponse(
        calendar_of(person, clock.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Referrer-Policy": "no-referrer"},
    )
