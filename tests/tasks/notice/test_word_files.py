"""A Word file reads as Word prints it: numbers, tracked changes, text boxes, and packages of every make."""

from __future__ import annotations

import pytest

from tasks.notice import NoticeError
from tasks.notice.files.document import Document, composed
from tasks.notice.files.packages import contents
from tasks.notice.files.word.formats import printer
from tests.support.notice_files import (
    MAIN_TYPE,
    archive,
    cell,
    level,
    number,
    numbered,
    numbering,
    paragraph,
    relationships,
    run,
    style,
    table,
    word,
)

TWO_LEVELS = level(0, "%1、") + level(1, "（%2）")
LIST = numbering(TWO_LEVELS, numbers=[number(1, 1)])
GONE = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'


def document(*body: str, **parts: object) -> Document:
    return composed(contents(word(*body, **parts)))  # type: ignore[arg-type]


def lines(*body: str, **parts: object) -> list[str]:
    return document(*body, **parts).text.split("\n")


def numbers(*body: str, **parts: object) -> list[str]:
    """What stands before the words 甲, 乙, 丙 … of each paragraph."""
    return [line[:-1] for line in lines(*body, **parts)]


def link(name: str) -> str:
    return f'<w:pPr><w:numPr><w:numId w:val="{name}"/></w:numPr></w:pPr>'


# ── automatic numbers ────────────────────────────────────────────────────────────────────────────────────────────


def test_levels_count_below_one_another() -> None:
    body = [numbered("甲", 1, depth) for depth in (0, 1, 1, 0, 1)]
    assert numbers(*body, numbers=LIST) == ["一、", "（一）", "（二）", "二、", "（一）"]


def test_a_level_from_the_style_and_a_list_from_the_style_below_are_folded_apart() -> None:
    styles = (
        style("a", link("1"))
        + style("b", '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>', based_on="a")
        + style("c", based_on="b")
    )
    body = [numbered("甲", style=name) for name in "abcab"]
    assert numbers(*body, numbers=LIST, styles=styles) == ["一、", "（一）", "（二）", "二、", "（一）"]


def test_a_level_is_the_one_that_names_the_style() -> None:
    levels = level(0, "%1、", more='<w:pStyle w:val="a"/>') + level(1, "（%2）", more='<w:pStyle w:val="b"/>')
    styles = style("a", link("1")) + style("b", link("1")) + style("c", based_on="b")
    body = [numbered("甲", style=name) for name in "abc"]
    found = numbers(*body, numbers=numbering(levels, numbers=[number(1, 1)]), styles=styles)
    assert found == ["一、", "（一）", "（二）"]


def test_a_paragraph_may_switch_its_styles_number_off() -> None:
    body = [numbered("甲", style="a"), numbered("甲", 0, 0, style="a"), numbered("甲", style="a")]
    assert numbers(*body, numbers=LIST, styles=style("a", link("1"))) == ["一、", "", "二、"]


def test_a_list_starts_again_where_a_second_number_overrides_its_start() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = numbering(level(0, "（%1）"), numbers=[number(1, 1), number(2, 1, override)])
    body = [numbered("甲", identity, 0) for identity in (1, 1, 2, 2, 1)]
    assert numbers(*body, numbers=lists) == ["（一）", "（二）", "（一）", "（二）", "（三）"]


def test_two_numbers_of_one_list_count_on() -> None:
    lists = numbering(level(0, "%1、"), numbers=[number(1, 1), number(2, 1)])
    assert numbers(*(numbered("甲", each, 0) for each in (1, 2, 1)), numbers=lists) == ["一、", "二、", "三、"]


def test_a_number_may_override_a_whole_level() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "%1、")}</w:lvlOverride>'
    lists = numbering(level(0, "%1.", "decimal"), numbers=[number(1, 1, override)])
    assert numbers(numbered("甲", 1, 0), numbers=lists) == ["一、"]


