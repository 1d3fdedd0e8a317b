"""Endings as other provinces and years print them: who leads, who assists, and what is said instead of guessed."""

from __future__ import annotations

import pytest

from tasks.notice import Item, Notice, NoticeError, parse
from tests.support.notice_build import beside_another, notice, with_ending

SPREAD = [
    # one name that holds an enumeration comma or a joint
    "各区、县级市",
    "各有关区、县级市",
    "各市、县人民政府",
    "各市、县（区）人民政府",
    "各市、县〔市、区〕政府",
    "各市、县、自治县人民政府",
    "各省辖市、省直管县（市）政府",
    "各盟行政公署、市人民政府",
    "各市、县、自治县党委和政府",
    "各级党委和政府",
    "各市（含甲、乙市，下同）政府",
    "有关市、县（市、区）政府",
    "自治区党委和政府督查室",
]
UNITS = [
    # names that hold a verb or a joint of the closing's own words
    "省政协办公厅",
    "省行业协会商会",
    "省企业联合会",
    "省就业指导局",
    "推进“一带一路”建设工作领导小组办公室",
    "促进中小企业发展工作领导小组办公室",
    "国家粮食和物资储备局",
    "省市场监管局（省知识产权局）",
    "中国某某厂（集团）有限责任公司",
]
FORMS = [
    # ending, leads, assists
    ("（省科技厅按职责分工负责，各市人民政府结合实际抓好落实）", "省科技厅 各市人民政府", ""),
    ("（省财政厅、省水利厅联合省教育厅负责）", "省财政厅 省水利厅 省教育厅", ""),
    ("（省财政厅为牵头单位，省水利厅为配合单位）", "省财政厅", "省水利厅"),
    ("（牵头部门为省财政厅，配合部门为省水利厅）", "省财政厅", "省水利厅"),
    ("（牵头单位省财政厅，责任单位省水利厅）", "省财政厅", "省水利厅"),
    ("（以省财政厅为主，省水利厅配合）", "省财政厅", "省水利厅"),
    ("（责任单位：省财政厅、省水利厅，其中省财政厅牵头）", "省财政厅", "省水利厅"),
    ("（责任单位：省财政厅、省水利厅〈排名第一的为牵头单位〉）", "省财政厅", "省水利厅"),
    ("（有关区、县级市、自治区党委和政府督查室负责）", "有关区、县级市 自治区党委和政府督查室", ""),
    ("（省财政厅 省水利厅 省教育厅负责）", "省财政厅 省水利厅 省教育厅", ""),
    ("（责任单位：省财政厅　省水利厅）", "省财政厅 省水利厅", ""),
    ("（责任单位：1.省财政厅；2.省水利厅）", "省财政厅 省水利厅", ""),
    ("（省财政厅负责，立即实施）", "省财政厅", ""),
    ("（牵头单位：省财政厅 责任单位：省水利厅 完成时限：2024年12月）", "省财政厅", "省水利厅"),
    # what a unit does is no unit
    ("（省财政厅、省水利厅负责督查）", "省财政厅 省水利厅", ""),
    ("（省商务厅负责开拓市场）", "省商务厅", ""),
    ("（省商务厅牵头组织博览会，省贸促会参与）", "省商务厅", "省贸促会"),
    ("（省财政厅负责资金保障、项目监管、绩效评价，省水利厅负责组织实施）", "省财政厅 省水利厅", ""),
    ("（省教育厅负责制定方案并组织实施，省财政厅配合）", "省教育厅", "省财政厅"),
    ("（各市、县人民政府是责任主体，省教育厅负责指导）", "各市、县人民政府 省教育厅", ""),
    ("（省财政厅主管，省水利厅协管）", "省财政厅", "省水利厅"),
    # brackets, verbs and labels that belong to a name or stand round it
    ("（牵头单位：省商务厅〔省口岸办〕，责任单位：某某海关）", "省商务厅〔省口岸办〕", "某某海关"),
    (
        "（省扶贫办牵头，17个省级帮扶集团牵头单位和各对口协同发展区县（自治县）政府具体负责）",
        "省扶贫办",
        "17个省级帮扶集团牵头单位 各对口协同发展区县（自治县）政府",
    ),
    ("（省房地产市场和产权交易管理中心、省财政厅负责）", "省房地产市场和产权交易管理中心 省财政厅", ""),
    ("（各开发区管委会、区县（市）政府负责）", "各开发区管委会 区县（市）政府", ""),
    ("（省财政厅和商务厅负责）", "省财政厅 省商务厅", ""),
    ("（牵头（责任）单位：省财政厅；配合（协助）单位：省教育厅）", "省财政厅", "省教育厅"),
    ("（牵头考核单位：省财政厅；配合考核单位：省教育厅）", "省财政厅", "省教育厅"),
    ("（省财政厅（牵头）、省水利厅（配合））", "省财政厅", "省水利厅"),
    ("（省财政厅、省教育厅双牵头，省审计厅配合）", "省财政厅 省教育厅", "省审计厅"),
    ("（省财政厅、省教育厅等部门（单位）按职责分工推进落实）", "省财政厅 省教育厅", ""),
    ("（省财政厅、省水利厅等有关部门、单位按职责分工负责）", "省财政厅 省水利厅 有关部门、单位", ""),
    ("（省财政厅会同省水利厅制定，2020年9月底前印发）", "省财政厅", "省水利厅"),
    ("（省财政厅2020年6月底前完成）", "省财政厅", ""),
    ("（省财政厅★、省水利厅*负责）", "省财政厅 省水利厅", ""),
    ("（省财政厅、省水利厅，各市人民政府。排在首位的为牵头单位，其他为责任单位）", "省财政厅", "省水利厅 各市人民政府"),
    ("（省级层面：省财政厅；市县层面：各市、县人民政府）", "省财政厅 各市、县人民政府", ""),
    ("（上海市、江苏省、浙江省人民政府负责）", "上海市 江苏省 浙江省人民政府", ""),
    ("（责任单位：省财政厅（联系人：某某，电话：123））", "省财政厅", ""),
    # on lines of their own
    ("\n责任单位：省财政厅，各市政府\n完成时限：2022年12月底", "省财政厅 各市政府", ""),
    ("\n责任单位：省财政厅，各市政府 \n完成时限：持续推进 ", "省财政厅 各市政府", ""),
    ("\n责任单位：省财政厅、\n省水利厅", "省财政厅 省水利厅", ""),
    ("\n（牵头单位：省财政厅\n配合单位：省水利厅、省教育厅）", "省财政厅", "省水利厅 省教育厅"),
    ("\n（省财政厅牵头，省水利厅、\n省教育厅配合）", "省财政厅", "省水利厅 省教育厅"),
    ("\n牵头单位\n省财政厅\n配合单位\n省水利厅、省教育厅", "省财政厅", "省水利厅 省教育厅"),
    ("\n牵头单位　省财政厅\n配合单位　省水利厅", "省财政厅", "省水利厅"),
    ("\n1.主要举措：做。\n2.责任分工：省财政厅牵头，省水利厅配合。", "省财政厅", "省水利厅"),
]


