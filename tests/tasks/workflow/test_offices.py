"""Offices from a list, who is told by which office, and how each numbers its urges."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency, Change, Office, Role, User
from tasks.access import newest_plan
from tasks.models import Message
from tasks.workflow import make_request, urge
from tests.support.factories import (
    make_assignment,
    make_item,
    make_local_plan,
    make_office,
    make_plan,
    make_user,
    moment,
    sign_receipt,
)

pytestmark = pytest.mark.django_db

HEAD = "代码,地区,层级,上级代码,机构名称,代字,政府单位名称\n"
LIST = HEAD + (
    "340122,肥东县,县,340100,肥东县质量工作领导小组办公室,肥东质督,肥东县人民政府\n"
    "340100,合肥市,市,,合肥市质量工作领导小组办公室,合质督,合肥市人民政府\n"
)


@pytest.fixture
def load(tmp_path):
    def load(text: str) -> str:
        file, out = tmp_path / "机构.csv", StringIO()
        file.write_text(text, encoding="gb18030")
        call_command("load_offices", str(file), stdout=out)
        return out.getvalue()

    return load


def test_a_list_makes_the_offices_that_are_missing_with_their_governments(load):
    assert "新设2个" in load(LIST)
    county = Office.objects.get(code="340122")
    assert (county.path, county.parent.area, county.government.office.area) == ("340100/340122/", "合肥市", "合肥市")
    assert Agency.objects.get(name="合肥市人民政府").office is None
    assert "新设0个" in load(LIST)
    assert Office.objects.local().count() == 2
    assert Change.objects.filter(action="新增统筹机构").count() == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("34,合肥市,市,,办公室,合,合肥市人民政府\n", "第1行：代码“34”应为6至12位数字"),
        ("340100,,市,,办公室,合,合肥市人民政府\n", "没有填写地区"),
        ("340100,合肥市,省,,办公室,合,\n", "层级“省”应为市或县"),
        ("340122,肥东县,县,340100,办公室,东,\n", "上级代码“340100”不在名单内"),
    ],
)
def test_a_list_with_a_wrong_line_makes_nothing(load, line, said):
    with pytest.raises(CommandError, match=said):
        load(HEAD + line)
    assert not Office.objects.local().exists()


def test_a_list_without_its_head_is_refused(load):
    with pytest.raises(CommandError, match="找不到表头"):
        load("甲,乙\n1,2\n")


def test_who_coordinates_the_plan_s_own_office_is_told_and_nobody_else():
    city = make_office("合肥市")
    own = make_user("合肥统筹", office=city)
    for office in (None, make_office("芜湖市")):
        make_user(office=office)
    liaison = make_user(role=Role.LIAISON, agency=Agency.objects.create(name="合肥市质监局", office=city))
    part = make_assignment(make_item(make_local_plan(make_plan(), city)), liaison.agency)
    sign_receipt(part, at=moment("2016-06-01"))
    asked = {"kind": "extension", "reason": "汛期", "due_on": date(2017, 1, 31)}
    make_request(assignment=part, by=liaison, at=moment("2016-09-01 10:00"), **asked)
    assert list(Message.objects.values_list("recipient", flat=True)) == [own.pk]


def test_each_office_numbers_its_own_urges_under_its_own_prefix():
    city = make_office("合肥市", urge_prefix="合质督")
    province = make_plan()
    for plan, office in ((province, None), (make_local_plan(province, city), city)):
        agency = Agency.objects.create(name=f"{office or '省'}质监局", office=office)
        part = make_assignment(make_item(plan), agency)
        what = {"text": "请答复。", "reply_by": date(2016, 9, 7), "at": moment("2016-09-01 10:00")}
        [made] = urge(assignments=[part], by=make_user(office=office), **what)
        assert made.number == 1
        assert made.office == office
    assert made.label == "合质督〔2016〕1号"


def test_the_newest_plan_is_the_own_office_s_or_that_of_the_office_above():
    city = make_office("合肥市")
    county, province = make_office("肥东县", parent=city), make_plan()
    of_city = make_local_plan(province, city, issued_on=date(2016, 5, 1))
    of_county = make_user(office=county)
    assert newest_plan(of_county) == of_city
    assert newest_plan(make_user()) == province
    own = make_local_plan(of_city, county, issued_on=date(2016, 4, 1))
    assert newest_plan(User.objects.get(pk=of_county.pk)) == own
