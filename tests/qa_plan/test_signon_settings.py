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
    assert found().providers["openid_connect"]["APPS"] == []


def test_a_server_is_asked_by_its_address_for_the_claim_of_the_settings(found):
    ways, left, providers = found(**OIDC, OIDC_CLAIM="number", SECOND_FACTOR_LEFT_TO="oidc")
    assert (ways, left) == ({"oidc": "统一身份认证"}, ["oidc"])
    [app] = providers["openid_connect"]["APPS"]
    assert app["settings"]["server_url"] == "https://id.example.gov.cn/realms/office"
    assert app["settings"]["uid_field"] == "number"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"OIDC_SERVER": "id.example.gov.cn"}, "OIDC_CLIENT"),
        ({**OIDC, "OIDC_SERVER": "id.example.gov.cn"}, "OIDC_SERVER=id.example.gov.cn 不是网址"),
        ({**OIDC, "OIDC_SECRET": ""}, "设置了 OIDC_SERVER 时必须设置 OIDC_SECRET"),
        ({"SECOND_FACTOR_LEFT_TO": "oidc"}, "没有启用任何外部登录方式"),
        ({**OIDC, "SECOND_FACTOR_LEFT_TO": "oidc,saml"}, "saml 不是外部登录方式，已启用的有 oidc"),
    ],
)
def test_what_cannot_be_is_refused_at_the_start(found, environment, told):
    with pytest.raises(ImproperlyConfigured, match=told):
        found(**environment)
