"""The same request twice is one package and one build."""

from datetime import date

import pytest

from agencies.models import Change
from reports.models import Build, Package
from reports.packages import asking
from reports.packages.asking import build_again, cancel_build
from reports.quarter import Definition
from tasks.workflow import WorkflowError, acknowledge
from tests.reports.packages.conftest import DAY, NOW
from tests.support.factories import make_plan, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_a_package_is_asked_for_once(ask, leader):
    first = ask()
    assert ask() == first
    assert ask(by=leader, at=moment("2016-10-18 09:00")) == first
    assert Package.objects.count() == Build.objects.count() == 1
    assert first.build.state == Build.State.QUEUED


def test_where_somebody_else_had_it_built_again_first_it_is_seen_to_be_under_way(ask, monkeypatch):
    package = ask()
    Build.objects.update(state=Build.State.FAILED, reason="磁盘已满")

    def too_late(package):
        Build.objects.update(**asking.QUEUED)
        return False

    monkeypatch.setattr(asking, "_queue_again", too_late)
    assert ask().build.state == Build.State.QUEUED
    assert Change.objects.filter(action="重新生成汇总", subject_id=package.pk).count() == 0


@pytest.mark.parametrize("changes", [{"period": "2016"}, {"day": date(2016, 10, 1)}])
def test_another_period_or_day_is_another_package(ask, changes):
    assert ask(**changes) != ask()


def test_a_past_day_speaks_until_its_end(ask):
    package = ask()
    definition = Definition.from_json(package.definition)
    assert package.as_of == definition.as_of == moment("2016-10-16 23:59:59.999999")
    assert (package.day, definition.period) == (DAY, "2016Q3")


def test_today_speaks_for_now_and_is_the_same_until_something_changes(ask, lead, lead_liaison):
    first = ask(day=NOW.date())
    later = moment("2016-10-17 11:00")
    assert first.as_of == NOW
    assert ask(day=NOW.date(), at=later) == first
    acknowledge(assignment=lead, by=lead_liaison, at=later)
    assert ask(day=NOW.date(), at=later).as_of == later


def test_a_day_to_come_is_refused_at_its_field(ask):
    with pytest.raises(WorkflowError, match="晚于今天") as refused:
        ask(day=date(2016, 10, 18))
    assert refused.value.field == "as_of"


def test_a_period_that_has_not_opened_is_refused_at_its_field(ask):
    with pytest.raises(WorkflowError, match="还没有开放填报") as refused:
        ask(day=date(2016, 9, 1))
    assert refused.value.field == "period"


def test_a_day_before_the_plan_is_refused(ask, plan):
    other = make_plan(imported_at=moment("2016-10-17 08:00"))
    with pytest.raises(WorkflowError, match="2016-10-17起才有数据"):
        ask(plans=[plan, other])


def test_what_was_cancelled_or_failed_is_queued_anew_when_it_is_asked_for_again(ask, coordinator):
    package = ask()
    cancel_build(package=package, by=coordinator, at=NOW)
    assert Build.objects.get().state == Build.State.CANCELLED
    assert ask() == package
    assert Build.objects.get().state == Build.State.QUEUED


def test_only_what_runs_is_cancelled_and_only_what_stopped_is_built_again(ask, coordinator):
    package = ask()
    with pytest.raises(WorkflowError, match="无须重新生成"):
        build_again(package=package, by=coordinator, at=NOW)
    Build.objects.update(state=Build.State.DONE)
    with pytest.raises(WorkflowError, match="无须取消"):
        cancel_build(package=package, by=coordinator, at=NOW)


def test_who_asks_is_on_record(ask, coordinator):
    package = ask()
    change = Change.objects.get(action="申请生成汇总")
    assert (change.subject, change.by) == (str(package), coordinator)
