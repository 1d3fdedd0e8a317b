"""The demonstration is the plan as it would have stood on the frozen day, played through the same deeds as real work.

The story is data (`fixtures/demo/`), simulated and deterministic: played again from nothing it gives the same rows.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agencies.models import Agency, Role, User
from qa_plan.clock import at
from qa_plan.logs import request_id
from tasks.demo.events import Events
from tasks.demo.papers import Paper, laid_ready, papers, upload_of
from tasks.models import ActionItem, Assignment, Closure, Evidence, Indicator, Message, Plan, ReportingPeriod
from tasks.notice import parse, read
from tasks.reminders.deciding import moment_of
from tasks.reminders.sending import send_due
from tasks.reminders.sweeping import plan_day
from tasks.workflow import (
    ReportContent,
    acknowledge,
    amend_item,
    close_assignment,
    review_report,
    save_draft,
    submit_report,
)
from tasks.workflow.daily import daily_round
from tasks.workflow.evidence_store import record_evidence
from tasks.workflow.importing import import_notice

FIXTURES = settings.BASE_DIR / "fixtures"
STORY = FIXTURES / "demo" / "story.json"
COURSE = FIXTURES / "demo" / "course.json"
MILESTONES = FIXTURES / "demo" / "milestones.json"
CONTACTS = FIXTURES / "demo" / "contacts.json"  # the telephones' local numbers begin with 0: they ring nobody
ACCOUNTS = FIXTURES / "demo" / "accounts.json"
OFFICE_ACCOUNTS = (
    ("coordinator", "统筹员", Role.COORDINATOR),
    ("leader", "分管领导", Role.LEADER),
    ("admin", "管理员", Role.ADMINISTRATOR),
)
# The heads of agencies that have consent (审签) switched on.
HEADS = (("lvyou-fuzeren", "单位负责人", "省旅游局"),)
ISSUED_AT = time(9, 0)
UNREAD_DAYS = 5  # people open the system about once a week

# The working days whose reminders the demonstration keeps; on 9 October nothing ran, which the day after makes good.
REMINDED = tuple(date(2016, 10, day) for day in (8, 10, 11, 12))

TimedDeed = tuple[datetime, Callable[[datetime], object]]


class DemoError(Exception):
    """The demonstration can't be loaded here; says why."""


@transaction.atomic
def load_demo(*, on: date, more: Iterable[TimedDeed] = ()) -> Plan:
    """Imports the notice and plays its story up to that day. Loaded already, it changes nothing.

    `more` are deeds of other parts of the product, played at their moments among those of the story.

    Raises DemoError in an installation that is not a demonstration, or that holds other plans.
    """
    if not settings.QA_PLAN_DEMO:
        raise DemoError("这不是演示环境（QA_PLAN_DEMO 未开启），不能载入演示数据。")
    story = json.loads(STORY.read_text(encoding="utf-8"))
    course = [each for file in (COURSE, MILESTONES, CONTACTS) for each in json.loads(file.read_text(encoding="utf-8"))]
    notice = parse(read(FIXTURES / "notices" / story["notice"]))
    if existing := Plan.objects.filter(document_number=notice.document_number).first():
        return existing
    if Plan.objects.exists():
        raise DemoError("数据库中已有其他行动计划，不与演示数据混用。")
    assert notice.issued_on
    plan, _ = import_notice(notice, by=None, at=at(notice.issued_on, ISSUED_AT))
    _Player(plan).play(story, course, more, until=on)
    return plan


