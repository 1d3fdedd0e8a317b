"""How a notice's body divides into sections and items, whatever its numbers look like."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.notice import Notice, parse
from tests.support.notice_build import notice


def outline(read: Notice) -> list[tuple[str, list[str]]]:
    return [(section.title, [f"{item.label}{item.title}" for item in section.items]) for section in read.sections]


STYLES = [
    ("一、", "（一）", "（二）", "二、"),
    ("一、", "(一)", "(二)", "二、"),
    ("一、", "1.", "2.", "二、"),
    ("一、", "1、", "2、", "二、"),
    ("一．", "１．", "２．", "二．"),
    ("一、", "（1）", "（2）", "二、"),
    ("一、", "①", "②", "二、"),
    ("第一部分 ", "一、", "二、", "第二部分 "),
]


@pytest.mark.parametrize("style", STYLES)
def test_any_style_of_numbers_is_read(style: tuple[str, ...]) -> None:
    first, one, two, second = style
    text = notice(
        f"{first}甲类工作",
        f"{one}甲事项。做一。（省财政厅负责）",
        f"{two}乙事项。做二。（省水利厅负责）",
        f"{second}乙类工作",
        f"{one}丙事项。做三。（省教育厅负责）",
    )
    assert outline(parse(text)) == [
        ("甲类工作", [f"{one}甲事项", f"{two}乙事项"]),
        ("乙类工作", [f"{one}丙事项"]),
    ]


def test_a_notice_on_one_line_divides_as_one_on_many() -> None:
    text = notice(
        "一、甲类工作",
        "（一）甲事项。做一。（省财政厅负责）",
        "（二）乙事项。做二。（省水利厅负责）",
        "二、乙类工作",
        "（三）丙事项。做三。（省教育厅负责）",
    )
    joined = parse(text.replace("\n", ""))
    assert outline(joined) == outline(parse(text))
    assert (joined.title, joined.document_number, joined.issuer, joined.issued_on) == (
        "某省人民政府办公厅关于加快某项工作的实施意见",
        "某政办发〔2020〕7号",
        "某省人民政府办公厅",
        date(2020, 3, 5),
    )


def test_points_that_answer_for_themselves_are_the_items() -> None:
    text = notice(
        "一、甲类工作",
        "（一）总题。",
        "1.甲事项。做一。（省财政厅负责）",
        "2.乙事项。做二。（省水利厅负责）",
        "（二）次题。",
        "3.丙事项。做三。（省教育厅负责）",
    )
    assert outline(parse(text)) == [("甲类工作", ["1.甲事项", "2.乙事项", "3.丙事项"])]


def test_points_without_agencies_stay_within_their_item() -> None:
    text = notice(
        "一、甲类工作",
        "（一）甲事项。",
        "1.做一。",
        "2.做二。（省财政厅负责）",
        "（二）乙事项。做三。（省水利厅负责）",
    )
    read = parse(text)
    assert outline(read) == [("甲类工作", ["（一）甲事项", "（二）乙事项"])]
    assert [measure.text for measure in read.items[0].measures] == ["做一。", "做二。"]


def test_a_section_that_its_own_agencies_close_is_a_task() -> None:
    text = notice("一、甲事项。做一。（省财政厅负责）", "二、乙事项。做二。（省水利厅负责）")
    assert outline(parse(text)) == [("甲事项", ["一、甲事项"]), ("乙事项", ["二、乙事项"])]


def test_tasks_without_sections_stand_in_one_section() -> None:
    text = notice("1.甲事项。做一。（省财政厅负责）", "2.乙事项。做二。（省水利厅负责）")
    read = parse(text)
    assert outline(read) == [(read.title, ["1.甲事项", "2.乙事项"])]


def test_the_covering_letters_points_and_an_annex_are_no_tasks() -> None:
    letter = "\n".join(
        (
            "某市人民政府关于印发某方案的通知",
            "某政发〔2021〕3号",
            "各县区人民政府：",
            "一、高度重视。要重视。",
            "二、加强督导。要督导。",
            "某市人民政府",
            "2021年1月4日",
            "某方案",
            "一、甲类工作",
            "（一）甲事项。做一。（市财政局负责）",
            "附件",
            "一、附表说明",
            "（一）填表。",
        )
    )
    assert outline(parse(letter)) == [("甲类工作", ["（一）甲事项"])]


def test_a_title_may_end_with_its_line_or_a_colon() -> None:
    text = notice("一、总体要求", "（一）指导思想", "全面贯彻。", "（二）主要目标：基本建成。（省财政厅负责）")
    assert outline(parse(text)) == [("总体要求", ["（一）指导思想", "（二）主要目标"])]


def test_numbers_in_prose_open_nothing() -> None:
    text = notice("一、甲类工作", "（一）甲事项。推动一、二、三产业融合，落实第（二）项。增长2.5倍。（省财政厅负责）")
    assert outline(parse(text)) == [("甲类工作", ["（一）甲事项"])]


def test_a_gap_in_the_numbers_is_reported_and_read() -> None:
    read = parse(notice("一、甲", "（一）甲事项。做。（省财政厅负责）", "（三）乙事项。做。（省水利厅负责）"))
    assert [item.number for item in read.items] == [1, 3]
    assert [(problem.line, problem.reason) for problem in read.problems] == [(7, "序号“（三）”与前面的序号不连续")]


def test_an_item_among_others_that_names_nobody_is_reported() -> None:
    read = parse(notice("一、甲", "（一）甲事项。做。（省财政厅负责）", "（二）乙事项。做。"))
    assert [(problem.line, problem.reason) for problem in read.problems] == [(7, "“（二）乙事项”没有写明负责单位")]


def test_full_stops_within_quotations_end_no_sentence() -> None:
    (item,) = parse(
        notice("一、甲", "（一）推进“一网。通办”改革。落实《办法。试行》。再做（甲。乙）事。（省财政厅负责）")
    ).items
    assert item.title == "推进“一网。通办”改革"
    assert [measure.text for measure in item.measures] == ["落实《办法。试行》。", "再做（甲。乙）事。"]


def test_signature_annex_list_and_closing_paragraph_are_cut_off() -> None:
    text = notice(
        "一、甲",
        "（一）甲事项。做一。（省财政厅负责）",
        "（二）乙事项。做二。",
        "各地要结合实际，抓好落实。",
        "附件：分工表",
    )
    assert parse(text).items[-1].text == "（二）乙事项。做二。"


def test_lines_wrapped_at_a_fixed_width_are_read_as_one() -> None:
    body = "".join(
        f"（{n}）加快推进重点领域第{n}批项目建设。"
        + "深入实施重大工程，不断完善体制机制，" * 6
        + "切实提高水平。（省发展和改革委员会、省人力资源和社会保障厅、省住房和城乡建设厅按职责分工负责）\n"
        for n in "一二三四五"
    )
    wrapped = "\n".join(line[at : at + 28] for line in body.splitlines() for at in range(0, len(line), 28))
    read = parse(notice("一、甲", wrapped))
    assert [item.title for item in read.items] == [f"加快推进重点领域第{n}批项目建设" for n in "一二三四五"]
    assert all(len(item.leads) == 3 for item in read.items)
    assert {lead.name for item in read.items for lead in item.leads} == {
        "省发展和改革委员会",
        "省人力资源和社会保障厅",
        "省住房和城乡建设厅",
    }


def test_numbers_with_a_point_and_articles_are_items() -> None:
    decimal = notice(
        "一、甲", "1.1 乙事项。做。（省财政厅负责）", "1.2 丙事项，建5个。（省水利厅负责）", "增长", "1.2亿元。"
    )
    assert outline(parse(decimal)) == [("甲", ["1.1乙事项", "1.2丙事项，建5个"])]
    articles = notice("第一条 乙事项。做。（省财政厅负责）", "第二条 丙事项。（省水利厅负责）")
    read = parse(articles)
    assert outline(read) == [(read.title, ["第一条乙事项", "第二条丙事项"])]


def test_labelled_endings_without_line_ends_divide_as_those_with() -> None:
    text = notice(
        "一、甲类工作",
        "1.甲事项，做一。",
        "责任单位：省财政厅、各市政府",
        "完成时限：2022年12月底",
        "2.乙事项。",
        "责任单位：省水利厅",
        "二、乙类工作",
        "3.丙事项。",
        "责任单位：省教育厅",
        "完成时限：持续推进",
        "4.丁事项。责任单位：省公安厅。",
    )
    joined = parse(text.replace("\n", ""))
    assert outline(joined) == outline(parse(text))
    assert [[str(unit) for unit in item.leads] for item in joined.items] == [
        ["省财政厅", "各市政府"],
        ["省水利厅"],
        ["省教育厅"],
        ["省公安厅"],
    ]


def test_a_list_of_annexes_is_no_part_of_the_last_item() -> None:
    text = notice("一、甲", "（一）甲事项。（省财政厅负责）", "附件：1.名单", "　　　2.清单")
    assert parse(text).items[-1].text == "（一）甲事项。（省财政厅负责）"


@pytest.mark.parametrize(
    "closing", ["\n本意见自2020年8月1日起施行。", "本意见自2020年8月1日起施行，有效期5年。"], ids=["on a line", "glued"]
)
def test_when_it_takes_effect_is_no_part_of_the_last_item(closing: str) -> None:
    text = notice("一、甲", f"（一）甲事项。（省财政厅负责）{closing}")
    assert parse(text).items[-1].text == "（一）甲事项。（省财政厅负责）"


def test_a_second_plan_is_read_and_a_table_of_duties_is_said() -> None:
    plan = notice("一、甲", "（一）甲事项。（省财政厅负责）", "（二）乙事项。（省水利厅负责）")
    second = parse(plan + "附件2\n另一方案\n一、丙\n（一）丁事项。（省教育厅负责）\n")
    assert outline(second) == [("甲", ["（一）甲事项", "（二）乙事项"]), ("丙", ["（一）丁事项"])]
    assert second.problems == ()
    table = parse(plan + "附件\n重点任务分工表\n序号\t任务\t牵头单位\t配合单位\n1\t甲\t省财政厅\t省水利厅\n")
    assert [(problem.line, problem.reason) for problem in table.problems] == [(13, "附表中的责任分工没有读入，请核对")]


def test_parts_of_chapters_are_no_sections_and_their_items_start_anew() -> None:
    text = notice(
        "第一章 甲",
        "第一节 乙",
        "一、丙事项。（省财政厅负责）",
        "二、丁事项。（省水利厅负责）",
        "第二节 戊",
        "一、己事项。（省教育厅负责）",
    )
    read = parse(text)
    assert outline(read) == [("甲", ["一、丙事项", "二、丁事项", "一、己事项"])]
    assert read.problems == ()


def test_a_number_that_cannot_be_placed_is_said() -> None:
    text = notice(
        "一、甲", "（一）乙事项。（省财政厅负责）", "（九）丙事项。（省水利厅负责）", "（二）丁事项。（省教育厅负责）"
    )
    assert [(problem.line, problem.reason) for problem in parse(text).problems] == [
        (7, "序号“（九）”与前面的序号不连续，没有作为标题读入")
    ]


def test_a_paragraph_is_no_title() -> None:
    (section,) = parse(notice("一、甲" + "，推进工作" * 60, "（一）乙。做。（省财政厅负责）")).sections
    assert section.title == "甲"


def test_a_deadline_in_brackets_is_no_measure() -> None:
    (item,) = parse(notice("一、甲", "（一）乙。做一。（省财政厅负责）（完成时间：2019年底）")).items
    assert [measure.text for measure in item.measures] == ["做一。"]


def test_an_item_may_begin_with_a_number() -> None:
    text = notice("一、甲", "1.乙。做。（省财政厅负责）", "2.12345热线提速。做。（省水利厅负责）")
    assert outline(parse(text)) == [("甲", ["1.乙", "2.12345热线提速"])]
