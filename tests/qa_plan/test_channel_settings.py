"""Which channels the environment sets up, and where the links of messages lead."""

import pytest
from environs import Env

from qa_plan.channels import channels, site_address
from tasks.channels import CLASSES


@pytest.fixture
def found(monkeypatch):
    monkeypatch.delenv("EMAIL_URL")

    def found(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return channels(Env())

    return found


def test_without_any_setting_there_are_in_app_messages_alone(found):
    assert found() == {"in_app": {}}


def test_a_robot_is_on_once_its_key_is_set_with_the_public_address_unless_another_is(found):
    assert found(DINGTALK_TOKEN="t")["dingtalk"] == {"base": "https://oapi.dingtalk.com", "token": "t", "secret": ""}
    private = found(DINGTALK_URL="https://ding.gov.cn", DINGTALK_SECRET="s")["dingtalk"]
    assert private == {"base": "https://ding.gov.cn", "token": "t", "secret": "s"}


def test_every_channel_is_built_from_what_its_settings_give(found):
    everything = found(
        EMAIL_URL="smtp://mail",
        WEBHOOK_URL="https://hook",
        DINGTALK_TOKEN="t",
        WECOM_ROBOT_KEY="k",
        WECOM_CORP_ID="c",
        FEISHU_TOKEN="f",
        SMS_URL="https://sms",
        SMS_FIXED_FIELDS='{"account": "qa"}',
        SMS_SUCCESS_FIELD="result.code",
    )
    assert set(everything) == set(CLASSES)
    for name, fields in everything.items():
        CLASSES[name](**fields)
    assert everything["sms"]["fixed"] == {"account": "qa"}
    assert (everything["sms"]["success_field"], everything["sms"]["success_value"]) == ("result.code", "0")


@pytest.mark.parametrize(
    ("hosts", "https", "address"),
    [
        (["127.0.0.1", "localhost", "[::1]"], False, "http://127.0.0.1:8000"),
        ([".gov.cn", "*", "qa.example.gov.cn", "other"], True, "https://qa.example.gov.cn"),
        ([], True, "http://127.0.0.1:8000"),
    ],
)
def test_links_lead_to_the_first_host_that_is_named(hosts, https, address):
    assert site_address(hosts, https) == address
