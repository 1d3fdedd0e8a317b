"""账号移交 and 机构调整: a new person takes an account over, an agency takes the place of others."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Succession
from qa_plan import clock
from tasks.access import can_move_people, get_agency_with_people, get_person_to_replace, require
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.staff.forms import HandOverForm, SuccessionForm
from tasks.pages.staff.succession import Preview, confirm, recorded_successions
from tasks.workflow import hand_over, initial_password


@require_safe
def agency_people(request: Request, pk: int) -> HttpResponse:
    """The accounts of one agency, each with the way to hand it over."""
    agency, people = get_agency_with_people(request.user, pk)
    return render(request, "tasks/agency_people.html", {"agency": agency, "people": people})


@never_cache
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def account_hand_over(request: Request, pk: int) -> HttpResponse:
    """The answer to the post is the page with the password: it is stored nowhere, and can't be had again."""
    old = get_person_to_replace(request.user, pk)
    form = HandOverForm(posted(request))
    if form.is_valid():
        password = initial_password()
        what = {"old": old, "password": password, "by": request.user, "at": clock.now(), **form.content}
        if new := attempt(form, hand_over, **what):
            return render(request, "tasks/handed_over.html", {"old": old, "new": new, "password": password})
    return form_page(request, "tasks/hand_over.html", {"old": old, "form": form})


@require_http_methods(["GET", "POST"])
def succession_new(request: Request) -> HttpResponse:
    """What is typed, then what would move, then the deed; nothing is kept between the steps but the form itself."""
    require(can_move_people(request.user))
    sent = posted(request)
    form, preview, now = SuccessionForm(sent), None, clock.now()
    if sent is not None and form.is_valid():
        preview = Preview(form.cleaned_data, now, sent.dict())
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
    page = Paginator(recorded_successions(), 50).get_page(request.GET.get("page"))
    return render(request, "tasks/succession_list.html", {"page": page})
