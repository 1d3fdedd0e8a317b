"""Seventy-two notices in the manners of eighteen issuers: each is read as it was meant, and without a doubt."""

from __future__ import annotations

import pytest

from tasks.notice import Item, parse
from tests.support.notice_manners import MANNERS, city_groups, make

SEEDS = range(4)


def answers(item: Item) -> list[tuple[list[str], list[str], str | None]]:
    return [
        (
            [unit.name for unit in duty.leads],
            [unit.name for unit in duty.assists],
            duty.deadline.text if duty.deadline else None,
        )
        for duty in item.duties
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.__name__)
def test_a_notice_is_read_as_it_was_meant(manner, seed: int) -> None:  # type: ignore[no-untyped-def]
    made = make(manner, seed)
    notice = parse(made.text)
    assert (notice.document_number, notice.as_dict()["issued_on"]) == (made.number, made.issued_on)
    answered = [item for item in notice.items if item.duties]
    half = str.maketrans("():;,", "（）：；，")
    assert [
        (item.title, [(a, [x.translate(half) for x in b], c) for a, b, c in answers(item)]) for item in answered
    ] == [(task.title, [(duty.leads, duty.assists, duty.deadline) for duty in task.duties]) for task in made.tasks]
    asked = [problem.reason for problem in notice.problems]
    assert len(asked) == (2 if manner is city_groups else 0), asked
    for item in notice.items:
        assert notice.text[item.start : item.end] == item.text
        for duty in item.duties:
            assert notice.text[duty.ending_start :].startswith(duty.ending)
