"""Which ways from outside the environment sets up, and what it must name with them."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from qa_plan.signon import sign_on


@pytest.fixture
def found(monkeypatch):
    def found(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return sign_on(Env())

    return found


OIDC = {"OIDC_SERVER": "https://id.example.gov.cn/realms/office/", "OIDC_CLIENT": "qa", "OIDC_SECRET": "s"}


def test_without_any_setting_there_are_local_passwords_alone(found):
    assert (found().ways, found().second_factor_left_to) == ({}, [])
    assert [given["APPS"] for given in found().providers.values()] == [[], [], []]
    assert (found().gateway, found().cas, found().directory) == (None, None, None)


def test_a_server_is_asked_by_its_address_for_the_claim_of_the_settings(found):
    named = found(**OIDC, OIDC_CLAIM="number", SECOND_FACTOR_LEFT_TO="oidc")
    assert (named.ways, named.second_factor_left_to) == ({"oidc": "统一身份认证"}, ["oidc"])
    [app] = named.providers["openid_connect"]["APPS"]
    assert app["settings"]["server_url"] == "https://id.example.gov.cn/realms/office"
    assert app["settings"]["uid_field"] == "number"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"OIDC_SERVER": "id.example.gov.cn"}, "OIDC_CLIENT"),
        ({**OIDC, "OIDC_SERVER": "id.example.gov.cn"}, "OIDC_SERVER=id.example.gov.cn 不是网址"),
        ({**OIDC, "OIDC_SECRET": ""}, "设置了 OIDC_SERVER 时必须设置 OIDC_SECRET"),
        ({"GATEWAY_HEADER": "X-User"}, "设置了 GATEWAY_HEADER 时必须设置 GATEWAY_ADDRESSES"),
        ({"GATEWAY_HEADER": "X_User", "GATEWAY_ADDRESSES": "10.1.0.1"}, "不是请求头的名称"),
        ({"GATEWAY_HEADER": "X-User", "GATEWAY_ADDRESSES": "10.1.0.1/24"}, "有的不是地址或网段"),
        ({"CAS_SERVER": "cas.example.gov.cn"}, "CAS_SERVER=cas.example.gov.cn 不是网址"),
        ({"LDAP_SERVER": "https://ldap"}, "应以 ldaps:// 或 ldap:// 开头"),
        ({"LDAP_SERVER": "ldaps://ldap"}, "设置了 LDAP_SERVER 时必须设置 LDAP_BASE"),
        ({"LDAP_SERVER": "ldaps://ldap", "LDAP_BASE": "dc=gov", "LDAP_FILTER": "(uid=x)"}, "中没有 {username}"),
        ({"DINGTALK_LOGIN_CLIENT": "c"}, "必须设置 DINGTALK_LOGIN_SECRET"),
        ({"FEISHU_LOGIN_CLIENT": "c"}, "必须设置 FEISHU_LOGIN_SECRET"),
        ({"SECOND_FACTOR_LEFT_TO": "oidc"}, "没有启用任何外部登录方式"),
        ({**OIDC, "SECOND_FACTOR_LEFT_TO": "oidc,saml"}, "saml 不是外部登录方式，已启用的有 oidc"),
    ],
)
def test_what_cannot_be_is_refused_at_the_start(found, environment, told):
    with pytest.raises(ImproperlyConfigured, match=told):
        found(**environment)


def test_each_way_is_there_once_its_own_setting_is_and_all_have_names(found):
    named = found(
        **OIDC,
        GATEWAY_HEADER="X-User",
        GATEWAY_ADDRESSES="10.1.0.1, 10.2.0.0/16",
        CAS_SERVER="https://cas.example.gov.cn/cas/",
        LDAP_SERVER="ldap://ldap.example.gov.cn",
        LDAP_BASE="dc=example",
        DINGTALK_LOGIN_CLIENT="d",
        DINGTALK_LOGIN_SECRET="s",
        FEISHU_LOGIN_CLIENT="f",
        FEISHU_LOGIN_SECRET="s",
        FEISHU_URL="https://feishu.example.gov.cn",
    )
    assert list(named.ways) == ["oidc", "dingtalk", "feishu", "cas", "ldap", "gateway"]
    assert named.servers["oidc"] == "https://id.example.gov.cn/realms/office"
    assert list(named.servers) == list(named.ways)
    assert named.gateway.header == "HTTP_X_USER"
    assert [str(network) for network in named.gateway.addresses] == ["10.1.0.1/32", "10.2.0.0/16"]
    assert named.cas == ("https://cas.example.gov.cn/cas", "")
    assert named.directory.starts_tls
    assert not found(LDAP_START_TLS="0").directory.starts_tls
    [feishu] = named.providers["feishu"]["APPS"]
    assert feishu["settings"] == {"uid_field": "union_id", "api_url": "https://feishu.example.gov.cn"}


def test_an_extra_that_is_not_installed_is_named(found, monkeypatch):
    monkeypatch.setattr("qa_plan.signon.find_spec", lambda module: None)
    for environment, told in (({"CAS_SERVER": "https://cas"}, "cas"), ({"LDAP_SERVER": "ldaps://ldap"}, "ldap")):
        with pytest.raises(ImproperlyConfigured, match=f"requirements-{told}.txt"):
            found(**environment)
        monkeypatch.delenv(next(iter(environment)))
