"""Whether the tests of the rule notice a fault in it: every one of `tests/support/mutate_status.py` must be caught."""

import pytest

from tests.support import mutate_status
from tests.support.mutate_status import caught_by, number_of_checks, small_faults, ten_faults, unharmed


@pytest.mark.parametrize("module", mutate_status.CHECKS)
def test_the_rule_as_it_is_passes(module):
    assert number_of_checks(module) > 30
    assert caught_by(unharmed(module)) == ""


def test_ten_faults_that_people_make_are_all_caught():
    faults = list(ten_faults())
    assert len(faults) == 10
    assert [fault.name for fault in faults if not caught_by(fault)] == []


def test_every_small_fault_of_the_rule_is_caught():
    faults = list(small_faults("tasks.rules.status"))
    assert len(faults) > 100
    assert [fault.name for fault in faults if not caught_by(fault)] == []
