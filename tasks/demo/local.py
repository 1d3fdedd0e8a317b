"""The cities and counties of the demonstration: their offices, plans and progress, played among the province's deeds.

One city's plan is exemplary, another's leaves items out, a third is still being written; of the exemplary city's two
counties one has a plan. Texts and figures are made for it.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from agencies.models import Agency, Office, Role, User
from qa_plan.clock import at
from tasks.demo.papers import laid_ready, upload_of
from tasks.models import ActionItem, Assignment, Closure, Milestone, Plan, ReportingPeriod, Review
from tasks.notice import parse, read
from tasks.notice.areas import in_full
from tasks.workflow import (
    ReportContent,
    acknowledge,
    add_milestone,
    ask_for_local_plans,
    change_settings,
    close_assignment,
    confirm_correspondences,
    report_milestone,
    review_milestone,
    review_report,
    submit_report,
)
from tasks.workflow.evidence_store import record_evidence
from tasks.workflow.importing import import_notice

STORY = settings.BASE_DIR / "fixtures" / "demo" / "local.json"
TEXTS = settings.BASE_DIR / "fixtures" / "demo" / "local"
PERIOD = "2016Q3"
SHARED_WORDS = "按职责分工推进，本单位承担的部分完成{percent}%。"

Entry = dict[str, Any]
TimedDeed = tuple[datetime, Callable[[datetime], object]]


def local_deeds() -> list[TimedDeed]:
    """What the cities and counties do, each deed at its moment."""
    story = json.loads(STORY.read_text(encoding="utf-8"))
    deeds: list[TimedDeed] = [(_moment(story["opened_at"]), partial(_open_offices, story))]
    for entry in story["plans"]:
        deeds += _deeds_of_plan(entry)
    for entry in story["duties"]:
        deeds.append((_moment(entry["at"]), partial(_ask, entry)))
        deeds.append((_moment(entry["signed_at"]), partial(_sign_for_duty, entry)))
        deeds += [(_moment(report["at"]), partial(_file_on_duty, entry, report)) for report in entry["reports"]]
    return deeds


def _deeds_of_plan(entry: Entry) -> Iterator[TimedDeed]:
    imported_at = _moment(entry["imported_at"])
    yield imported_at, partial(_import, entry)
    yield _moment(entry["confirmed_at"]), partial(_confirm, entry)
    yield imported_at + timedelta(days=2), partial(_acknowledge, entry)
    for milestone in entry["milestones"]:
        yield imported_at + timedelta(days=1), partial(_plan_milestone, entry, milestone)
        if "done_on" in milestone:
            done_at = at(date.fromisoformat(milestone["done_on"])) + timedelta(hours=16)
            yield done_at, partial(_report_milestone, entry, milestone)
            yield done_at + timedelta(hours=1), partial(_confirm_milestone, entry, milestone)
    yield _moment(entry["filed_at"]), partial(_file, entry)
    yield _moment(entry["accepted_at"]), partial(_accept, entry)
    for closing in entry["closings"]:
        yield _moment(closing["at"]), partial(_close, entry, closing)


def _open_offices(story: Entry, when: datetime) -> None:
    """Offices with their governments, and the people who coordinate, lead and sign for a government."""
    password = make_password(settings.DEMO_PASSWORD)
    last = Agency.objects.count()
    for ordinal, each in enumerate(story["offices"], start=1):
        above = Office.objects.filter(code=each["parent"]).first() if each["parent"] else None
        government = Agency.objects.create(name=each["government"], ordinal=last + ordinal, office=above)
        columns = {name: each[name] for name in ("code", "area", "level", "name", "urge_prefix")}
        path = f"{above.path if above else ''}{each['code']}/"
        Office.objects.create(**columns, path=path, parent=above, ordinal=ordinal, government=government)
    for each in story["office_people"]:
        who = {"username": each["username"], "display_name": each["name"], "role": each["role"]}
        User.objects.create(**who, office=Office.objects.get(code=each["code"]), password=password)
    for each in story["government_people"]:
        agency = Agency.objects.get(name=each["government"])
        who = {"username": each["username"], "display_name": "联络员", "role": Role.LIAISON}
        User.objects.create(**who, agency=agency, password=password)


def _import(entry: Entry, when: datetime) -> None:
    office, by = Office.objects.get(code=entry["code"]), _person(entry["username"])
    notice, parent = in_full(parse(read(TEXTS / entry["file"])), office.areas), _plan(entry["parent"])
    plan, _ = import_notice(notice, office=office, parent=parent, by=by, at=when)
    first = plan.settings | {"first_period": PERIOD}
    change_settings(plan=plan, settings=first, basis=0, reason="自三季度起按季报告", by=by, at=when)
    password = make_password(settings.DEMO_PASSWORD)
    agencies = Agency.objects.filter(assignments__item__plan=plan).distinct().order_by("ordinal", "pk")
    for number, agency in enumerate(agencies, start=1):
        who = {"username": f"{entry['username']}-{number}", "display_name": "联络员", "role": Role.LIAISON}
        User.objects.create(**who, agency=agency, password=password)


def _confirm(entry: Entry, when: datetime) -> None:
    plan = _plan(entry["number"])
    own, asked = _items(plan), _items(_plan(entry["parent"]))
    decided = {own[number].pk: [asked[each].pk for each in above] for number, above in entry["correspondences"]}
    confirm_correspondences(plan=plan, decided=decided, bases={}, by=_person(entry["username"]), at=when)


def _acknowledge(entry: Entry, when: datetime) -> None:
    for assignment in _assignments(entry):
        acknowledge(assignment=assignment, by=_signs_for(assignment), at=when)


def _plan_milestone(entry: Entry, milestone: Entry, when: datetime) -> None:
    item, agency = _items(_plan(entry["number"]))[milestone["item"]], milestone.get("agency")
    add_milestone(
        item=item,
        name=milestone["name"],
        planned_on=date.fromisoformat(milestone["planned_on"]),
        agency=Agency.objects.get(name=agency) if agency else None,
        by=_person(entry["username"]),
        at=when,
    )


def _report_milestone(entry: Entry, milestone: Entry, when: datetime) -> None:
    planned = _milestone(entry, milestone)
    part = Assignment.objects.select_related("item__plan", "agency").get(item=planned.item, agency=planned.agency)
    by, title, words = _signs_for(part), f"{planned.name}情况说明", milestone["words"]
    upload = upload_of({"name": f"{title}.pdf", "title": title, "lines": [words]})
    proof = record_evidence(upload=upload, written=laid_ready(upload), assignment=part, by=by, at=when)
    done_on = date.fromisoformat(milestone["done_on"])
    report_milestone(milestone=planned, assignment=part, done_on=done_on, words=words, evidence=[proof], by=by, at=when)


def _confirm_milestone(entry: Entry, milestone: Entry, when: datetime) -> None:
    planned, by = _milestone(entry, milestone), _person(entry["username"])
    review_milestone(milestone=planned, is_confirmed=True, by=by, at=when)


def _file(entry: Entry, when: datetime) -> None:
    """Every lead reports: the first of an item in its words, the others that they go along with it."""
    period = ReportingPeriod.objects.select_related("plan").get(plan__document_number=entry["number"], code=PERIOD)
    said = {each["item"]: each for each in entry["reports"]}
    told: set[int] = set()
    for assignment in _assignments(entry, role=Assignment.Role.LEAD):
        report = said[assignment.item.number]
        percent, words = report["percent"], report["words"]
        if assignment.item_id in told:
            words = SHARED_WORDS.format(percent=percent)
        told.add(assignment.item_id)
        content = ReportContent(
            percent=percent,
            progress=words,
            problems="",
            next_steps="按方案继续推进。",
            delay_reason=report.get("delay", ""),
        )
        submit_report(assignment=assignment, period=period, content=content, by=_signs_for(assignment), at=when)


def _accept(entry: Entry, when: datetime) -> None:
    for assignment in _assignments(entry, role=Assignment.Role.LEAD):
        if assignment.item.number not in entry["waiting"]:
            report = assignment.reports.get()
            review_report(
                report=report, verdict=Review.Verdict.ACCEPTED, comment="", by=_person(entry["username"]), at=when
            )


def _close(entry: Entry, closing: Entry, when: datetime) -> None:
    for assignment in _assignments(entry):
        if assignment.item.number == closing["item"]:
            by, kind = _person(entry["username"]), Closure.Kind.CLOSED
            close_assignment(assignment=assignment, kind=kind, reason=closing["note"], by=by, at=when)


def _ask(entry: Entry, when: datetime) -> None:
    parent = _plan(entry["parent"])
    offices = list(Office.objects.directly_below(parent.home))
    ask_for_local_plans(
        parent=parent,
        offices=offices,
        due_on=date.fromisoformat(entry["due_on"]),
        words=parent.notice_text.rstrip().rsplit("\n", 1)[-1].strip(),
        items=[item for number, item in _items(parent).items() if number in entry["items"]],
        by=_person(entry["username"]),
        at=when,
    )


def _sign_for_duty(entry: Entry, when: datetime) -> None:
    """Those whose plan was there already have nothing to sign for: their duty is closed."""
    asked = Assignment.objects.filter(item__plan=_plan(entry["parent"]).local_duty.plan, closures=None)
    for assignment in asked.exclude(agency__name__in=entry["unsigned"]).select_related("item__plan", "agency"):
        acknowledge(assignment=assignment, by=_signs_for(assignment), at=when)


def _file_on_duty(entry: Entry, report: Entry, when: datetime) -> None:
    duty = _plan(entry["parent"]).local_duty.plan
    assignment = Assignment.objects.select_related("item__plan", "agency").get(
        item__plan=duty, agency__name=report["government"]
    )
    said = {"percent": report["percent"], "progress": report["words"], "delay_reason": report["delay"]}
    content = ReportContent(**said, problems="", next_steps="10月底前印发实施。")
    period = ReportingPeriod.objects.select_related("plan").get(plan=duty, code=PERIOD)
    submit_report(assignment=assignment, period=period, content=content, by=_person(report["username"]), at=when)


def _plan(number: str) -> Plan:
    return Plan.objects.get(document_number=number)


def _items(plan: Plan) -> dict[int, ActionItem]:
    return {item.number: item for item in plan.items.select_related("plan")}


def _assignments(entry: Entry, **only: Any) -> list[Assignment]:
    """Those of the plan, in its order."""
    rows = Assignment.objects.filter(item__plan__document_number=entry["number"], **only)
    return list(rows.select_related("item__plan", "agency").order_by("item__place", "agency__ordinal", "pk"))


def _milestone(entry: Entry, milestone: Entry) -> Milestone:
    planned = Milestone.objects.select_related("item__plan", "agency")
    return planned.get(item__plan__document_number=entry["number"], name=milestone["name"])


def _signs_for(assignment: Assignment) -> User:
    return User.objects.get(agency=assignment.agency)


def _person(username: str) -> User:
    return User.objects.get(username=username)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return at(moment.date(), moment.time())
