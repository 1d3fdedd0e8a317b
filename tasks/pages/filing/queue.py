"""先办: what waits for the agency's own word, the nearest limit first: one row a matter, gone when it is done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from agencies.models import User
from tasks.access import awaits_consent, consents
from tasks.models import Assignment, Message
from tasks.pages.filing.page import MyPage, OwedReport
from tasks.pages.filing.questions import Beside
from tasks.rules.asof import AsOf
from tasks.rules.texts import shortened
from tasks.standing.receipts import Receipts

FAR = date.max
TOLD: dict[str, tuple[str, str]] = {
    Message.Kind.DECIDED: ("申请已答复", "看答复"),
    Message.Kind.RESHAPED: ("任务已调整", "看任务"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One matter: what it is, the day by which it is to be done, and the one next step."""

    kind: str
    text: str
    action: str
    address: str
    limit: date | None = None
    is_late: bool = False
    is_posted: bool = False  # the step is a deed: a button instead of a link
    plan: str = ""  # where its words alone don't say of which plan it is


def waiting(user: User, mine: MyPage, receipts: Receipts, beside: Iterable[Beside], as_of: AsOf) -> list[Waiting]:
    """Asks nothing itself. An answer is taken as read today only."""
    rows = [*_receipts(mine, receipts), *_reports(user, mine, as_of)]
    for told in beside:
        if told.what == "urge":
            is_late = told.day is not None and told.day < as_of.day
            address = reverse("tasks:urge-detail", args=[told.key])
            rows.append(Waiting("催办待答复", shortened(told.text), "答复", address, told.day, is_late=is_late))
        elif told.what == "instruction":
            is_late = told.day is not None and told.day < as_of.day
            address = reverse("tasks:instruction-detail", args=[told.key])
            rows.append(Waiting("批示待答复", shortened(told.text), "答复", address, told.day, is_late=is_late))
        elif told.what in TOLD and as_of.is_today:
            kind, action = TOLD[told.what]
            address = reverse("tasks:message-open", args=[told.key])
            rows.append(Waiting(kind, told.text, action, address, is_posted=True))
    return sorted(rows, key=lambda row: row.limit or FAR)


def _receipts(mine: MyPage, receipts: Receipts) -> Iterator[Waiting]:
    if to_sign := receipts.to_sign:
        first = min(to_sign, key=lambda row: row.due_on)
        item = first.assignment.item
        others = f"等{len(to_sign)}项任务" if len(to_sign) > 1 else ""
        text = f"{item.label}{item.title}{others}"
        plan = _plan(mine, first.assignment)
        yield Waiting("待签收", text, "去签收", "#receipts", first.due_on, is_late=first.is_late, plan=plan)


def _reports(user: User, mine: MyPage, as_of: AsOf) -> Iterator[Waiting]:
    handed_in = [owed for owed in mine.reports if owed.is_handed_in]
    if handed_in and consents(user, mine.agency):
        text = f"{_title(handed_in[0])}{f'等{len(handed_in)}份' if len(handed_in) > 1 else ''}报告"
        plan = _plan(mine, handed_in[0].assignment)
        yield Waiting("待审签", text, "去审签", reverse("tasks:file-all"), _due_on(handed_in[0]), plan=plan)
    for owed in mine.to_do:
        comment = owed.returned_comment if awaits_consent(user, mine.agency) else ""
        if owed.is_returned or comment:
            said = f"：{shortened(comment)}" if comment else ""
            due_on = _due_on(owed)
            is_late = due_on is not None and due_on < as_of.day
            text = f"{_title(owed)}{said}"
            kind, plan = "审签退回" if comment else "退回", _plan(mine, owed.assignment)
            yield Waiting(kind, text, "去修改", f"#r{owed.slot}", due_on, is_late=is_late, plan=plan)


def _title(owed: OwedReport) -> str:
    return f"{owed.assignment.item.label}{owed.assignment.item.title}"


def _plan(mine: MyPage, assignment: Assignment) -> str:
    return str(assignment.item.plan) if mine.names_plans else ""


def _due_on(owed: OwedReport) -> date | None:
    return owed.period.due_on if owed.period else None
