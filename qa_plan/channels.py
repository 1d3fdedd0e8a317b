"""Which channels the environment sets up for messages, with what each of them needs. Read by settings alone.

A channel is there once its own key or address is. The names of addresses of public services are defaults, which an
edition in a private cloud replaces.
"""

from typing import Any

from environs import Env

# channel: the setting that turns it on, and what its class is given: name -> (setting, default)
KEYED: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "webhook": ("WEBHOOK_URL", {"url": ("WEBHOOK_URL", ""), "token": ("WEBHOOK_TOKEN", "")}),
    "dingtalk": (
        "DINGTALK_TOKEN",
        {
            "base": ("DINGTALK_URL", "https://oapi.dingtalk.com"),
            "token": ("DINGTALK_TOKEN", ""),
            "secret": ("DINGTALK_SECRET", ""),
        },
    ),
    "wecom_robot": (
        "WECOM_ROBOT_KEY",
        {"base": ("WECOM_URL", "https://qyapi.weixin.qq.com"), "key": ("WECOM_ROBOT_KEY", "")},
    ),
    "wecom_app": (
        "WECOM_CORP_ID",
        {
            "base": ("WECOM_URL", "https://qyapi.weixin.qq.com"),
            "corp_id": ("WECOM_CORP_ID", ""),
            "agent_id": ("WECOM_AGENT_ID", ""),
            "secret": ("WECOM_SECRET", ""),
        },
    ),
    "feishu": (
        "FEISHU_TOKEN",
        {
            "base": ("FEISHU_URL", "https://open.feishu.cn"),
            "token": ("FEISHU_TOKEN", ""),
            "secret": ("FEISHU_SECRET", ""),
        },
    ),
}


def channels(env: Env) -> dict[str, dict[str, Any]]:
    """The channels of the installation: in-app always, the others as far as they are set up.

    What is printed on a console is not said to be sent.
    """
    chosen: dict[str, dict[str, Any]] = {"in_app": {}}
    if env.str("EMAIL_URL", ""):
        chosen["email"] = {}
    for name, (switch, fields) in KEYED.items():
        if env.str(switch, ""):
            chosen[name] = {field: env.str(*setting) for field, setting in fields.items()}
    if env.str("SMS_URL", ""):
        chosen["sms"] = {
            "url": env.str("SMS_URL"),
            "phone_field": env.str("SMS_PHONE_FIELD", "mobile"),
            "text_field": env.str("SMS_TEXT_FIELD", "content"),
            "fixed": env.json("SMS_FIXED_FIELDS", {}),
            "success_field": env.str("SMS_SUCCESS_FIELD", "code"),
            "success_value": env.str("SMS_SUCCESS_VALUE", "0"),
            "length": env.int("SMS_LENGTH", 70),
        }
    return chosen


def site_address(hosts: list[str], https: bool) -> str:
    """Where the links of messages lead where SITE_URL doesn't say: the first host that is named, else this machine."""
    named = [host for host in hosts if not host.startswith((".", "*", "127.", "localhost", "["))]
    return f"{'https' if https else 'http'}://{named[0]}" if named else "http://127.0.0.1:8000"
