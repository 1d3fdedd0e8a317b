"""What forms take: every field of every form with words that make no sense, and with keys of what is another office's.

A part of the drill of attacks (`tests/attacks.py`), before the others; some ten minutes of a processor for both. Each
form is taken as it stands on a page that somebody comes to by links, one of each kind. Whatever it does is undone.
"""

import traceback
from collections import Counter
from typing import NamedTuple

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.urls import Resolver404, resolve

from agencies.models import Agency, Change
from tasks.models import Assignment, Plan
from tests.attacks import TRIED
from tests.support.factories import moment
from tests.support.reading import Page
from tests.test_access_matrix import WITHIN, path_of
from tests.test_offices import browser_of, homes

__all__ = ["browser_of", "homes"]  # fixtures
pytestmark = pytest.mark.django_db

HUGE = "9" * 30
ODD = ["", "\0", HUGE, str(2**63), "-1", "²", "1e400", "NaN", "9999-12-31", "0001-01-01", "[]", "字" * 6000]
PAGES = 4  # of one kind; the others are alike


class Form(NamedTuple):
    is_sent: bool
    action: str
    typed: dict[str, str]
    names: tuple[str, ...]  # of what somebody can type or choose, or what stands hidden


@pytest.fixture(autouse=True)
def today(settings):
    settings.QA_PLAN_TODAY = moment("2016-10-12").date()


