"""What a digest lists: one entry for each subject, with what is asked, its date, and the page where it is done."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from django.urls import reverse

from agencies.models import User
from tasks.access import can_file_reports, can_steer
from tasks.models import AgencyRequest, Assignment, Plan, Reminder, ReminderRule, ReportingPeriod, Urge
from tasks.rules.texts import shortened

Kind = ReminderRule.Kind
DEADLINES = {
    Kind.DUE: "完成时限",
    Kind.FILING: "报送截止",
    Kind.RECEIPT: "签收期限",
    Kind.URGE: "答复期限",
}
RELATED = ("assignment__item__plan", "assignment__agency", "period__plan", "agency")
BULKY = ("assignment__item__text", "assignment__item__plan__notice_text", "period__plan__notice_text")
URGES = (Kind.URGED, Kind.URGE)
TITLE_LIMIT = 40


class Group(Enum):
    """Worst first."""

    OVERDUE = "已逾期"
    THIS_WEEK = "本周到期"
    WAITING = "待您办理"
    COMING = "即将到期"
    SETTLED = "补发期间已办理"


class Entry(NamedTuple):
    group: Group
    anchor: date
    plan: Plan | None
    what: str
    when: str
    path: str
    number: int  # of the task in its plan; 0 of anything else


def group_of(kind: str, anchor: date, day: date, *, is_settled: bool) -> Group:
    """Decided by the date alone, so that a digest can be counted before its subjects are read."""
    if is_settled:
        return Group.SETTLED
    if kind not in DEADLINES:
        return Group.WAITING
    if anchor < day:
        return Group.OVERDUE
    sunday = day + timedelta(days=6 - day.weekday())
    return Group.THIS_WEEK if anchor <= sunday else Group.COMING


def standing_alone(reminders: Iterable[Reminder]) -> list[Reminder]:
    """One for each subject and kind: the newest, and one that still asks for something rather than one that doesn't.

    An urge is one matter; its deadline says more than the day on which it was sent.
    """
    newest: dict[tuple[str, str], Reminder] = {}
    for reminder in sorted(reminders, key=_telling):
        kind = reminder.kind
        newest[Kind.URGE if kind in URGES else kind, reminder.subject] = reminder
    return list(newest.values())


def _telling(reminder: Reminder) -> tuple[bool, bool, date, int]:
    return not reminder.is_settled, reminder.kind != Kind.URGED, reminder.day, reminder.pk or 0


def entries(reminders: Iterable[Reminder], day: date, reader: User) -> list[Entry]:
    """Worst first, then by date and number. `reminders` come with RELATED; urges and plans cost two queries at most."""
    alone = standing_alone(reminders)
    writer = _Writer(alone, day, reader)
    return sorted(map(writer.entry, alone), key=_place)


def _place(entry: Entry) -> tuple[int, date, int, int, str]:
    plan = entry.plan.pk if entry.plan else 0
    return list(Group).index(entry.group), entry.anchor, plan, entry.number, entry.what


def told(reminders: Iterable[Reminder], reader: User) -> list[Entry]:
    """One entry for each, in the order given, as of the day on which it was told: what the ledger lists."""
    listed = list(reminders)
    writer = _Writer(listed, date.max, reader)
    found = []
    for reminder in listed:
        writer.day = reminder.digest.day if reminder.digest_id else reminder.day
        found.append(writer.entry(reminder))
    return found


class _Writer:
    def __init__(self, reminders: list[Reminder], day: date, reader: User) -> None:
        self.day = day
        self.reader = reader
        urges = {reminder.key for reminder in reminders if reminder.kind in URGES}
        self.urges = Urge.objects.select_related("agency").in_bulk(urges) if urges else {}
        unopened = {reminder.key for reminder in reminders if _is_report(reminder) and reminder.period is None}
        self.plans = Plan.objects.defer("notice_text").in_bulk(unopened) if unopened else {}

    def entry(self, reminder: Reminder) -> Entry:
        kind, anchor = reminder.kind, reminder.anchor
        group = group_of(kind, anchor, self.day, is_settled=reminder.is_settled)
        if _is_report(reminder):
            plan, what, path = self._of_period(reminder)
        elif kind in URGES:
            plan, what, path = self._of_urge(reminder)
        else:
            plan, what, path = self._of_assignment(reminder)
        when = "补发前已办理" if reminder.is_settled else self._when(kind, anchor, reminder)
        number = reminder.assignment.item.number if reminder.assignment else 0
        return Entry(group, anchor, plan, on_one_line(what), when, path, number)

    # ── what ──

    def _of_assignment(self, reminder: Reminder) -> tuple[Plan | None, str, str]:
        assignment = reminder.assignment
        if assignment is None:
            return None, str(reminder.agency or ""), reverse("tasks:my")
        what = f"{assignment.item.label}{shortened(assignment.item.title, TITLE_LIMIT)}（{assignment.agency}）"
        kind = reminder.kind
        if kind in (Kind.SENT_BACK, Kind.REVIEW) and reminder.period:
            what += f"{reminder.period.name}进展报告"
        if kind == Kind.REQUEST:
            what += _label(AgencyRequest.Kind, reminder.reason.get("request", ""))
        return assignment.item.plan, what, self._page(kind, assignment, reminder)

    def _page(self, kind: str, assignment: Assignment, reminder: Reminder) -> str:
        """Where it is done, for those who do it; for the others the item's page."""
        if kind == Kind.REQUEST:
            return reverse("tasks:request-detail", args=[reminder.key])
        if kind == Kind.REVIEW and can_steer(self.reader):
            return reverse("tasks:review-detail", args=[reminder.key])
        if kind == Kind.SENT_BACK and self.reader.agency_id == assignment.agency_id:
            return reverse("tasks:report-edit", args=[assignment.pk])
        return assignment.get_absolute_url()

    def _of_period(self, reminder: Reminder) -> tuple[Plan | None, str, str]:
        period = reminder.period or ReportingPeriod(code=reminder.period_code)
        plan = period.plan if reminder.period else self.plans.get(reminder.key)
        missing, owed = reminder.reason.get("missing"), reminder.reason.get("owed")
        what = f"{period.code[:4]}年{period.name}进展报告（{reminder.agency}）"
        if missing is not None:
            what += f"应报{owed}份、未报{missing}份"
        if can_file_reports(self.reader):
            return plan, what, reverse("tasks:my")
        page = period if period.pk else plan  # a period that nobody has opened yet has no page
        return plan, what, page.get_absolute_url() if page else "/"

    def _of_urge(self, reminder: Reminder) -> tuple[Plan | None, str, str]:
        urge = self.urges.get(reminder.key)
        what = f"{urge.label}（{urge.agency}）" if urge else "催办"
        return None, what, reverse("tasks:urge-detail", args=[reminder.key])

    # ── when ──

    def _when(self, kind: str, anchor: date, reminder: Reminder) -> str:
        told, passed = said(anchor, self.day), (self.day - anchor).days
        if kind in DEADLINES:
            return f"{DEADLINES[Kind(kind)]}{told}，{_left(passed)}"
        if kind == Kind.OPENS:
            until = f"，请于{said(reminder.period.due_on, self.day)}前报送" if reminder.period else ""
            return f"{told}开放填报{until}"
        if kind == Kind.SENT_BACK:
            return f"{told}退回，已{passed}天，请修改后重新报送"
        if kind == Kind.REVIEW:
            return f"{told}报送，待审核已{passed}天"
        if kind == Kind.URGED:
            urge = self.urges.get(reminder.key)
            return f"{told}催办，请于{said(urge.reply_by, self.day)}前答复" if urge else f"{told}催办"
        return f"{told}提出，待答复已{passed}天"


def on_one_line(text: str) -> str:
    """A name with a line break in it would begin another line of a mail, and be no line of a calendar."""
    return " ".join(text.split())


def said(moment: date, day: date) -> str:
    """With the year only where it is another one."""
    year = "" if moment.year == day.year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


def _left(passed: int) -> str:
    if passed > 0:
        return f"已逾期{passed}天"
    return f"还有{-passed}天" if passed < 0 else "今日到期"


def _is_report(reminder: Reminder) -> bool:
    return reminder.kind in (Kind.OPENS, Kind.FILING)


def _label(choices: type[AgencyRequest.Kind], value: str) -> str:
    return choices(value).label if value in choices.values else "申请"