class _Player:
    """Plays a story in the order of its moments; looks everything up once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.users = _accounts()
        self.coordinator = User.objects.get(username="coordinator")
        self.leader = User.objects.get(username="leader")
        self.administrator = User.objects.get(username="admin")
        self.items = {item.number: item for item in ActionItem.objects.filter(plan=plan).select_related("plan")}
        assignments = Assignment.objects.filter(item__plan=plan).select_related("item__plan", "agency")
        self.assignments = {(a.item.number, a.agency.name): a for a in assignments}
        self.periods: dict[str, ReportingPeriod] = {}  # opened while it plays
        self.papers = papers()
        self.indicators = {(i.item_id, i.name): i.pk for i in Indicator.objects.filter(item__plan=plan)}

    def play(
        self,
        story: dict[str, list[dict[str, Any]]],
        course: list[dict[str, Any]],
        more: Iterable[TimedDeed],
        *,
        until: date,
    ) -> None:
        """Plays each deed at its moment; the daily round runs every night between them."""
        events = Events(self)
        happened = [(_moment(entry["at"]), events.deed_of(entry)) for entry in course]
        deeds = sorted([*self._deeds(story), *happened, *_reminders(), *more], key=lambda deed: deed[0])
        day = timezone.localdate(self.plan.imported_at)
        for moment, deed in deeds:
            if moment.date() > until:
                break
            while day < moment.date():
                day += timedelta(days=1)
                list(daily_round(day))
            request_id.set(uuid5(NAMESPACE_URL, f"demo/{moment.isoformat()}"))  # the same in every installation
            deed(moment)
            request_id.set(None)
        list(daily_round(until))
        read_before = at(until - timedelta(days=UNREAD_DAYS), ISSUED_AT)
        Message.objects.filter(sent_at__lt=read_before).update(read_at=F("sent_at") + timedelta(hours=2))

    def _deeds(self, story: dict[str, list[dict[str, Any]]]) -> list[TimedDeed]:
        deeds: list[TimedDeed] = []
        for key, moment, deed in (
            ("amendments", "at", self._amend),
            ("receipts", "at", self._acknowledge),
            ("reports", "submitted_at", self._file),
            ("closures", "at", self._close),
            ("drafts", "saved_at", self._save),
        ):
            for entry in story[key]:
                deeds.append((_moment(entry[moment]), partial(deed, entry)))
                if entry.get("review"):
                    review_at = _moment(entry["review"]["at"])
                    deeds.append((review_at, partial(self._review, entry)))
        return deeds

    def assignment(self, entry: dict[str, Any]) -> Assignment:
        return self.assignments[entry["item"], entry["agency"]]

    def period(self, entry: dict[str, Any]) -> ReportingPeriod:
        code = entry["period"]
        if code not in self.periods:
            self.periods[code] = ReportingPeriod.objects.select_related("plan").get(plan=self.plan, code=code)
        return self.periods[code]

    def evidence(self, entry: dict[str, Any], when: datetime) -> list[Evidence]:
        """What the agency attaches there, its files put into the storage before their rows."""
        entry_papers = self.papers.get((entry["item"], entry["agency"], f"{when:%Y-%m-%dT%H:%M}"), ())
        return [self.paper(entry, paper, when) for paper in entry_papers]

    def paper(self, entry: dict[str, Any], paper: Paper, when: datetime) -> Evidence:
        upload, assignment = upload_of(paper), self.assignment(entry)
        by = self.users[entry["agency"]]
        return record_evidence(upload=upload, written=laid_ready(upload), assignment=assignment, by=by, at=when)

    def _amend(self, entry: dict[str, Any], when: datetime) -> None:
        amend_item(
            item=self.items[entry["item"]],
            due_on=date.fromisoformat(entry["due_on"]),
            reason=entry["reason"],
            by=self.coordinator,
            at=when,
        )

    def _acknowledge(self, entry: dict[str, Any], when: datetime) -> None:
        acknowledge(assignment=self.assignment(entry), by=self.users[entry["agency"]], at=when)

    def _file(self, entry: dict[str, Any], when: datetime) -> None:
        assignment = self.assignment(entry)
        readings = {
            self.indicators[assignment.item_id, name]: Decimal(value) for name, value in entry["readings"].items()
        }
        entry["report"] = submit_report(
            assignment=assignment,
            period=self.period(entry),
            content=ReportContent(
                percent=entry["percent"],
                progress=entry["progress"],
                problems=entry["problems"],
                next_steps=entry["next_steps"],
                delay_reason=entry["delay_reason"],
                is_unchanged=entry["unchanged"],
                readings=readings,
                evidence=self.evidence(entry, when),
            ),
            by=self.users[entry["agency"]],
            at=when,
        )

    def _review(self, entry: dict[str, Any], when: datetime) -> None:
        review = entry["review"]
        review_report(
            report=entry["report"], verdict=review["verdict"], comment=review["comment"], by=self.coordinator, at=when
        )

    def _close(self, entry: dict[str, Any], when: datetime) -> None:
        close_assignment(
            assignment=self.assignment(entry),
            kind=Closure.Kind.CLOSED,
            reason=entry["reason"],
            by=self.coordinator,
            at=when,
        )

    def _save(self, entry: dict[str, Any], when: datetime) -> None:
        fields = {name: entry[name] for name in ("percent", "progress", "problems", "next_steps", "delay_reason")}
        fields["evidence"] = self.evidence(entry, when)
        save_draft(
            assignment=self.assignment(entry),
            period=self.period(entry),
            by=self.users[entry["agency"]],
            at=when,
            fields=fields,
        )


def _reminders() -> list[TimedDeed]:
    """The deeds of the mornings are sweeps; what goes by in-app message is sent at once."""

    def sweep(moment: datetime) -> None:
        plan_day(timezone.localdate(moment), at=moment)
        send_due(lambda: moment)

    return [(moment_of(day), sweep) for day in REMINDED]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return at(moment.date(), moment.time())


def _accounts() -> dict[str, User]:
    """Makes the demonstration's people: three of the office, a liaison for every agency, and heads; one password."""
    password = make_password(settings.DEMO_PASSWORD)
    for username, name, role in OFFICE_ACCOUNTS:
        User.objects.create(username=username, display_name=name, role=role, password=password)
    usernames: dict[str, str] = json.loads(ACCOUNTS.read_text(encoding="utf-8"))
    agencies = Agency.objects.in_bulk(list(usernames), field_name="name")
    liaisons = {
        name: User.objects.create(
            username=username, display_name="联络员", role=Role.LIAISON, agency=agencies[name], password=password
        )
        for name, username in usernames.items()
    }
    for username, title, name in HEADS:
        User.objects.create(
            username=username, display_name=title, role=Role.APPROVER, agency=agencies[name], password=password
        )
    return liaisons
