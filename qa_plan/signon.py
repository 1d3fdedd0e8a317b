"""Which ways lead in from outside, beside the local passwords: read from the environment, by settings alone.

A way is there once its server is named. Whoever comes by one is matched by the id that it never gives anybody else.
"""

import re
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from qa_plan.doors import PROVIDERS

OIDC, DINGTALK, FEISHU, CAS, LDAP, GATEWAY = "oidc", "dingtalk", "feishu", "cas", "ldap", "gateway"


class Gateway(NamedTuple):
    """The header in which it names people, as a request has it, and where it asks from."""

    header: str
    addresses: list[IPv4Network | IPv6Network]


class CasServer(NamedTuple):
    """Its address, and the attribute that is the id, where that is not the user it names."""

    server: str
    attribute: str


class Directory(NamedTuple):
    """Where people are looked up, as whom, by which filter, and the attribute that is their id."""

    server: str
    starts_tls: bool
    bind_dn: str
    bind_password: str
    base: str
    filter: str
    attribute: str


class SignOn(NamedTuple):
    """The settings of all ways: their names as pages show them, and what is known of the servers behind them."""

    ways: dict[str, str]
    servers: dict[str, str]  # where each of them is, as the security log tells it
    second_factor_left_to: list[str]
    providers: dict[str, Any]
    gateway: Gateway | None
    cas: CasServer | None
    directory: Directory | None


def sign_on(env: Env) -> SignOn:
    """What the environment names, refused with one sentence where it can't be."""
    apps = {kind: app for kind, app in (("openid_connect", _oidc(env)), *_messengers(env)) if app}
    gateway, cas, directory = _gateway(env), _cas(env), _directory(env)
    ways = {app.get("provider_id") or kind: app["name"] for kind, app in apps.items()}
    if cas is not None:
        ways[CAS] = env.str("CAS_NAME", "CAS")
    if directory is not None:
        ways[LDAP] = env.str("LDAP_NAME", "目录服务")
    if gateway is not None:
        ways[GATEWAY] = env.str("GATEWAY_NAME", "统一登录网关")
    providers: dict[str, Any] = {kind: {"provider_class": place, "APPS": []} for kind, place in PROVIDERS.items()}
    for kind, app in apps.items():
        providers[kind]["APPS"].append(app)
    servers = {app.get("provider_id") or kind: _server_of(app["settings"]) for kind, app in apps.items()}
    servers |= {CAS: cas.server} if cas else {}
    servers |= {LDAP: directory.server} if directory else {}
    servers |= {GATEWAY: ",".join(map(str, gateway.addresses))} if gateway else {}
    left = _known(env.list("SECOND_FACTOR_LEFT_TO", []), ways)
    return SignOn(ways, servers, left, providers, gateway, cas, directory)


def _server_of(app: dict[str, Any]) -> str:
    server: str = app.get("server_url") or app["api_url"]
    return server


def _oidc(env: Env) -> dict[str, Any] | None:
    if not env.str("OIDC_SERVER", ""):
        return None
    return {
        "provider_id": OIDC,
        "name": env.str("OIDC_NAME", "统一身份认证"),
        "client_id": _needed(env.str("OIDC_CLIENT", ""), "OIDC_CLIENT", "OIDC_SERVER"),
        "secret": _needed(env.str("OIDC_SECRET", ""), "OIDC_SECRET", "OIDC_SERVER"),
        "settings": {
            "server_url": _address(env.str("OIDC_SERVER"), "OIDC_SERVER"),
            "uid_field": env.str("OIDC_CLAIM", "sub"),
            "scope": env.str("OIDC_SCOPE", "openid profile").split(),
            "oauth_pkce_enabled": True,
        },
    }


