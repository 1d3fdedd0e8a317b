"""A plan of every frequency goes through a period: it opens, reminds, is filed and locked, and its files read right."""

import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from qa_plan import clock
from reports.briefing import compose
from reports.models import Package
from reports.packages.building import build
from reports.packages.due import request_due
from reports.packages.forms import period_choices
from reports.packages.issuing import issue_package
from reports.quarter import Definition, take_snapshot
from reports.quarter.book import file_name
from tasks.models import PeriodLock, ReminderRule
from tasks.reminders.deciding import due_on
from tasks.workflow import ReportContent, WorkflowError, review_report, submit_report
from tasks.workflow.daily import daily_round
from tests.pages.conftest import Visitor
from tests.support.factories import make_assignment, make_item, make_plan, moment, sign_receipt, standard_rules
from tests.support.light_packages import light

__all__ = ["light"]

YEAR = [
    ("month", "2016M09", "九月", date(2016, 9, 20), date(2016, 10, 14)),
    ("two_months", "2016B5", "九至十月", date(2016, 10, 20), date(2016, 11, 15)),
    ("quarter", "2016Q3", "三季度", date(2016, 9, 20), date(2016, 10, 14)),
    ("half_year", "2016H2", "下半年", date(2016, 12, 20), date(2017, 1, 13)),
]
pytestmark = pytest.mark.django_db


@pytest.fixture(params=YEAR, ids=[frequency for frequency, *_ in YEAR])
def case(request):
    return request.param


@pytest.fixture
def code(case):
    return case[1]


@pytest.fixture
def name(case):
    return case[2]


@pytest.fixture
def opens(case):
    return case[3]


@pytest.fixture
def due(case):
    return case[4]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def plan(db, case):
    return make_plan(imported_at=moment("2016-05-24 09:00"), frequency=case[0])


@pytest.fixture
def lead(plan, lead_agency):
    lead = make_assignment(make_item(plan), lead_agency)
    sign_receipt(lead, at=moment("2016-05-26 09:00"))
    return lead


def rounds_until(day):
    """Once a week, and on that day."""
    start = date(2016, 5, 24)
    for on in [*(start + timedelta(days=n) for n in range(0, (day - start).days, 7)), day]:
        list(daily_round(on))


def briefing_of(plan, code, day):
    snapshot = take_snapshot(Definition((plan.slug,), code, clock.end_of(day)))
    text = "\n".join(paragraph.text for paragraph in compose(snapshot, {}, "省质量办").paragraphs)
    return snapshot, text


def it_opens_on_its_day_reminds_and_is_filed_and_counted(plan, lead, lead_liaison, coordinator, code, opens, due):
    rounds_until(opens - timedelta(days=1))
    assert not plan.periods.filter(code=code).exists()
    told = {(entry.rule.kind, entry.subject.period_code) for entry in due_on(opens)}
    assert (ReminderRule.Kind.OPENS, code) in told
    rounds_until(opens)
    period = plan.periods.get(code=code)
    assert (period.opens_on, period.due_on) == (opens, due)
    told = {(entry.rule.kind, entry.subject.period_code) for entry in due_on(due)}
    assert (ReminderRule.Kind.FILING, code) in told
    content = ReportContent(98, "已完成抽检。")
    at = clock.at(due)
    report = submit_report(assignment=lead, period=period, content=content, by=lead_liaison, at=at)
    review_report(report=report, verdict="accepted", by=coordinator, at=at)
    assert (ReminderRule.Kind.FILING, code) not in {(each.rule.kind, each.subject.period_code) for each in due_on(due)}


SUMMARIES = {"month": "月度汇总", "two_months": "双月汇总", "quarter": "季度汇总", "half_year": "半年汇总"}


def test_pages_name_its_packages_by_how_often_it_reports(plan, lead, case, coordinator):
    word = SUMMARIES[case[0]]
    others = set(SUMMARIES.values()) - {word}
    browser = Visitor(coordinator)
    for url, shown in (("", f"下载{word}"), ("reports/", word)):
        page = browser.get(f"/plans/{plan.slug}/{url}")
        text = page.tree.text_content()
        assert shown in text
        assert not [other for other in others if other in text], url
    assert browser.get(f"/plans/{plan.slug}/reports/").text("//h1") == word


def its_documents_call_it_by_its_name_and_no_other_period(plan, code, name, due):
    snapshot, text = briefing_of(plan, code, due + timedelta(days=3))
    assert f"2016年{name}进展情况的通报" in text
    assert f"{name}" in text
    others = {"一季度", "二季度", "三季度", "四季度", "上半年", "下半年"} - {name}
    kin = {period.name for period in plan.periods.all()}
    assert {word for word in others if re.search(word, text)} <= kin
    assert f"_2016年{name}_截至" in file_name(snapshot)


def its_package_is_asked_for_by_itself_built_issued_and_locks_it(
    plan, lead, lead_liaison, coordinator, code, name, due
):
    on = due + timedelta(days=5)
    asked = [asked for _, asked, _ in request_due(on, at=clock.at(on))]
    assert code in asked
    package = Package.objects.get(period=code)
    assert str(package) == f"2016年{name}汇总"
    assert build(package.pk, at=clock.at(on), tick=timezone.now)
    package = Package.objects.with_all().get(pk=package.pk)
    issue_package(package=package, number=1, by=coordinator, at=clock.at(on))
    period = plan.periods.get(code=code)
    assert PeriodLock.objects.get().period == period
    content = ReportContent(98, "已完成抽检。")
    with pytest.raises(WorkflowError, match=f"{name}报告期已于"):
        submit_report(assignment=lead, period=period, content=content, by=lead_liaison, at=clock.at(on))
    assert (code, f"2016年{name}") in period_choices([plan], on)


def the_command_writes_its_workbook(code, name, tmp_path, capsys):
    for suffix in ("xlsx", "docx"):
        out = tmp_path / f"汇总.{suffix}"
        call_command("build_report", period=code, out=out)
        assert out.stat().st_size > 5000
    assert f"2016年{name}" in capsys.readouterr().out


def test_it_goes_through_its_period_and_is_told_and_issued_by_its_name(
    plan, lead, lead_liaison, coordinator, light, code, name, opens, due, tmp_path, settings, capsys, subtests
):
    """The plan's days are gone through once for all that is asked of them."""
    standard_rules()
    it_opens_on_its_day_reminds_and_is_filed_and_counted(plan, lead, lead_liaison, coordinator, code, opens, due)
    rounds_until(due + timedelta(days=3))
    settings.QA_PLAN_TODAY = due + timedelta(days=3)
    with subtests.test("documents"):
        its_documents_call_it_by_its_name_and_no_other_period(plan, code, name, due)
    with subtests.test("command"):
        the_command_writes_its_workbook(code, name, tmp_path, capsys)
    with subtests.test("package"):
        its_package_is_asked_for_by_itself_built_issued_and_locks_it(
            plan, lead, lead_liaison, coordinator, code, name, due
        )
