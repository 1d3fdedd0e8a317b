"""Targets with a number, and numbers that are none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tasks.notice import parse
from tests.support.notice_build import notice

TARGETS = [
    ("新增城镇就业60万人，城镇登记失业率控制在4.5%以内。", [("城镇就业", 60, "万人"), ("城镇登记失业率", "4.5", "%")]),
    ("实施重点项目120个，完成投资800亿元。", [("重点项目", 120, "个"), ("投资", 800, "亿元")]),
    ("新建改建农村公路1万公里。", [("农村公路", 1, "万公里")]),
    ("规模以上工业企业突破2万家。", [("规模以上工业企业", 2, "万家")]),
    ("制定地方标准20项以上，修订15项。", [("地方标准", 20, "项")]),
    ("开展三次督查。", [("督查", 3, "次")]),
]
NO_TARGETS = [
    "单个项目补助最高不超过1000万元。",
    "对新认定企业给予一次性奖励100万元。",
    "新增贷款不低于上年同期500亿元。",
    "行政村5G通达率达到90%。",
    "分别达到100家和50家。",
    "建设一个中心、两个平台。",
    "完成替代100万户。",
    "推进102项重大工程建设。",
    "审批时限压缩至3个工作日以内。",
]


def found(sentence: str) -> list[tuple[str, int | Decimal, str]]:
    (item,) = parse(notice("一、甲", f"（一）乙。{sentence}（省财政厅负责）")).items
    for each in item.indicators:
        assert each.name in item.text[each.start - item.start : each.end - item.start]
    return [(each.name, each.target, each.unit) for each in item.indicators]


@pytest.mark.parametrize(("sentence", "targets"), TARGETS)
def test_a_target_is_read_with_its_name_and_unit(sentence: str, targets: list[tuple[str, int | str, str]]) -> None:
    assert found(sentence) == [(name, Decimal(target), unit) for name, target, unit in targets]


@pytest.mark.parametrize("sentence", NO_TARGETS)
def test_a_cap_a_prize_or_half_a_name_is_no_target(sentence: str) -> None:
    assert found(sentence) == []
