"""The library's forms for a code, with a field as this product's forms have it."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

LONGEST_CODE = 30


def code(label: str) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": True}
    return forms.CharField(label=label, max_length=LONGEST_CODE, widget=forms.TextInput(attrs=attrs))


class Activation(ActivateTOTPForm):
    code = code("动态口令")


class SecondStepForm(AuthenticateForm):
    code = code("动态口令或备用码")


class Confirmation(ReauthenticateForm):
    code = code("动态口令或备用码")
