"""Notices in the manners of eighteen issuers: each is read as it was meant, without a doubt, however it was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.notice import Item, Notice, parse
from tests.support import notice_manners as manners
from tests.support.notice_manners import MANNERS, Made, Manner, make

SEEDS = range(4)
ON_ONE_LINE = [
    manners.state_office_measures,
    manners.province_members,
    manners.province_terms,
    manners.province_square,
    manners.city_restarting,
    manners.prefecture_mixed,
    manners.ministry_first_leads,
]
HALF_WIDTH = str.maketrans("（）：；，", "():;,")
FULL_WIDTH = str.maketrans("():;,〔〕", "（）：；，（）")
ONE_SIGN = {f"（{cn}）": sign for cn, sign in zip("一二三四五六七八九十", "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", strict=True)}


def in_one_sign(text: str) -> str:
    for printed, sign in ONE_SIGN.items():
        text = text.replace(f"\n{printed}", f"\n{sign}")
    return text


TYPED: dict[str, Callable[[str], str]] = {
    "as made": str,
    "half-width": lambda text: text.translate(HALF_WIDTH),
    "Windows": lambda text: text.replace("\n", "\r\n"),
    "indented": lambda text: text.replace("\n", "\n\n　　"),
    "one sign": in_one_sign,
    "joiners": lambda text: text.replace("省", "省\u2060").replace("局", "\u200b局").replace("厅", "厅\u00ad"),
    "no public": lambda text: text.replace("（此件公开发布）\n", ""),
}


def answers(item: Item) -> list[tuple[list[str], list[str], str | None]]:
    return [
        (
            [unit.name.translate(FULL_WIDTH) for unit in duty.leads],
            [unit.name.translate(FULL_WIDTH) for unit in duty.assists],
            duty.deadline.text if duty.deadline else None,
        )
        for duty in item.duties
    ]


def is_as_meant(notice: Notice, made: Made) -> None:
    assert (notice.document_number, notice.as_dict()["issued_on"]) == (made.number, made.issued_on)
    assert [(item.title.translate(FULL_WIDTH), answers(item)) for item in notice.items if item.duties] == [
        (task.title.translate(FULL_WIDTH), [(duty.leads, duty.assists, duty.deadline) for duty in task.duties])
        for task in made.tasks
    ]
    for item in notice.items:
        assert notice.text[item.start : item.end] == item.text
        reached = item.start
        for duty in item.duties:
            assert notice.text[duty.ending_start :].startswith(duty.ending)
            assert reached <= duty.start <= duty.ending_start < duty.end <= item.end
            assert not duty.deadline or notice.text[duty.deadline.start : duty.deadline.end] == duty.deadline.text
            reached = duty.end
        for measure in item.measures:
            assert notice.text[measure.start : measure.end] == measure.text


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.__name__)
def test_a_notice_is_read_as_it_was_meant(manner: Manner, seed: int) -> None:
    made = make(manner, seed)
    notice = parse(made.text)
    is_as_meant(notice, made)
    asked = [problem.reason for problem in notice.problems]
    assert len(asked) == (2 if manner is manners.city_groups else 0), asked


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(MANNERS, key=lambda manner: manner.__name__)),
    st.integers(0, 10**6),
    st.sampled_from(sorted(TYPED)),
)
def test_however_it_is_typed_it_says_the_same(manner: Manner, seed: int, typed: str) -> None:
    made = make(manner, seed)
    is_as_meant(parse(TYPED[typed](made.text)), made)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(ON_ONE_LINE), st.integers(0, 10**6))
def test_on_one_line_it_says_the_same(manner: Manner, seed: int) -> None:
    made = make(manner, seed)
    is_as_meant(parse(made.text.replace("\n", "")), made)