def forms_of(page, url):
    """Each form of the page, once for each of its buttons."""
    for form in page.all("//form"):
        action = path_of(form.get("action") or url) or url
        typed, names = {}, []
        ident = form.get("id")
        outside = page.all(f"//*[@form='{ident}'][@name]") if ident else []
        controls = [*form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"), *outside]
        for control in controls:
            kind, name = control.get("type"), control.get("name")
            if kind in ("file", "submit") or control.tag == "button" or name == "csrfmiddlewaretoken":
                continue
            names.append(name)
            if control.tag == "select":
                chosen = control.xpath(".//option[@selected]/@value") or control.xpath(".//option/@value")
                typed[name] = chosen[0] if chosen else ""
            elif control.tag == "textarea":
                typed[name] = control.text or ""
            elif kind not in ("checkbox", "radio") or control.get("checked") is not None:
                typed[name] = control.get("value", "on")
        buttons = [*form.xpath(".//button[@name]"), *(each for each in outside if each.tag == "button")]
        pressed = [{each.get("name"): each.get("value", "")} for each in buttons] or [{}]
        for button in pressed:
            is_sent = form.get("method", "get").lower() == "post"
            yield Form(is_sent, action, {**typed, **button}, tuple(dict.fromkeys([*names, *button])))


def kind_of(form):
    try:
        view = resolve(form.action).view_name
    except Resolver404:
        view = form.action
    return form.is_sent, view, form.names


def forms_for(client):
    """One of each kind, of the pages that the person comes to."""
    found, ahead, seen, kinds = {}, ["/"], {"/"}, Counter()
    while ahead:
        url = ahead.pop(0)
        response = client.get(url)
        ways = set()
        if response.status_code == 302:
            ways = {path_of(response.url)}
        elif response.status_code == 200 and "html" in response.headers["Content-Type"]:
            page = Page(response, url)
            for form in forms_of(page, url):
                found.setdefault(kind_of(form), form)
            ways = {path_of(link.url) for link in page.links("//body")}
        for way in sorted(set(filter(WITHIN.match, ways)) - seen):
            view = resolve(way).view_name
            kinds[view] += 1
            if kinds[view] <= PAGES:
                seen.add(way)
                ahead.append(way)
    return list(found.values())


def answered(client, form, typed):
    """The status, or what went wrong; whatever was done is undone."""
    with transaction.atomic():
        try:
            send = client.post if form.is_sent else client.get
            response = send(form.action, typed)
            if response.streaming:
                list(response.streaming_content)
            said = response.status_code
        except Exception:
            said = traceback.format_exc().strip().splitlines()[-1][:200]
        yield said
        transaction.set_rollback(True)


WHO = [("province", "coordinator"), ("province", "lead_liaison"), ("province", "approver")]
WHO += [("province", "leader"), ("province", "administrator"), ("city", "coordinator"), ("county", "lead_liaison")]


@pytest.mark.parametrize(("home", "role"), WHO, ids=[" ".join(who) for who in WHO])
def test_no_field_takes_anything_for_a_fault(homes, browser_of, home, role):
    client, faults = browser_of(home, role), []
    for form in forms_for(client):
        for name in form.names:
            for value in ODD:
                for said in answered(client, form, {**form.typed, name: value}):
                    TRIED["odd values"] += 1
                    if not isinstance(said, int) or said >= 500:
                        faults.append((form.action, name, value[:20], said))
    assert faults == []


# ── keys of others ───────────────────────────────────────────────────────────────────────────────────────────────


def keys_of(home):
    """Of the rows on which an office's plan stands."""
    slug = home.stage["plan"][0]
    plan = Plan.objects.get(slug=slug)
    found = {key for of in home.stage.values() for key in of if isinstance(key, int)}
    found |= {plan.pk, *plan.items.values_list("pk", flat=True), *plan.items.values_list("number", flat=True)}
    found |= set(Assignment.objects.filter(item__plan=plan).values_list("pk", flat=True))
    found |= set(Agency.objects.filter(office=plan.office_id).values_list("pk", flat=True))
    found |= {person.pk for person in home.cast.values()}
    return sorted(found)[::3], slug  # those of one kind lie side by side


ROWS = [model for label in ("agencies", "tasks", "reports") for model in apps.get_app_config(label).get_models()]
WAYS = ("assignment", "item", "plan", "report", "milestone", "done", "urge", "instruction", "reply", "request", "draft")
WAYS += ("package", "edition", "period", "group", "agency", "user", "recipient")
NAMING = ("assignment", "agency", "item", "plan", "person")
READ_BY_ALL = {"agencies.SecurityEvent"}


def office_of(row, depth=0):
    """The office of whose business the row is, by its own columns; None where it is nobody's."""
    if isinstance(row, Change):
        about = apps.get_model(row.subject_type)._base_manager.filter(pk=row.subject_id).first()
        return office_of(about, 1) if about is not None else None
    names = {field.name for field in row._meta.concrete_fields}
    for way in WAYS:
        if way in names and depth < 6:
            try:
                there = getattr(row, way)
            except ObjectDoesNotExist:
                there = None
            if there is not None:
                return office_of(there, depth + 1)
    return getattr(row, "office_id", None) if "office" in names else None


def highest():
    newest = {}
    for model in ROWS:
        if isinstance(model._meta.pk, models.BigAutoField):
            newest[model] = model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    return newest


def made(before, office):
    """What came after those keys and is that office's business."""
    for model, newest in before.items():
        for row in model._base_manager.filter(pk__gt=newest)[:20]:
            if model._meta.label not in READ_BY_ALL and office_of(row) == office:
                yield model._meta.label, str(row)[:60]


def fields_of_keys(form):
    return [name for name in form.names if form.typed.get(name, "").isdecimal() or name in NAMING]


@pytest.mark.parametrize(
    ("home", "role", "other"),
    [
        ("city", "coordinator", "beside"),
        ("city", "lead_liaison", "beside"),
        ("province", "coordinator", "city"),
        ("province", "lead_liaison", "city"),
    ],
)
def test_no_form_takes_the_keys_of_what_is_another_office_s(homes, browser_of, home, role, other):
    client, found = browser_of(home, role), []
    keys, slug = keys_of(homes[other])
    sent = [(form, name) for form in forms_for(client) if form.is_sent for name in fields_of_keys(form)]
    theirs, before = Plan.objects.get(slug=slug).office_id, highest()
    for form, name in sent:
        for key in keys:
            for said in answered(client, form, {**form.typed, name: str(key)}):
                TRIED["keys of others"] += 1
                if not isinstance(said, int) or said >= 500:
                    found.append((form.action, name, key, said))
                elif said in (200, 302):
                    found += [(form.action, name, key, *each) for each in made(before, theirs)]
    assert found == []
