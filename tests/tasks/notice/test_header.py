"""What a notice says of itself: number, title, issuer, date, legal bases; and what is asked where it doesn't."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tasks.notice import NoticeError, parse
from tests.support.notice_build import notice

HEADS = [
    ("某政〔2020〕7号", "某政〔2020〕7号"),
    ("某政[2020]7号", "某政〔2020〕7号"),
    ("某政【2020】7号", "某政〔2020〕7号"),
    ("某政（2020）7号", "某政〔2020〕7号"),
    ("（某政〔2020〕 7 号）", "某政〔2020〕7号"),
    ("某政〔2020〕7号　　签发人：某某", "某政〔2020〕7号"),
    ("某政〔２０２０〕７号", "某政〔2020〕7号"),
]


@pytest.mark.parametrize(("printed", "number"), HEADS)
def test_a_document_number_is_read_in_any_brackets(printed: str, number: str) -> None:
    assert parse(notice("一、甲", "（一）乙。做。（省财政厅负责）", number=printed)).document_number == number


def test_the_number_may_stand_before_the_title() -> None:
    text = notice(
        "一、甲",
        "（一）乙。做。（省财政厅负责）",
        title="某政〔2020〕7号",
        number="某省人民政府关于某事的通知",
    )
    read = parse(text)
    assert (read.document_number, read.title, read.issuer) == (
        "某政〔2020〕7号",
        "某省人民政府关于某事的通知",
        "某省人民政府",
    )


def test_without_an_issuer_in_the_title_the_signature_says_it() -> None:
    text = notice("一、甲", "（一）乙。做。（省财政厅负责）", title="关于印发某计划的通知")
    assert parse(text).issuer == "某省人民政府办公厅"


def test_a_web_pages_table_is_no_title() -> None:
    table = (
        "索 引 号：0001\n发文机关：某省人民政府办公厅\n"
        "成文日期：2020年03月05日\n"
        "标 题：某省人民政府办公厅关于加快某项工作的实施意见\n发文字号：某政办发〔2020〕7号\n\n"
    )
    read = parse(table + notice("一、甲", "（一）乙。做。（省财政厅负责）"))
    assert (read.title, read.document_number) == (
        "某省人民政府办公厅关于加快某项工作的实施意见",
        "某政办发〔2020〕7号",
    )


def test_a_date_in_chinese_numerals_is_read() -> None:
    text = notice("一、甲", "（一）乙。做。（省财政厅负责）").replace("2020年3月5日", "二〇二〇年十二月二十五日")
    assert parse(text).issued_on == date(2020, 12, 25)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ["发文字号", "标题", "发文机关", "成文日期", "正文"]),
        ("今天天气很好。", ["发文字号", "标题", "发文机关", "成文日期", "正文"]),
        (notice("一、甲", "只有文字。"), ["任务"]),
        (notice("没有分部分。"), ["正文"]),
        (notice("一、甲", "只有文字。").replace("某政办发〔2020〕7号", ""), ["发文字号", "任务"]),
    ],
)
def test_what_is_no_notice_is_told_what_it_lacks(text: str, missing: list[str]) -> None:
    with pytest.raises(NoticeError) as refused:
        parse(text)
    assert len(refused.value.problems) == len(missing)
    for problem, word in zip(refused.value.problems, missing, strict=True):
        assert word in problem.reason
    assert str(refused.value)


@pytest.mark.parametrize(
    ("printed", "field", "given", "value"),
    [
        ("某政办发〔2020〕7号", "document_number", {"number": "某政办发[2020]8号"}, "某政办发〔2020〕8号"),
        ("2020年3月5日", "issued_on", {"issued_on": date(2020, 3, 6)}, date(2020, 3, 6)),
    ],
)
def test_a_head_that_is_missing_is_a_question_that_may_be_answered(
    printed: str, field: str, given: dict[str, Any], value: object
) -> None:
    text = notice("一、甲", "（一）乙。（省财政厅负责）").replace(printed, "")
    asked = parse(text)
    assert not getattr(asked, field)
    assert asked.as_dict()[field] is None
    assert asked.missing == (field,)
    assert [(problem.line, problem.reason[-4:]) for problem in asked.problems] == [(0, "，请补充")]
    answered = parse(text, **given)
    assert (getattr(answered, field), answered.missing, answered.problems) == (value, (), ())


def test_an_issuer_that_nobody_says_is_a_question() -> None:
    text = "关于印发某计划的通知\n某政〔2020〕7号\n一、甲\n（一）乙。（省财政厅负责）\n2020年3月5日\n"
    assert parse(text).missing == ("issuer",)
    assert parse(text, issuer="某省人民政府").missing == ()


def test_a_date_that_does_not_exist_is_said_with_its_line() -> None:
    text = notice("一、甲", "（一）乙。（省财政厅负责）").replace("2020年3月5日", "2020年2月30日")
    assert [(problem.line, problem.reason) for problem in parse(text).problems] == [
        (0, "没有找到成文日期，如“2016年5月24日”，请补充"),
        (8, "日期“2020年2月30日”不存在"),
    ]


def test_a_date_under_the_title_is_no_part_of_it() -> None:
    items = ("一、甲", "（一）乙。做。（省财政厅负责）")
    below = notice(*items, title="某省人民政府关于某事的意见\n（2019年4月2日）")
    assert parse(below).title == "某省人民政府关于某事的意见"
    assert parse(below.replace("\n", "")).title == "某省人民政府关于某事的意见"


def test_a_signature_that_differs_from_the_title_is_dated_all_the_same() -> None:
    letter = (
        "某省政府关于某事的通知某政发〔2021〕5号各市人民政府：现印发给你们，请执行。某省人民政府2021年8月4日"
        "某方案一、甲（一）乙。做。（省财政厅负责）"
    )
    assert parse(letter).issued_on == date(2021, 8, 4)
    assert parse(letter.replace("某省人民政府2021年8月4日", "2021年8月4日（此件公开发布）")).issued_on == date(
        2021, 8, 4
    )


def test_legal_bases_are_read_across_the_ends_of_wrapped_lines() -> None:
    wrapped = notice("一、甲", *("（一）乙。做。（省财政厅负责）",) * 1)
    body = (
        "为落实《国务院办公厅关于加快推进某项工作的指导意见》（国办发〔2019〕45号），现提出如下意见，请认真贯彻执行。"
        * 5
    )
    lines = "\n".join(body[at : at + 30] for at in range(0, len(body), 30))
    read = parse(wrapped.replace("经省政府同意，现提出以下意见。", lines))
    assert [basis.document_number for basis in read.legal_bases] == ["国办发〔2019〕45号"]


@pytest.mark.parametrize(
    "issuer",
    [
        "某省推进“放管服”改革协调小组办公室",
        "中共某市委办",
        "某市应急指挥部",
        "某省“四好农村路”建设领导小组",
    ],
)
def test_an_issuer_may_be_an_office_of_any_kind(issuer: str) -> None:
    text = notice("一、甲", "（一）乙。做。（省财政厅负责）", title=f"{issuer}关于印发某计划的通知")
    assert parse(text.replace("某省人民政府办公厅\n2020", f"{issuer}\n2020")).issuer == issuer


@pytest.mark.parametrize("title", ["某市2020年政务公开工作要点", "某省2020年重点任务清单", "某区2020年重点任务分解表"])
def test_a_title_needs_no_issuer(title: str) -> None:
    read = parse(notice("一、甲", "（一）乙。做。（省财政厅负责）", title=title))
    assert (read.title, read.issuer, read.missing) == (title, "某省人民政府办公厅", ())
