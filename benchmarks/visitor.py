"""A person at a browser, as far as a measurement needs one: cookies, one lasting connection, forms."""

import http.client
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode


class Answer(NamedTuple):
    status: int
    seconds: float
    body: bytes
    location: str = ""
    number: str = ""  # under which the log tells of it


class Visitor:
    """Someone signed in; `colleague` gives the same person a second connection."""

    def __init__(self, host: str, port: int, cookies: dict[str, str] | None = None) -> None:
        self.host, self.port = host, port
        self.cookies = dict(cookies or {})
        self.connection = http.client.HTTPConnection(host, port, timeout=60)

    def colleague(self) -> "Visitor":
        return Visitor(self.host, self.port, self.cookies)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self._ask("GET", path, b"", dict(headers or {}))

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields).encode(), kind | (headers or {}))

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """The answer, and the time from the first byte sent to the last one read."""
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        start = time.perf_counter()
        self.connection.request(method, path, body or None, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - start
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies.update((name, morsel.value) for name, morsel in SimpleCookie(cookie).items())
        location = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
        return Answer(response.status, seconds, content, location, response.headers.get("X-Request-ID", ""))

    def sign_in(self, username: str, password: str) -> None:
        form = read_form(self.get("/accounts/login/").body, having="password")
        answer = self.post("/accounts/login/", {**form.fields, "username": username, "password": password})
        if answer.status != http.HTTPStatus.FOUND:
            raise AssertionError(f"{username} could not sign in: {answer.status}")


@dataclass(slots=True)
class Form:
    """What a browser would send of a form if nothing were typed, and which of it takes a number."""

    fields: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)


def read_form(page: bytes, *, having: str) -> Form:
    """The form that has a field of that name."""
    reader = _FormReader()
    reader.feed(page.decode())
    for form in reader.forms:
        if having in form.fields:
            return form
    raise AssertionError(f"The page has no form with a field {having!r}:\n{page.decode()[:2000]}")


class _FormReader(HTMLParser):
    """Reads inputs and text areas; of buttons none, because each is a choice of whoever presses it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._is_open = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = True
            self.forms.append(Form())
        elif self._is_open and tag == "input" and "name" in given:
            self._input(given)
        elif self._is_open and tag == "textarea":
            self._area = given.get("name", "")
            self.forms[-1].fields[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area] += data

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given["name"]
        is_choice = kind in ("checkbox", "radio")
        if kind in ("submit", "button", "file") or (is_choice and "checked" not in given):
            return
        self.forms[-1].fields[name] = given.get("value", "on" if is_choice else "")
        if kind == "number" or given.get("inputmode") in ("numeric", "decimal"):
            self.forms[-1].numbers.append(name)
