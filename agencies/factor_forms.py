"""The library's forms for a code, with a field as this product's forms have it."""

import logging

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import InvalidToken
from django import forms

logger = logging.getLogger(__name__)
UNREADABLE = "二次验证已失效，请联系系统管理员（三员分设的，安全管理员）取消，登录后重新启用。"
LONGEST_CODE = 30


def code(label: str) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": True}
    return forms.CharField(label=label, max_length=LONGEST_CODE, widget=forms.TextInput(attrs=attrs))


class Activation(ActivateTOTPForm):
    code = code("动态口令")


class Readable:
    """No code fits a factor that was kept under another secret key: refused at its field, and the log says why."""

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except InvalidToken as error:
            logger.error("The second factor of %s was kept under another SECRET_KEY.", self.user)  # type: ignore[attr-defined]
            raise forms.ValidationError(UNREADABLE) from error
        return code


class SecondStepForm(Readable, AuthenticateForm):
    code = code("动态口令或备用码")


class Confirmation(Readable, ReauthenticateForm):
    code = code("动态口令或备用码")
