"""Which ways lead in from outside, beside the local passwords: read from the environment, by settings alone.

A way is there once its server is named. Whoever comes by one is matched by the id that it never gives anybody else.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from qa_plan.doors import OIDC_PROVIDER

OIDC = "oidc"


class SignOn(NamedTuple):
    """The settings of all ways: their names as pages show them, and what the libraries behind them are given."""

    ways: dict[str, str]
    second_factor_left_to: list[str]
    providers: dict[str, Any]


def sign_on(env: Env) -> SignOn:
    ways: dict[str, str] = {}
    providers: dict[str, Any] = {"openid_connect": {"provider_class": OIDC_PROVIDER, "APPS": []}}
    if env.str("OIDC_SERVER", ""):
        ways[OIDC] = env.str("OIDC_NAME", "统一身份认证")
        providers["openid_connect"]["APPS"].append(_oidc(env, ways[OIDC]))
    return SignOn(ways, _known(env.list("SECOND_FACTOR_LEFT_TO", []), ways), providers)


def _oidc(env: Env, name: str) -> dict[str, Any]:
    return {
        "provider_id": OIDC,
        "name": name,
        "client_id": _needed(env.str("OIDC_CLIENT", ""), "OIDC_CLIENT", "OIDC_SERVER"),
        "secret": _needed(env.str("OIDC_SECRET", ""), "OIDC_SECRET", "OIDC_SERVER"),
        "settings": {
            "server_url": _address(env.str("OIDC_SERVER"), "OIDC_SERVER"),
            "uid_field": env.str("OIDC_CLAIM", "sub"),
            "scope": env.str("OIDC_SCOPE", "openid profile").split(),
            "oauth_pkce_enabled": True,
        },
    }


def _address(given: str, name: str) -> str:
    """An address of a server, without the slash at its end that some write and some don't."""
    address = given.rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise ImproperlyConfigured(f"{name}={address} 不是网址，应以 https:// 开头。")
    return address


def _needed(value: str, name: str, of: str) -> str:
    if value:
        return value
    raise ImproperlyConfigured(f"设置了 {of} 时必须设置 {name}。")


def _known(named: list[str], ways: dict[str, str]) -> list[str]:
    if strange := [each for each in named if each not in ways]:
        known = f"已启用的有 {','.join(ways)}" if ways else "没有启用任何外部登录方式"
        raise ImproperlyConfigured(f"SECOND_FACTOR_LEFT_TO 中的 {'、'.join(strange)} 不是外部登录方式，{known}。")
    return named
