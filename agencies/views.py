"""Sign-in, and a person's own password."""

import re
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from agencies.changes import note, recording
from agencies.questions import is_empty, with_the_common_password
from qa_plan import clock

WITH_PORT = re.compile(r"([0-9.]+):[0-9]+|\[([^\]%]*)[^\]]*\](?::[0-9]+)?")


class SignIn(LoginView):
    """The sign-in page; a demonstration shows its accounts and their password there."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["is_empty"] = is_empty()
        if settings.QA_PLAN_DEMO:
            context["demo_accounts"] = with_the_common_password()
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


class SignOut(LogoutView):
    """Ends the session, and asks the browser to forget what it kept of it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
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
    """The page on which people change their passwords: that they did is on record, neither password is."""

    form_class = OwnPasswordForm

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        user = self.request.user
        assert user.is_authenticated  # the middleware lets nobody else in
        is_first = user.must_change_password
        user.must_change_password = False
        with recording():
            note("修改密码", user, by=user, at=clock.now(), new={"password": "密码已修改"}, agency=user.agency)
            response = super().form_valid(form)
        if is_first:
            messages.success(self.request, "新密码已生效，初始口令不再有效。")
            return redirect(settings.LOGIN_REDIRECT_URL)
        return response


def client_address(request: HttpRequest) -> str:
    """The address from which somebody signs in, as lock-out counts it; behind a proxy, what the proxy saw last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return _address(forwarded.rpartition(",")[2]) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str:
    """The address alone: some proxies add a port, and some write `unknown`, which is none."""
    text = text.strip().strip('"')
    match = WITH_PORT.fullmatch(text)
    try:
        return str(ip_address(match[1] or match[2] if match else text.partition("%")[0]))
    except ValueError:
        return ""
