"""The log: one line for each request and each event, under one number, without anything secret."""

import json
import logging
import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver

from agencies.models import Role
from agencies.requestid import SECRET_PREFIXES, middleware
from qa_plan.logs import JsonLine, Numbered, request_id
from tests.support.factories import make_agency, make_user


def as_json(record):
    Numbered().filter(record)
    return json.loads(JsonLine().format(record))


@pytest.fixture
def heard(caplog):
    caplog.set_level(logging.INFO, "qa_plan.access")
    caplog.handler.addFilter(numbered := Numbered())
    yield caplog
    caplog.handler.removeFilter(numbered)


@pytest.mark.django_db
def test_a_request_is_one_line_with_the_number_of_its_answer(heard, client):
    response = client.get("/accounts/login/?next=/secret/", REMOTE_ADDR="10.1.2.3")
    [record] = [record for record in heard.records if record.name == "qa_plan.access"]
    line = json.loads(JsonLine().format(record))
    assert (line["number"], line["level"]) == (response["X-Request-ID"], "INFO")
    known = {"method": "GET", "path": "/accounts/login/", "status": 200, "view": "account_login", "user": None}
    assert {name: line[name] for name in known} == known
    assert line["address"] == "10.1.2.3"
    assert line["ms"] >= 0
    assert line["time"].endswith("+08:00")
    assert "secret" not in json.dumps(line)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/calendar/abcdefgh.ics", "/setup/first/abcdefgh/"])
def test_what_opens_something_by_itself_is_not_in_the_log(heard, client, address):
    client.get(address)
    assert "abcdefgh" not in heard.text
    assert address.replace("abcdefgh", "…") in heard.text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/calendar/abcdefgh", "/setup/first/abcdefgh", "/Calendar/abcdefgh.ics"])
def test_nor_is_it_where_its_address_was_mistyped(heard, client, address):
    client.get(address)
    assert "abcdefgh" not in heard.text
    assert f"{address.lower().removesuffix('.ics').replace('abcdefgh', '…')} " in heard.text


def test_every_address_that_opens_something_is_known_by_how_it_begins():
    patterns = [each for each in addresses(get_resolver().url_patterns) if re.search("<[^>]*(token|key)>", each)]
    assert sorted(f"/{each.partition('<')[0]}" for each in patterns) == sorted(SECRET_PREFIXES)


def addresses(patterns, begun=""):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, begun + str(each.pattern))
        else:
            yield begun + str(each.pattern)


@pytest.mark.django_db
def test_nobody_writes_a_line_of_the_log_by_an_address(heard, client):
    client.get("/计划%0A2026-11-30 08:00:00 INFO qa_plan.access -: forged%E2%80%A8%1B[1m")
    assert len(heard.records) == 1
    assert "GET /计划\\n2026-11-30 08:00:00 INFO qa_plan.access -: forged\\u2028\\x1b[1m 404 " in heard.text


@pytest.mark.django_db
def test_what_machines_ask_all_day_is_only_told_where_it_fails(heard, client):
    client.get("/metrics")
    assert heard.text == ""
    client.get("/healthz")  # nobody works behind the tests
    assert "/healthz 503" in heard.text


def test_whatever_is_logged_within_a_request_has_its_number_and_its_fault(heard):
    def fails(request):
        try:
            raise ValueError("一个错误")
        except ValueError:
            logging.getLogger("tasks.somewhere").exception("It failed for %s.", "甲")
        return HttpResponse()

    response = middleware(fails)(RequestFactory().get("/plans/"))
    line = json.loads(JsonLine().format(heard.records[0]))
    assert (line["number"], line["message"]) == (response["X-Request-ID"], "It failed for 甲.")
    assert "ValueError: 一个错误" in line["exception"]
    assert request_id.get() is None
    assert as_json(logging.makeLogRecord({"msg": "outside"}))["number"] == "-"


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_one_line_and_no_fault(heard, client):
    assert client.get("/accounts/login/", headers={"Host": "10.0.0.9"}).status_code == 400
    [record] = [record for record in heard.records if record.name == "django.security.DisallowedHost"]
    line = json.loads(JsonLine().format(record))
    assert (line["level"], "exception" in line) == ("WARNING", False)
    assert "10.0.0.9" in line["message"]


def test_that_somebody_waits_a_moment_for_a_thread_is_not_told_each_time():
    assert not logging.getLogger("waitress.queue").isEnabledFor(logging.WARNING)


def test_a_fault_s_page_names_the_number_under_which_the_log_tells_of_it(client, monkeypatch):
    monkeypatch.setattr("agencies.views.is_empty", lambda: 1 / 0)
    client.raise_request_exception = False
    response = client.get("/accounts/login/")
    assert response.status_code == 500
    assert f"操作编号 <b>{response['X-Request-ID'][:8]}</b>" in response.text


@pytest.mark.django_db
def test_so_do_the_pages_that_refuse(client):
    def said(response, status):
        assert (response.status_code, response.text.count("操作编号")) == (status, 1)
        assert f"操作编号 <b>{response['X-Request-ID'][:8]}</b>，联系时请告知。" in response.text

    person = make_user("lead", role=Role.LIAISON, agency=make_agency("省商务厅"))
    client.force_login(person)
    said(client.get("/nowhere/"), 404)
    said(client.get("/setup/"), 403)
    said(client.get("/", headers={"host": "elsewhere.example"}), 400)
    strict = Client(enforce_csrf_checks=True)
    said(strict.post("/accounts/login/"), 403)
