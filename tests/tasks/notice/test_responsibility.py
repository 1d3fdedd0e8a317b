"""How an ending is read: who leads, who assists."""

from __future__ import annotations

import pytest

from tasks.notice import Item, parse
from tests.support.notice_build import beside_another, notice, with_ending

FORMS = [
    # ending, leads, assists
    ("（省财政厅负责）", "省财政厅", ""),
    ("（省财政厅、省水利厅按职责分工负责）", "省财政厅 省水利厅", ""),
    ("（省财政厅、省水利厅负责，省质量工作领导小组其他成员单位协助）", "省财政厅 省水利厅", ""),
    ("（省财政厅牵头，省水利厅、省教育厅配合）", "省财政厅", "省水利厅 省教育厅"),
    ("（省财政厅牵头、省水利厅配合）", "省财政厅", "省水利厅"),
    ("（由省财政厅牵头，会同省水利厅、省教育厅落实）", "省财政厅", "省水利厅 省教育厅"),
    (
        "（牵头单位：省财政厅；责任单位：省水利厅、省教育厅，各市人民政府）",
        "省财政厅",
        "省水利厅 省教育厅 各市人民政府",
    ),
    ("（责任单位：省财政厅、省水利厅）", "省财政厅 省水利厅", ""),
    ("（责任部门：省财政厅　配合部门：省水利厅）", "省财政厅", "省水利厅"),
    ("（主办：省财政厅；协办：省水利厅、团省委）", "省财政厅", "省水利厅 团省委"),
    ("（主办单位：省财政厅，协办单位：省水利厅）", "省财政厅", "省水利厅"),
    ("（牵头单位：省财政厅；参加单位：省水利厅；完成时限：2020年12月底前）", "省财政厅", "省水利厅"),
    ("（省财政厅、省水利厅等负责）", "省财政厅 省水利厅", ""),
    ("（省财政厅、省水利厅等部门负责）", "省财政厅 省水利厅", ""),
    ("（省财政厅等有关部门按职责分工负责）", "省财政厅 有关部门", ""),
    ("（省财政厅会同省水利厅负责）", "省财政厅", "省水利厅"),
    ("（省财政厅会同省水利厅、省教育厅等部门按职责分工负责）", "省财政厅", "省水利厅 省教育厅"),
    ("（省财政厅、省水利厅牵头负责）", "省财政厅 省水利厅", ""),
    (
        "（发展改革委牵头，财政部等国务院相关部门及各地区按职责分工负责）",
        "发展改革委",
        "财政部 国务院相关部门 各地区",
    ),
    (
        "（国务院办公厅牵头，国务院相关部门和单位及各地区按职责分工负责）",
        "国务院办公厅",
        "国务院相关部门和单位 各地区",
    ),
    ("（各地区、各部门负责）", "各地区 各部门", ""),
    ("（省财政厅负责；省水利厅配合）", "省财政厅", "省水利厅"),
    ("（省财政厅、省水利厅、省教育厅参与）", "省财政厅 省水利厅 省教育厅", ""),
    ("（省财政厅、省水利厅负责，列第一位者为牵头单位）", "省财政厅", "省水利厅"),
    ("（省财政厅（牵头）、省水利厅、省教育厅）", "省财政厅", "省水利厅 省教育厅"),
    ("（省财政厅负责，2020年6月底前完成）", "省财政厅", ""),
    ("（省财政厅、省水利厅分别负责，持续推进）", "省财政厅 省水利厅", ""),
    ("（省财政厅、省水利厅）", "省财政厅 省水利厅", ""),
    ("（省财政厅负责统筹资金，省水利厅负责组织实施）", "省财政厅 省水利厅", ""),
    ("(省财政厅牵头,省水利厅、省教育厅配合)", "省财政厅", "省水利厅 省教育厅"),
    ("【责任单位：省财政厅、省水利厅】", "省财政厅 省水利厅", ""),
    ("[牵头单位:省财政厅;配合单位:省水利厅]", "省财政厅", "省水利厅"),
    ("\n责任单位：省财政厅、省水利厅。", "省财政厅 省水利厅", ""),
    ("\n牵头单位：省财政厅\n配合单位：省水利厅、省教育厅", "省财政厅", "省水利厅 省教育厅"),
    (
        "\n牵头负责领导：刘某。\n牵头责任单位：省财政厅。\n协同责任单位：省水利厅、省教育厅等。",
        "省财政厅",
        "省水利厅 省教育厅",
    ),
    ("由省财政厅牵头，省水利厅配合。", "省财政厅", "省水利厅"),
    ("关于资金问题，由省财政厅会同省水利厅等部门研究提出意见。", "省财政厅", "省水利厅"),
    (
        "（工业和信息化部、文化和旅游部和人力资源社会保障部负责）",
        "工业和信息化部 文化和旅游部 人力资源社会保障部",
        "",
    ),
    (
        "（国家粮食和物资储备局、省住房和城乡建设厅及各市人民政府负责）",
        "国家粮食和物资储备局 省住房和城乡建设厅 各市人民政府",
        "",
    ),
    (
        "（省发展和改革委员会与省人力资源和社会保障厅负责）",
        "省发展和改革委员会 省人力资源和社会保障厅",
        "",
    ),
    ("（各市、县（市、区）人民政府，省农业农村厅等负责）", "各市、县（市、区）人民政府 省农业农村厅", ""),
    (
        "（市商务委、市政府口岸物流办、自由贸易试验区管委会负责）",
        "市商务委 市政府口岸物流办 自由贸易试验区管委会",
        "",
    ),
    ("（省发展改革委（省能源局）、省财政厅负责）", "省发展改革委（省能源局） 省财政厅", ""),
    (
        "（省委组织部、省高等教育中心、省推进职能转变协调小组负责）",
        "省委组织部 省高等教育中心 省推进职能转变协调小组",
        "",
    ),
]