def only_item(text: str) -> Item:
    (item,) = parse(text).items
    return item


def names(units: object) -> str:
    return " ".join(str(unit) for unit in units)  # type: ignore[attr-defined]


def reasons(read: Notice) -> list[str]:
    return [problem.reason for problem in read.problems]


@pytest.mark.parametrize("unit", [*SPREAD, *UNITS])
def test_a_unit_is_read_whole_wherever_it_stands(unit: str) -> None:
    for ending in (f"（{unit}、省财政厅负责）", f"（省财政厅及{unit}负责）", f"（省财政厅，{unit}负责）"):
        assert set(map(str, only_item(with_ending(ending)).leads)) == {"省财政厅", unit}
    item = only_item(with_ending(f"（牵头单位：省财政厅；配合单位：{unit}）"))
    assert (names(item.leads), names(item.assists)) == ("省财政厅", unit)


@pytest.mark.parametrize(("ending", "leads", "assists"), FORMS)
def test_an_ending_names_leads_and_assists_and_leaves_no_doubt(ending: str, leads: str, assists: str) -> None:
    read = parse(with_ending(ending))
    (item,) = read.items
    assert (names(item.leads), names(item.assists)) == (leads, assists)
    assert item.title == "完善体系"
    assert read.problems == ()


def test_half_width_brackets_within_a_name_keep_the_name() -> None:
    item = only_item(with_ending("(责任单位:省财政厅;配合单位:省金融局(省金融办)、各县(市、区)政府)"))
    assert (names(item.leads), names(item.assists)) == ("省财政厅", "省金融局(省金融办) 各县(市、区)政府")
    assert [unit.is_collective for unit in item.assists] == [False, True]


