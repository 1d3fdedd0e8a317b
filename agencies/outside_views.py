"""The doors of those whom another server signs on: to it, and back from it."""

from collections.abc import Callable

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView, OAuth2View
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET
from requests import RequestException

from agencies.oidc import Adapter
from agencies.outside import failed, is_open
from agencies.social import cause_of

ODD_ANSWERS = (OAuth2Error, RequestException, KeyError, TypeError, ValueError)


def _door(view: type[OAuth2View]) -> Callable[..., HttpResponse]:
    """Opens where the settings have the way, to who isn't in yet; what goes wrong with the server is told."""

    @login_not_required
    @require_GET
    def opened(request: HttpRequest, provider_id: str) -> HttpResponse:
        if not is_open(provider_id):
            raise Http404
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        try:
            response: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
            return response
        except ODD_ANSWERS as error:
            return failed(request, provider_id, cause_of("", error, is_answer=True))

    return opened


to_the_server = _door(OAuth2LoginView)
back_from_it = _door(OAuth2CallbackView)
