"""Whoever another server has signed on comes in here, by whichever way: known, in use, and asked what else is due."""

from typing import NamedTuple
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from agencies.identities import person_known_as, way_named
from agencies.security import Kind, record_refusal
from qa_plan import clock
from qa_plan.signon import OIDC

LONGEST_TOLD = 100  # signs of an id, where it is shown
# The address where each way begins that people choose; the others need no choosing.
BEGINNINGS = {OIDC: "openid_connect_login"}


class OtherDoor(NamedTuple):
    """A button of the sign-in page."""

    name: str
    url: str


def is_open(way: str) -> bool:
    """Whether the settings have the way."""
    return way in settings.EXTERNAL_WAYS


def doors(next_url: str) -> list[OtherDoor]:
    """The ways from outside that the settings have and people choose, each leading on to where they were going."""
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return [
        OtherDoor(name, reverse(BEGINNINGS[way], kwargs={"provider_id": way}) + query)
        for way, name in settings.EXTERNAL_WAYS.items()
        if way in BEGINNINGS
    ]


def come_in(request: HttpRequest, way: str, subject: str, next_url: str = "") -> HttpResponse:
    """Signs in whose account the identity is tied to; the second factor follows as after a password.

    Who is tied to none, or to an account that was switched off, is told so in one sentence, and it is on record.
    """
    user = person_known_as(way, subject)
    if user is None or not user.is_active:
        return _unknown(request, way, subject) if user is None else _switched_off(request, way, user.username)
    record_authentication(request, user, "outside", way=way)
    login = Login(user=user, redirect_url=next_url or None, signal_kwargs={"way": way})
    return perform_login(request, login)


def _unknown(request: HttpRequest, way: str, subject: str) -> HttpResponse:
    told = "".join(sign if sign.isprintable() else "�" for sign in subject[:LONGEST_TOLD])
    name = way_named(way)
    record_refusal(Kind.REFUSED, "", at=clock.now(), detail=f"{name}：标识 {told} 没有对应的账号")
    return refused(request, f"{name}已确认您的身份，但本平台没有对应的账号，请将标识 {told} 告知系统管理员登记。")


def _switched_off(request: HttpRequest, way: str, username: str) -> HttpResponse:
    name = way_named(way)
    record_refusal(Kind.REFUSED, username, at=clock.now(), detail=f"{name}：账号已停用")
    return refused(request, f"{name}已确认您的身份，但您在本平台的账号已停用，请联系系统管理员。")


def failed(request: HttpRequest, way: str, cause: str) -> HttpResponse:
    """The answer to a sign-on that came to nothing, by whoever's fault; on record, as far as anything is known."""
    record_refusal(Kind.REFUSED, "", at=clock.now(), detail=f"{way_named(way)}：{cause}")
    return refused(request, f"{way_named(way)}登录没有完成（{cause}），请返回重试；仍不成功的，请联系系统管理员。")


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "registration/outside_refused.html", {"sentence": sentence}, status=403)
