"""二次验证: who must have a second factor, how its secret is kept, and how a lost one is taken away."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.encoding import force_bytes

from agencies.changes import note
from agencies.models import User
from agencies.security import FACTORS_TAKEN
from agencies.sessions import FACTOR, WAY, end_all_for_good

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
OPEN_BEFORE = {  # the way to a second factor, and the way out
    *("mfa_index", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *("mfa_add_webauthn", "mfa_reauthenticate_webauthn"),
    *("mfa_reauthenticate", "account_reauthenticate", "password_change", "logout"),
}


class Factors(DefaultMFAAdapter):
    """What the library asks of this product about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "动态口令或备用码不正确。",
        "cannot_delete_authenticator": "本角色须使用二次验证，最后一种不能停用。",
        "cannot_generate_recovery_codes": "请先启用动态口令。",
    }

    def get_totp_issuer(self) -> str:
        return settings.PRODUCT_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.PRODUCT_NAME}

    def encrypt(self, text: str) -> str:
        kept: bytes = _keys().encrypt(text.encode())
        return kept.decode()

    def decrypt(self, encrypted_text: str) -> str:
        text: bytes = _keys().decrypt(encrypted_text.encode())
        return text.decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not authenticator.user.needs_second_factor or not is_last_one(authenticator)


def _keys() -> MultiFernet:
    """Of the secret key, and of former ones while the settings name them."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor " + force_bytes(secret)).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=SECOND).exists()


def has_passkey(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def is_last_one(factor: Authenticator) -> bool:
    """Whether without it the person would have no second factor; recovery codes are none by themselves."""
    return not Authenticator.objects.filter(user=factor.user, type__in=SECOND).exclude(pk=factor.pk).exists()


def remove_factors(user: User, *, by: User | None, at: datetime) -> bool:
    """For who lost it: the account asks for the password alone again, and its sessions end. Within `recording()`."""
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if gone:
        end_all_for_good(user)
        note(FACTORS_TAKEN, user, by=by, at=at, agency=user.agency)
    return bool(gone)


class SecondFactorFirst:
    """Whoever must have a second factor and has none gets one before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user = request.user
        if not getattr(view, "login_required", True) or not user.is_authenticated or not user.needs_second_factor:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_left = request.session.get(WAY) in settings.SECOND_FACTOR_LEFT_TO
        if name in OPEN_BEFORE or is_left or request.session.get(FACTOR):
            return None
        if has_second_factor(user):
            request.session[FACTOR] = True  # asked once in a session
            return None
        there = redirect("mfa_activate_totp")
        is_htmx = request.headers.get("HX-Request") == "true"
        return HttpResponse(status=204, headers={"HX-Redirect": there.url}) if is_htmx else there
