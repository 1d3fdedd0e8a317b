"""账号移交 and 机构调整: a new person takes an account over, an agency takes the place of others."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from agencies.confirming import asks_again
from agencies.models import Succession
from qa_plan import clock
from qa_plan.addresses import key_in
from qa_plan.methods import takes_forms
from tasks.access import agencies_kept, can_move_people, get_agency_with_people, get_person_to_replace, require
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.staff.forms import HandOverForm, SuccessionForm
from tasks.pages.staff.page import HandOverPreview
from tasks.pages.staff.succession import Preview, confirm, is_recorded, recorded_successions
from tasks.workflow import hand_over, initial_password

ONLY_ONCE = "初始密码只在移交时显示一次，没有记下的，请系统管理员重设。"


@require_safe
def agency_people(request: Request, pk: int) -> HttpResponse:
    """The accounts of one agency, each with the way to hand it over."""
    agency, people = get_agency_with_people(request.user, pk)
    return render(request, "tasks/agency_people.html", {"agency": agency, "people": people})


@never_cache
@sensitive_variables("password")
@takes_forms
def account_hand_over(request: Request, pk: int) -> HttpResponse:
    """First what goes along, then the deed.

    The answer to that is the page with the password: it is stored nowhere, and can't be had again.
    """
    sent = posted(request)
    old = get_person_to_replace(request.user, pk, is_repeated=sent is not None)
    if not old.is_active:
        messages.error(
            request, f"{old}的账号已经移交或停用。初始密码只在移交时显示一次，没有记下的，请系统管理员重设。"
        )
        return redirect("tasks:agency-people", old.agency_id)
    form, preview = HandOverForm(sent), None
    if sent is not None and form.is_valid():
        preview = HandOverPreview(old, form.cleaned_data["name"], form.cleaned_data["username"])
        if sent.get("action") == "confirm" and sent.get("token") == preview.token:
            password = initial_password()
            what = {"old": old, "password": password, "by": request.user, "at": clock.now(), **form.content}
            if new := attempt(form, hand_over, **what):
                return render(request, "tasks/handed_over.html", {"old": old, "new": new, "password": password})
        elif sent.get("action") == "confirm":
            form.add_error(None, "内容与核对时不同，请重新核对后确认。")
    return form_page(request, "tasks/hand_over.html", {"old": old, "form": form, "preview": preview})


@takes_forms
@asks_again()
def succession_new(request: Request) -> HttpResponse:
    """What is typed, then what would move, then the deed; nothing is kept between the steps but the form itself."""
    require(can_move_people(request.user))
    sent = posted(request)
    form, preview, now = SuccessionForm(sent, agencies=agencies_kept(request.user)), None, clock.now()
    if sent is not None and sent.get("action") == "confirm" and not form.is_valid():
        keys = [key for text in sent.getlist("predecessors") if (key := key_in(text)) is not None]
        if is_recorded(form.cleaned_data, keys, request.user):
            messages.info(request, "该机构调整已经登记，未重复办理。")
            return redirect("tasks:succession-list")
    if sent is not None and form.is_valid():
        preview = Preview(dict(form.cleaned_data), now, sent.dict())  # a refusal takes fields out of the form
        if sent.get("action") == "confirm":
            attempt(form, confirm, preview=preview, by=request.user, at=now)
            if form.is_valid():
                when = "已登记，将于生效日办理" if preview.waits else "已办理"
                messages.success(request, f"机构{Succession.Kind(preview.kind).label}{when}。")
                return redirect("tasks:succession-list")
    context = {"form": form, "preview": preview, "today": now.date(), "kinds": Succession.Kind.choices}
    return form_page(request, "tasks/succession_new.html", context)


@require_safe
def succession_list(request: Request) -> HttpResponse:
    """What was recorded so far, newest first."""
    require(can_move_people(request.user))
    page = Paginator(recorded_successions(agencies_kept(request.user)), 50).get_page(request.GET.get("page"))
    return render(request, "tasks/succession_list.html", {"page": page})
