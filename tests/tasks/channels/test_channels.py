"""Robots, webhook, application message and text message against a server on this machine: good, bad and silent ones."""

import base64
import hashlib
import hmac
import logging
import socket
import time
import traceback
from urllib.parse import unquote, urlsplit

import pytest

from tasks.channels import NotSent, ShortLine, is_configured, sender_for, wecom
from tasks.channels.base import fitting
from tasks.channels.robots import DingTalkRobot, FeishuRobot, WeComRobot
from tasks.channels.sms import TextMessage
from tasks.channels.webhook import Webhook
from tasks.channels.wecom import WeComApp
from tests.support.peers import (
    NOW,
    closes_at_once,
    closes_halfway,
    drips,
    drips_body,
    floods,
    half_closes,
    hangs,
    outgoing,
    says,
    serving,
    talks_something_else,
)

TOKEN, SECRET = "tok/en+SECRET-1", "SEC+ret/2&x=y"
GOOD = says({"errcode": 0, "errmsg": "ok"})
SMS_FIELDS = {"account": "qa", "password": SECRET}


@pytest.fixture(autouse=True)
def _short(settings):
    settings.CHANNEL_TIMEOUT, settings.CHANNEL_SECONDS = 0.3, 0.4
    wecom._tokens.clear()


@pytest.fixture(scope="module")
def server():
    with serving() as peer:
        yield peer


@pytest.fixture
def peer(server):
    server.asked.clear()
    return server


def dingtalk(url):
    return DingTalkRobot(url, TOKEN, SECRET)


def wecom_robot(url):
    return WeComRobot(url, TOKEN)


def feishu(url):
    return FeishuRobot(url, TOKEN, SECRET)


def app(url):
    return WeComApp(url, "corp", "1000002", SECRET)


def webhook(url):
    return Webhook(f"{url}/hook?key={SECRET}", TOKEN)


def sms(url):
    return TextMessage(f"{url}/sms", "mobile", "content", SMS_FIELDS, "result.code", "0", 70)


ALL = [dingtalk, wecom_robot, feishu, app, webhook, sms]
WITH_CODES = [dingtalk, wecom_robot, feishu, app, sms]


