"""What was read of a notice, corrected: the text stays, each correction is one change of the reading."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.notice import parse
from tasks.notice.proof import corrected, from_kept, kept, locate, questions, said, settles
from tests.support.proofs import ITEMS, TEXT, agency, due, head

EXAMPLES = sorted(Path(__file__).with_name("examples").glob("*.txt"))
FIRST, SECOND, THIRD = ITEMS


@pytest.fixture(scope="module")
def notice():
    return parse(TEXT)


def names(units):
    return [unit.name for unit in units]


def span(words):
    start = TEXT.index(words)
    return [start, start + len(words)]


# ── kept as JSON ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_notice_comes_back_from_json_as_it_was(path):
    notice = parse(path.read_text(encoding="utf-8"))
    assert from_kept(json.loads(json.dumps(kept(notice))), notice.text) == notice


def test_the_text_is_not_kept_twice(notice):
    assert "制定管理办法" not in json.dumps(kept(notice), ensure_ascii=False)


# ── single corrections ───────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_corrected_is_the_notice_as_read(notice):
    assert corrected(notice, []).notice == notice


def test_the_head_is_as_somebody_says(notice):
    changed = corrected(
        notice, [head("document_number", "某政办发〔2018〕10号"), head("issued_on", "2018-03-02")]
    ).notice
    assert (changed.document_number, changed.issued_on) == ("某政办发〔2018〕10号", date(2018, 3, 2))


def test_a_title_is_a_slice_of_the_items_text(notice):
    start, end = span("完善制度。制定管理办法")
    changed = corrected(notice, [{"kind": "title", "item": FIRST, "start": start, "end": end}]).notice
    assert changed.items[0].title == "完善制度。制定管理办法"


def test_a_title_outside_of_the_item_is_not_taken(notice):
    start, end = span("加强宣传")
    assert corrected(notice, [{"kind": "title", "item": FIRST, "start": start, "end": end}]).lapsed == {0}


def test_an_agency_that_is_added_answers_in_every_duty_of_the_item(notice):
    item = corrected(notice, [agency(2, "省审计厅", "assist")]).notice.items[2]
    assert names(item.assists) == ["省审计厅"]
    assert [names(duty.assists) for duty in item.duties] == [["省审计厅"], ["省审计厅"]]


def test_a_lead_becomes_an_assistant_only_where_it_is_named(notice):
    item = corrected(notice, [agency(2, "省司法厅", "assist")]).notice.items[2]
    assert (names(item.leads), names(item.assists)) == (["省市场监管局"], ["省司法厅"])
    assert [names(duty.assists) for duty in item.duties] == [[], ["省司法厅"]]


def test_an_agency_without_a_role_has_no_part_any_more(notice):
    item = corrected(notice, [agency(0, "省财政厅", "")]).notice.items[0]
    assert names(item.leads) == ["省发展改革委"]
    assert names(item.duties[0].leads) == ["省发展改革委"]


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        (due(0, date(2018, 9, 30)), ("", date(2018, 9, 30))),
        (due(0, date(2018, 6, 30), "6月底前"), ("6月底前", date(2018, 6, 30))),
        (due(0, kind="endless"), ("", None)),
    ],
)
def test_a_deadline_is_a_day_or_none_in_the_notices_words_or_in_none(notice, correction, expected):
    deadline = corrected(notice, [correction]).notice.items[0].deadline
    assert (deadline.text, deadline.on) == expected


def test_a_deadline_that_was_misread_is_inferred_again(notice):
    assert notice.items[1].deadline.on == date(2018, 10, 31)
    assert corrected(notice, [due(1, kind="inferred")]).notice.items[1].deadline is None


def test_measures_are_added_and_removed_and_counted_anew(notice):
    old = notice.items[0].measures
    out = {"kind": "measure", "item": FIRST, "was": [old[0].start, old[0].end], "now": None}
    changed = corrected(notice, [out]).notice.items[0]
    assert [(each.number, each.text) for each in changed.measures] == [(1, old[1].text)]
    back = {**out, "was": None, "now": span("制定管理办法。")}
    assert corrected(notice, [out, back]).notice.items[0].measures[0].text == "制定管理办法。"


def test_an_indicator_is_corrected_in_its_name_and_number(notice):
    was = notice.items[0].indicators[0]
    correction = {
        "kind": "indicator",
        "item": FIRST,
        "was": [was.start, was.end],
        "now": span("示范点30个"),
        "name": "示范点",
        "target": "30.5",
        "unit": "个",
    }
    [indicator] = corrected(notice, [correction]).notice.items[0].indicators
    assert (indicator.name, indicator.target, indicator.unit) == ("示范点", Decimal("30.5"), "个")


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────


def unit(name, how, means=""):
    return {"kind": "unit", "name": name, "as": how, "means": means}


def test_a_name_that_means_another_office_does_so_everywhere(notice):
    changed = corrected(notice, [unit("省财政厅", "other", "省发展改革委")]).notice
    assert names(changed.items[0].leads) == ["省发展改革委"]


def test_another_form_of_a_name_stays_as_printed_and_leads_to_the_office(notice):
    changed = corrected(notice, [unit("省财政厅", "alias", "省财政局")]).notice
    assert names(changed.items[0].leads) == ["省发展改革委", "省财政厅"]
    assert changed.aliases == {"省财政厅": "省财政局"}


def test_what_is_no_unit_answers_for_nothing(notice):
    changed = corrected(notice, [unit("省财政厅", "none")]).notice
    assert all("省财政厅" not in names(item.leads) for item in changed.items)


# ── levels ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_items_that_are_joined_keep_every_word_and_every_agency(notice):
    section = corrected(notice, [{"kind": "join", "item": SECOND}]).notice.sections[0]
    [item] = section.items
    assert item.text == TEXT[FIRST : notice.items[1].end]
    assert names(item.leads) == ["省发展改革委", "省财政厅", "省文化和旅游厅"]
    assert [each.number for each in item.measures] == list(range(1, len(item.measures) + 1))


def test_the_first_item_of_a_section_has_none_before_it(notice):
    assert corrected(notice, [{"kind": "join", "item": FIRST}, {"kind": "join", "item": THIRD}]).lapsed == {0, 1}


def test_an_item_that_is_split_at_a_duty_becomes_two(notice):
    at = notice.items[2].duties[1].start
    first, second = corrected(notice, [{"kind": "split", "item": THIRD, "at": at}]).notice.sections[1].items
    assert (names(first.leads), names(second.leads)) == (["省市场监管局"], ["省司法厅"])
    assert (first.label, second.label, second.title) == ("（三）", "（三）-2", "做好整改")
    assert first.text + second.text == notice.items[2].text
    assert second.deadline.on == date(2018, 12, 31)


def test_what_was_split_can_be_joined_again(notice):
    at = notice.items[2].duties[1].start
    changes = [{"kind": "split", "item": THIRD, "at": at}, {"kind": "join", "item": at}]
    item = corrected(notice, changes).notice.items[2]
    assert (item.text, item.leads, item.duties) == (
        notice.items[2].text,
        notice.items[2].leads,
        notice.items[2].duties,
    )


def test_what_is_no_item_is_left_in_the_text_alone(notice):
    changed = corrected(notice, [{"kind": "drop", "item": SECOND}]).notice
    assert [item.start for item in changed.items] == [FIRST, THIRD]
    assert changed.text == TEXT


def test_a_correction_of_what_is_there_no_longer_lapses_and_the_others_hold(notice):
    result = corrected(
        notice, [{"kind": "join", "item": SECOND}, agency(1, "省审计厅", "lead"), agency(0, "省审计厅", "lead")]
    )
    assert result.lapsed == {1}
    assert "省审计厅" in names(result.notice.items[0].leads)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_in_every_example_slices_stay_slices_however_items_are_joined_and_split(path):
    notice = parse(path.read_text(encoding="utf-8"))
    changes = [{"kind": "join", "item": item.start} for item in notice.items[1::5]]
    changes += [
        {"kind": "split", "item": item.start, "at": duty.start}
        for item in notice.items[2::5]
        for duty in item.duties[1:2]
        if duty.start > item.start
    ]
    changed = corrected(notice, changes).notice
    assert changed.text == notice.text
    for item in changed.items:
        assert item.text == notice.text[item.start : item.end]
        assert all(each.text == notice.text[each.start : each.end] for each in item.measures)
        assert {unit.name for duty in item.duties for unit in duty.leads} == set(names(item.leads))


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_notice_that_is_plain_asks_nothing_in_an_empty_installation(notice):
    assert [question.key for question in questions(notice, {})] == []


def test_a_missing_number_is_a_question_with_a_field():
    [question] = questions(parse(TEXT.replace("某政办发〔2018〕9号", "")), {})
    assert (question.key, question.field) == ("h-document_number", "document_number")


def test_a_name_like_a_known_offices_is_a_question_and_a_strange_one_is_not(notice):
    [question] = questions(notice, {"省市场监督管理委": "省市场监督管理委"})
    assert question.unit == "省市场监管局"
    assert [choice.label for choice in question.choices] == [
        "就是“省市场监督管理委”",
        "记作“省市场监督管理委”的别称，以后自动认",
        "新增单位“省市场监管局”",
        "不是单位，不列入责任单位",
    ]


@pytest.mark.parametrize("other", ["市市场监管局", "市场监管总局", "省文物局", "省司法警官学院", "省发展银行"])
def test_an_office_of_another_level_or_field_is_another_office(notice, other):
    assert questions(notice, {other: other}) == ()


@pytest.mark.parametrize(
    "other", ["省市场监督管理局", "省市场监管委", "省文化旅游厅", "省文旅厅", "发改委", "省发展和改革委员会"]
)
def test_an_office_of_the_same_field_or_in_short_is_asked_about(notice, other):
    assert len(questions(notice, {other: other})) == 1


def test_a_known_name_is_no_question(notice):
    known = {name: name for item in notice.items for name in names((*item.leads, *item.assists))}
    assert questions(notice, known) == ()


def test_who_is_named_for_a_whole_group_can_answer_for_each_of_its_items():
    notice = parse(next(path for path in EXAMPLES if path.stem.startswith("22")).read_text(encoding="utf-8"))
    asked = [question for question in questions(notice, {}) if question.kind == "group"]
    assert len({question.choices[0].label for question in asked}) == len(asked) == 12
    changed = corrected(notice, asked[0].choices[0].corrections).notice
    group = asked[0].choices[0].corrections[0]["group"]
    within = [item for item in changed.items if item.group and item.group.start == group]
    assert within
    assert all("市交通运输局" in names(item.leads) for item in within)


def test_a_later_day_in_the_text_is_asked_about():
    text = TEXT.replace("举办培训班。", "12月底前举办培训班。")
    [question] = questions(parse(text), {})
    assert [choice.label for choice in question.choices] == [
        "2018-10-31（原文“10月底前完成”）",
        "2018-12-31（原文“12月底前”）",
    ]
    changed = corrected(parse(text), question.choices[1].corrections).notice
    assert changed.items[1].deadline.on == date(2018, 12, 31)


@pytest.mark.parametrize(
    ("correction", "is_settled"),
    [
        (agency(1, "省教育厅", "lead"), True),
        (agency(1, "省教育厅", "assist"), False),
        (agency(0, "省教育厅", "lead"), False),
        ({"kind": "drop", "item": SECOND}, True),
        (due(1, kind="endless"), False),
    ],
)
def test_a_question_is_settled_by_a_correction_of_what_it_is_about(correction, is_settled):
    ending = "（省文化和旅游厅牵头，省教育厅配合，10月底前完成）"
    [question] = questions(parse(TEXT.replace(ending, "")), {})
    assert question.kind == "lead"
    assert settles(question, correction) == is_settled


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("correction", "was", "now"),
    [
        (agency(0, "省财政厅", "assist"), "省财政厅负责", "省财政厅协助"),
        (agency(0, "省审计厅", "lead"), "省审计厅不承担", "省审计厅负责"),
        (due(1, kind="endless"), "2018-10-31（原文“10月底前完成”）", "持续推进，无截止日"),
        (due(0, kind="inferred"), "2018-06-30（原文“6月底前”）", "按年末推定"),
        (head("issuer", "某省人民政府"), "某省人民政府办公厅", "某省人民政府"),
        ({"kind": "join", "item": SECOND}, "单独一项任务", "并入前一项任务"),
        (unit("省财政厅", "none"), "省财政厅", "不是单位"),
    ],
)
def test_a_correction_says_what_had_been_read_and_what_is_read_now(notice, correction, was, now):
    assert said(notice, correction)[1:] == (was, now)


def test_words_are_found_though_the_line_breaks_within_them():
    assert locate("前文加强\n宣传工作", "加强宣传", 0, 9) == (2, 7)
    assert locate("前文", "没有", 0, 2) is None
    assert locate("前文", " ", 0, 2) is None


# ── names that stand for many ────────────────────────────────────────────────────────────────────────────────────

MANY = TEXT.replace("省市场监管局负责", "各市人民政府负责").replace("省司法厅负责", "各市人民政府负责")


def test_a_collective_name_that_leads_beside_an_office_is_not_asked_about():
    text = TEXT.replace("省司法厅负责", "各市人民政府负责")
    assert not [each for each in questions(parse(text), {}) if each.kind == "collective"]


def test_one_that_leads_alone_is_asked_about_once_and_can_be_kept():
    [asked] = [each for each in questions(parse(MANY), {}) if each.kind == "collective"]
    assert asked.reason == "“各市人民政府”泛指多个单位，没有账号，无人可以报送。"
    assert [choice.value for choice in asked.choices] == ["none", "keep"]
    kept_as_it_is = corrected(parse(MANY), asked.choices[-1].corrections).notice
    assert kept_as_it_is == parse(MANY)
    assert not [each for each in questions(parse(MANY), {"各市人民政府": "各市人民政府"}) if each.kind == "collective"]


def test_the_register_s_governments_of_that_level_take_its_place():
    known = {name: name for name in ("甲市人民政府", "乙市政府", "丙县人民政府", "全市人民政府", "市财政局")}
    [asked] = [each for each in questions(parse(MANY), known) if each.kind == "collective"]
    choice = asked.choices[0]
    assert choice.label == "换成名册里的2家：甲市人民政府、乙市政府"
    changed = corrected(parse(MANY), choice.corrections).notice
    item = changed.items[-1]
    assert names(item.leads) == ["甲市人民政府", "乙市政府"]
    assert names(item.duties[-1].leads) == ["甲市人民政府", "乙市政府"]
    assert not any(unit.is_collective for unit in item.leads)
    assert said(parse(MANY), choice.corrections[0]).now == "甲市人民政府、乙市政府"
