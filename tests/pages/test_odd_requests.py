"""Addresses and fields that nobody's hand writes: an answer in words, on every database, and never a fault."""

import re
from collections.abc import Iterator

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tasks.models import Assignment, ItemRevision, Receipt, ReportingPeriod
from tests.support.factories import moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
HUGE = [2**63, 2**64 + 1, 10**30, 10**400]
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
REAL = {"code": "2016Q3", "form": "csv", "token": "none", "app_label": "tasks"}


@pytest.fixture(autouse=True)
def today(settings):
    settings.QA_PLAN_TODAY = moment("2016-10-12").date()


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address of the product, the administration's too, as it is written down."""
    for each in (resolver or get_resolver()).url_patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from routes(each, route)


def filled(route: str, name: str, value: object, slug: str) -> str:
    """The address with that value for one parameter, and real ones for the others."""
    real = {"slug": slug, **REAL, name: str(value)}
    return "/" + PARAMETER.sub(lambda match: real.get(match[2], "1"), route)


NUMBERED = [
    (route, name)
    for route in routes()
    for kind, name in PARAMETER.findall(route)
    if kind in ("key", "int") or name in ("object_id", "content_type_id")
]


def test_there_are_addresses_with_numbers_and_none_takes_any_number():
    assert len(NUMBERED) > 30
    assert [route for route in routes() if "<int:" in route and "admin/" not in route] == []


@pytest.mark.parametrize(("route", "name"), NUMBERED)
def test_a_number_that_no_row_can_have_is_an_address_of_nothing(
    plan, lead, period, as_coordinator, visitor, administrator, route, name
):
    person = visitor(administrator) if route.startswith("admin/") else as_coordinator
    for number in HUGE:
        address = filled(route, name, number, plan.slug)
        for method in (person.client.get, person.client.post):
            # the administration leads to its first page, and says there what wasn't found, or shows it to nobody
            allowed = (404, 405, 302, 403) if route.startswith("admin/") else (404, 405)
            assert method(address).status_code in allowed, (address, method)


def test_the_largest_number_that_a_row_can_have_is_asked_for(as_coordinator):
    as_coordinator.get(f"/urges/{2**63 - 1}/", 404)


FILTERED = [
    ("/changes/", ("person", "agency", "subject", "q", "action", "request", "after", "before", "page")),
    ("/urges/new/", ("plan", "agency", "assignment", "item")),
    ("/urges/slips/", ("urge", "plan", "agency")),
    ("/urges/", ("agency", "plan", "state", "page")),
    ("/reviews/", ("plan", "agency", "period", "page")),
    ("/reports/compare/", ("old", "new", "a", "b")),
    ("/plans/{slug}/items/", ("q", "section", "agency", "light", "sort", "page", "size", "as_of")),
    ("/plans/{slug}/assignments/", ("q", "section", "agency", "light", "sort", "page", "size", "as_of")),
    ("/reminders/preview/", ("day",)),
    ("/reminders/", ("day", "person", "page")),
]


@pytest.mark.parametrize(("address", "names"), FILTERED)
@pytest.mark.parametrize("value", [str(2**63), "1" * 30, "9999-12-31", "0001-01-01", "²", "-1"])
def test_a_query_that_makes_no_sense_is_answered(plan, lead, period, as_coordinator, address, names, value):
    for name in names:
        answer = as_coordinator.client.get(address.format(slug=plan.slug), {name: value})
        assert answer.status_code < 500, (address, name)


@pytest.mark.parametrize("address", [address for address, _ in FILTERED] + ["/admin/agencies/agency/", "/healthz"])
def test_a_nul_in_a_query_is_a_bad_request(plan, lead, period, visitor, administrator, as_coordinator, address):
    person = visitor(administrator) if "admin" in address else as_coordinator
    for query in ("plan=%00", "q=a%00b", "agency__id__exact=%00", "a%00b=1"):
        assert person.client.get(f"{address.format(slug=plan.slug)}?{query}").status_code == 400, query


def test_a_nul_in_an_address_is_a_bad_request(plan, lead, as_lead):
    assert as_lead.client.get(f"/my/workbook/{plan.slug}/%00/").status_code == 400


def test_a_nul_in_the_name_at_the_door_is_refused_at_its_field_and_is_nobody_s():
    """What counts the guesses asks the database before the form is looked at."""
    for name in ("\0", "wang\0er", " \0 "):
        answer = Client().post("/accounts/login/", {"username": name, "password": "zhi-liang-2016"})
        assert answer.status_code == 200, name
        assert answer.context["form"].errors["username"], name
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(("name", "day"), [("before", "9999-12-31"), ("after", "0001-01-01")])
def test_a_day_beyond_all_calendars_is_refused_at_its_field(as_coordinator, name, day):
    page = as_coordinator.get(f"/changes/?{name}={day}", 422)
    assert page.errors == {name: "日期应在1950年至2199年之间。"}


def test_a_due_date_beyond_all_calendars_is_refused_at_its_field(as_coordinator, item):
    for day in ("9999-12-31", "0001-01-01"):
        page = as_coordinator.post(f"{item.get_absolute_url()}amend/", 422, due_on=day, reason="依据", basis=0)
        assert page.errors == {"due_on": "日期应在1950年至2199年之间。"}
    assert not ItemRevision.objects.filter(reason="依据").exists()


def test_a_form_that_was_sent_before_is_stale(as_coordinator, item):
    """Of two with the same form, the second is shown what the first one did."""
    address = f"{item.get_absolute_url()}amend/"
    basis = as_coordinator.get(address).values()["basis"]
    sent = {"due_on": "2016-11-30", "reason": "依据", "basis": basis}
    other = {**sent, "due_on": "2016-12-30"}
    shown, shown_other = (as_coordinator.post(address, 200, **each) for each in (sent, other))
    as_coordinator.post(address, **{**shown.values(), **sent, "action": "confirm"})
    page = as_coordinator.post(address, 422, **{**shown_other.values(), **other, "action": "confirm"})
    assert page.errors
    assert item.revisions.filter(reason="依据").count() == 1


@pytest.mark.parametrize("key", [2**63, 10**30, "²", "\0"])
def test_a_key_in_a_form_that_no_row_can_have_is_no_choice(as_coordinator, lead, period, key):
    address = f"/urges/new/?assignment={lead.pk}"
    page = as_coordinator.post(address, 422, assignment=key, text="请抓紧。", reply_by="2016-10-14")
    assert list(page.errors.values()) in (["所选任务已经不能催办，请重新选择。"], ["不允许是用空字符。"]), page.errors
    assert Assignment.objects.count() == ReportingPeriod.objects.count() == 1


@pytest.mark.parametrize("key", [2**63, 10**30, "²"])
def test_evidence_that_no_row_can_be_is_refused_at_its_field(as_lead, lead, period, key):
    page = as_lead.post(f"/my/{lead.pk}/", 422, action="submit", percent="80", progress="话", evidence_kept=key)
    assert "所附佐证材料不属于该任务，请重新上传。" in page.main


def test_a_receipt_for_what_no_row_can_be_signs_nothing(as_lead, lead):
    as_lead.post("/my/receipts/", assignment=2**63)
    assert not Receipt.objects.exists()
