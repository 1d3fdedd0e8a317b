"""How the libraries at the door are set: axes counts failures, allauth asks for second factors and other servers.

They are the same in every installation; what an office may choose is in the settings.
"""

PROVIDERS = {  # the library asks once, at the start, which class speaks with which kind of server
    "openid_connect": "agencies.oidc.Provider",
    "dingtalk": "agencies.providers.DingTalk",
    "feishu": "agencies.providers.Feishu",
}

DOORS = {
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesBackend",
        "django.contrib.auth.backends.ModelBackend",
        "agencies.directory.DirectoryBackend",
    ],
    "LOGIN_URL": "login",
    "CSRF_FAILURE_VIEW": "agencies.expiry.csrf_failure",
    "AXES_FAILURE_LIMIT": 5,
    "AXES_COOLOFF_TIME": 0.5,  # hours
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_WHITELIST_CALLABLE": "agencies.known_browsers.is_known",
    "AXES_LOCKOUT_TEMPLATE": "registration/locked.html",
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_CLIENT_IP_CALLABLE": "agencies.circumstances.client_address",
    "AXES_ENABLE_ADMIN": False,
    "AXES_VERBOSE": False,
    # No addresses are kept, no mail is sent, and nobody signs up.
    "ACCOUNT_ADAPTER": "agencies.doors.Door",
    "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
    "ACCOUNT_LOGIN_METHODS": {"username"},
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_RATE_LIMITS": False,  # axes and agencies.limits count, in the database, which all processes share
    "MFA_ADAPTER": "agencies.factors.Factors",
    "MFA_FORMS": {
        "activate_totp": "agencies.factor_forms.Activation",
        "authenticate": "agencies.factor_forms.SecondStepForm",
        "reauthenticate": "agencies.factor_forms.Confirmation",
        "authenticate_webauthn": "agencies.passkeys.ByKey",
    },
    "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes", "webauthn"],
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    "MFA_TOTP_TOLERANCE": 1,  # the code before and the one after hold too: a telephone's clock may be half a minute off
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    # Who comes from outside is matched by `agencies.identities` alone; of what a provider says nothing is kept.
    "SOCIALACCOUNT_ADAPTER": "agencies.social.Outside",
    "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a form's redirect to another site is none that the pages' policy allows
    "SOCIALACCOUNT_REQUESTS_TIMEOUT": 5,
}
