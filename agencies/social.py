"""What django-allauth asks about servers that sign people on: which there are, how they are asked, who comes in."""

import logging
import ssl
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest

from agencies.oidc import arrival_of, is_answer_to
from agencies.outside import come_in, failed
from qa_plan.signon import OIDC

logger = logging.getLogger(__name__)
CANCELLED = "已取消"
NOT_ASKED_FOR = "登录请求已过期，或不是从本页发起"
DECLINED = "认证服务器没有同意"
OUT_OF_REACH = "认证服务器无法访问"
ODD = "认证服务器的答复不合要求"


class Outside(DefaultSocialAccountAdapter):
    """Nobody signs up, nothing that a server says is kept, and the table of identities alone says who comes in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """No account is found by a mail address."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Those of the settings; the library's own table is not asked."""
        providers = settings.SOCIALACCOUNT_PROVIDERS.items()
        apps = [SocialApp(provider=kind, **app) for kind, given in providers for app in given["APPS"]]
        return [app for app in apps if provider in (None, app.provider, app.provider_id)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The server's word is good: from here on it is a sign-in as any other from outside."""
        account, next_url = sociallogin.account, sociallogin.get_redirect_url(request)
        if account.provider == OIDC and not is_answer_to(sociallogin):
            raise OAuth2Error("The token's nonce is not the one that was sent.")
        raise ImmediateHttpResponse(come_in(request, arrival_of(sociallogin), next_url or ""))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: str = "", exception: Exception | None = None, **kwargs: Any
    ) -> None:
        is_answer = bool((kwargs.get("extra_context") or {}).get("state"))
        raise ImmediateHttpResponse(failed(request, provider.sub_id, cause_of(error, exception, is_answer=is_answer)))

    def get_requests_session(self) -> requests.Session:
        """Asks no proxy, follows no redirect, and trusts the authorities that OpenSSL trusts (SSL_CERT_FILE)."""
        session: requests.Session = super().get_requests_session()
        session.trust_env, session.max_redirects = False, 0
        session.verify = ssl.get_default_verify_paths().cafile or True
        return session


def cause_of(error: str, exception: Exception | None, *, is_answer: bool) -> str:
    """What people are told; what the library knows besides is in the log."""
    if exception is not None:
        logger.warning("A sign-on failed: %s: %.300r", type(exception).__name__, str(exception))
        return OUT_OF_REACH if isinstance(exception, requests.RequestException) else ODD
    if error == AuthError.CANCELLED:
        return CANCELLED
    return DECLINED if is_answer else NOT_ASKED_FOR
