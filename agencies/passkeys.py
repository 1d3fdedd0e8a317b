"""通行密钥: a key of the device as second factor, beside the codes of an app; made, used and taken away."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from agencies.guessing import count_failure, refusal_of_guessing
from qa_plan.visible import visible_part

LONGEST_NAME = 30
HINT = "如“办公电脑”，便于日后辨认"
REFUSED = "通行密钥验证没有通过，请重试，或改用其他方式。"
# What a browser sends may be anything; the libraries know of some of it only, and call it a wrong code.
ODD = (forms.ValidationError, InvalidSignature, AttributeError, LookupError, TypeError, ValueError)


class Making(AddWebAuthnForm):
    """A new key, under a name by which its owner knows it again."""

    name = forms.CharField(label="名称", max_length=LONGEST_NAME, required=False, help_text=HINT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""

    def clean_name(self) -> str:
        kept = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count()
        return visible_part(self.cleaned_data["name"]) or f"通行密钥{kept + 1}"

    def clean(self) -> dict[str, Any]:
        try:
            typed: dict[str, Any] = super().clean()
        except ODD as error:
            raise forms.ValidationError(REFUSED) from error
        return typed


class Refusing:
    """Whatever is wrong with the answer of a key, it is refused in one sentence."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ODD as error:
            raise forms.ValidationError(REFUSED) from error


class ByKey(Refusing, AuthenticateWebAuthnForm):
    pass


class ConfirmingByKey(Refusing, ReauthenticateWebAuthnForm):
    pass


class Naming(EditWebAuthnForm):
    """Another name for a key that is there."""

    name = forms.CharField(label="名称", max_length=LONGEST_NAME, help_text=HINT)

    def clean_name(self) -> str:
        if name := visible_part(self.cleaned_data["name"]):
            return name
        raise forms.ValidationError("请填写看得见的名称。")


class NewKey(AddWebAuthnView):
    form_class = Making


class NamedKey(EditWebAuthnView):
    form_class = Naming

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, f"通行密钥已改名为“{form.cleaned_data['name']}”。")
        return response


class ConfirmedByKey(ReauthenticateWebAuthnView):
    """Who is signed in shows by a key that it is they. Who guesses here is shut out like at the door."""

    form_class = ConfirmingByKey

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return refusal_of_guessing(request, request.user.get_username()) or super().post(request, *args, **kwargs)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        count_failure(ConfirmedByKey, self.request, self.request.user.get_username())
        return self.render_to_response(self.get_context_data(form=form))


class TakenKey(RemoveWebAuthnView):
    """A key is taken away, unless it is the last second factor of who must have one."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.warning(self.request, "本角色须使用二次验证，最后一种不能停用，请先启用另一种。")
            return redirect("mfa_index")
        return super().form_valid(form)