UNREAD = [
    # ending, leads that are read all the same, what is said
    ("（省财政厅归口，省水利厅联办）", "", "“（省财政厅归口，省水利厅联办）”没有读懂，请核对"),
    ("\n责任单位：省督查室本措施自印发之日起施行", "", "“责任单位：省督查室本措施自印发之日起施行”没有读懂，请核对"),
    ("（省财政厅按季度通报，各市政府负责）", "各市政府", "“省财政厅按季度通报”不像单位名称，没有读入"),
    ("建设平台（省财政厅牵头）工程。", "", "“（省财政厅牵头）”没有读懂，请核对"),
    ("（承办单位：省财政厅；督办单位：省政府督查室）", "省财政厅", "“督办单位：省政府督查室”没有读入，请核对"),
    (
        "（责任单位：省财政厅。具体任务均涉及各市人民政府，不再做分工，下同）",
        "省财政厅",
        "“具体任务均涉及各市人民政府，不再做分工”没有逐项展开，请核对",
    ),
    ("（省财政厅、国有房屋租金减免3个月负责）", "省财政厅", "“国有房屋租金减免3个月”不像单位名称，没有读入"),
]


@pytest.mark.parametrize(("ending", "leads", "said"), UNREAD)
def test_what_cannot_be_read_is_said_and_not_guessed(ending: str, leads: str, said: str) -> None:
    read = parse(beside_another(ending))
    assert names(read.items[-1].leads) == leads
    assert said in reasons(read)


def test_who_answers_for_a_whole_section_is_said() -> None:
    read = parse(
        notice("一、甲（牵头单位：省财政厅）", "（一）乙。做。（省水利厅负责）", "（二）丙。做。（省教育厅负责）")
    )
    assert names(read.items[0].leads) == "省水利厅"
    assert [(problem.line, problem.reason) for problem in read.problems] == [
        (5, "“一、”整个部分写明的单位（省财政厅）没有分到各项任务，请核对")
    ]


def test_a_notice_in_which_nobody_answers_is_refused_with_what_was_looked_for() -> None:
    with pytest.raises(NoticeError, match=r"没有一项任务写明负责单位；找过.*牵头单位："):
        parse(notice("一、甲", "（一）乙。做。"))


NO_ENDINGS = [
    "完善部门联动机制（公安、市场监管、税务等部门）。",
    "推进公共机构（机关、学校、医院等）节能改造。",
    "建立联席会议制度（办公室设在省市场监管局）。",
    "推广“管行业必须管安全”（谁主管谁负责）。",
    "省财政厅要会同有关部门加强资金管理。",
    "各地要抓好落实。",
    "各部门要按照职责分工负责。",
    "推行项目经理负责制（企业主要负责人负责）。",
    "（资料来源：省统计局）",
]


@pytest.mark.parametrize("sentence", NO_ENDINGS)
def test_a_bracket_or_sentence_that_only_mentions_units_is_no_ending(sentence: str) -> None:
    item = parse(beside_another(sentence)).items[-1]
    assert (item.leads, item.assists, item.responsibility_start) == ((), (), None)