def only_item(text: str) -> Item:
    (item,) = parse(text).items
    return item


def names(units: object) -> str:
    return " ".join(str(unit) for unit in units)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("ending", "leads", "assists"), FORMS)
def test_an_ending_names_leads_and_assists(ending: str, leads: str, assists: str) -> None:
    item = only_item(with_ending(ending))
    assert (names(item.leads), names(item.assists)) == (leads, assists)
    assert item.title == "完善体系"


NO_ENDINGS = [
    "（此件公开发布）",
    "（2013-2020年）",
    "（仅销售预包装食品）",
    "（含国企）",
    "（主要负责人参加）",
    "各地要落实属地管理责任。",
    "（见附件）",
]


@pytest.mark.parametrize("words", NO_ENDINGS)
def test_what_names_no_unit_is_no_ending(words: str) -> None:
    item = parse(beside_another(words)).items[-1]
    assert (item.leads, item.assists, item.responsibility_start) == ((), (), None)


def test_an_open_list_marks_its_last_name_and_collective_names_are_marked() -> None:
    item = only_item(with_ending("（省财政厅牵头，省水利厅等省有关部门及各市人民政府负责）"))
    assert [(unit.name, unit.is_open, unit.is_collective) for unit in item.leads + item.assists] == [
        ("省财政厅", False, False),
        ("省水利厅", True, False),
        ("省有关部门", False, True),
        ("各市人民政府", False, True),
    ]


def test_the_other_members_of_a_group_are_a_rule_and_no_name() -> None:
    item = only_item(with_ending("（省财政厅负责，省某某领导小组其他成员单位协助）"))
    assert item.assist_rule is not None
    assert (item.assist_rule.group, item.assist_rule.text) == (
        "省某某领导小组",
        "省某某领导小组其他成员单位协助",
    )
    assert item.assists == ()


def test_the_first_leads_from_where_the_notice_says_so() -> None:
    items = parse(
        notice(
            "一、主要任务",
            "（一）甲。做。（省财政厅、省水利厅负责）",
            "（二）乙。做。（省教育厅、省水利厅负责，排在第一位的部门为牵头部门，下同）",
            "（三）丙。做。（省科技厅、省水利厅等负责）",
            "（四）丁。做。（省科技厅、省水利厅牵头负责）",
        )
    ).items
    assert [(names(item.leads), names(item.assists)) for item in items] == [
        ("省财政厅 省水利厅", ""),
        ("省教育厅", "省水利厅"),
        ("省科技厅", "省水利厅"),
        ("省科技厅 省水利厅", ""),
    ]


def test_the_first_leads_everywhere_if_the_preamble_says_so() -> None:
    text = notice("各项任务列首位的为牵头单位。", "一、任务", "（一）甲。做。（省财政厅、省水利厅负责）")
    assert names(only_item(text).leads) == "省财政厅"


def test_several_endings_of_one_item_are_taken_together() -> None:
    item = only_item(with_ending("（省财政厅负责）推进改革。（省水利厅牵头，省教育厅、省财政厅参与）"))
    assert (names(item.leads), names(item.assists)) == ("省财政厅 省水利厅", "省教育厅")
    assert [measure.text for measure in item.measures] == ["加快建设。", "推进改革。"]


def test_an_ending_may_stand_behind_the_title() -> None:
    item = only_item(notice("一、任务", "（一）完善体系（省财政厅牵头，省水利厅配合）", "加快建设。"))
    assert (item.title, names(item.leads), names(item.assists)) == ("完善体系", "省财政厅", "省水利厅")
    assert [measure.text for measure in item.measures] == ["加快建设。"]


def test_a_name_that_is_no_unit_is_reported() -> None:
    read = parse(with_ending("（省财政厅、甲乙丙负责）"))
    assert [(problem.line, problem.reason) for problem in read.problems] == [(6, "“甲乙丙”不像单位名称，请核对")]


def test_a_standing_duty_that_is_said_once_is_read_once_and_reported() -> None:
    ending = (
        "〔市财政局牵头，市水利局参与，各县、区人民政府（管委会）负责落实。以下均需各县、区人民政府落实，不再列出。〕"
    )
    read = parse(with_ending(ending))
    assert (names(read.items[0].leads), names(read.items[0].assists)) == (
        "市财政局",
        "市水利局 各县、区人民政府（管委会）",
    )
    assert [problem.reason for problem in read.problems] == [
        "“以下均需各县、区人民政府落实，不再列出”没有逐项展开，请核对"
    ]
