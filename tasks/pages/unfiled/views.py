"""催报: one notice to every agency that still owes the period's reports, and all slips in one print."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_period_to_steer
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.unfiled.forms import UnfiledForm
from tasks.pages.unfiled.page import UnfiledPage
from tasks.reminders.warnings import agencies_without_people
from tasks.rules.asof import AsOf
from tasks.workflow import urge_to_file


@takes_forms
def unfiled(request: Request, slug: str, code: str) -> HttpResponse:
    """Who has not filed, all ticked; what was sent leads to its slips."""
    period = get_period_to_steer(request.user, slug, code)
    today = clock.today()
    page = UnfiledPage(period, AsOf(today, today))
    asked_for_none = request.GET.get("choose") == "none"
    form = UnfiledForm(posted(request), agencies=page.agencies, initial=page.proposed(with_all=not asked_for_none))
    if form.is_valid() and not page.hindrance:
        what = {
            "period": period,
            "notices": form.notices,
            "reply_by": form.reply_day,
            "by": request.user,
            "at": clock.now(),
        }
        if sent := attempt(form, urge_to_file, **what):
            messages.success(request, f"已向{len(sent)}个单位发出{sent[0]}至{sent[-1].number}号，催办单列在下面。")
            silent = agencies_without_people().filter(pk__in=[one.agency_id for one in sent])
            if names := "、".join(map(str, silent)):
                messages.warning(request, f"{names}没有在用账号，收不到消息，请打印催办单另行送达。")
            return redirect(f"{reverse('tasks:urge-slips')}?{urlencode([('id', one.pk) for one in sent])}")
    context = {"plan": period.plan, "period": period, "page": page, "form": form, "asked_for_none": asked_for_none}
    return form_page(request, "tasks/unfiled.html", context)
