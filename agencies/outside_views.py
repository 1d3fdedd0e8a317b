"""The doors of those whom another server signs on: to it, and back from it."""

import logging
from collections.abc import Callable

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare, get_random_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from agencies.cas import client_for, signed_out, subject_of
from agencies.gateway import enter
from agencies.oidc import Adapter
from agencies.outside import come_in, failed, is_open, next_of
from agencies.providers import DingTalkAdapter, FeishuAdapter
from agencies.sessions import Arrival, EndedThere, end_by_server
from agencies.social import CANCELLED, NOT_ASKED_FOR, cause_of
from qa_plan import clock
from qa_plan.signon import CAS, DINGTALK, FEISHU, GATEWAY, OIDC

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
# Of servers that say something else than they should; xml's own is a SyntaxError.
ODD_ANSWERS = (OAuth2Error, RequestException, AttributeError, LookupError, SyntaxError, TypeError, ValueError)
CAS_STATE = "cas"  # in the session: what the return must carry, and where it leads


def door(way: str, view: View) -> View:
    """Opens where the settings have the way, to who isn't in yet; what goes wrong with the server is told."""

    @login_not_required
    @require_safe
    def opened(request: HttpRequest, **fixed: str) -> HttpResponse:
        if not is_open(way):
            raise Http404
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        try:
            return view(request)
        except ODD_ANSWERS as error:
            return failed(request, way, cause_of("", error, is_answer=True))

    return opened


def _both(way: str, adapter: Callable[[HttpRequest], OAuth2Adapter]) -> tuple[View, View]:
    """To a server with which the library speaks, and back from it."""
    to, back = OAuth2LoginView, OAuth2CallbackView
    return (
        door(way, lambda request: to.adapter_view(adapter(request))(request)),
        door(way, lambda request: back.adapter_view(adapter(request))(request)),
    )


to_openid, back_from_openid = _both(OIDC, lambda request: Adapter(request, OIDC))
to_dingtalk, back_from_dingtalk = _both(DINGTALK, DingTalkAdapter)
to_feishu, back_from_feishu = _both(FEISHU, FeishuAdapter)


def _to_cas(request: HttpRequest) -> HttpResponse:
    state = get_random_string(32)
    request.session[CAS_STATE] = [state, next_of(request)]
    return redirect(client_for(request, state).get_login_url())


def _back_from_cas(request: HttpRequest) -> HttpResponse:
    state, next_url = request.session.pop(CAS_STATE, None) or ("", "")
    if not state or not constant_time_compare(state, request.GET.get("state", "")):
        return failed(request, CAS, NOT_ASKED_FOR)
    if not (ticket := request.GET.get("ticket", "")):
        return failed(request, CAS, CANCELLED)
    return come_in(request, Arrival(CAS, subject_of(client_for(request, state), ticket), session=ticket), next_url)


through_the_gateway = door(GATEWAY, enter)
to_cas, _door_from_cas = door(CAS, _to_cas), door(CAS, _back_from_cas)


def told(way: str, said: Callable[[HttpRequest], EndedThere]) -> View:
    """Where the server itself says that a session has ended there: that of the person ends here as well."""

    @csrf_exempt  # no browser posts it: what it says proves itself
    @login_not_required
    @require_POST
    def heard(request: HttpRequest) -> HttpResponse:
        if not is_open(way):
            raise Http404
        try:
            ended = said(request)
        except ODD_ANSWERS as error:
            logger.warning("The word of a sign-out is refused: %s: %.300r", type(error).__name__, str(error))
            return HttpResponse(status=400)
        end_by_server(ended, at=clock.now())
        return HttpResponse()

    return heard


told_by_openid = told(OIDC, lambda request: Adapter(request, OIDC).signed_out(request.POST.get("logout_token", "")))
_told_by_cas = told(CAS, signed_out)


@csrf_exempt
@login_not_required
def back_from_cas(request: HttpRequest) -> HttpResponse:
    """CAS has one address for both: browsers come back to it, and the server posts to it."""
    return _told_by_cas(request) if request.method == "POST" else _door_from_cas(request)