def _messengers(env: Env) -> tuple[tuple[str, dict[str, Any] | None], ...]:
    """钉钉 and 飞书: by the id that all applications of the same office get for a person."""
    dingtalk = feishu = None
    if client := env.str("DINGTALK_LOGIN_CLIENT", ""):
        secret = _needed(env.str("DINGTALK_LOGIN_SECRET", ""), "DINGTALK_LOGIN_SECRET", "DINGTALK_LOGIN_CLIENT")
        of = {
            "uid_field": env.str("DINGTALK_LOGIN_CLAIM", "unionId"),
            "login_url": _address(env.str("DINGTALK_LOGIN_URL", "https://login.dingtalk.com"), "DINGTALK_LOGIN_URL"),
            "api_url": _address(env.str("DINGTALK_API_URL", "https://api.dingtalk.com"), "DINGTALK_API_URL"),
            "auth_params": {"prompt": "consent"},
        }
        dingtalk = {"name": "钉钉", "client_id": client, "secret": secret, "settings": of}
    if client := env.str("FEISHU_LOGIN_CLIENT", ""):
        secret = _needed(env.str("FEISHU_LOGIN_SECRET", ""), "FEISHU_LOGIN_SECRET", "FEISHU_LOGIN_CLIENT")
        of = {
            "uid_field": env.str("FEISHU_LOGIN_CLAIM", "union_id"),
            "api_url": _address(env.str("FEISHU_URL", "https://open.feishu.cn"), "FEISHU_URL"),
        }
        feishu = {"name": "飞书", "client_id": client, "secret": secret, "settings": of}
    return (DINGTALK, dingtalk), (FEISHU, feishu)


def _cas(env: Env) -> CasServer | None:
    if not env.str("CAS_SERVER", ""):
        return None
    _installed("cas", "requirements-cas.txt", "CAS_SERVER")
    return CasServer(_address(env.str("CAS_SERVER"), "CAS_SERVER"), env.str("CAS_ATTRIBUTE", ""))


def _directory(env: Env) -> Directory | None:
    """Encrypted by its address (ldaps) or from the first moment on; not at all where the settings say so."""
    if not (server := env.str("LDAP_SERVER", "")):
        return None
    _installed("ldap3", "requirements-ldap.txt", "LDAP_SERVER")
    kind = urlsplit(server).scheme
    if kind not in ("ldap", "ldaps"):
        raise ImproperlyConfigured(f"LDAP_SERVER={server} 应以 ldaps:// 或 ldap:// 开头。")
    asked = env.str("LDAP_FILTER", "(uid={username})")
    if "{username}" not in asked:
        raise ImproperlyConfigured(f"LDAP_FILTER={asked} 中没有 {{username}}。")
    return Directory(
        server=server,
        starts_tls=kind == "ldap" and env.bool("LDAP_START_TLS", True),
        bind_dn=env.str("LDAP_BIND_DN", ""),
        bind_password=env.str("LDAP_BIND_PASSWORD", ""),
        base=_needed(env.str("LDAP_BASE", ""), "LDAP_BASE", "LDAP_SERVER"),
        filter=asked,
        attribute=env.str("LDAP_ATTRIBUTE", "entryUUID"),
    )


def _gateway(env: Env) -> Gateway | None:
    """A header that anybody could set signs nobody on: without the gateway's addresses there is none."""
    if not (header := env.str("GATEWAY_HEADER", "")):
        return None
    if not re.fullmatch(r"[A-Za-z0-9-]+", header):
        raise ImproperlyConfigured(f"GATEWAY_HEADER={header} 不是请求头的名称，只能有字母、数字和连字符。")
    addresses: list[str] = env.list("GATEWAY_ADDRESSES", [])
    if not addresses:
        raise ImproperlyConfigured("设置了 GATEWAY_HEADER 时必须设置 GATEWAY_ADDRESSES。")
    try:
        networks = [ip_network(address.strip()) for address in addresses]
    except ValueError as error:
        raise ImproperlyConfigured(f"GATEWAY_ADDRESSES={','.join(addresses)} 中有的不是地址或网段。") from error
    return Gateway(f"HTTP_{header.upper().replace('-', '_')}", networks)


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


def _installed(module: str, requirements: str, of: str) -> None:
    if find_spec(module) is None:
        raise ImproperlyConfigured(f"设置了 {of} 时须另装：pip install --require-hashes -r {requirements}。")


def _known(named: list[str], ways: dict[str, str]) -> list[str]:
    if strange := [each for each in named if each not in ways]:
        known = f"已启用的有 {','.join(ways)}" if ways else "没有启用任何外部登录方式"
        raise ImproperlyConfigured(f"SECOND_FACTOR_LEFT_TO 中的 {'、'.join(strange)} 不是外部登录方式，{known}。")
    return named