@pytest.mark.parametrize(
    ("restart", "expected"),
    [("", ["1.", "1)", "2.", "1)"]), ("0", ["1.", "1)", "2.", "2)"])],
    ids=["behind every higher level", "never"],
)
def test_a_level_says_when_it_restarts(restart: str, expected: list[str]) -> None:
    more = f'<w:lvlRestart w:val="{restart}"/>' if restart else ""
    levels = level(0, "%1.", "decimal") + level(1, "%2)", "decimal", more)
    body = [numbered("甲", 1, depth) for depth in (0, 1, 0, 1)]
    assert numbers(*body, numbers=numbering(levels, numbers=[number(1, 1)])) == expected


def test_a_list_may_stand_for_that_of_a_numbering_style() -> None:
    lists = numbering(TWO_LEVELS, '<w:numStyleLink w:val="s"/>', numbers=[number(1, 1), number(2, 2)])
    styles = style("s", link("1"), kind="numbering")
    body = [numbered("甲", identity, 0) for identity in (1, 2)]
    assert numbers(*body, numbers=lists, styles=styles) == ["一、", "二、"]


def test_higher_levels_stand_in_the_label_in_plain_digits_if_it_says_so() -> None:
    levels = level(0, "第%1章") + level(1, "%1.%2", "decimal", "<w:isLgl/>")
    body = [numbered("甲", 1, depth) for depth in (0, 1, 1)]
    assert numbers(*body, numbers=numbering(levels, numbers=[number(1, 1)])) == ["第一章", "1.1", "1.2"]


def test_bullets_are_no_numbers_and_a_number_of_nothing_is_none() -> None:
    lists = numbering(level(0, "●", "bullet"), numbers=[number(1, 1)])
    assert numbers(numbered("甲", 1, 0), numbered("甲", 9, 0), numbers=lists) == ["", ""]


def test_numbers_of_the_first_column_of_a_table_are_printed_too() -> None:
    lists = numbering(level(0, "%1", "decimal"), numbers=[number(1, 1)])
    rows = [(cell(numbered("", 1, 0)), "甲"), (cell(numbered("", 1, 0)), "乙")]
    assert lines(table(*rows), numbers=lists) == ["1\t甲", "2\t乙"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("decimal", "1 10 11 21 100 105"),
        ("decimalZero", "01 10 11 21 100 105"),
        ("decimalFullWidth", "１ １０ １１ ２１ １００ １０５"),
        ("decimalEnclosedCircle", "① ⑩ ⑪ 21 100 105"),
        ("decimalEnclosedParen", "⑴ ⑽ ⑾ 21 100 105"),
        ("decimalEnclosedFullstop", "⒈ ⒑ ⒒ 21 100 105"),
        ("chineseCounting", "一 十 十一 二十一 一○○ 一○五"),
        ("chineseCountingThousand", "一 十 十一 二十一 一百 一百零五"),
        ("taiwaneseCounting", "一 十 十一 二十一 一○○ 一○五"),
        ("taiwaneseCountingThousand", "一 十 十一 二十一 一百 一百零五"),
        ("japaneseCounting", "一 十 十一 二十一 百 百五"),
        ("ideographDigital", "一 一〇 一一 二一 一〇〇 一〇五"),
        ("chineseLegalSimplified", "壹 壹拾 壹拾壹 贰拾壹 壹佰 壹佰零伍"),
        ("ideographLegalTraditional", "壹 壹拾 壹拾壹 貳拾壹 壹佰 壹佰零伍"),
        ("ideographTraditional", "甲 癸 11 21 100 105"),
        ("ideographZodiac", "子 酉 戌 21 100 105"),
        ("ideographZodiacTraditional", "甲子 癸酉 甲戌 甲申 100 105"),
        ("ideographEnclosedCircle", "㊀ ㊉ 11 21 100 105"),
        ("upperRoman", "I X XI XXI C CV"),
        ("lowerLetter", "a j k u vvvv aaaaa"),
        ("numberInDash", "- 1 -,- 10 -,- 11 -,- 21 -,- 100 -,- 105 -"),
    ],
)
def test_every_format_of_numbers(kind: str, shown: str) -> None:
    print_number = printer(kind)
    assert print_number
    assert [print_number(each) for each in (1, 10, 11, 21, 100, 105)] == shown.split("," if "," in shown else " ")


