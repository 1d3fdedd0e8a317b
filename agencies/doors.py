"""The steps of a sign-in: the password, the second factor where there is one, and what happens once somebody is in."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from agencies.known_browsers import remember
from agencies.models import User
from agencies.security import Kind, record
from agencies.sessions import BEGAN, WAY, Arrival, begin, has_ended_there
from qa_plan import clock

ACCOUNT = "account"  # in a sign-in that waits: what the account's sessions are known by
BACKEND = "django.contrib.auth.backends.ModelBackend"
# By the name that the library has for it: what the log has, and what the person is told.
FACTOR_CHANGES = {
    "mfa/email/totp_activated": ("启用动态口令", "动态口令已启用，下次登录时除密码外还须输入。"),
    "mfa/email/totp_deactivated": ("停用动态口令", "动态口令已停用。"),
    "mfa/email/webauthn_added": ("登记通行密钥", "通行密钥已登记，下次登录时可用它完成二次验证。"),
    "mfa/email/webauthn_removed": ("取消通行密钥", "通行密钥已取消。"),
    "mfa/email/recovery_codes_generated": ("重新生成备用码", "已生成新的备用码，原备用码作废。"),
}


def way_of(carried: dict[str, Any] | None) -> str:
    """The way from outside by which a sign-in began, as it is carried through its steps; "" for a password."""
    return (carried or {}).get("way", "")


def arrival_in(carried: dict[str, Any] | None) -> Arrival:
    """How somebody comes in, as it is carried through the steps."""
    return Arrival(**{name: value for name, value in (carried or {}).items() if name in Arrival._fields})


class SecondStage(AuthenticateStage):
    """The second step, unless the settings leave it to the server that signed the person on."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        self.login.state[ACCOUNT] = self.login.user.get_session_auth_hash()
        handled: tuple[HttpResponse | None, bool] = super().handle()
        return handled

    def is_over(self) -> bool:
        """Whether meanwhile something has happened that would have ended the session, had it begun."""
        user = self.login.user
        if user is None or not user.is_active or self.login.state.get(ACCOUNT) != user.get_session_auth_hash():
            return True
        return has_ended_there(arrival_in(self.login.signal_kwargs), since=self.login.initiated_at)

    def _should_handle(self, request: HttpRequest) -> bool:
        is_left = way_of(self.login.signal_kwargs) in settings.SECOND_FACTOR_LEFT_TO
        return not is_left and super()._should_handle(request)


class Door(DefaultAccountAdapter):
    """What the library asks of this product; nobody makes an account for themselves, and no mail is sent."""

    error_messages = {**DefaultAccountAdapter.error_messages, "incorrect_password": "密码不正确。"}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        user.backend = BACKEND
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any) -> HttpResponse:
        """All steps are done: only now does the session begin, and only now is the sign-in on record."""
        begin(request, user, came=arrival_in(kwargs.get("signal_kwargs")), at=clock.now(), now=timezone.now())
        response = HttpResponseRedirect(redirect_url or settings.LOGIN_REDIRECT_URL)
        remember(response, user)
        return response

    def get_login_stages(self) -> list[str]:
        return ["agencies.doors.SecondStage"]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has no password shows by a fresh sign-on from outside who they are."""
        request = self.request
        if request.session.get(WAY) and not request.user.has_usable_password():
            is_fresh = timezone.now().timestamp() - request.session[BEGAN] < app_settings.REAUTHENTICATION_TIMEOUT
            return not is_fresh
        required: bool = super().is_reauthentication_required(app=app)
        return required

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The library's own words are not shown; what a person is told stands above."""

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """A changed factor is on record and told on the page."""
        logged, told = FACTOR_CHANGES[template_prefix]
        record(Kind.FACTOR, by=user, at=clock.now(), detail=logged)
        messages.success(self.request, told)
