"""Whom a city's notice means by 市质监局, and a county's by 县教育局."""

import pytest

from agencies.models import Level
from tasks.notice import parse
from tasks.notice.areas import full_name, in_full, is_of_above, own_counterpart

CITY, COUNTY = ["合肥市"], ["肥东县", "合肥市"]
TEXT = """合肥市人民政府办公厅关于印发质量建设2016年工作方案的通知

合政办〔2016〕40号

各县（市）、区人民政府，市政府各部门：

现印发给你们。

合肥市人民政府办公厅
2016年6月30日

合肥市质量建设2016年工作方案

（一）提升质量。推动企业改进。（市质监局、发展改革委牵头，省质监局、合肥海关配合）

（二）加强考核。考核各县。（市质监局负责，市质量工作领导小组其他成员单位协助）

（三）落实责任。层层落实。（各县（市、区）人民政府、肥东县人民政府、市委宣传部负责）
"""


@pytest.mark.parametrize(
    ("areas", "name", "full"),
    [
        (CITY, "市发展改革委", "合肥市发展改革委"),
        (CITY, "市场监管局", "合肥市市场监管局"),
        (CITY, "市市场监管局", "合肥市市场监管局"),
        (CITY, "教育局", "合肥市教育局"),
        (CITY, "市委宣传部", "合肥市委宣传部"),
        (CITY, "合肥市质监局", "合肥市质监局"),
        (CITY, "合肥海关", "合肥海关"),
        (CITY, "肥东县人民政府", "肥东县人民政府"),
        (CITY, "省质监局", "省质监局"),
        (CITY, "各县（市、区）人民政府", "合肥市各县（市、区）人民政府"),
        (CITY, "县教育局", "县教育局"),
        (COUNTY, "县教育局", "肥东县教育局"),
        (COUNTY, "市质监局", "合肥市质监局"),
        (COUNTY, "各乡镇人民政府", "肥东县各乡镇人民政府"),
        (["蜀山区", "合肥市"], "区商务局", "蜀山区商务局"),
        (["巢湖市", "合肥市"], "市教育局", "巢湖市教育局"),
        ([], "省发展改革委", "省发展改革委"),
    ],
)
def test_a_name_is_of_the_area_of_whose_level_it_speaks(areas, name, full):
    assert full_name(name, areas) == full
    assert full_name(full, areas) == full


@pytest.mark.parametrize(
    ("level", "area", "of_above"),
    [
        (Level.PROVINCE, "", ["省质监局"]),
        (Level.CITY, "", ["市质监局"]),
        (Level.CITY, "合肥市", ["合肥市质监局", "市质监局"]),
        (Level.COUNTY, "", ["县质监局"]),
    ],
)
def test_only_a_name_that_begins_with_the_level_or_area_of_the_top_office_is_its_own(level, area, of_above):
    names = ("省质监局", "省直管县人民政府", "合肥市质监局", "市质监局", "市场监管局", "县质监局")
    assert [name for name in names if is_of_above(name, level.signs, area)] == of_above


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("省质量工作领导小组办公室", Level.PROVINCE),
        ("广西壮族自治区质量办", Level.PROVINCE),
        ("市场监管办公室", Level.PROVINCE),
        ("合肥市质量强市领导小组办公室", Level.CITY),
        ("市质量办", Level.CITY),
        ("延边朝鲜族自治州质量办", Level.CITY),
        ("肥东县质量办", Level.COUNTY),
        ("蜀山区质量办", Level.COUNTY),
    ],
)
def test_an_office_s_level_is_in_its_name(name, level):
    assert Level.of_name(name) == level


def test_a_notice_is_told_in_full_and_what_was_printed_stays_beside():
    notice = in_full(parse(TEXT), CITY)
    one, two, three = notice.items
    assert [unit.name for unit in one.leads] == ["合肥市质监局", "合肥市发展改革委"]
    assert [unit.printed for unit in one.leads] == ["市质监局", "发展改革委"]
    assert [unit.name for unit in one.assists] == ["省质监局", "合肥海关"]
    assert two.assist_rule.group == "合肥市质量工作领导小组"
    assert [unit.name for unit in three.leads] == ["合肥市各县（市、区）人民政府", "肥东县人民政府", "合肥市委宣传部"]
    assert [unit.name for unit in one.duties[0].leads] == ["合肥市质监局", "合肥市发展改革委"]
    assert notice.text == TEXT
    assert in_full(notice, CITY) == notice


def test_without_an_area_a_notice_stays_as_it_was_read():
    notice = parse(TEXT)
    assert in_full(notice, []) is notice


def test_the_local_counterpart_of_an_agency_above_bears_the_own_level():
    names = ("省质监局", "省商务厅", "省农委", "合肥海关")
    above = ["", *Level.PROVINCE.signs]
    assert [own_counterpart(name, above, "合肥市") for name in names] == ["市质监局", "市商务局", "市农委", "合肥海关"]
    assert own_counterpart("合肥市质监局", ["合肥市"], "肥东县") == "县质监局"
    names, above = ("市质监局", "合肥市商务局", "市场监管局"), ["合肥市", *Level.CITY.signs]
    assert [own_counterpart(name, above, "肥东县") for name in names] == ["县质监局", "县商务局", "市场监管局"]
