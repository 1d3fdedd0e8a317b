"""皖政办秘〔2016〕76号, as published: the figures a careful reader counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tasks.notice import Notice, parse, read

FIXTURE = Path(__file__).parents[3] / "fixtures" / "notices" / "皖政办秘〔2016〕76号.txt"
RULE = "省质量工作领导小组其他成员单位协助"


@pytest.fixture(scope="module")
def notice() -> Notice:
    return parse(read(FIXTURE))


def test_it_says_who_issued_what_and_when(notice: Notice) -> None:
    assert notice.document_number == "皖政办秘〔2016〕76号"
    assert notice.title == "安徽省人民政府办公厅关于印发贯彻质量发展纲要推进质量安徽建设2016年行动计划的通知"
    assert notice.issuer == "安徽省人民政府办公厅"
    assert notice.issued_on == date(2016, 5, 24)
    assert notice.text == FIXTURE.read_text(encoding="utf-8")
    assert notice.problems == ()


def test_it_rests_on_three_documents(notice: Notice) -> None:
    assert [(basis.title, basis.document_number) for basis in notice.legal_bases] == [
        ("国务院办公厅关于印发贯彻实施质量发展纲要2016年行动计划的通知", "国办发〔2016〕18号"),
        ("中共安徽省委安徽省人民政府关于印发〈加快调结构转方式促升级行动计划〉的通知", "皖发〔2015〕13号"),
        ("安徽省人民政府关于印发安徽省质量发展纲要（2013-2020年）的通知", "皖政〔2013〕19号"),
    ]


def test_it_has_three_sections_with_seventeen_items(notice: Notice) -> None:
    assert [(section.number, section.title, len(section.items)) for section in notice.sections] == [
        (1, "实施质量品牌升级工程", 6),
        (2, "夯实质量品牌升级基础", 5),
        (3, "优化质量品牌升级环境", 6),
    ]
    assert [item.number for item in notice.items] == list(range(1, 18))


def test_titles_keep_their_commas_and_quotation_marks(notice: Notice) -> None:
    titles = [item.title for item in notice.items]
    assert titles[5] == "开展创建“全国质量强市示范城市”“省质量强县示范县”等活动"
    assert titles[11] == "加强质量整治，淘汰落后产能和化解过剩产能"


def test_twenty_four_agencies_lead_seventy_nine_times(notice: Notice) -> None:
    leads = [lead.name for item in notice.items for lead in item.leads]
    assert (len(leads), len(set(leads))) == (79, 24)
    assert all(not item.assists for item in notice.items)
    assert [lead.name for lead in notice.items[4].leads] == [
        "省发展改革委",
        "省商务厅",
        "安徽出入境检验检疫局",
        "合肥海关",
    ]


def test_the_other_members_of_the_group_assist_on_four_items(notice: Notice) -> None:
    rules = {item.number: item.assist_rule for item in notice.items if item.assist_rule}
    assert list(rules) == [6, 9, 15, 17]
    assert {(rule.group, rule.text) for rule in rules.values()} == {("省质量工作领导小组", RULE)}


def test_seven_indicators_and_no_other_number(notice: Notice) -> None:
    found = [(item.number, each.name, each.target, each.unit) for item in notice.items for each in item.indicators]
    assert found == [
        (3, "安徽省政府质量奖企业", 5, "家"),
        (3, "安徽名牌", 170, "个"),
        (3, "安徽省著名商标", 400, "件"),
        (3, "安徽工业精品", 100, "个"),
        (3, "省优“黄山杯”", 90, "项"),
        (3, "安徽老字号", 30, "个"),
        (10, "领导干部（含国企）质量品牌升级研讨班", 1, "期"),
    ]


def test_measures_are_the_sentences_between_title_and_ending(notice: Notice) -> None:
    counts = [len(item.measures) for item in notice.items]
    assert counts == [5, 4, 6, 2, 3, 4, 2, 4, 4, 3, 7, 3, 6, 13, 3, 2, 6]
    assert notice.items[0].measures[1].text == "在重点领域开展服务业质量提升专项行动。"


def test_the_closing_paragraph_belongs_to_no_item(notice: Notice) -> None:
    assert notice.items[-1].text.endswith(f"（省质监局、安徽保监局负责，{RULE}）")


def test_every_stored_slice_is_the_text_at_its_offsets(notice: Notice) -> None:
    for section in notice.sections:
        for item in section.items:
            assert section.start <= item.start < item.end <= section.end
            assert notice.text[item.start : item.end] == item.text
            assert item.responsibility_start is not None
            assert notice.text[item.responsibility_start] == "（"
            for measure in item.measures:
                assert notice.text[measure.start : measure.end] == measure.text
                assert item.start <= measure.start < measure.end <= item.responsibility_start
            for indicator in item.indicators:
                assert indicator.name in notice.text[indicator.start : indicator.end]


def test_as_json_it_has_exactly_the_agreed_keys(notice: Notice) -> None:
    told = notice.as_dict()
    assert list(told) == [
        "document_number",
        "title",
        "issuer",
        "issued_on",
        "legal_bases",
        "sections",
        "problems",
    ]
    assert list(told["sections"][0]) == ["number", "title", "items"]
    assert list(told["sections"][0]["items"][0]) == [
        "number",
        "title",
        "text",
        "start",
        "end",
        "leads",
        "assists",
        "assist_rule",
        "deadline",
        "duties",
        "measures",
        "indicators",
    ]
    assert told["issued_on"] == "2016-05-24"
    assert told["sections"][0]["items"][5]["assist_rule"] == RULE
    assert told["sections"][0]["items"][0]["assist_rule"] is None


def told(notice: Notice) -> list[tuple[str, str, tuple[str, ...], int, int]]:
    return [
        (section.title, item.title, tuple(unit.name for unit in item.leads), len(item.measures), len(item.indicators))
        for section in notice.sections
        for item in section.items
    ]


@pytest.mark.parametrize(
    "typed",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("\n", "").replace("　", ""),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("（", "(").replace("）", ")"),
        lambda text: "\n\n".join(line.strip() for line in text.splitlines()),
    ],
    ids=["on one line", "without a blank", "with Windows line ends", "with half-width brackets", "with empty lines"],
)
def test_however_it_was_typed_it_says_the_same(notice: Notice, typed: Callable[[str], str]) -> None:
    changed = parse(typed(notice.text))
    assert told(changed) == told(notice)
    assert (changed.document_number, changed.issuer, changed.issued_on) == (
        notice.document_number,
        notice.issuer,
        notice.issued_on,
    )
