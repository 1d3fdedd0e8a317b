"""Nothing of what somebody types is lost when the session ends meanwhile.

A page that htmx keeps alive stays as it is and says so (401); sign-in in a second window is enough to go on. A form
sent without scripts is kept in the new session until its writer has signed in, and shown again at its address.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.csrf import csrf_failure as page_for_csrf_failure

from agencies.passwords import has_expired
from agencies.sessions import WAY

TYPED = "typed"  # in the session: address, writer and fields of the form that was sent too late
LIMIT = 64 * 1024  # characters; a whole report is less than half of that
OPEN_BEFORE = {"password_change", "logout"}  # before a one-time password was changed
NOT_KEPT = {"csrfmiddlewaretoken", "action"}

AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])


def keeps_typed(view: AnyView) -> AnyView:
    """Marks a view whose form is kept when it is sent after the session has ended. Its form names its writer."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


class SignInRequired(LoginRequiredMiddleware):
    """Lets nobody in who isn't signed in, and loses nothing of what was typed on the way."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if _is_htmx(request):
            return _stay(request, "signed_out")
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        if getattr(view_func, "keeps_typed", False):
            _keep(request)
            return super().handle_no_permission(request, view_func)
        if _name_of(request) != "logout":
            messages.warning(request, "登录已过期，刚才提交的没有办理，请登录后重新办理。")
        names = self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        return redirect_to_login(page_of_the_form(request), *names)


def page_of_the_form(request: HttpRequest) -> str:
    """Where the form stood that was sent: many are sent to addresses that have no page. The first page if unknown."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return settings.LOGIN_REDIRECT_URL
    parts = urlsplit(said)
    return urlunsplit(("", "", parts.path, parts.query, "")) or settings.LOGIN_REDIRECT_URL


class OneTimePasswordFirst:
    """Whoever has a password that somebody else has seen, or one that is too old, chooses another before anything else.

    What asks nobody to sign in, such as the calendar at its secret address, goes on; so does who came by another way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if _name_of(request) in OPEN_BEFORE or request.session.get(WAY):
            return None
        if not request.user.must_change_password and not has_expired(request.user, timezone.now()):
            return None
        there = redirect("password_change")
        return HttpResponse(status=204, headers={"HX-Redirect": there.url}) if _is_htmx(request) else there


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Gives a page its new token: after a new sign-in in a second window its old one no longer holds."""
    return _stay(request, "signed_in") if _is_htmx(request) else page_for_csrf_failure(request, reason)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _stay(request: HttpRequest, template: str) -> HttpResponse:
    """The answer that leaves the page as it is but for one line, wherever the answer was meant to go."""
    response = render(request, f"registration/_{template}.html", status=401)
    response["HX-Retarget"], response["HX-Reswap"], response["HX-Reselect"] = "#session", "innerHTML", "unset"
    response["HX-Trigger-After-Settle"] = template.replace("_", "-")
    return response


def _keep(request: HttpRequest) -> None:
    fields = {name: values for name, values in request.POST.lists() if name not in NOT_KEPT}
    if any(values != [""] for values in fields.values()) and len(str(fields)) <= LIMIT:
        request.session[TYPED] = {"path": request.path, "writer": request.POST.get("writer", ""), "fields": fields}


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What the person who is signed in had typed into this address's form when the session ended."""
    typed = request.session.get(TYPED)
    if not typed or typed["path"] != request.path or typed["writer"] != str(request.user.pk):
        return None
    return QueryDict(urlencode(typed["fields"], doseq=True))


def forget_typed(request: HttpRequest) -> None:
    """Forgets what was typed into this address's form: it is saved, or replaced by what was typed since."""
    if request.session.get(TYPED, {}).get("path") == request.path:
        del request.session[TYPED]
