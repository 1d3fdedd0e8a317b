"""Of those who wait for a package, one is asked to come back after two seconds, and many one after the other."""

import pytest

from reports.packages.polling import Spacing


def test_whoever_comes_alone_waits_for_the_pause_and_no_longer():
    looks = Spacing(pause=2, apart=0.1)
    assert [looks.after(now) for now in (100, 110, 110.5)] == [2, 2, 2]


def test_of_a_crowd_each_comes_a_moment_after_the_one_before():
    looks = Spacing(pause=2, apart=0.5)
    assert [looks.after(100) for _ in range(4)] == [2, 2.5, 3, 3.5]
    assert looks.after(101) == 3  # half a second after the last of them
    assert looks.after(110) == 2


def test_nobody_waits_longer_than_the_longest_however_many_come():
    looks = Spacing(pause=2, apart=1, longest=4)
    assert [looks.after(100) for _ in range(5)] == [2, 3, 4, 4, 4]


def test_without_a_pause_the_first_need_not_wait_at_all():
    openings = Spacing(pause=0, apart=0.5)
    assert [openings.after(now) for now in (100, 100, 100.25, 101.5)] == [0, 0.5, 0.75, 0]


@pytest.mark.parametrize("now", [-5, 0, 0.001])
def test_the_clock_may_begin_anywhere(now):
    assert Spacing(pause=0, apart=1).after(now) == 0
