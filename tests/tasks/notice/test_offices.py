"""Names that lack their level, and several forms of one office's name."""

from __future__ import annotations

import pytest

from tasks.notice import Notice, parse
from tasks.notice.offices import completed, short_form
from tests.support.notice_build import notice

LISTS = [
    ("市发改委、商务局、市场监管局负责", "市发改委 市商务局 市市场监管局"),
    (
        "省工业和信息化厅牵头，省委网信办，省发展改革委、科技厅、政务和数据局，省通信管理局等配合",
        "省工业和信息化厅 省委网信办 省发展改革委 省科技厅 省政务和数据局 省通信管理局",
    ),
    ("自治区财政厅、工业和信息化厅，各设区市人民政府负责", "自治区财政厅 自治区工业和信息化厅 各设区市人民政府"),
    ("市委宣传部、组织部、财政局负责", "市委宣传部 市委组织部 市财政局"),
    ("省法院、检察院负责", "省法院 省检察院"),
    ("省财政厅、合肥海关、安徽银保监局、人民银行负责", "省财政厅 合肥海关 安徽银保监局 人民银行"),
    ("财政部、国家发展改革委、教育部负责", "财政部 国家发展改革委 教育部"),
    ("市发改委、区财政局、教育局负责", "市发改委 区财政局 教育局"),
    ("市场监管局、财政局负责", "市场监管局 财政局"),
]


def read(*endings: str) -> Notice:
    return parse(notice("一、甲", *(f"{n}.乙{n}。做。（{ending}）" for n, ending in enumerate(endings, start=1))))


@pytest.mark.parametrize(("ending", "names"), LISTS)
def test_a_name_without_a_level_takes_that_of_its_lists_first(ending: str, names: str) -> None:
    (item,) = read(ending).items
    assert " ".join(str(unit) for unit in (*item.leads, *item.assists)) == names
    assert all(unit.printed in ending for unit in (*item.leads, *item.assists))


def test_two_forms_of_one_office_are_one() -> None:
    asked = read(
        "市市场监管局负责",
        "市市场监管局、市发展和改革委员会负责",
        "市场监管局负责",
        "市发改委、市文旅局负责",
        "市发改委负责",
    )
    assert asked.aliases == {"市场监管局": "市市场监管局", "市发展和改革委员会": "市发改委"}
    assert asked.problems == ()


def test_a_name_that_may_be_of_two_levels_is_a_question() -> None:
    asked = read("省财政厅、省民政局负责", "市民政局负责", "民政局负责")
    assert [(problem.words, problem.choices) for problem in asked.problems] == [("民政局", ("省民政局", "市民政局"))]
    assert "民政局" not in asked.aliases


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("省发展和改革委员会", "省发改委"),
        ("省发展改革委", "省发改委"),
        ("市人力资源和社会保障局", "市人社局"),
        ("市市场监督管理局", "市市场监管局"),
        ("市委网络安全和信息化委员会办公室", "市委网信办"),
        ("市残疾人联合会", "市残联"),
        ("某某经济技术开发区管委会", "某某经开区管委会"),
    ],
)
def test_long_and_short_forms_are_known(long: str, short: str) -> None:
    assert short_form(long) == short


def test_a_list_without_a_first_level_completes_nothing() -> None:
    assert completed(["财政局", "市商务局"]) == {}
    assert completed([]) == {}


SPELLINGS = [
    *((f"磨憨{dash}磨丁合作区管委会", "磨憨-磨丁合作区管委会") for dash in "—–‐‑−－﹣~～"),
    ("磨憨——磨丁合作区管委会", "磨憨-磨丁合作区管委会"),
    ("皖江１２３４５热线中心", "皖江12345热线中心"),
    ("市数据局ＡＢ中心", "市数据局AB中心"),
    ("阿·合作区管委会", "阿・合作区管委会"),
]


@pytest.mark.parametrize(("other", "name"), SPELLINGS)
def test_a_name_printed_with_another_dash_or_in_full_width_is_the_same_office(other: str, name: str) -> None:
    asked = read(f"市商务局、{name}负责", f"{name}负责", f"{other}、市财政局负责")
    assert asked.aliases == {other: name}
    assert [str(unit) for unit in asked.items[2].leads] == [other, "市财政局"]


def test_other_letters_are_another_office() -> None:
    assert not read("磨憨-磨丁合作区管委会负责", "磨憨磨丁合作区管委会负责").aliases
