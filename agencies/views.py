"""Sign-in, and a person's own password."""

from typing import Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.views import ReauthenticateView as ByPassword
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ByFactor
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from agencies.changes import note, recording
from agencies.directory import answer_to
from agencies.doors import SecondStage, way_of
from agencies.factors import has_passkey
from agencies.gateway import leave_for_good, named_by_gateway
from agencies.guessing import count_failure, count_known, refusal_of_guessing
from agencies.identities import way_named
from agencies.leaving import way_out
from agencies.limits import named_in
from agencies.models import User
from agencies.outside import come_in, doors
from agencies.passwords import has_expired
from agencies.questions import is_empty, with_the_common_password
from agencies.security import Kind, record_refusal
from agencies.sessions import WAY, Arrival, end_others, go_on, own_sessions, sign_out
from qa_plan import clock
from qa_plan.methods import takes_forms
from qa_plan.signon import LDAP

LONGEST_NAME = 150  # signs; a directory's may be longer than an account's, the table of failures holds 255
TAKEN = ["get", "post", "head", "options"]  # Django's forms would take PUT for POST


class SignInForm(AuthenticationForm):
    """A name and a password, refused in the directory's words where it had some.

    Django's tells browsers how long a name may be, and doesn't hold those to it that don't care.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].validators.append(
            MaxLengthValidator(LONGEST_NAME, "用户名不能超过%(limit_value)d个字。")
        )

    def get_invalid_login_error(self) -> ValidationError:
        told = answer_to(self.request).told if self.request else ""
        return ValidationError(told, code="invalid_login") if told else super().get_invalid_login_error()


class SignIn(LoginView):
    """The sign-in page; a demonstration shows its accounts and their password there."""

    redirect_authenticated_user = True
    authentication_form = SignInForm
    http_method_names = TAKEN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Before any password is looked at: guesses from many machines, or for many accounts, go no further."""
        return refusal_of_guessing(request, named_in(request)) or super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The first step is done; the library asks for the second where there is one, then `agencies.doors` goes on."""
        user = form.get_user()
        if subject := answer_to(self.request).subject:
            return come_in(self.request, Arrival(LDAP, subject), self.get_success_url())
        login = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.username}, login)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if username := named_in(self.request):
            count_known(self.request, username)
            kind = Kind.LOCKED if getattr(self.request, "axes_locked_out", False) else Kind.REFUSED
            record_refusal(kind, username, at=clock.now(), detail=answer_to(self.request).detail)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        accounts = list(with_the_common_password()) if settings.QA_PLAN_DEMO else []
        context["is_empty"] = not accounts and is_empty()
        context["doors"] = doors(self.get_redirect_url(), is_named=bool(named_by_gateway(self.request)))
        if settings.QA_PLAN_DEMO:
            context["demo_accounts"] = accounts
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


class OwnFactors(IndexView):
    """A person's second factors, and who asks for one where that is another server."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        way = self.request.session.get(WAY)
        left_to = way_named(way) if way in settings.SECOND_FACTOR_LEFT_TO else ""
        return {**super().get_context_data(**kwargs), "left_to": left_to}


class SecondStep(AuthenticateView):
    """The second step of a sign-in. Who guesses here is shut out as who guesses passwords."""

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What ends sessions ends a sign-in that waits here."""
        stage = LoginStageController.enter(request, SecondStage.key)
        if stage is not None and stage.is_over():
            messages.warning(request, "这次登录已失效，请重新登录。")
            return stage.abort()
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        username = self.stage.login.user.get_username()
        return refusal_of_guessing(request, username) or super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        way = way_of(self.stage.login.signal_kwargs)
        return {
            **super().get_context_data(**kwargs),
            "first": f"{way_named(way)}已确认您的身份" if way else "密码正确",
            "has_passkey": has_passkey(self.stage.login.user),
        }

    def form_invalid(self, form: Form) -> HttpResponse:
        count_failure(SecondStep, self.request, self.stage.login.user.get_username())
        return super().form_invalid(form)


class ConfirmedByFactor(ByFactor):
    """Who is signed in shows by a code that it is they. Who guesses here is shut out like at the door."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return refusal_of_guessing(request, request.user.get_username()) or super().post(request, *args, **kwargs)

    def form_invalid(self, form: Form) -> HttpResponse:
        count_failure(ConfirmedByFactor, self.request, self.request.user.get_username())
        return super().form_invalid(form)


class ConfirmedByPassword(ByPassword):
    """The same by the password, whose failures are counted where it is looked at."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return refusal_of_guessing(request, request.user.get_username()) or super().post(request, *args, **kwargs)

    def form_invalid(self, form: Form) -> HttpResponse:
        record_refusal(Kind.REFUSED, self.request.user.get_username(), at=clock.now())
        count_known(self.request, self.request.user.get_username())
        return super().form_invalid(form)


@login_not_required
def administration_door(request: HttpRequest) -> HttpResponse:
    """There is one door: who is signed in and still led here may not enter the administration."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


class SignOut(LogoutView):
    """Ends the session, and asks the browser to forget what it kept of it.

    It then goes on to the server that signed the person on; not by a redirect, which the pages' policy would stop.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        there, way = "", request.session.get(WAY, "")
        if request.user.is_authenticated:
            there = way_out(request)
            sign_out(request, request.user, at=clock.now())
        response = super().post(request, *args, **kwargs)
        leave_for_good(request)
        if there:
            response = render(request, "registration/leaving.html", {"there": there, "way": way_named(way)})
            response.headers["Refresh"] = f"0; url={there}"
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class OwnPasswordForm(PasswordChangeForm):
    """A password that was given is changed into another one."""

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("new_password1") and typed.get("new_password1") == typed.get("old_password"):
            self.add_error("new_password1", "新密码不能与原密码相同。")
        return typed


class OwnPassword(PasswordChangeView):
    """The page on which people change their passwords: that they did is on record, neither password is.

    Whoever guesses the old one here is shut out like at the door.
    """

    form_class = OwnPasswordForm
    http_method_names = TAKEN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return refusal_of_guessing(request, request.user.get_username()) or super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        expired = has_expired(cast(User, self.request.user), timezone.now())
        return {**super().get_context_data(**kwargs), "has_expired": expired, "days": settings.PASSWORD_DAYS}

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        if form.has_error("old_password", "password_incorrect"):
            count_failure(OwnPassword, self.request, self.request.user.get_username())
        return super().form_invalid(form)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user, before = cast(User, self.request.user), self.request.session.session_key
        is_first = user.must_change_password
        user.must_change_password = False
        with recording():
            note("修改密码", user, by=user, at=clock.now(), new={"password": "密码已修改"}, agency=user.agency)
            response = super().form_valid(form)
            go_on(self.request, user, before, at=clock.now())
        if is_first:
            messages.success(self.request, "新密码已生效，初始口令不再有效。")
            return redirect(settings.LOGIN_REDIRECT_URL)
        return response


@takes_forms
def session_list(request: HttpRequest) -> HttpResponse:
    """A person's own sessions; any but the one in hand can be ended, or all of them."""
    user, this = cast(User, request.user), request.session.session_key
    if request.method == "POST":
        ended = end_others(user, this, request.POST.get("session", ""), at=clock.now())
        messages.success(request, f"已终止{ended}个会话。" if ended else "没有需要终止的会话。")
        return redirect("session_list")
    return render(request, "registration/session_list.html", {"sessions": own_sessions(user, this)})
