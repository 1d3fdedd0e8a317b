"""帮助: each role's own steps, and one definition for every figure."""

import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.support.factories import make_user
from tests.test_architecture import ROOT

TEMPLATES, FOLDER = ROOT / "templates", ROOT / "docs" / "manuals"
TERMS = ["进度", "序时进度", "较序时", "亮灯", "进度类别", "应报", "已报", "未报", "报送率", "完成时限", "四舍五入"]


def test_every_figure_is_defined_for_everybody(as_leader, as_lead):
    for person in (as_leader, as_lead):
        assert set(TERMS) <= set(person.get("/help/").texts("//dl[@class='terms']/dt"))


WHO = ["lead_liaison", "coordinator", "leader", "administrator"]
MANUALS = ["联络员手册", "统筹人员手册", "领导速览", "系统管理员手册"]


@pytest.mark.parametrize(("who", "title"), list(zip(WHO, MANUALS, strict=True)))
def test_each_reads_the_manual_of_the_own_work_with_its_contents(request, visitor, who, title):
    page = visitor(request.getfixturevalue(who)).get("/help/")
    assert page.text("//h2[@id='manual']") == title
    book = next(path for path in FOLDER.iterdir() if path.read_text().startswith(f"# {title}\n")).read_text()
    assert page.texts("//section[contains(@class, 'manual')]/h3")[:-1] == re.findall("^## (.+)$", book, re.M)
    assert not [text for text in page.texts("//section[contains(@class, 'manual')]//p") if "|" in text]
    leads = [link.get("href") for link in page.all("//nav[@aria-label='本手册目录']/a")]
    assert all(page.all(f"//*[@id='{place.removeprefix('#')}']") for place in leads)


@pytest.mark.parametrize("role", ["administrator", "security", "auditor"])
def test_each_of_the_three_reads_the_administrators_manual_where_powers_are_apart(db, settings, visitor, role):
    settings.ADMINISTRATORS_JOINED = False
    page = visitor(make_user(role, role=role)).get("/help/")
    assert page.text("//h2[@id='manual']") == "系统管理员手册"
    assert "三员分设" in page.texts("//section[contains(@class, 'manual')]/h3")


def test_what_manuals_lead_to_is_there_and_open_to_their_readers(request, visitor):
    for who in WHO:
        person = visitor(request.getfixturevalue(who))
        led = {link.get("href") for link in person.get("/help/").all("//section[contains(@class, 'manual')]//a")}
        for place in {place for place in led if place.startswith("/")}:
            assert person.client.get(place, follow=True).status_code == 200, (who, place)
        assert all(place[0] in "/#" for place in led)


@pytest.mark.parametrize("who", WHO)
def test_each_role_sees_pictures_of_its_own_pages(request, visitor, who):
    pictures = visitor(request.getfixturevalue(who)).get("/help/").all("//main//img")
    assert pictures
    for picture in pictures:
        content = Path(finders.find(picture.get("src").removeprefix("/static/"))).read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert (picture.get("width"), picture.get("height")) == (str(width), str(height))
        assert len(content) < 200_000
        assert picture.get("alt")


def test_help_and_search_are_reached_from_every_page_by_an_access_key(as_leader):
    page = as_leader.get("/messages/")
    assert len(page.all("//footer//a[@accesskey='?']")) == 1
    assert len(page.all("//header//form[@role='search']/input[@accesskey='/']")) == 1


NAMES_A_TERM = re.compile(r'{% term "([\w-]+)"')


def test_every_figure_that_a_page_heads_is_defined(as_leader):
    defined = {term.get("id") for term in as_leader.get("/help/").all("//dl[@class='terms']/dt")}
    named = {key for page in TEMPLATES.rglob("*.html") for key in NAMES_A_TERM.findall(page.read_text())}
    assert len(named) > 10
    assert named <= defined


def test_heads_of_figures_lead_to_their_definitions(demo_leader):
    for path in ["", "sections/1/", "agencies/", "ranking/", "items/3/", "roadmap/", "periods/2016Q3/", "items/"]:
        page = demo_leader.get(f"/plans/2016-76/{path}")
        led = page.all("//main//a[@class='term']/@href")
        assert led, path
        assert all(place.startswith("/help/#") for place in led), path
