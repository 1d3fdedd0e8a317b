"""印发 locks the period and keeps the files; a number is never used twice; 撤回 needs a reason."""

import io

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from docx import Document

from agencies.models import Change
from reports.models import BriefingWording, Build, Edition, Issue, Package, PackageFile
from reports.packages.building import build
from reports.packages.issuing import issue_package, next_number, withdraw_issue
from reports.packages.keeping import read
from reports.packages.tending import tend
from reports.packages.wording import newest_wording, reword, wording_of
from tasks.models import Message
from tasks.standing.filing import newest_lock
from tasks.workflow import WorkflowError, lock_period, unlock_period
from tests.reports.packages.conftest import NOW
from tests.support.factories import make_item, make_period, make_plan, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("light")]


def issue(package, by, number=3, at=NOW):
    return issue_package(package=package, number=number, by=by, at=at)


def test_issuing_locks_the_period_in_the_same_deed_and_is_on_record(built, coordinator, period):
    package = built()
    made = issue(package, coordinator)
    lock = newest_lock(period)
    assert (str(made), made.edition) == ("2016年第3期", Package.objects.get().edition)
    assert lock.is_locked
    assert lock.reason == "2016年三季度汇总已印发（2016年第3期）"
    assert list(Change.objects.order_by("pk").values_list("action", flat=True))[-2:] == ["锁定报告期", "印发汇总"]
    assert Change.objects.get(action="印发汇总").new["issue"] == "2016年第3期"


def test_a_period_that_is_locked_already_stays_as_it_is(built, coordinator, period):
    package = built()
    lock_period(period=period, reason="先锁", by=coordinator, at=NOW)
    issue(package, coordinator)
    assert newest_lock(period).reason == "先锁"


def test_leaders_and_the_agencies_concerned_are_told(built, coordinator, leader, lead_liaison, other_liaison):
    package = built()
    issue(package, coordinator)
    told = dict(Message.objects.values_list("recipient__username", "link"))
    assert told == {leader.username: package.get_absolute_url(), lead_liaison.username: package.get_absolute_url()}


def test_whoever_was_told_of_the_issue_is_told_that_it_was_withdrawn(built, coordinator, leader, lead_liaison, plan):
    made = issue(built(), coordinator)
    Message.objects.all().delete()
    withdraw_issue(issue=made, reason="数据有误", by=coordinator, at=NOW)
    told = Message.objects.order_by("recipient__username").values_list("recipient", "text", "link")
    text = "2016年三季度汇总（2016年第3期）已撤回，此前下载的文件请勿再使用。原因：数据有误"
    link = f"/plans/{plan.slug}/reports/"
    assert set(told) == {(leader.pk, text, link), (lead_liaison.pk, text, link)}


def test_a_number_is_never_used_twice_in_a_year_even_when_withdrawn(built, coordinator):
    package = built()
    withdraw_issue(issue=issue(package, coordinator), reason="数据有误", by=coordinator, at=NOW)
    with pytest.raises(WorkflowError, match="已经用过") as refused:
        issue(package, coordinator)
    assert refused.value.field == "number"
    assert next_number(package.plans.get(), 2016) == 4
    assert str(issue(package, coordinator, number=4)) == "2016年第4期"


def test_one_issue_of_a_period_is_in_force_at_a_time(built, coordinator):
    issue(built(), coordinator)
    later = built(at=moment("2016-10-18 10:00"), day=NOW.date())
    with pytest.raises(WorkflowError, match="已经印发"):
        issue(later, coordinator, number=4)
    with pytest.raises(WorkflowError, match="已经印发"):
        issue(later, coordinator, number=3)


@pytest.mark.parametrize("state", [Build.State.QUEUED, Build.State.BUILDING, Build.State.FAILED])
def test_only_what_is_built_is_issued(ask, coordinator, state):
    package = ask()
    Build.objects.update(state=state)
    with pytest.raises(WorkflowError, match="还没有生成完毕"):
        issue(package, coordinator)


@pytest.mark.parametrize("harm", ["lost", "altered"])
def test_only_whole_files_are_issued_and_nothing_is_locked(built, coordinator, period, harm):
    package = built()
    name = package.edition.files.first().blob.file.name
    path = default_storage.path(name)
    default_storage.delete(name)
    if harm == "altered":
        with open(path, "wb") as file:
            file.write(b"other")
    with pytest.raises(WorkflowError, match="缺失或与登记"):
        issue(package, coordinator)
    assert newest_lock(period) is None
    assert not Issue.objects.exists()