def test_numbers_filled_up_with_zeros_are_a_format_of_newer_versions() -> None:
    form = '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/>'
    form = f'<mc:AlternateContent><mc:Choice Requires="w14">{form}</mc:Choice></mc:AlternateContent>'
    lists = numbering(
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/>{form}<w:lvlText w:val="%1."/></w:lvl>',
        numbers=[number(1, 1)],
    )
    assert numbers(numbered("甲", 1, 0), numbers=lists) == ["001."]


def test_a_format_that_is_not_known_is_said_and_not_guessed() -> None:
    found = document(numbered("推进改革", 1, 0), numbers=numbering(level(0, "%1、", "hebrew1"), numbers=[number(1, 1)]))
    assert found.text == "推进改革"
    assert [str(note) for note in found.notes] == ["自动编号的格式“hebrew1”没有读出，“推进改革”等段落前的编号请核对"]


# ── tracked changes ──────────────────────────────────────────────────────────────────────────────────────────────


def test_tracked_changes_are_read_as_accepted_and_said_once() -> None:
    found = document(
        paragraph("甲", f"<w:del>{run('乙')}</w:del>", f"<w:ins>{run('丙')}</w:ins>", f"<w:ins>{run('丁')}</w:ins>"),
        paragraph(f"<w:moveFrom>{run('戊')}</w:moveFrom>", "己", f"<w:moveTo>{run('戊')}</w:moveTo>"),
    )
    assert found.text == "甲丙丁\n己戊"
    assert [str(note) for note in found.notes] == ["文件中有修订痕迹，已按全部接受修订后的文字读取，请与定稿核对"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    assert lines(paragraph("面积", properties=GONE), "占比", "乙") == ["面积占比", "乙"]


def test_a_deleted_paragraph_is_not_counted() -> None:
    gone = paragraph(
        f"<w:del>{run('乙')}</w:del>", properties=f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>{GONE}'
    )
    assert numbers(numbered("甲", 1, 0), gone, numbered("丙", 1, 0), numbers=LIST) == ["一、", "二、"]


def test_a_moved_paragraph_stands_where_it_was_moved_to() -> None:
    away = paragraph(f"<w:moveFrom>{run('乙')}</w:moveFrom>", properties="<w:rPr><w:moveFrom/></w:rPr>")
    assert lines("甲", away, "丙", paragraph(f"<w:moveTo>{run('乙')}</w:moveTo>")) == ["甲", "丙", "乙"]


def test_a_deleted_row_is_left_out() -> None:
    rows = table(("甲", "乙")).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>")
    assert lines(rows[:-8] + table(("丙", "丁"))[7:]) == ["丙\t丁"]


# ── beside the text ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_text_box_is_read_once_as_a_block_of_its_own() -> None:
    box = f"<w:txbxContent>{paragraph('盒')}</w:txbxContent>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert lines(paragraph("甲", f"<w:r>{twice}</w:r>", "乙")) == ["盒", "甲乙"]


def test_hidden_text_readings_instructions_and_soft_hyphens_are_nothing() -> None:
    found = lines(
        paragraph(
            "甲", run("密", "<w:vanish/>"), run("乙", '<w:vanish w:val="0"/>'), run("密", '<w:rStyle w:val="h"/>')
        ),
        paragraph(
            "<w:r><w:ruby><w:rt>" + run("yi") + "</w:rt><w:rubyBase>" + run("义") + "</w:rubyBase></w:ruby></w:r>"
        ),
        paragraph("<w:r><w:instrText>PAGE</w:instrText></w:r>", "软\xad", "<w:r><w:softHyphen/></w:r>", "连"),
        paragraph("密", properties='<w:pStyle w:val="p"/>'),
        styles=style("h", "<w:rPr><w:vanish/></w:rPr>", kind="character") + style("p", "<w:rPr><w:vanish/></w:rPr>"),
    )
    assert found == ["甲乙", "义", "软连", ""]


def test_a_hidden_paragraph_mark_joins_like_a_deleted_one() -> None:
    assert lines(paragraph("一、", properties="<w:rPr><w:vanish/></w:rPr>"), "甲") == ["一、甲"]


def test_a_table_of_contents_repeats_headings_and_is_left_out() -> None:
    styles = style("t1", name="toc 1")
    assert lines("目录", paragraph("一、甲\t1", properties='<w:pStyle w:val="t1"/>'), "一、甲", styles=styles) == [
        "目录",
        "一、甲",
    ]


def test_words_in_content_controls_links_and_formulas_are_read() -> None:
    controlled = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('甲')}</w:sdtContent></w:sdt>"
    linked = f"<w:hyperlink>{run('乙')}</w:hyperlink>"
    formula = "<m:oMath><m:r><m:t>≥30%</m:t></m:r></m:oMath>"
    assert lines(controlled, paragraph(linked, "丙", formula)) == ["甲", "乙丙≥30%"]


