"""What all servers that speak OAuth have in common here, and 钉钉 and 飞书 at the addresses of the settings."""

from typing import Any

from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest

from agencies.identities import LONGEST


class ByTheSettings(OAuth2Provider):
    """What it is asked is what the settings say, whatever address was called; of its answer the id counts alone."""

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_redirect_from_request_kwargs(request)
        return {**given, "process": AuthProcess.LOGIN, "scope": self.get_scope(), "auth_params": self.get_auth_params()}

    def extract_uid(self, data: dict[str, Any]) -> str:
        subject = data.get(self.app.settings["uid_field"])
        if isinstance(subject, int) and not isinstance(subject, bool):
            subject = str(subject)
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST:
            raise OAuth2Error("The server doesn't say who it is in the claim of the settings.")
        return subject

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


class DingTalkAdapter(DingTalkOAuth2Adapter):
    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        of = self.get_provider().app.settings
        self.authorize_url = f"{of['login_url']}/oauth2/auth"
        self.access_token_url = f"{of['api_url']}/v1.0/oauth2/userAccessToken"
        self.profile_url = f"{of['api_url']}/v1.0/contact/users/me"


class DingTalk(ByTheSettings, DingTalkProvider):
    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        return ["openid"]


class FeishuAdapter(FeishuOAuth2Adapter):
    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.base = f"{self.get_provider().app.settings['api_url']}/open-apis"
        self.authorization_url = f"{self.base}/authen/v1/index"
        self.access_token_url = f"{self.base}/authen/v1/access_token"
        self.user_info_url = f"{self.base}/authen/v1/user_info"

    def get_client(self, request: HttpRequest, app: Any) -> FeishuOAuth2Client:
        client = super().get_client(request, app)
        client.app_access_token_url = f"{self.base}/auth/v3/app_access_token/internal/"
        return client


class Feishu(ByTheSettings, FeishuProvider):
    oauth2_adapter_class = FeishuAdapter
