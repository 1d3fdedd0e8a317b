"""Whoever another server has signed on comes in here, by whichever way: known, in use, and asked what else is due."""

from typing import NamedTuple
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from agencies.identities import person_known_as, way_named
from agencies.models import User
from agencies.security import Kind, record_refusal
from agencies.sessions import Arrival
from qa_plan import clock
from qa_plan.signon import CAS, DINGTALK, FEISHU, GATEWAY, OIDC

LONGEST_TOLD = 100  # signs of an id, where it is shown
# The address where each way begins that people choose; the others need no choosing.
BEGINNINGS = {
    OIDC: "openid_connect_login",
    CAS: "cas_login",
    DINGTALK: "dingtalk_login",
    FEISHU: "feishu_login",
    GATEWAY: "gateway_login",
}


class OtherDoor(NamedTuple):
    """A button of the sign-in page."""

    name: str
    url: str


def next_of(request: HttpRequest) -> str:
    """Where somebody was going, if that is here; "" for no such place."""
    there = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if is_ours else ""


def is_open(way: str) -> bool:
    """Whether the settings have the way."""
    return way in settings.EXTERNAL_WAYS


def doors(next_url: str, *, is_named: bool) -> list[OtherDoor]:
    """The ways from outside that people choose, each leading on to where they were going.

    Only whom the gateway names (`is_named`) can choose the gateway.
    """
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return [
        OtherDoor(name, reverse(BEGINNINGS[way]) + query)
        for way, name in settings.EXTERNAL_WAYS.items()
        if way in BEGINNINGS and (way != GATEWAY or is_named)
    ]


def come_in(request: HttpRequest, came: Arrival, next_url: str = "") -> HttpResponse:
    """Signs in whose account the identity is tied to; the second factor follows as after a password.

    Who is tied to none, or to an account that was switched off, is told so in one sentence, and it is on record.
    """
    way, subject = came.way, came.subject
    user = person_known_as(way, subject)
    if user is None or not user.is_active:
        username = user.username if user else ""
        record_refusal(Kind.REFUSED, username, at=clock.now(), detail=logged_of(way, subject, user))
        return refused(request, told_of(way, subject, user))
    record_authentication(request, user, "outside", way=way)
    login = Login(user=user, redirect_url=next_url or None, signal_kwargs=came._asdict())
    return perform_login(request, login)


def told_of(way: str, subject: str, user: User | None) -> str:
    """What is told to whom the server knows and this product doesn't let in."""
    if user is not None:
        return f"{way_named(way)}已确认您的身份，但您在本平台的账号已停用，请联系系统管理员。"
    return f"{way_named(way)}已确认您的身份，但本平台没有对应的账号，请将标识 {_shown(subject)} 告知系统管理员登记。"


def logged_of(way: str, subject: str, user: User | None) -> str:
    return f"{way_named(way)}：{'账号已停用' if user else f'标识 {_shown(subject)} 没有对应的账号'}"


def _shown(subject: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in subject[:LONGEST_TOLD])


def failed(request: HttpRequest, way: str, cause: str) -> HttpResponse:
    """The answer to a sign-on that came to nothing, by whoever's fault; on record, as far as anything is known."""
    record_refusal(Kind.REFUSED, "", at=clock.now(), detail=f"{way_named(way)}：{cause}")
    return refused(request, f"{way_named(way)}登录没有完成（{cause}），请返回重试；仍不成功的，请联系系统管理员。")


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "registration/outside_refused.html", {"sentence": sentence}, status=403)