@pytest.mark.parametrize(
    ("before", "behind", "expected"),
    [
        ("（一）推广。新开工占比", "达到30%。", ["（一）推广。新开工占比达到30%。"]),
        ("一、总体要求", "坚持改革。", ["一、总体要求", "坚持改革。"]),
        ("（一）推广。抓好。", "（二）认证。", ["（一）推广。抓好。", "（二）认证。"]),
        ("做好。责任单位：省财政厅", "完成时限：6月底前", ["做好。责任单位：省财政厅", "完成时限：6月底前"]),
    ],
)
def test_a_line_break_within_a_running_sentence_is_layout(before: str, behind: str, expected: list[str]) -> None:
    assert lines(paragraph(before, "<w:r><w:br/></w:r>", behind)) == expected


def test_a_merged_cell_is_read_where_it_begins() -> None:
    begins = cell("甲", properties='<w:vMerge w:val="restart"/>')
    goes_on = cell("", properties="<w:vMerge/>")
    assert lines(table((begins, "乙"), (goes_on, "丙"))) == ["甲\t乙", "丙"]


# ── packages ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        word("甲", main="word/document2.xml"),
        word("甲", main="other/place.xml"),
        word("甲", kind=MAIN_TYPE.replace("document.main", "template.main")),
        word("甲", kind="application/vnd.ms-word.document.macroEnabled.main+xml"),
        word("甲", parts={"word/_rels/document.xml.rels": relationships(("image", "NULL"), ("styles", "none.xml"))}),
        word("甲", parts={"word/_rels/document.xml.rels": "<no"}),
        word("甲", parts={"word/styles.xml": "<no"}),
        word("甲", parts={"_rels/.rels": "<no"}),
    ],
    ids=["document2", "elsewhere", "template", "macros", "relation to nothing", "no relations", "styles", "no root"],
)
def test_packages_that_word_opens_are_read(data: bytes) -> None:
    assert composed(contents(data)).text == "甲"


def test_numbers_that_a_damaged_part_took_away_are_said() -> None:
    found = document(numbered("甲", 1, 0), parts={"word/numbering.xml": "<no"})
    assert [str(note) for note in found.notes] == ["文件中的编号设置已损坏，自动编号没有读出，请核对序号"]


def test_the_strict_variant_is_read() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    main = f'<w:document xmlns:w="{strict}"><w:body>{paragraph("甲")}</w:body></w:document>'
    assert composed(contents(word(parts={"word/document.xml": main}))).text == "甲"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (word(parts={"word/document.xml": "<no"}), "无法打开，可能已损坏"),
        (
            archive(
                {
                    "_rels/.rels": relationships(("officeDocument", "ppt/presentation.xml")),
                    "ppt/presentation.xml": "<p/>",
                }
            ),
            "演示文稿",
        ),
        (archive({"通知.docx": b"PK"}), "请解压后选择"),
    ],
    ids=["damaged", "slides", "zip"],
)
def test_other_packages_are_named(data: bytes, said: str) -> None:
    with pytest.raises(NoticeError, match=said):
        contents(data)
