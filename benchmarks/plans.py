"""Made-up plans: a notice with its tasks, measures and indicators, who answers for them, and the days on record."""

import hashlib
from datetime import date, time, timedelta
from random import Random

from benchmarks.courses import Change, ItemCourse, recorded
from benchmarks.facts import STAGES, Cast, FactMaker, Stage
from benchmarks.rows import Rows
from benchmarks.wording import INDICATORS, Wording
from qa_plan.clock import at
from tasks.models import ActionItem, Indicator, ItemRevision, LegalBasis, Measure, Plan, ReportingPeriod, Section
from tasks.rules.due_dates import NOT_WRITTEN
from tasks.rules.periods import period_of

FIRST_NUMBER = 1001  # 〔2016〕1001号 and on: far from any real notice
LEADS = 4
ASSISTS = 2
ITEMS_PER_SECTION = 50
DUE_ON = date(2016, 12, 31)
# Where an amended due date lies: past, near, later, none at all.
AMENDED_TO = (date(2016, 9, 30), date(2016, 10, 20), date(2016, 11, 30), date(2017, 6, 30), None)
AMENDED_SHARES = (20, 20, 30, 20, 10)


class PlanMaker:
    """Makes one plan's rows. Nothing in it happens after `today`."""

    def __init__(self, number: int, *, rows: Rows, cast: Cast, wording: Wording, random: Random, today: date) -> None:
        self.number = FIRST_NUMBER + number
        self.rows, self.cast, self.wording, self.random, self.today = rows, cast, wording, random, today
        self.facts = FactMaker(rows=rows, cast=cast, wording=wording, random=random, today=today)
        self.notice: list[str] = []
        self.length = 0

    def make(self, *, item_count: int, agency_count: int) -> Plan:
        self.agencies = self.random.sample(self.cast.agencies, agency_count)
        self.plan = self._plan()
        self.periods = [self._period(stage) for stage in STAGES]
        items = []
        for number in range(1, item_count + 1):
            if number % ITEMS_PER_SECTION == 1:
                section = self._section(number // ITEMS_PER_SECTION + 1)
            items.append(self._item(section, number))
        self.plan.notice_text = "".join(self.notice)
        self.plan.notice_sha256 = hashlib.sha256(self.plan.notice_text.encode()).hexdigest()
        self._record_days(items)
        return self.plan

    # ── identities ───────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, text: str) -> tuple[int, int]:
        """Adds to the notice; where the text lies in it."""
        start, self.length = self.length, self.length + len(text)
        self.notice.append(text)
        return start, self.length

    def _plan(self) -> Plan:
        issued_on = date(2016, 5, 9) + timedelta(days=self.random.randrange(5) + 7 * self.random.randrange(3))
        title = f"皖江省人民政府办公厅关于印发质量提升2016年第{self.number}号行动计划的通知"
        self._write(f"{title}\n\n各市、县人民政府，省政府各部门、各直属机构：\n\n")
        self.issued_at = at(issued_on, time(9))
        plan = self.rows.add(
            Plan(
                document_number=f"皖江政办〔2016〕{self.number}号",
                slug=f"2016-{self.number}",
                title=title,
                issuer="皖江省人民政府办公厅",
                issued_on=issued_on,
                due_on=DUE_ON,
                imported_at=self.issued_at,
            )
        )
        for serial in range(1, 4):
            self.rows.add(LegalBasis(plan=plan, title=f"质量纲要之{serial}", document_number=f"国发〔2012〕{serial}号"))
        return plan

    def _period(self, stage: Stage) -> ReportingPeriod:
        quarter = period_of(f"2016Q{stage.number}", filing_day=self.plan.filing_day, overrides={})
        return self.rows.add(
            ReportingPeriod(
                plan=self.plan,
                code=quarter.code,
                starts_on=quarter.starts_on,
                ends_on=quarter.ends_on,
                opens_on=quarter.opens_on,
                due_on=quarter.due_on,
            )
        )

    def _section(self, number: int) -> Section:
        title = self.wording.title()
        start, end = self._write(f"第{number}部分 {title}\n")
        return self.rows.add(Section(plan=self.plan, number=number, title=title, start=start, end=end))

    def _item(self, section: Section, number: int) -> ItemCourse:
        leads = self.random.sample(self.agencies, LEADS)
        has_assists = self.random.random() < 0.5
        title, label, rule = self.wording.title(), f"（{number}）", f"{self.cast.group}其他成员单位协助"
        sentences = self.wording.item_measures()
        start = self._write(f"{label}{title}。")[0]
        spans = [self._write(sentence) for sentence in sentences]
        closing = f"（{'、'.join(map(str, leads))}按职责分工负责{f'，{rule}' if has_assists else ''}）\n"
        end = self._write(closing)[1]
        item = self._begun(
            ActionItem(
                plan=self.plan,
                section=section,
                number=number,
                label=label,
                title=title,
                text=f"{label}{title}。{''.join(sentences)}{closing.strip()}",
                start=start,
                end=end,
                assist_rule=rule if has_assists else "",
                assist_group=self.cast.group if has_assists else None,
            )
        )
        for serial, (sentence, (first, last)) in enumerate(zip(sentences, spans, strict=True), 1):
            self.rows.add(Measure(item=item, number=serial, text=sentence, start=first, end=last))
        course = self._due_dates(item)
        indicators = self._indicators(item)
        for agency in leads:
            self.facts.lead(item, agency, self.periods, course, indicators)
        if has_assists:
            others = [agency for agency in self.agencies if agency not in leads]
            for agency in self.random.sample(others, ASSISTS):
                self.facts.assist(item, agency, self.periods)
        return course

    def _begun(self, item: ActionItem) -> ActionItem:
        return self.rows.add(item)

    def _due_dates(self, item: ActionItem) -> ItemCourse:
        self.rows.add(
            ItemRevision(item=item, due_on=DUE_ON, is_inferred=True, reason=NOT_WRITTEN, recorded_at=self.issued_at)
        )
        course = ItemCourse(item.pk, DUE_ON)
        if self.random.random() < 0.1:
            moment = self.facts.moment(self.plan.issued_on + timedelta(days=self.random.randint(10, 100)))
            due_on = self.random.choices(AMENDED_TO, AMENDED_SHARES)[0]
            self.rows.add(
                ItemRevision(
                    item=item,
                    due_on=due_on,
                    reason="与上级部署同步，时限相应调整。",
                    recorded_at=moment,
                    recorded_by=self.cast.coordinator,
                )
            )
            course.changes.append(Change(moment.date(), course, "due_on", due_on))
        return course

    def _indicators(self, item: ActionItem) -> list[Indicator]:
        if self.random.random() > 0.3:
            return []
        span = {"start": item.start, "end": item.end}
        return [
            self.rows.add(Indicator(item=item, name=name, target=self.random.randint(5, 80) * 10, unit=unit, **span))
            for name, unit in self.random.sample(INDICATORS, self.random.randint(1, 2))
        ]

    def _record_days(self, items: list[ItemCourse]) -> None:
        """All days but the last one that has ended, which is left to the daily round itself."""
        first, last = self.plan.issued_on, self.today - timedelta(days=2)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        curve, changes = recorded(self.plan, items, days)
        for snapshot in curve:
            self.rows.add(snapshot)
        for change in changes:
            self.rows.add(change)
