"""Sign-in, and a person's own password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from agencies.changes import note, recording
from agencies.questions import is_empty, with_the_common_password
from agencies.security import Kind, record, record_refusal
from qa_plan import clock


class SignIn(LoginView):
    """The sign-in page; a demonstration shows its accounts and their password there."""

    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        record(Kind.SIGNED_IN, by=form.get_user(), at=clock.now())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if form.data.get("username"):
            kind = Kind.LOCKED if getattr(self.request, "axes_locked_out", False) else Kind.REFUSED
            record_refusal(kind, form.data["username"], at=clock.now())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["is_empty"] = is_empty()
        if settings.QA_PLAN_DEMO:
            context["demo_accounts"] = with_the_common_password()
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


@login_not_required
def administration_door(request: HttpRequest) -> HttpResponse:
    """There is one door: who is signed in and still led here may not enter the administration."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


class SignOut(LogoutView):
    """Ends the session, and asks the browser to forget what it kept of it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            record(Kind.SIGNED_OUT, by=request.user, at=clock.now())
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
