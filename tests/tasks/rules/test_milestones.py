"""节点: where one stands on a day, and what may be done with it there."""

from datetime import date

import pytest

from tasks.rules.milestones import MOVES, MilestoneMove, MilestoneState, refusal, state_of

DAY = date(2016, 10, 12)
S, M = MilestoneState, MilestoneMove


def state(planned_on, *, withdrawn=False, reported=False, confirmed=None):
    return state_of(planned_on, DAY, soon_days=15, is_withdrawn=withdrawn, is_reported=reported, is_confirmed=confirmed)


@pytest.mark.parametrize(
    ("planned_on", "expected"),
    [
        (date(2016, 10, 11), S.LATE),
        (date(2016, 10, 12), S.SOON),
        (date(2016, 10, 27), S.SOON),
        (date(2016, 10, 28), S.PLANNED),
    ],
)
def test_what_is_yet_to_be_done_is_late_after_its_day_and_soon_within_the_plans_days(planned_on, expected):
    assert state(planned_on) == expected


def test_what_was_reported_waits_and_counts_once_confirmed_whatever_its_day():
    assert state(date(2016, 9, 1), reported=True) == S.WAITING
    assert state(date(2016, 9, 1), reported=True, confirmed=True) == S.CONFIRMED


def test_what_was_sent_back_is_to_be_done_as_before():
    assert state(date(2016, 9, 1), reported=True, confirmed=False) == S.LATE
    assert state(date(2016, 12, 1), reported=True, confirmed=False) == S.PLANNED


def test_what_was_withdrawn_is_nothing_else():
    assert state(date(2016, 9, 1), withdrawn=True, reported=True, confirmed=True) == S.WITHDRAWN


def test_every_state_has_its_moves_and_every_other_is_refused_in_words():
    assert set(MOVES) == set(MilestoneState)
    for each in MilestoneState:
        for move in MilestoneMove:
            assert bool(refusal(each, move)) == (move not in MOVES[each])
    assert refusal(S.WITHDRAWN, M.MOVE) == "该节点已经撤销。"
    assert refusal(S.PLANNED, M.CONFIRM) == "该节点尚未报完成。"
    assert refusal(S.WAITING, M.REPORT) == "该节点已报完成，请先确认或退回。"