def refusal(sender, url, **changes):
    with pytest.raises(NotSent) as caught:
        sender(url).send(outgoing(**changes))
    return caught.value


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_dingtalk_is_signed_with_the_time_and_the_sign_is_encoded_once(peer):
    dingtalk(peer.will(GOOD).url).send(outgoing())
    asked = peer.asked[0]
    timestamp = str(int(NOW.timestamp() * 1000))
    sign = hmac.new(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert asked.path == "/robot/send"
    assert asked.query == {"access_token": TOKEN, "timestamp": timestamp, "sign": base64.b64encode(sign).decode()}
    assert "%25" not in urlsplit(asked.target).query
    assert asked.json() == {
        "msgtype": "markdown",
        "markdown": {
            "title": "督办提醒：逾期1项",
            "text": "#### 督办提醒：逾期1项\n@13800000000\n- 张三：逾期1项\n"
            "- [第3项 实施品牌战略](https://qa.example.gov.cn/plans/x/items/3/)",
        },
        "at": {"atMobiles": ["13800000000"], "isAtAll": False},
    }


def test_dingtalk_without_a_secret_is_not_signed(peer):
    DingTalkRobot(peer.will(GOOD).url, TOKEN, "").send(outgoing())
    assert peer.asked[0].query == {"access_token": TOKEN}


def test_a_wecom_robot_gets_markdown_of_at_most_4096_bytes_in_whole_lines(peer):
    many = tuple(ShortLine(f"第{number}项任务已逾期") for number in range(400))
    wecom_robot(peer.will(GOOD).url + "/").send(outgoing(lines=many))
    asked = peer.asked[0]
    assert (asked.path, asked.query) == ("/cgi-bin/webhook/send", {"key": TOKEN})
    content = asked.json()["markdown"]["content"]
    lines = content.split("\n")
    assert 4000 < len(content.encode()) <= 4096
    assert lines[0] == "**督办提醒：逾期1项** <@13800000000>"
    assert lines[-2].endswith("项任务已逾期")
    assert lines[-1] == "……其余事项请登录平台查看。"


def test_feishu_is_signed_in_the_body_and_gets_plain_pieces(peer):
    feishu(peer.will(says({"code": 0, "msg": "success"})).url).send(outgoing())
    asked = peer.asked[0]
    timestamp = str(int(NOW.timestamp()))
    sign = base64.b64encode(hmac.new(f"{timestamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()).decode()
    assert unquote(asked.path) == f"/open-apis/bot/v2/hook/{TOKEN}"
    body = asked.json()
    assert (body["timestamp"], body["sign"], body["msg_type"]) == (timestamp, sign, "post")
    assert body["content"]["post"]["zh_cn"] == {
        "title": "督办提醒：逾期1项",
        "content": [
            [{"tag": "at", "user_id": "13800000000"}],
            [{"tag": "text", "text": "张三：逾期1项"}],
            [{"tag": "a", "text": "第3项 实施品牌战略", "href": "https://qa.example.gov.cn/plans/x/items/3/"}],
        ],
    }


def test_feishu_without_a_secret_is_not_signed_and_its_older_answer_is_understood(peer):
    FeishuRobot(peer.will(says({"StatusCode": 0, "StatusMessage": "success"})).url, TOKEN, "").send(
        outgoing(lines=tuple(ShortLine("很长" * 100) for _ in range(100)))
    )
    body = peer.asked[0].json()
    assert "sign" not in body
    content = body["content"]["post"]["zh_cn"]["content"]
    assert len(content) < 100
    assert content[-1] == [{"tag": "text", "text": "……其余事项请登录平台查看。"}]


@pytest.mark.parametrize("address", ["", "all", "@all", "a b", "<@all>", "a\nb"])
@pytest.mark.parametrize("sender", [dingtalk, wecom_robot, feishu])
def test_an_address_that_is_no_name_mentions_nobody(peer, sender, address):
    sender(peer.will(says({"errcode": 0, "code": 0})).url).send(outgoing(address=address))
    sent = str(peer.asked[0].json())
    assert "@" not in sent
    assert "user_id" not in sent


@pytest.mark.parametrize("sender", [dingtalk, wecom_robot])
def test_what_people_write_becomes_neither_markup_nor_a_mention(peer, sender):
    sender(peer.will(GOOD).url).send(outgoing(lines=(ShortLine("<@all> [点此](http://evil) **急**\n# 标题", ""),)))
    sent = peer.asked[0].json()["markdown"]
    text = sent.get("text") or sent["content"]
    assert text.split("\n")[-1].removeprefix("- ") == "＜＠all＞ ［点此］（http://evil） ＊＊急＊＊ ＃ 标题"


def test_the_webhook_gets_everything_and_a_key_by_which_it_can_discard_a_double(peer):
    receipt = webhook(peer.will(says({"id": "m-7"})).url).send(outgoing())
    asked = peer.asked[0]
    assert receipt.reference == "m-7"
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["Idempotency-Key"] == "d1@qa.example.gov.cn"
    assert set(asked.json()) == {"id", "recipient", "subject", "text", "lines", "link"}


@pytest.mark.parametrize("answer", [b"", b"ok", b"[1]", {}, {"code": 200}, {"code": "0"}, {"errcode": 0}])
def test_a_webhook_s_answer_2xx_is_a_success_unless_it_says_otherwise(peer, answer):
    webhook(peer.will(says(answer, 204 if answer == b"" else 200)).url).send(outgoing())


@pytest.mark.parametrize("answer", [{"code": 500}, {"errcode": 1}, {"code": "E1"}, {"code": None}])
def test_a_webhook_that_says_no_is_a_refusal(peer, answer):
    assert not refusal(webhook, peer.will(says(answer)).url).permanent


def test_a_text_message_is_a_form_with_the_configured_fields_cut_to_its_length(peer):
    peer.will(says({"result": {"code": "0"}}))
    TextMessage(f"{peer.url}/sms", "phone", "msg", SMS_FIELDS, "result.code", "0", 10).send(
        outgoing(address="138-0000 0000", brief="一二三四五六七八九十十一")
    )
    assert peer.asked[0].form() == {**SMS_FIELDS, "phone": "13800000000", "msg": "一二三四五六七八九十"}


@pytest.mark.parametrize("address", ["", "zhangsan", "１38x"])
def test_without_a_number_no_text_message_is_tried(peer, address):
    assert refusal(sms, peer.url, address=address).permanent
    assert peer.asked == []


# ── the application's access token ───────────────────────────────────────────────────────────────────────────────


def token(value="T-1", seconds=7200):
    return says({"errcode": 0, "errmsg": "ok", "access_token": value, "expires_in": seconds})


SENT = says({"errcode": 0, "errmsg": "ok", "msgid": "M1"})


def steps(peer):
    return [(asked.path.rsplit("/", 1)[1], asked.query.get("access_token")) for asked in peer.asked]


def test_the_access_token_is_fetched_once_and_kept(peer):
    peer.will(token(), SENT)
    assert [app(peer.url).send(outgoing()).reference for _ in range(2)] == ["M1", "M1"]
    assert steps(peer) == [("gettoken", None), ("send", "T-1"), ("send", "T-1")]
    assert peer.asked[0].query == {"corpid": "corp", "corpsecret": SECRET}
    body = peer.asked[1].json()
    assert (body["touser"], body["agentid"], body["enable_duplicate_check"]) == ("13800000000", 1000002, 1)


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_is_over_is_renewed_and_the_message_sent_in_the_same_try(peer, code):
    peer.will(token("old"), says({"errcode": code, "errmsg": "expired"}), token("new"), SENT)
    app(peer.url).send(outgoing())
    assert steps(peer) == [("gettoken", None), ("send", "old"), ("gettoken", None), ("send", "new")]


def test_a_token_that_is_over_at_once_is_renewed_only_once(peer):
    peer.will(token("a"), says({"errcode": 42001}), token("b"), says({"errcode": 42001}))
    assert "42001" in refusal(app, peer.url).reason
    assert len(peer.asked) == 4


def test_a_token_is_not_used_in_its_last_minutes(peer):
    peer.will(token("short", seconds=60), SENT)
    app(peer.url).send(outgoing())
    peer.will(token("next"), SENT)
    app(peer.url).send(outgoing())
    assert steps(peer)[2:] == [("gettoken", None), ("send", "next")]


def test_a_wrong_secret_and_a_missing_token_are_refusals_for_now(peer):
    assert "40001" in refusal(app, peer.will(says({"errcode": 40001, "errmsg": "invalid credential"})).url).reason
    assert not refusal(app, peer.will(says({"errcode": 0})).url).permanent


def test_a_success_that_reached_nobody_is_a_refusal_for_good(peer):
    peer.will(token(), says({"errcode": 0, "errmsg": "ok", "invaliduser": "13800000000"}))
    assert refusal(app, peer.url).permanent


def test_a_person_without_an_account_there_is_not_tried(peer):
    assert refusal(app, peer.url, address="").permanent
    assert peer.asked == []


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sender", "answer", "permanent"),
    [
        (dingtalk, {"errcode": 310000, "errmsg": "sign not match"}, False),
        (dingtalk, {"errcode": 410100, "errmsg": "send too fast"}, False),
        (dingtalk, {"errcode": "130101", "errmsg": "send too fast"}, False),
        (dingtalk, {"errcode": 430102, "errmsg": "inappropriate text"}, True),
        (wecom_robot, {"errcode": 45009, "errmsg": "api freq out of limit"}, False),
        (wecom_robot, {"errcode": 93000, "errmsg": "invalid webhook url"}, False),
        (wecom_robot, {"errcode": 40058, "errmsg": "exceed max length"}, True),
        (feishu, {"code": 19021, "msg": "sign match fail"}, False),
        (feishu, {"code": 11232, "msg": "frequency limited"}, False),
        (feishu, {"code": 9499, "msg": "Bad Request"}, True),
        (app, {"errcode": 45033, "errmsg": "too many"}, False),
        (app, {"errcode": 81013, "errmsg": "all invalid"}, True),
        (sms, {"result": {"code": "1"}}, False),
        (sms, {"result": "0"}, False),
    ],
)
def test_an_answer_200_with_a_code_is_a_refusal(peer, sender, answer, permanent):
    refused = refusal(sender, peer.will(says(answer)).url)
    assert refused.permanent == permanent
    code = next(iter(answer.values()))
    assert isinstance(code, (dict, str)) or str(code) in refused.reason


@pytest.mark.parametrize("answer", [{}, {"errcode": None}, {"errcode": False}, {"errcode": ""}, {"errcode": "0x0"}])
@pytest.mark.parametrize("sender", WITH_CODES)
def test_an_answer_without_a_code_that_means_success_is_none(peer, sender, answer):
    assert not refusal(sender, peer.will(says(answer)).url).permanent


@pytest.mark.parametrize("answer", [b"", b"<html>\xff", b"[]", b'"ok"', b"[" * 60_000, b"NaN"])
@pytest.mark.parametrize("sender", WITH_CODES)
def test_garbage_is_no_success(peer, sender, answer):
    assert not refusal(sender, peer.will(says(answer)).url).permanent


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (413, True), (401, False), (404, False), (429, False), (500, False), (503, False)],
)
def test_a_status_that_is_no_success_is_a_refusal(peer, status, permanent):
    refused = refusal(webhook, peer.will(says({"errcode": 0}, status)).url)
    assert (refused.permanent, str(status) in refused.reason) == (permanent, True)