def test_a_package_of_several_plans_is_not_issued(built, plan, coordinator):
    package = built(plans=[plan, make_item(make_plan()).plan])
    with pytest.raises(WorkflowError, match="不单独印发"):
        issue(package, coordinator)


def test_withdrawing_needs_a_reason_is_done_once_and_leaves_the_period_locked(built, coordinator, period):
    made = issue(built(), coordinator)
    with pytest.raises(WorkflowError, match="请写明撤回原因"):
        withdraw_issue(issue=made, reason=" ", by=coordinator, at=NOW)
    withdraw_issue(issue=made, reason="数据有误", by=coordinator, at=NOW)
    with pytest.raises(WorkflowError, match="已经撤回"):
        withdraw_issue(issue=made, reason="再撤", by=coordinator, at=NOW)
    assert newest_lock(period).is_locked
    assert Change.objects.get(action="撤回印发").reason == "数据有误"
    unlock_period(period=period, reason="补报", by=coordinator, at=NOW)
    assert PackageFile.objects.exists()


def test_issued_files_are_never_built_over(built, coordinator):
    package = built()
    made = issue(package, coordinator)
    files = list(made.edition.files.values_list("kind", "blob__sha256"))
    with pytest.raises(WorkflowError, match="措辞不能再调整"):
        reword(package=package, texts={"asks": "改写"}, version=0, by=coordinator, at=NOW)
    withdraw_issue(issue=made, reason="措辞不当", by=coordinator, at=NOW)
    version = newest_wording(package)
    texts = {**wording_of(package), "summary": "改写"}
    assert reword(package=package, texts=texts, version=version, by=coordinator, at=NOW) == 1
    tend(at=NOW, tick=lambda: NOW)
    assert list(made.edition.files.values_list("kind", "blob__sha256")) == files
    assert Package.objects.get().build.state == Build.State.DONE


def test_a_reworded_package_is_queued_and_built_from_the_same_facts(built, coordinator):
    package = built()
    reword(package=package, texts={"summary": "改写"}, version=0, by=coordinator, at=NOW)
    assert Build.objects.get().state == Build.State.QUEUED
    with pytest.raises(WorkflowError, match="正在生成"):
        reword(package=package, texts={"summary": "再改"}, version=1, by=coordinator, at=NOW)
    build(package.pk, at=NOW, tick=lambda: NOW)
    facts = set(Edition.objects.values_list("facts_sha256", flat=True))
    assert len(facts) == 1


def facts(package, coordinator):
    made = issue(package, coordinator)
    withdrawal = withdraw_issue(issue=made, reason="数据有误", by=coordinator, at=NOW)
    wording = BriefingWording.objects.create(package=package, paragraph="asks", text="改写", recorded_at=NOW)
    edition = package.edition
    return [package, edition, edition.files.first(), made, withdrawal, wording]


def test_what_was_asked_for_built_issued_and_withdrawn_stays_as_it_is(built, coordinator):
    for fact in facts(built(), coordinator):
        for deed in (lambda rows: rows.update(id=0), lambda rows: rows._raw_delete(rows.db)):
            rows = type(fact).objects.filter(pk=fact.pk)
            with pytest.raises(DatabaseError, match="facts are inserted, never changed"), transaction.atomic():
                deed(rows)


def test_the_issued_briefing_bears_the_number_of_its_issue(real_files, built, coordinator):
    package = built()
    made = issue(package, coordinator)
    files = {file.kind: file for file in made.edition.files.select_related("blob")}
    said = [paragraph.text for paragraph in Document(io.BytesIO(read(files["docx"].blob))).paragraphs]
    assert "（第3期）" in said
    first = package.editions.get(number=1)
    assert made.edition.number == 2
    assert files["xlsx"].blob == first.files.get(kind="xlsx").blob
    withdraw_issue(issue=made, reason="更正", by=coordinator, at=NOW)
    assert issue(package, coordinator, number=4).edition.number == 3


def test_a_year_s_package_leaves_quarters_that_opened_later_open(built, coordinator, plan, period):
    later = make_period(plan, "2016Q4")
    issue(built(period="2016"), coordinator)
    assert newest_lock(period).is_locked
    assert newest_lock(later) is None
