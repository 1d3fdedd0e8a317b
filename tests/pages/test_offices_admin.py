"""Administrators make the offices of cities and counties; where there is one office, no list speaks of them."""

from datetime import date

import pytest

from agencies.models import Agency, Change, Office, User
from tests.support.factories import make_agency, make_office, make_user

OFFICES, PEOPLE = "/admin/agencies/office/", "/admin/agencies/user/"
CITY = {"area": "合肥市", "level": "city", "code": "340100", "parent": "", "name": "合肥市质量办", "ordinal": "1"}


@pytest.fixture
def as_administrator(administrator, visitor, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    return visitor(administrator)


def test_an_office_gets_its_place_when_it_is_made_and_keeps_it(as_administrator):
    government = make_agency("合肥市人民政府")
    as_administrator.post(f"{OFFICES}add/", **CITY, urge_prefix="合质督", government=government.pk)
    city = Office.objects.get(code="340100")
    assert (city.path, city.government) == ("340100/", government)
    county = CITY | {"area": "肥东县", "level": "county", "code": "340122", "parent": city.path}
    as_administrator.post(f"{OFFICES}add/", **county, urge_prefix="肥东质督")
    assert Office.objects.get(code="340122").path == "340100/340122/"
    changed = CITY | {"code": "999999", "name": "合肥市质量工作领导小组办公室"}
    as_administrator.post(f"{OFFICES}{city.pk}/change/", **changed, urge_prefix="合质督", government=government.pk)
    city.refresh_from_db()
    assert (city.code, city.path, city.name) == ("340100", "340100/", "合肥市质量工作领导小组办公室")
    assert Change.objects.filter(action="修改统筹机构").count() == 1


def test_a_government_that_answers_to_another_office_is_refused(as_administrator):
    beside = make_agency("芜湖市质监局", office=make_office("芜湖市"))
    page = as_administrator.post(f"{OFFICES}add/", 200, **CITY, urge_prefix="合质督", government=beside.pk)
    assert "本级政府对上级承担任务，应是省级的单位" in page.source


def test_lists_and_forms_speak_of_offices_once_there_are_several(as_administrator):
    assert "所属机构" not in as_administrator.get(PEOPLE).source
    assert as_administrator.get(f"{PEOPLE}add/").all("//select[@name='office']") == []
    city = make_office("合肥市")
    make_user("合肥统筹", office=city)
    page = as_administrator.get(PEOPLE)
    assert "所属机构" in page.source
    assert page.all("//td[contains(@class, 'field-home')][.='合肥市']")
    assert page.status == 200
    offered = as_administrator.get(f"{PEOPLE}add/").all("//select[@name='office']/option/@value")
    assert offered == ["", city.path]
    assert as_administrator.get("/admin/agencies/agency/").status == 200


def test_the_last_coordinator_of_each_office_stays_there(as_administrator, coordinator):
    city = make_office("合肥市")
    only = make_user("合肥统筹", office=city)
    whole = {"username": only.username, "display_name": "某人", "role": "coordinator", "agency": "", "is_active": "on"}
    page = as_administrator.post(f"{PEOPLE}{only.pk}/change/", 200, **whole, office="")
    assert "这是最后一名在用的统筹人员" in page.source
    assert User.objects.get(pk=only.pk).office == city
    assert Agency.objects.filter(office=None).exists()
