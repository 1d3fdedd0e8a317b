"""Until when: what terms mean, and where they are read."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.notice import Deadline, Item, parse
from tasks.notice.terms import Years, meaning, plan_years
from tests.support.notice_build import notice

YEARS = Years(2023, date(2023, 2, 6))
TERMS = [
    ("2023年12月", "2023-12-31"),
    ("6月底前完成", "2023-06-30"),
    ("六月底前", "2023-06-30"),
    ("6月30日前", "2023-06-30"),
    ("9月中旬", "2023-09-20"),
    ("2月底前", "2023-02-28"),
    ("2024年2月底前", "2024-02-29"),
    ("第三季度", "2023-09-30"),
    ("前三季度", "2023-09-30"),
    ("2023年二季度末", "2023-06-30"),
    ("上半年", "2023-06-30"),
    ("下半年", "2023-12-31"),
    ("年底前", "2023-12-31"),
    ("年内持续推进", "2023-12-31"),
    ("全年", "2023-12-31"),
    ("本年度", "2023-12-31"),
    ("2025年", "2025-12-31"),
    ("2023—2025年", "2025-12-31"),
    ("二〇二三年十月底前", "2023-10-31"),
    ("明年3月底前", "2024-03-31"),
    ("6—8月", "2023-08-31"),
    ("2023.11", "2023-11-30"),
    ("2023-11-05", "2023-11-05"),
    ("6月底前启动，12月底前完成", "2023-12-31"),
    ("2024年6月底前启动，12月底前完成", "2024-12-31"),
    ("自印发之日起3个月内", "2023-05-06"),
    ("半年内", "2023-08-06"),
    ("30日内", "2023-03-08"),
    ("每季度", "quarter"),
    ("每月底前", "month"),
    ("每半年报告一次", "half-year"),
    ("每年12月底前", "year"),
    ("按季度推进", "quarter"),
    ("长期坚持", ""),
    ("持续推进", ""),
    ("常态化推进", ""),
]


@pytest.mark.parametrize(("words", "means"), TERMS)
def test_a_term_means_a_day_a_recurrence_or_no_end(words: str, means: str) -> None:
    term = meaning(words, YEARS)
    assert term is not None
    assert term.is_plain
    assert (term.on.isoformat() if term.on else term.recurs or "") == means


@pytest.mark.parametrize("words", ["立即整改", "适时启动"])
def test_a_term_without_a_day_is_not_plain(words: str) -> None:
    term = meaning(words, YEARS)
    assert term is not None
    assert not term.is_plain


def test_the_year_is_the_plans() -> None:
    issued = date(2022, 11, 1)
    assert plan_years("某市2023年工作要点", issued).of(6, 30) == date(2023, 6, 30)
    assert plan_years("某市三年行动计划（2023—2025年）", date(2023, 4, 1)).of(6, 30) == date(2023, 6, 30)
    assert plan_years("某市工作方案", issued).of(12, 31) == date(2022, 12, 31)
    assert plan_years("某市工作方案", issued).of(3, 31) == date(2023, 3, 31)  # none ends before the issue
    assert plan_years("某市工作方案", None).of(3, 31) is None


def item_of(words: str, title: str = "某省人民政府办公厅关于印发2020年行动计划的通知") -> Item:
    (item,) = parse(notice("一、甲", f"（一）乙。{words}", title=title)).items
    return item


def shown(deadline: Deadline | None) -> tuple[str, str] | None:
    return (deadline.text, deadline.on.isoformat() if deadline.on else deadline.recurs or "") if deadline else None


PLACES = [
    ("做。（省财政厅负责，6月底前完成）", ("6月底前完成", "2020-06-30")),
    ("做。（省财政厅6月底前完成，省水利厅10月底前完成）", ("10月底前完成", "2020-10-31")),
    ("做。（6月底前完成，省财政厅负责）", ("6月底前完成", "2020-06-30")),
    ("做。（责任单位：省财政厅；完成时限：2020年9月）", ("2020年9月", "2020-09-30")),
    ("做。（完成时限：2020年9月；责任单位：省财政厅）", ("2020年9月", "2020-09-30")),
    ("做。\n责任单位：省财政厅。完成时限：持续推进。", ("持续推进", "")),
    ("做。\n责任单位：省财政厅。完成时限：2020年\n9月。", ("2020年\n9月", "2020-09-30")),
    ("做。\n责任单位：省财政厅\n整改时限：2020年9月", ("2020年9月", "2020-09-30")),
    ("做。\n时间节点：三季度\n责任单位：省财政厅", ("三季度", "2020-09-30")),
    ("做。（省财政厅负责）（6月底前完成）", ("6月底前完成", "2020-06-30")),
    ("做。（省财政厅负责）完成时限：2020年底前", ("2020年底前", "2020-12-31")),
    ("做，2020年10月底前建成。（省财政厅负责）", ("2020年10月底前", "2020-10-31")),
    ("6月底前启动，年底前完成。（省财政厅负责）", ("年底前", "2020-12-31")),
    ("一季度开工，四季度建成。（省财政厅负责）", ("四季度", "2020-12-31")),
    ("做。\n责任单位：省财政厅\n完成时限：6月底前启动；12月底前完成", ("6月底前启动；12月底前完成", "2020-12-31")),
    ("\n　　责任单位：省财政厅\n　　做，6月底前完成。", ("6月底前", "2020-06-30")),
    ("每季度通报一次。（省财政厅负责）", ("每季度", "quarter")),
    ("做。（省财政厅负责，12月底前完成，并长期坚持）", ("12月底前完成", "2020-12-31")),
    ("做，年底前完成。（省财政厅负责，6月底前完成）", ("6月底前完成", "2020-06-30")),
    ("做。（省财政厅负责，6月底前完成）做。（省水利厅负责，9月底前完成）", ("9月底前完成", "2020-09-30")),
    ("做。（省财政厅负责，6月底前完成）做。（省水利厅负责，长期坚持）", ("长期坚持", "")),
    ("做。（省财政厅负责）", None),
    ("年度内新增省级奖5家。（省财政厅负责）", None),
    ("力争年内全部建成投产。（省财政厅负责）", ("年内", "2020-12-31")),
    ("落实《规划（2018—2020年）》，巩固2019年底前的成果。（省财政厅负责）", None),
    ("持续推进改革，自2020年6月起施行。（省财政厅负责；2020年7月起实施）", None),
    ("每月给予500元补贴，3年内全覆盖。（省财政厅负责）", None),
]


@pytest.mark.parametrize(("words", "deadline"), PLACES)
def test_an_items_deadline_is_the_last_that_is_written(words: str, deadline: tuple[str, str] | None) -> None:
    item = item_of(words)
    assert shown(item.deadline) == deadline
    assert str(item.leads[0]) == "省财政厅"


def test_a_deadline_of_a_duty_or_a_measure_stays_with_it() -> None:
    item = item_of("3月底前做一。做二。（省财政厅负责）10月底前做三。（省水利厅负责，每月调度）")
    assert [shown(duty.deadline) for duty in item.duties] == [("3月底前", "2020-03-31"), ("每月调度", "month")]
    assert [shown(measure.deadline) for measure in item.measures] == [
        ("3月底前", "2020-03-31"),
        None,
        ("10月底前", "2020-10-31"),
    ]


def test_a_label_about_time_is_no_measure_and_names_nobody() -> None:
    item = item_of("做一。\n责任单位：省财政厅\n完成时限：2020年9月")
    assert [measure.text for measure in item.measures] == ["做一。"]
    assert [str(unit) for unit in item.leads] == ["省财政厅"]


def test_a_term_whose_day_cannot_be_told_is_said() -> None:
    read = parse(notice("一、甲", "（一）乙。做。（责任单位：省财政厅；完成时限：详见附件）"))
    assert read.items[0].deadline is None
    assert [(problem.line, problem.reason, problem.words) for problem in read.problems] == [
        (6, "完成时限“详见附件”没有换算成日期，请核对", "详见附件")
    ]


def test_as_json_a_deadline_has_its_words_and_what_they_mean() -> None:
    read = parse(
        notice("一、甲", "（一）乙。做。（省财政厅负责，6月底前完成）", "（二）丙。做。（省水利厅负责，每月调度）")
    )
    first, second = read.as_dict()["sections"][0]["items"]
    assert first["deadline"] == {"text": "6月底前完成", "on": "2020-06-30", "recurs": None}
    assert second["duties"][0]["deadline"] == {"text": "每月调度", "on": None, "recurs": "month"}
    assert list(first["duties"][0]) == ["start", "end", "ending", "leads", "assists", "assist_rule", "deadline"]
