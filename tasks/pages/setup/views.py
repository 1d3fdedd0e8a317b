"""The first morning of an installation: its first account, its checklist, and the office's name."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from agencies.installation import keys_that_open
from agencies.models import Office
from agencies.questions import is_empty
from agencies.sessions import begin
from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import can_steer, require, sets_up
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.setup.forms import FirstAccountForm, OfficeForm
from tasks.pages.setup.page import checklist
from tasks.workflow import begin_installation, confirm_due_dates, dismiss_setup, name_office

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
@sensitive_variables("form")
@sensitive_post_parameters("password1", "password2")
@takes_forms
def first_account(request: HttpRequest, key: str) -> HttpResponse:
    """404 once anybody has an account; an address that has ended says where a new one comes from."""
    if not is_empty():
        raise Http404
    now = timezone.now()
    if not keys_that_open(key, now).exists():
        return render(request, "registration/not_set_up.html", {"has_ended": True}, status=404)
    form = FirstAccountForm(posted(request))
    if form.is_valid():
        user = attempt(form, begin_installation, key=key, at=clock.now(), now=now, **form.content)
        if user:
            login(request, user, backend=BACKEND)
            begin(request, user, at=clock.now(), now=now)
            messages.success(request, "首个账号已设立，您已登录。设立账号的地址从此失效。")
            return redirect("tasks:setup")
    return form_page(request, "registration/first_account.html", {"form": form})


@takes_forms
def setup(request: Request) -> HttpResponse:
    """The checklist. Coordinators say on it that they have looked the dates through, and put it away.

    They have looked through what it showed them: a plan that came since waits.
    """
    if can_steer(request.user) and not sets_up(request.user):
        return redirect("tasks:desk")  # to whom the manual leads here: what is lacking is the top office's matter
    require(sets_up(request.user))
    shown = checklist(request.user, clock.now(), clock.today())
    if request.method == "POST":
        require(can_steer(request.user))
        seen = [plan for plan in shown.unconfirmed if str(plan.pk) in request.POST.getlist("plan")]
        if request.POST.get("action") == "dates" and seen:
            confirm_due_dates(plans=seen, by=request.user, at=clock.now())
            messages.success(request, "已记录：完成时限已核对，推定的照此执行。")
        elif request.POST.get("action") == "dismiss" and not shown.is_dismissed:
            dismiss_setup(by=request.user, at=clock.now())
            messages.success(request, "开通清单已收起，不再显示在首页。")
        return redirect("tasks:setup")
    return render(request, "tasks/setup.html", {"checklist": shown})


@takes_forms
def office(request: Request) -> HttpResponse:
    """How the office calls itself; it holds from now on."""
    require(sets_up(request.user))
    form = OfficeForm(posted(request), office=Office.current())
    if form.is_valid():
        attempt(form, name_office, by=request.user, at=clock.now(), **form.content)
        if form.is_valid():
            messages.success(request, "已登记，自即时起使用；此前发出的文件不变。")
            return redirect("tasks:setup")
    return form_page(request, "tasks/office.html", {"form": form})
