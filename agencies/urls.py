from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from django.contrib.auth import views
from django.urls import path

from agencies.factor_pages import readable
from agencies.outside_views import (
    back_from_cas,
    back_from_dingtalk,
    back_from_feishu,
    back_from_openid,
    through_the_gateway,
    to_cas,
    to_dingtalk,
    to_feishu,
    to_openid,
    told_by_openid,
)
from agencies.passkeys import ConfirmedByKey, NamedKey, NewKey, TakenKey
from agencies.views import (
    ConfirmedByFactor,
    ConfirmedByPassword,
    OwnFactors,
    OwnPassword,
    SecondStep,
    SignIn,
    SignOut,
    session_list,
)
from qa_plan.signon import OIDC

urlpatterns = [
    # /accounts/
    path("accounts/login/", SignIn.as_view(), name="account_login"),  # by the name that the library has for it
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", SignOut.as_view(), name="logout"),
    path("accounts/password/", OwnPassword.as_view(), name="password_change"),
    path("accounts/sessions/", session_list, name="session_list"),
    path("accounts/password/done/", views.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("accounts/confirm/", ConfirmedByPassword.as_view(), name="account_reauthenticate"),
    path("accounts/gateway/", through_the_gateway, name="gateway_login"),
    path("accounts/oidc/login/", to_openid, {"provider_id": OIDC}, name="openid_connect_login"),
    path("accounts/oidc/callback/", back_from_openid, {"provider_id": OIDC}, name="openid_connect_callback"),
    path("accounts/oidc/logout/", told_by_openid, name="openid_connect_told"),
    path("accounts/cas/login/", to_cas, name="cas_login"),
    path("accounts/cas/callback/", back_from_cas, name="cas_callback"),
    path("accounts/dingtalk/login/", to_dingtalk, name="dingtalk_login"),
    path("accounts/dingtalk/callback/", back_from_dingtalk, name="dingtalk_callback"),
    path("accounts/feishu/login/", to_feishu, name="feishu_login"),
    path("accounts/feishu/callback/", back_from_feishu, name="feishu_callback"),
    # /accounts/factor/
    path("accounts/factor/", readable(OwnFactors.as_view()), name="mfa_index"),
    path("accounts/factor/code/", SecondStep.as_view(), name="mfa_authenticate"),
    path("accounts/factor/confirm/", ConfirmedByFactor.as_view(), name="mfa_reauthenticate"),
    path("accounts/factor/", OwnFactors.as_view(), name="mfa_list_webauthn"),  # the same, by the library's name
    path("accounts/factor/keys/new/", NewKey.as_view(), name="mfa_add_webauthn"),
    path("accounts/factor/keys/confirm/", ConfirmedByKey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("accounts/factor/keys/<key:pk>/off/", TakenKey.as_view(), name="mfa_remove_webauthn"),
    path("accounts/factor/keys/<key:pk>/name/", NamedKey.as_view(), name="mfa_edit_webauthn"),
    path("accounts/factor/app/", activate_totp, name="mfa_activate_totp"),
    path("accounts/factor/app/off/", deactivate_totp, name="mfa_deactivate_totp"),
    path("accounts/factor/recovery/", readable(view_recovery_codes), name="mfa_view_recovery_codes"),
    path("accounts/factor/recovery/new/", readable(generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
