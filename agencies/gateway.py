"""统一登录网关: a gateway in front signs people on, and names them in a header of every request that it lets through.

The header counts from the gateway's own addresses alone. A session that began by it lasts as long as it names the same
person; who left by hand stays out until they press the button.
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from agencies.identities import person_known_as
from agencies.models import SignedIn, User
from agencies.outside import come_in, next_of
from agencies.security import Kind, record
from agencies.sessions import SUBJECT, WAY, Arrival
from qa_plan import clock
from qa_plan.signon import GATEWAY

SIGN_IN = ("login", "account_login")  # one page by two names
LEFT = "left"  # in the session of nobody: who was here left by hand


def named_by_gateway(request: HttpRequest) -> str:
    """Whom the gateway names; "" where it names nobody, or where somebody else than it asks."""
    gateway = settings.GATEWAY
    if gateway is None or not _is_of(request.META.get("REMOTE_ADDR", ""), gateway.addresses):
        return ""
    said: str = request.META.get(gateway.header, "").strip()
    try:
        return said.encode("latin-1").decode()
    except UnicodeError:
        return said


def _is_of(address: str, networks: list[Any]) -> bool:
    try:
        asks = ip_address(address)
    except ValueError:
        return False
    return any(asks in network for network in networks)


class GatewayFirst:
    """Before anybody asks who is signed in: who comes through the gateway is, and who no longer does is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.GATEWAY is None:
            return None
        subject = named_by_gateway(request)
        if request.session.get(WAY) == GATEWAY and request.session.get(SUBJECT) != subject:
            _end(request)
        if not subject or request.user.is_authenticated or request.session.get(LEFT):
            return None
        if request.method != "GET" or request.headers.get("HX-Request") == "true":
            return None
        if request.resolver_match and request.resolver_match.view_name in SIGN_IN:
            # Whom nobody tied may still have a local password.
            is_known = person_known_as(GATEWAY, subject) is not None
            return come_in(request, Arrival(GATEWAY, subject), next_of(request)) if is_known else None
        is_private = getattr(view, "login_required", True)
        return come_in(request, Arrival(GATEWAY, subject), request.get_full_path()) if is_private else None


def _end(request: HttpRequest) -> None:
    """The session is over, though its person did nothing: the gateway names them no longer."""
    person = request.user if isinstance(request.user, User) else None
    SignedIn.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()
    request.user = AnonymousUser()
    record(Kind.ENDED, by=person, at=clock.now(), detail="网关不再给出该身份")


def leave_for_good(request: HttpRequest) -> None:
    """After a sign-out: the gateway goes on naming the person, who would be in again at once."""
    if named_by_gateway(request):
        request.session[LEFT] = True


def enter(request: HttpRequest) -> HttpResponse:
    """The button of who left by hand, and wants to come in again."""
    subject = named_by_gateway(request)
    if not subject:
        raise Http404
    request.session.pop(LEFT, None)
    return come_in(request, Arrival(GATEWAY, subject), next_of(request))