def test_a_redirect_is_not_followed(peer):
    with serving() as other:
        other.will(GOOD)
        refused = refusal(dingtalk, peer.will(says(b"", 302, Location=f"{other.url}/robot/send")).url)
        assert other.asked == []
    assert "302" in refused.reason


@pytest.mark.parametrize(
    "behaviour",
    [hangs, drips, drips_body, closes_halfway, closes_at_once, half_closes, talks_something_else, floods],
)
@pytest.mark.parametrize("sender", [dingtalk, sms])
def test_a_server_that_misbehaves_holds_nobody_for_long_and_is_tried_again(peer, sender, behaviour):
    started = time.monotonic()
    refused = refusal(sender, peer.will(behaviour).url)
    assert time.monotonic() - started < 15  # it would be for ever
    assert not refused.permanent


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        refused = refusal(dingtalk, f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert (refused.reason, refused.permanent) == ("连接被拒绝。", False)


@pytest.mark.parametrize(
    "url", ["", "qa", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://[", "http://a b"]
)
def test_an_address_that_is_none_is_a_refusal(url):
    assert not refusal(wecom_robot, url).permanent


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def repeats(handler):
    """Answers with all that it was told."""
    echo = unquote(handler.path) + handler.peer.asked[-1].body.decode()
    says({"errcode": 1, "code": 1, "errmsg": echo, "msg": echo, "result": {"code": echo}})(handler)


@pytest.mark.parametrize("behaviour", [repeats, hangs, closes_at_once, talks_something_else, says(b"", 500)])
@pytest.mark.parametrize("sender", ALL)
def test_no_secret_is_in_the_reason_the_chain_or_the_log(peer, sender, behaviour, caplog):
    caplog.set_level(logging.DEBUG)
    refused = refusal(sender, peer.will(behaviour).url)
    assert (refused.__cause__, refused.__context__) == (None, None)
    traced = "".join(traceback.format_exception(refused))
    visible = traced + refused.reason + repr(refused) + caplog.text + repr(sender(peer.url))
    for secret in (TOKEN, SECRET, "SECRET-1", "SEC+ret"):
        assert secret not in visible
    assert "\n" not in refused.reason
    assert len(refused.reason) <= 200


# ── which there are ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_channel_is_there_once_it_is_set_up(settings, peer):
    settings.CHANNELS = {"in_app": {}, "email": {}}
    assert not is_configured("dingtalk")
    with pytest.raises(NotSent, match="没有开通") as caught:
        sender_for("dingtalk")
    assert not caught.value.permanent
    settings.CHANNELS = {"dingtalk": {"base": peer.url, "token": TOKEN, "secret": SECRET}}
    assert sender_for("dingtalk") == dingtalk(peer.url)


def test_what_fits_stays_whole():
    assert fitting(["甲", "乙"], 7, "余") == "甲\n乙"
    assert fitting(["甲", "乙", "丙"], 7, "余") == "甲\n余"
    assert fitting(["甲乙丙丁"], 6, "余") == "余"
