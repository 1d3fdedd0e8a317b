"""A digest lists one entry for each subject: what is asked, its date, and the page where it is done."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from django.urls import reverse

from agencies.models import User
from tasks.access import can_file_reports, is_home, steers
from tasks.models import AgencyRequest, Assignment, Plan, Reminder, ReportingPeriod, Urge
from tasks.reminders.subjects import ReminderKind
from tasks.rules.due_dates import DueSource, source_words
from tasks.rules.texts import shortened

DEADLINE_WORDS = {
    ReminderKind.DUE: "完成时限",
    ReminderKind.FILING: "报送截止",
    ReminderKind.RECEIPT: "签收期限",
    ReminderKind.URGE: "答复期限",
    ReminderKind.MILESTONE: "节点日期",
    ReminderKind.INSTRUCTION: "答复期限",
}
RELATED = ("assignment__item__plan", "assignment__agency", "period__plan", "agency")
BULKY = ("assignment__item__text", "assignment__item__plan__notice_text", "period__plan__notice_text")
URGES = (ReminderKind.URGED, ReminderKind.URGE)
INSTRUCTIONS = (ReminderKind.INSTRUCTED, ReminderKind.INSTRUCTION)
# What was sent on a day and is to be answered by another is one matter.
TOLD_BY = {ReminderKind.URGED: ReminderKind.URGE, ReminderKind.INSTRUCTED: ReminderKind.INSTRUCTION}
TITLE_LIMIT = 40
WORDS_LIMIT = 24


class Group(Enum):
    """How a digest groups its entries, worst first."""

    OVERDUE = "已逾期"
    THIS_WEEK = "本周到期"
    WAITING = "您的待办"
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
    """The group follows from the date alone, so that a digest can be counted before its subjects are read."""
    if is_settled:
        return Group.SETTLED
    if kind not in DEADLINE_WORDS:
        return Group.WAITING
    if anchor < day:
        return Group.OVERDUE
    sunday = day + timedelta(days=6 - day.weekday())
    return Group.THIS_WEEK if anchor <= sunday else Group.COMING


def standing_alone(reminders: Iterable[Reminder]) -> list[Reminder]:
    """Leaves one reminder for each subject and kind: the newest, and rather one that still asks for something.

    An urge or instruction is one matter; its deadline says more than the day on which it was sent.
    """
    newest: dict[tuple[str, str], Reminder] = {}
    for reminder in sorted(reminders, key=_telling):
        kind = ReminderKind(reminder.kind)
        newest[TOLD_BY.get(kind, kind), reminder.subject] = reminder
    return list(newest.values())


def _telling(reminder: Reminder) -> tuple[bool, bool, date, int]:
    return not reminder.is_settled, reminder.kind not in TOLD_BY, reminder.day, reminder.pk or 0


def entries(reminders: Iterable[Reminder], day: date, reader: User) -> list[Entry]:
    """What a digest lists, worst first, then by date and number.

    `reminders` come with RELATED; urges and plans cost two queries at most.
    """
    alone = standing_alone(reminders)
    writer = _Writer(alone, day, reader)
    return sorted(map(writer.entry, alone), key=_place)


def _place(entry: Entry) -> tuple[int, date, int, int, str]:
    plan = entry.plan.pk if entry.plan else 0
    return list(Group).index(entry.group), entry.anchor, plan, entry.number, entry.what


def ledger_entries(reminders: Iterable[Reminder], reader: User) -> list[Entry]:
    """What the ledger lists: one entry for each, in the order given, as of the day on which it was told."""
    listed = list(reminders)
    writer = _Writer(listed, date.max, reader)
    written = []
    for reminder in listed:
        writer.day = reminder.digest.day if reminder.digest_id else reminder.day
        written.append(writer.entry(reminder))
    return written


class _Writer:
    """Writes entries for one reader as of a day, with the urges and plans that they speak of read at once."""

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
        if kind in (ReminderKind.SENT_BACK, ReminderKind.REVIEW) and reminder.period:
            what += f"{reminder.period.name}进展报告"
        if kind == ReminderKind.MILESTONE:
            what += f"节点“{shortened(str(reminder.reason.get('milestone', '')), TITLE_LIMIT)}”"
        if kind in INSTRUCTIONS:
            what += f"{reminder.reason.get('leader', '')}批示"
        if kind == ReminderKind.REQUEST:
            what += _label(AgencyRequest.Kind, reminder.reason.get("request", ""))
        return assignment.item.plan, what, self._page(kind, assignment, reminder)

    def _page(self, kind: str, assignment: Assignment, reminder: Reminder) -> str:
        """The page where it is done, for those who do it; for the others the item's page."""
        if not (can_file_reports(self.reader) or is_home(self.reader, assignment.item.plan)):
            return assignment.get_absolute_url()
        if kind == ReminderKind.MILESTONE:
            return reverse("tasks:milestone-detail", args=[reminder.key])
        if kind in INSTRUCTIONS and "instruction" in reminder.reason:
            return reverse("tasks:instruction-detail", args=[reminder.reason["instruction"]])
        if kind == ReminderKind.REQUEST:
            return reverse("tasks:request-detail", args=[reminder.key])
        if kind == ReminderKind.REVIEW and steers(self.reader, assignment.item.plan):
            return reverse("tasks:review-detail", args=[reminder.key])
        if kind == ReminderKind.SENT_BACK and self.reader.agency_id == assignment.agency_id:
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
        since, passed = day_words(anchor, self.day), (self.day - anchor).days
        if kind in DEADLINE_WORDS:
            return f"{DEADLINE_WORDS[ReminderKind(kind)]}{since}{_source(reminder)}，{_left(passed)}"
        if kind == ReminderKind.OPENS:
            until = f"，请于{day_words(reminder.period.due_on, self.day)}前报送" if reminder.period else ""
            return f"{since}开放填报{until}"
        if kind == ReminderKind.SENT_BACK:
            return f"{since}退回，已{passed}天，请修改后重新报送"
        if kind == ReminderKind.REVIEW:
            return f"{since}报送，待审核已{passed}天"
        if kind == ReminderKind.URGED:
            urge = self.urges.get(reminder.key)
            return f"{since}催办，请于{day_words(urge.reply_by, self.day)}前答复" if urge else f"{since}催办"
        if kind == ReminderKind.INSTRUCTED:
            last = date.fromisoformat(reminder.reason["answer_by"])
            return f"{since}批示，请于{day_words(last, self.day)}前答复"
        return f"{since}提出，待答复已{passed}天"


def on_one_line(text: str) -> str:
    """Takes line breaks out of a name: they would begin another line of a mail, and be no line of a calendar."""
    return " ".join(text.split())


def day_words(moment: date, day: date) -> str:
    """「10月8日」, with the year only where it is another one than that of the day."""
    year = "" if moment.year == day.year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


def _source(reminder: Reminder) -> str:
    """What the notice writes of the due date, where it does."""
    words = reminder.reason.get("due_words")
    return f"（{source_words(DueSource.WRITTEN, shortened(words, WORDS_LIMIT))}）" if words else ""


def _left(passed: int) -> str:
    if passed > 0:
        return f"已逾期{passed}天"
    return f"还有{-passed}天" if passed < 0 else "今日截止"


def _is_report(reminder: Reminder) -> bool:
    return reminder.kind in (ReminderKind.OPENS, ReminderKind.FILING)


def _label(choices: type[AgencyRequest.Kind], value: str) -> str:
    return choices(value).label if value in choices.values else "申请"
