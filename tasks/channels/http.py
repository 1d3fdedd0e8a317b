"""An HTTP conversation is bounded: no redirect is followed, no proxy asked, nothing waits longer than settings say."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from tasks.channels.base import NotSent
from tasks.channels.deadline import Deadline

REPLY_LIMIT = 64 * 1024
JSON, FORM = "application/json; charset=utf-8", "application/x-www-form-urlencoded; charset=utf-8"
# What blames the message itself. Everything else may be another at the next try: a busy server, or a setting put right.
REFUSED_FOR_GOOD = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The JSON object of a successful answer; raises NotSent where it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise NotSent("对方应答不是约定的格式。")
        return value


def post_json(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Answer:
    content = json.dumps(body, ensure_ascii=False).encode()
    return exchange("POST", url, content, {"Content-Type": JSON, **(headers or {})})


def post_form(url: str, fields: dict[str, str]) -> Answer:
    return exchange("POST", url, urlencode(fields).encode(), {"Content-Type": FORM})


def get(url: str) -> Answer:
    return exchange("GET", url, None, {})


def exchange(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    """Gives the answer of a server that took the request; else raises NotSent, without a word of the address."""
    deadline = Deadline(settings.CHANNEL_SECONDS)
    try:
        answer: Answer | str = _converse(deadline, method, url, body, headers)
    except TimeoutError:
        answer = "对方没有在规定时间内应答。"
    except ConnectionRefusedError:
        answer = "连接被拒绝。"
    except (OSError, HTTPException, ValueError) as error:
        # ValueError: an address that is none. Names of errors, not their texts: those may contain the address.
        answer = f"连接失败（{type(error).__name__}）。"
    finally:
        deadline.end()
    if deadline.passed:
        raise NotSent("对方没有在规定时间内应答完毕。")
    if isinstance(answer, str):
        raise NotSent(answer)
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotSent(_refusal(answer.status), permanent=answer.status in REFUSED_FOR_GOOD)
    if len(answer.body) > REPLY_LIMIT:
        raise NotSent("对方应答过长。")
    return answer


def _refusal(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"对方要求转到其他地址（HTTP {status}），未予转送。"
    return f"对方应答 HTTP {status}。"


def _converse(deadline: Deadline, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=settings.CHANNEL_TIMEOUT)
    connection._create_connection = deadline.connect  # type: ignore[attr-defined]
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {"Connection": "close", **headers})
        response = connection.getresponse()
        return Answer(response.status, response.read(REPLY_LIMIT + 1))
    finally:
        connection.close()
