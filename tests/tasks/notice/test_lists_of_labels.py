"""Who answers, when it is told line by line: numbered, with bullets, under a heading that names the lead."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.notice import Item, parse
from tests.support.notice_build import notice

HEAD = ("一、重点工作", "（一）改造老旧小区。")
LINES = ["牵头单位：市住建局", "配合单位：市财政局、市城管局"]


def only(*lines: str) -> Item:
    [item] = parse(notice(*lines)).items
    return item


def named(item: Item) -> tuple[list[str], list[str]]:
    return [unit.name for unit in item.leads], [unit.name for unit in item.assists]


@pytest.mark.parametrize(
    "lines",
    [
        ("1.工作内容：改造23个小区。", "2.牵头单位：市住建局", "3.配合单位：市财政局、市城管局"),
        (
            "1.目标任务：改造23个小区。",
            "2.具体措施：逐个排查。",
            "3.牵头单位：市住建局",
            "4.配合单位：市财政局、市城管局",
        ),
        ("1.改造23个小区。", "2.牵头单位：市住建局", "3.责任单位：市财政局、市城管局"),
        ("1.改造23个小区。", "2.牵头单位：市住建局", "3.完成时限：11月底前", "4.配合单位：市财政局、市城管局"),
        ("（1）改造23个小区。", "（2）牵头单位：市住建局", "（3）责任领导：李某", "（4）配合单位：市财政局、市城管局"),
        ("①改造23个小区。", "②牵头单位：市住建局", "③配合单位：市财政局、市城管局"),
    ],
)
def test_numbered_labels_are_one_ending(lines: tuple[str, ...]) -> None:
    item = only(*HEAD, *lines)
    assert named(item) == (["市住建局"], ["市财政局", "市城管局"])
    assert len(item.duties) == 1


@pytest.mark.parametrize("bullet", ["•", "·", "○", "■", "□", "▲", "➢", "※", "√", "–", "• ", "—— "])
def test_labels_may_stand_behind_bullets(bullet: str) -> None:
    lines = [f"{bullet}{line}" for line in [*LINES, "完成时限：9月底"]]
    item = only(*HEAD, "改造23个小区。", *lines)
    assert named(item) == (["市住建局"], ["市财政局", "市城管局"])
    assert item.deadline is not None
    assert (item.deadline.text, item.deadline.on) == ("9月底", date(2020, 9, 30))


def test_a_numbered_label_is_no_task() -> None:
    item = only(*HEAD, "1.工作内容：改造23个小区。", "2.牵头单位：市住建局", "3.配合单位：市财政局")
    assert (item.label, item.title) == ("（一）", "改造老旧小区")


def test_who_assists_in_a_task_is_led_by_whom_the_heading_names() -> None:
    text = notice(
        "一、优化准入（牵头单位：市市场监管局）",
        "（一）深化改革。实行分类管理。",
        "（二）推行执照。覆盖全部场景。（配合单位：市税务局、市数据局）",
    )
    first, second = parse(text).items
    assert named(first) == (["市市场监管局"], [])
    assert named(second) == (["市市场监管局"], ["市税务局", "市数据局"])


def test_who_assists_leads_where_nobody_else_is_named() -> None:
    assert named(only(*HEAD, "改造23个小区。（市财政局、市城管局配合）")) == (["市财政局", "市城管局"], [])


@pytest.mark.parametrize("label", ["任务1：", "任务一：", "举措1、", "事项1："])
def test_tasks_may_be_numbered_by_a_word(label: str) -> None:
    text = notice(
        "一、准入",
        f"{label}推行一网通办，落实任务1的要求。",
        "责任单位：市数据局",
        f"{label.replace('1', '2').replace('一', '二')}推进歇业备案。",
        "责任单位：市市场监管局",
    )
    first, second = parse(text).items
    assert (first.label, first.title) == (label, "推行一网通办，落实任务1的要求")
    assert (named(first)[0], named(second)[0]) == (["市数据局"], ["市市场监管局"])


def test_a_last_sentence_may_say_who_watches() -> None:
    item = only(*HEAD, "健全储备库。以上工作由市发展改革委、市财政局共同负责，市审计局加强监督。")
    assert named(item) == (["市发展改革委", "市财政局"], ["市审计局"])


def test_a_last_sentence_that_is_not_understood_is_said() -> None:
    words = "由市发展改革委、市财政局共同负责，市审计局做好跟踪服务。"
    read = parse(notice(*HEAD, f"健全储备库。以上工作{words}", "（二）办事。（市城管局负责）"))
    assert words in [problem.words for problem in read.problems]
