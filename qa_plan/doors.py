"""How the libraries at the door are set: axes, which counts failures, and allauth, which asks for second factors.

They are the same in every installation; what an office may choose is in the settings.
"""

DOORS = {
    "AXES_FAILURE_LIMIT": 5,
    "AXES_COOLOFF_TIME": 0.5,  # hours
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
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
    },
    "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
}
