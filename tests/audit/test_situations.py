"""What pages and documents say in every situation, in figures and in words, against the rows alone."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

import pytest
from docx import Document
from pytest_django.fixtures import Settings

from agencies.models import User
from qa_plan import clock
from reports.models import Package
from reports.packages.onepage import OnePage
from tasks.models import Assignment, Plan
from tasks.pages.urges.slips import get_slips
from tasks.rules.asof import AsOf
from tests.audit import situations, spreadsheets
from tests.audit.auditing import Audit
from tests.audit.recomputed import Part, Stand
from tests.audit.right import Right
from tests.audit.rows import Row, Rows
from tests.support.factories import make_urge

QUARTERS = {"2016Q2": "二季度", "2016Q3": "三季度"}
UNFILED = ("missing", "sent_back")


@dataclass(frozen=True)
class Told:
    """A situation, read plainly, and what the documents of its last period say."""

    plan: Plan
    day: date
    audit: Audit

    @property
    def stand(self) -> Stand:
        return self.audit.stand

    @cached_property
    def period(self) -> Row:
        assert self.stand.period
        return self.stand.period

    @cached_property
    def right(self) -> Right:
        return Right(self.stand, periods=[self.period])

    @property
    def is_over(self) -> bool:
        return bool(self.period["due_on"] < self.day)

    @property
    def sheets(self) -> dict[str, list[list[str]]]:
        return self.audit.sheets

    @cached_property
    def briefing(self) -> str:
        return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(self.audit.briefing)).paragraphs)

    @cached_property
    def page(self) -> OnePage:
        return OnePage(self.audit.snapshot.plans[0], Package(as_of=self.stand.moment))

    @property
    def laggards(self) -> list[Part]:
        return [part for word in ("逾期", "滞后") for part in self.right.late_parts(word)]

    def reason(self, part: Part) -> str:
        """The latest reason on record, else what became of the report."""
        for period in (self.period, *reversed(self.stand.opened)):
            reports = self.stand.rows.filed(part.row, period, self.stand.moment)
            accepted = [each for each in reports if self.stand.rows.verdict(each, self.stand.moment) == "accepted"]
            for text in (accepted[-1]["delay_reason"], accepted[-1]["problems"]) if accepted else ():
                if text:
                    return str(text)
        report, due = f"{QUARTERS[self.period['code']]}报告", self.period["due_on"]
        missing = f"未报送{report}" if self.is_over else f"{report}尚未报送，{due.month}月{due.day}日截止"
        words = {"missing": missing, "sent_back": f"{report}退回待重报", "waiting": f"{report}待审"}
        return words.get(self.stand.shown_state(part.row, self.period), "未说明原因")


@pytest.fixture(params=situations.ALL, ids=lambda situation: situation.__name__)
def told(request: pytest.FixtureRequest, db: None, leader: User, coordinator: User, settings: Settings) -> Told:
    plan, day = situations.made(request.param, by=coordinator)
    settings.QA_PLAN_TODAY = day
    return Told(plan, day, Audit(Rows.of(plan.slug), leader, day, day))


def every_figure_is_right(told: Told) -> None:
    told.audit.pages()
    told.audit.files()
    told.audit.require(at_least=600)


def late_rows(told: Told) -> Iterator[dict[str, str]]:
    rows = spreadsheets.table(told.sheets["逾期与未报"], "序号")
    return (row for row in rows if row.get("类别") in ("逾期", "滞后"))


def every_document_gives_a_laggard_the_same_reason(told: Told) -> None:
    reasons = {(told.right.place_of(part.row["item_id"]), part.agency): told.reason(part) for part in told.laggards}
    assert {(int(row["序号"]), row["单位"]): row["原因"] for row in late_rows(told)} == reasons
    listed = re.split(r"\n[一二三四五六七]、", told.briefing.partition("滞后事项\n")[2])[0]
    said = re.findall(r"(?:(?<=；)(?:原因：)?|原因：)([^；）]+)）", listed)
    assert sorted(said) == sorted(reason.removesuffix("。") for reason in reasons.values())
    sheet = [reason.removeprefix("原因：") for _, reason in told.page.reasons]
    assert {*sheet} <= {reason.removesuffix("。") for reason in reasons.values()}


def before_the_due_date_no_document_calls_a_report_missing(told: Told) -> None:
    if told.is_over:
        return
    report = f"未报送{QUARTERS[told.period['code']]}报告"
    assert report not in told.briefing
    assert not [row for rows in told.sheets.values() for row in rows for cell in row if report in cell]
    assert all("报送期未满" in heading for heading, _, _ in told.page.unfiled)


def headings_of_the_one_page_view_name_the_states_of_those_below_them(told: Told) -> None:
    states = {state for _, _, state in told.stand.asked_in(told.period)} & {*UNFILED}
    words = "或".join(word for state, word in (("missing", "尚未报送"), ("sent_back", "退回待重报")) if state in states)
    heading = "未报单位" if told.is_over else f"{words}的单位（报送期未满）"
    assert [heading for heading, _, _ in told.page.unfiled] == ([heading] if states else [])


def a_lone_part_is_not_numbered(told: Told) -> None:
    for number in ("1.", "（一）"):
        lines = [line for line in told.briefing.splitlines() if line.startswith(number)]
        following = {"1.": "2.", "（一）": "（二）"}[number]
        assert len(lines) <= sum(line.startswith(following) for line in told.briefing.splitlines())


def no_document_says_of_a_margin_that_it_is_reached_where_it_must_be_passed(told: Told) -> None:
    texts = [told.briefing, *(cell for rows in told.sheets.values() for row in rows for cell in row)]
    assert not [text for text in texts if "百分点以上" in text]


def a_slip_asks_for_a_report_only_where_one_is_missing(told: Told, coordinator: User) -> None:
    leads = [
        part for part in told.stand.parts if part.is_lead and not part.has_ended and not told.right.is_settling(part)
    ]
    by_key = Assignment.objects.in_bulk([part.pk for part in leads])
    at = clock.at(told.day, time(20))
    urges = {make_urge(by_key[part.pk], at=at, by=coordinator, reply_by=told.day).pk: part for part in leads}
    if not urges:
        return
    for slip in get_slips(coordinator, [*map(str, urges)], AsOf(told.day, told.day)):
        [subject], part = slip.subjects, urges[slip.urge.pk]
        state = told.stand.shown_state(part.row, told.period)
        asked = re.search(r"请于.+?前(?:重新)?报送|请抓紧报送", subject)
        assert bool(asked) == (state in UNFILED), subject
        assert ("待审。" in subject) == (state == "waiting"), subject
        assert ("免报。" in subject) == (state == "waived"), subject
        if asked:
            assert ("应于" in subject) == told.is_over, subject


def test_pages_and_documents_say_what_the_rows_say(told: Told, coordinator: User, subtests: pytest.Subtests) -> None:
    """A situation is staged, and its documents are built, once for all that is asked of them."""
    for holds in (
        every_figure_is_right,
        every_document_gives_a_laggard_the_same_reason,
        before_the_due_date_no_document_calls_a_report_missing,
        headings_of_the_one_page_view_name_the_states_of_those_below_them,
        a_lone_part_is_not_numbered,
        no_document_says_of_a_margin_that_it_is_reached_where_it_must_be_passed,
    ):
        with subtests.test(holds.__name__):
            holds(told)
    with subtests.test(a_slip_asks_for_a_report_only_where_one_is_missing.__name__):
        a_slip_asks_for_a_report_only_where_one_is_missing(told, coordinator)
