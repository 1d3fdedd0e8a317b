"""Queries: a page's number of them does not grow with the plan, and no page needs more than twelve."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from agencies.changes import note, recording
from agencies.models import Agency, AgencyGroup, ChangeChain, GroupMembership, Role, Succession, User
from agencies.security import Kind, record
from reports.dashboard import overview_cache
from reports.models import Build, Edition, Issue, IssueWithdrawal, LargeFile, Package, PackageFile
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    AgencyRequest,
    Assignment,
    Blob,
    Comment,
    DailySnapshot,
    Decision,
    Evidence,
    ImportDraft,
    Indicator,
    IndicatorReading,
    Instruction,
    ItemRevision,
    LightChange,
    Measure,
    Message,
    Milestone,
    MilestonePlan,
    Plan,
    PlannedSteering,
    PlannedStep,
    ProgressReport,
    Receipt,
    Reminder,
    ReportDraft,
    ReportEvidence,
    Review,
    Section,
    Sweep,
    Urge,
)
from tasks.standing import pending
from tasks.workflow import ask_for_local_plans
from tests.support.factories import (
    ISSUED,
    accepted_report,
    answer,
    correspond,
    instruction_answer,
    make_assignment,
    make_instruction,
    make_item,
    make_local_plan,
    make_milestone,
    make_office,
    make_period,
    make_plan,
    make_reminder,
    make_urge,
    make_user,
    moment,
)
from tests.support.proofs import ITEMS, TEXT, agency, correct, make_proof
from tests.support.statements import written_out

pytestmark = [pytest.mark.django_db, pytest.mark.untraced, pytest.mark.long]

TODAY = date(2016, 10, 12)
LARGER = 3
MOST = 12
LOGGED = 3  # more, where a file leaves: that goes on the security log
FILES = {"cities as a file", "slips as a file", "workbook", "directory as a file", "accounts as a file"}


# ── one plan, of any size ────────────────────────────────────────────────────────────────────────────────────────


def build(size: int) -> Plan:
    """A plan in which every kind of row occurs `size` times as often as in the smallest; the people are the same."""
    ChangeChain.objects.get_or_create(pk=1)
    plan = make_plan()
    agencies = Agency.objects.bulk_create(Agency(name=f"第{size}-{n}厅", ordinal=n) for n in range(6 * size))
    group = AgencyGroup.objects.create(name=f"名单{size}")
    GroupMembership.objects.bulk_create(GroupMembership(group=group, agency=agency) for agency in agencies)
    sections = Section.objects.bulk_create(
        Section(plan=plan, number=n + 1, title=f"第{n + 1}部分", start=0, end=0) for n in range(2 * size)
    )
    items = add_items(plan, sections, group, 8 * size)
    assignments = add_assignments(items, agencies)
    add_milestones(items)
    add_planned_steering(plan, assignments, size)
    add_history(plan, items, size)
    add_reports(plan, assignments, make_user(role=Role.LIAISON, agency=agencies[0]))
    add_requests(assignments, size)
    add_instructions(assignments, size)
    add_instructions(assignments, size)
    add_urges(assignments, size)
    add_reminders(assignments, size)
    add_changes(assignments, size)
    add_packages(plan, size)
    add_proofs(size)
    add_cities(plan, items, size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does; here its last look may have been at tables of another size
    return plan


def add_milestones(items):
    """Two of each item, one of them moved; of ever more items, ever more measures have a day of their own."""
    made = Milestone.objects.bulk_create(
        Milestone(item=item, name=f"节点{n}", recorded_at=ISSUED) for item in items for n in range(2)
    )
    MilestonePlan.objects.bulk_create(
        MilestonePlan(milestone=one, planned_on=TODAY + timedelta(days=n * 7 % 60 - 30), recorded_at=at)
        for n, one in enumerate(made)
        for at in ((ISSUED, moment("2016-09-01")) if n % 2 else (ISSUED,))
    )


def add_cities(plan, items, size):
    """One of them, or sixteen, with plans of ever more items; below the first one ever more counties, which it asked.

    Another city draws its plan yet.
    """
    cities = [make_office() for _ in range(1 if size == 1 else 16)]
    for number, office in enumerate(cities):
        local = make_local_plan(plan, office)
        make_period(local, "2016Q3")
        for item in items[:size]:
            part = make_assignment(make_item(local))
            correspond(part.item, item)
            accepted_report(part, at=moment("2016-10-01"))
            make_milestone(part.item)
        counties = [make_office(parent=office) for _ in range(1 if number else 2 * size)]
        for county in counties[: (len(counties) + 1) // 2]:
            make_local_plan(local, county)
        if number == 0:
            for _ in range(2 * size):
                make_item(local, title=items[0].title, text=items[0].text)  # decided by nobody
            what = {"due_on": date(2016, 12, 1), "words": "各县要制定工作方案。", "at": moment("2016-10-10")}
            ask_for_local_plans(parent=local, offices=counties, by=make_user(office=office), **what)
    make_user(office=make_office())


def add_planned_steering(plan, assignments, size):
    """Of the first item ever more agencies are to leave it, some by a change of ever more items at once."""
    by, at = make_user(role=Role.COORDINATOR), moment("2016-10-10")
    fields = {"plan": plan, "effective_on": date(2016, 12, 1), "reason": "会议纪要"}
    for n in range(size):
        planned = PlannedSteering.objects.create(**fields, recorded_at=at, recorded_by=by)
        steps = [assignments[n], *assignments[6 : 6 + 4 * size]]
        PlannedStep.objects.bulk_create(
            PlannedStep(planned=planned, kind="withdraw", item=one.item, part=one) for one in steps
        )


def add_reminders(assignments, size):
    """Of the first agency's liaison, about ever more tasks, by a channel that failed; and the day's sweep."""
    liaison = User.objects.get(agency=assignments[0].agency, role=Role.LIAISON)
    first = make_reminder(liaison, assignments[0], at=moment("2016-10-12 08:00"))
    copies = [one for one in assignments[1 : 10 * size] if one.agency_id == assignments[0].agency_id]
    Reminder.objects.bulk_create(
        Reminder(
            **{
                field.attname: getattr(first, field.attname)
                for field in Reminder._meta.concrete_fields
                if field.name not in ("id", "subject", "key", "assignment")
            },
            subject=f"assignment:{one.pk}",
            key=one.pk,
            assignment=one,
        )
        for one in copies
    )
    at = moment("2016-10-12 08:00")
    Sweep.objects.get_or_create(day=TODAY, defaults={"started_at": at, "finished_at": at})


def add_urges(assignments, size):
    """Answered and waiting; the first agency is urged about ever more of its tasks."""
    mine = [one for one in assignments if one.agency_id == assignments[0].agency_id]
    for n in range(4 * size):
        urge = make_urge(mine[0], about=mine, at=moment("2016-10-01"))
        if n % 2:
            answer(urge, at=moment("2016-10-05"))


def add_instructions(assignments, size):
    """Answered and waiting; each to ever more agencies of an item."""
    by_item = {}
    for one in assignments:
        by_item.setdefault(one.item_id, []).append(one)
    for n, named in enumerate(list(by_item.values())[: 4 * size]):
        made = make_instruction(*named, at=moment("2016-10-01"))
        if n % 2:
            instruction_answer(made, at=moment("2016-10-05"))


def add_packages(plan, size):
    """Of many moments, each with editions and files; every other one issued, withdrawn and issued again."""
    facts = {"size": 1, "media_type": "application/json", "file": "packages/00/0"}
    blob, _ = Blob.objects.get_or_create(sha256="1" * 64, defaults=facts)
    at = moment("2016-10-10")
    for n in range(4 * size):
        key = f"{plan.pk}-{n}"
        package = Package.objects.create(period="2016Q3", as_of=at, key=key, definition="{}", recorded_at=at)
        package.plans.add(plan)
        Build.objects.create(package=package, state=Build.State.DONE)
        for number in range(1, size + 2):
            edition = Edition.objects.create(package=package, number=number, facts_sha256="1" * 64, recorded_at=at)
            PackageFile.objects.bulk_create(
                PackageFile(edition=edition, kind=kind, name=f"汇总.{kind}", blob=blob) for kind in PackageFile.Kind
            )
            if n % 2:
                issue = {"edition": edition, "plan": plan, "year": 2016, "number": 100 * n + number}
                made = Issue.objects.create(**issue, recorded_at=at, recorded_by=None)
                if number <= size:
                    IssueWithdrawal.objects.create(issue=made, reason="有误", recorded_at=at)


def add_proofs(size):
    """核对稿 of ever more tasks, corrected ever more often."""
    more = "\n".join(
        f"（{n}）继续抓好第{n}项工作。（第{size}-{n % 6}厅、省新设{n}厅负责）" for n in range(4, 4 + 8 * size)
    )
    for n in range(2 * size):
        draft = make_proof(f"{TEXT}{more}\n附注{n}", name=f"第{n}份.txt", at=moment("2016-10-10"))
        for number in range(3 * size):
            correct(draft, agency(0, f"第{size}-{number % 6}厅", "assist" if number % 2 else "lead"))


def add_changes(assignments, size):
    """A record of changes, and agencies that others have followed."""
    by, at = make_user(role=Role.COORDINATOR), moment("2016-10-10")
    with recording():
        for assignment in assignments[: 10 * size]:
            note("改动", assignment, by=None, at=at, old={"weight": 1}, new={"weight": 2}, agency=assignment.agency)
    for n in range(2 * size):
        gone = Agency.objects.create(name=f"原{size}-{n}厅", ended_on=at.date())
        Succession.objects.create(
            predecessor=gone,
            successor=assignments[n].agency,
            kind="renamed",
            effective_on=at.date(),
            document="文件",
            recorded_at=at,
            recorded_by=by,
        )


def add_items(plan, sections, group, count):
    items = ActionItem.objects.bulk_create(
        ActionItem(
            plan=plan,
            section=sections[n % len(sections)],
            number=n + 1,
            label=f"（{n + 1}）",
            title=f"任务{n + 1}",
            text="公文的原话。",
            start=0,
            end=6,
            assist_group=group,
        )
        for n in range(count)
    )
    ItemRevision.objects.bulk_create(
        ItemRevision(item=item, due_on=due_on, reason="时限", recorded_at=at)
        for item in items
        for due_on, at in ((plan.due_on, ISSUED), (TODAY + timedelta(days=item.number * 9 - 40), moment("2016-06-20")))
    )
    per_item = range(count // 4)
    Measure.objects.bulk_create(
        Measure(item=item, number=n + 1, text="原话", start=n, end=n + 1) for item in items for n in per_item
    )
    Indicator.objects.bulk_create(
        Indicator(item=item, name=f"指标{n}", target=10, unit="个", start=0, end=0) for item in items for n in per_item
    )
    return items


def add_assignments(items, agencies):
    """The first agency leads every item, so that its own page grows too; half of the others lead, half assist."""
    return Assignment.objects.bulk_create(
        Assignment(item=item, agency=agency, role="lead" if n % 2 == 0 else "assist", recorded_at=ISSUED)
        for item in items
        for n, agency in enumerate(agencies)
        if n == 0 or (n + item.number) % 2
    )


def add_history(plan, items, size):
    """Recorded days, and lights that changed in the last two weeks."""
    DailySnapshot.objects.bulk_create(
        DailySnapshot(plan=plan, day=TODAY - timedelta(days=n + 1), percent=50, expected_percent=60)
        for n in range(20 * size)
    )
    LightChange.objects.bulk_create(
        LightChange(item=item, day=TODAY - timedelta(days=n + 1), light="red", previous="green", reason="无")
        for item in items
        for n in range(2 * size)
    )


def add_reports(plan, assignments, liaison):
    """Second quarter: all accepted, with readings. Third: accepted, sent back, waiting, drafted and missing in turn."""
    second, third = make_period(plan, "2016Q2"), make_period(plan, "2016Q3")

    def file(some, period, at, settled_at=None):
        return ProgressReport.objects.bulk_create(
            ProgressReport(
                assignment=assignment,
                period=period,
                percent=60,
                progress="进展",
                recorded_at=at,
                recorded_by=liaison,
                settled_at=settled_at,
            )
            for assignment in some
        )

    reviewed_in_july, reviewed = moment("2016-07-12"), moment("2016-10-10")
    verdicts = [
        (file(assignments, second, moment("2016-07-10"), reviewed_in_july), "accepted", reviewed_in_july),
        (file(assignments[::6], third, moment("2016-10-09"), reviewed), "accepted", reviewed),
        (file(assignments[1::6], third, moment("2016-10-09"), reviewed), "sent_back", reviewed),
    ]
    Review.objects.bulk_create(
        Review(report=report, verdict=verdict, comment="意见", recorded_at=at, recorded_by=liaison)
        for reports, verdict, at in verdicts
        for report in reports
    )
    AcceptedProgress.objects.bulk_create(
        AcceptedProgress(assignment=report.assignment, report=report, percent=report.percent, recorded_at=at)
        for reports, verdict, at in verdicts
        if verdict == "accepted"
        for report in reports
    )
    waiting = file(assignments[2::6], third, moment("2016-10-09"))
    add_talk(waiting, liaison, make_user())
    indicators = {}
    for indicator in Indicator.objects.filter(item__plan=plan):
        indicators.setdefault(indicator.item_id, []).append(indicator)
    IndicatorReading.objects.bulk_create(
        IndicatorReading(report=report, indicator=indicator, value=3)
        for report in [*waiting, *(report for reports, _, _ in verdicts for report in reports)]
        for indicator in indicators[report.assignment.item_id]
    )
    drafts = ReportDraft.objects.bulk_create(
        ReportDraft(assignment=a, period=third, percent=61, saved_at=moment("2016-10-10"), saved_by=liaison)
        for a in assignments[3::6]
    )
    add_evidence([*waiting, *(report for reports, _, _ in verdicts for report in reports)], drafts)


def add_evidence(reports, drafts):
    """One file with each, all of the same content."""
    facts = {"size": 1, "media_type": "application/pdf"}
    blob, _ = Blob.objects.get_or_create(sha256="0" * 64, defaults=facts)
    at = moment("2016-07-10")
    made = Evidence.objects.bulk_create(
        Evidence(assignment=one.assignment, blob=blob, name="材料.pdf", recorded_at=at) for one in [*reports, *drafts]
    )
    ReportEvidence.objects.bulk_create(
        ReportEvidence(report=report, evidence=evidence) for report, evidence in zip(reports, made, strict=False)
    )
    through = ReportDraft.evidence.through
    through.objects.bulk_create(
        through(reportdraft=draft, evidence=evidence)
        for draft, evidence in zip(drafts, made[len(reports) :], strict=True)
    )


def add_talk(reports, liaison, coordinator):
    """Comments that mention a colleague on the reports, and messages to the liaison."""
    comments = Comment.objects.bulk_create(
        Comment(report=report, text="批注", recorded_at=moment("2016-10-10"), recorded_by=coordinator)
        for report in reports
        for _ in reports[:10]
    )
    mention = Comment.mentions.through
    mention.objects.bulk_create(mention(comment=comment, user=coordinator) for comment in comments)
    Message.objects.bulk_create(
        Message(recipient=liaison, kind="other", text="通知", sent_at=moment("2016-10-10")) for _ in reports
    )


def add_requests(assignments, size):
    """Of every kind, answered and waiting; the first assignment asked most often. Every third was never received."""
    Receipt.objects.bulk_create(Receipt(assignment=a, recorded_at=moment("2016-05-26")) for a in assignments[::3])

    def ask(assignment, kind, day, due_on=None):
        return AgencyRequest(assignment=assignment, kind=kind, reason="理由", due_on=due_on, recorded_at=moment(day))

    answered = [
        *(ask(assignments[0], "extension", "2016-08-01", TODAY) for _ in range(3 * size)),
        *(ask(assignment, "completion", "2016-08-01") for assignment in assignments[::4]),
    ]
    waiting = [
        *(ask(assignment, "completion", "2016-10-01") for assignment in assignments[::3]),
        *(ask(assignment, "decline", "2016-10-01") for assignment in assignments[1::3]),
    ]
    made = AgencyRequest.objects.bulk_create([*answered, *waiting])
    Decision.objects.bulk_create(
        Decision(request=request, is_granted=True, recorded_at=moment("2016-08-02"))
        for request in made[: len(answered)]
    )


# ── what is asked for ────────────────────────────────────────────────────────────────────────────────────────────

PAGES = {
    "dashboard": ("coordinator", "/plans/{slug}/"),
    "first screen of a leader": ("leader", "/plans/{slug}/"),
    "what is new": ("leader", "/plans/{slug}/news/"),
    "ranking": ("leader", "/plans/{slug}/ranking/"),
    "wall": ("leader", "/plans/{slug}/wall/?screen=3"),
    "dashboard of a past day": ("leader", "/plans/{slug}/?as_of=2016-10-01"),
    "cities": ("coordinator", "/plans/{slug}/local/"),
    "cities of a past day": ("leader", "/plans/{slug}/local/?show=lacking&sort=percent&as_of=2016-10-01"),
    "cities as a file": ("leader", "/plans/{slug}/local/export/"),
    "city": ("leader", "/plans/{slug}/local/{city}/"),
    "ranking of cities": ("leader", "/plans/{slug}/local/ranking/"),
    "item in the cities": ("leader", "/plans/{slug}/local/items/1/"),
    "counties of a city": ("leader", "/plans/{local}/local/"),
    "counties, as their city sees them": ("city", "/plans/{local}/local/?as_of=2016-10-11"),
    "county": ("leader", "/plans/{local}/local/{county}/"),
    "item in the counties": ("city", "/plans/{local}/local/items/1/"),
    "ranking of counties": ("city", "/plans/{local}/local/ranking/"),
    "the province's cities, as one of them sees it": ("city", "/plans/{slug}/local/"),
    "asking the cities": ("coordinator", "/plans/{slug}/local/duty/"),
    "who of the counties was asked": ("city", "/plans/{local}/local/duty/"),
    "correspondence": ("city", "/plans/{local}/correspondence/"),
    "correspondence, all of it": ("city", "/plans/{local}/correspondence/?show=all"),
    "drawing a plan": ("city without a plan", "/plans/{slug}/local/new/"),
    "local plan": ("city", "/plans/{local}/"),
    "local item": ("city", "/plans/{local}/items/1/"),
    "plans of all levels": ("city", "/plans/"),
    "section": ("leader", "/plans/{slug}/sections/1/"),
    "items": ("leader", "/plans/{slug}/items/"),
    "items filtered and sorted": (
        "leader",
        "/plans/{slug}/items/?light=red&light=yellow&pace=behind&sort=percent&q=任务",
    ),
    "items of an agency": ("leader", "/plans/{slug}/items/?agency={agency}&sort=due"),
    "assignments": ("leader", "/plans/{slug}/assignments/"),
    "assignments to print": ("leader", "/plans/{slug}/assignments/?per_page=all"),
    "assignments to choose from": (
        "coordinator",
        "/plans/{slug}/assignments/?state=issued&q=任务&assignments={assignment}",
    ),
    "items to choose from": ("coordinator", "/plans/{slug}/items/?light=red&q=任务&sort=light&hide=bar"),
    "views of a ledger": ("coordinator", "/plans/{slug}/views/?ledger=item&light=red"),
    "assignments sorted by light": ("leader", "/plans/{slug}/assignments/?role=lead&sort=-light&per_page=50"),
    "assignments by report": ("leader", "/plans/{slug}/assignments/?report=unfiled&light=red&sort=gap"),
    "assignments that wait to be closed": ("leader", "/plans/{slug}/assignments/?course=settling"),
    "assignments of what was overdue": ("leader", "/plans/{slug}/assignments/?course=once_red&sort=light"),
    "items that were overdue": ("leader", "/plans/{slug}/items/?course=once_red"),
    "item": ("coordinator", "/plans/{slug}/items/1/"),
    "item of a past day": ("liaison", "/plans/{slug}/items/1/?as_of=2016-10-01"),
    "roadmap": ("coordinator", "/plans/{slug}/roadmap/"),
    "roadmap of an agency, late and moved, on a past day": (
        "leader",
        "/plans/{slug}/roadmap/?agency={agency}&state=late&moved=on&as_of=2016-10-11",
    ),
    "milestones of the notice": ("coordinator", "/plans/{slug}/roadmap/propose/"),
    "milestone": ("liaison", "/milestones/{milestone}/"),
    "new milestone": ("coordinator", "/plans/{slug}/items/1/milestones/new/"),
    "move a milestone": ("coordinator", "/milestones/{milestone}/move/"),
    "milestone done": ("liaison", "/milestones/{milestone}/done/"),
    "amend": ("coordinator", "/plans/{slug}/items/1/amend/"),
    "dates of items": ("coordinator", "/plans/{slug}/items/dates/?item=1&item=2&item=3"),
    "weights": ("coordinator", "/plans/{slug}/items/1/weights/"),
    "steer an item": ("coordinator", "/plans/{slug}/items/1/responsibility/"),
    "suspend an item": ("coordinator", "/plans/{slug}/items/1/suspend/"),
    "split an item": ("coordinator", "/plans/{slug}/items/1/split/"),
    "merge items": ("coordinator", "/plans/{slug}/items/1/merge/"),
    "correct an item": ("coordinator", "/plans/{slug}/items/1/correction/"),
    "steer many": ("coordinator", "/plans/{slug}/responsibility/?assignment={assignment}"),
    "responsibility on a later day": ("coordinator", "/responsibility/{planned}/"),
    "close": ("coordinator", "/assignments/{assignment}/close/"),
    "agencies": ("leader", "/plans/{slug}/agencies/"),
    "agencies by lateness": ("leader", "/plans/{slug}/agencies/?sort=late"),
    "agency": ("coordinator", "/plans/{slug}/agencies/{agency}/"),
    "period": ("coordinator", "/plans/{slug}/periods/2016Q3/"),
    "period of a past day": ("leader", "/plans/{slug}/periods/2016Q2/?as_of=2016-10-01"),
    "reports of a period": ("coordinator", "/plans/{slug}/periods/2016Q3/reports/?report=unfiled"),
    "calendar of periods": ("coordinator", "/plans/{slug}/periods/"),
    "period to come": ("coordinator", "/plans/{slug}/periods/2016Q4/revise/"),
    "lock": ("coordinator", "/plans/{slug}/periods/2016Q3/lock/"),
    "waive": ("coordinator", "/assignments/{assignment}/waivers/2016Q3/"),
    "requests": ("coordinator", "/requests/"),
    "requests of a kind on a past day": ("coordinator", "/requests/?kind=completion&as_of=2016-10-11"),
    "requests that were decided": ("coordinator", "/requests/?turn=all&agency={agency}&q=理由"),
    "request": ("coordinator", "/requests/{request}/"),
    "instructions": ("leader", "/instructions/?turn=all"),
    "instructions of an agency on a past day": ("liaison", "/instructions/?as_of=2016-10-11"),
    "instruction": ("leader", "/instructions/{instruction}/"),
    "instruction to answer": ("liaison", "/instructions/{instruction}/"),
    "instruct": ("coordinator", "/plans/{slug}/items/1/instruct/"),
    "urges": ("coordinator", "/urges/"),
    "urges of an agency on a past day": ("liaison", "/urges/?turn=all&as_of=2016-10-11"),
    "urge": ("liaison", "/urges/{urge}/"),
    "evidence": ("coordinator", "/evidence/{evidence}/view/"),
    "slip": ("coordinator", "/urges/{urge}/slip/"),
    "slips": ("coordinator", "/urges/slips/?{urges}"),
    "slips as a file": ("coordinator", "/urges/slips.docx?{urges}"),
    "urge an agency": ("coordinator", "/urges/new/?plan={slug}&agency={agency}"),
    "urge a plan": ("coordinator", "/urges/new/?plan={slug}"),
    "ask": ("liaison", "/assignments/{assignment}/requests/new/"),
    "ask for a milestone": ("liaison", "/assignments/{assignment}/requests/new/?kind=milestone"),
    "notice": ("leader", "/plans/{slug}/notice/"),
    "plan settings": ("coordinator", "/plans/{slug}/settings/"),
    "plans": ("coordinator", "/plans/"),
    "imports": ("coordinator", "/plans/import/"),
    "proof": ("coordinator", "/plans/import/{proof}/"),
    "an item of a proof": ("coordinator", "/plans/import/{proof}/items/{proof_item}/"),
    "handing out": ("coordinator", "/plans/import/{proof}/confirm/"),
    "group": ("coordinator", "/groups/{group}/"),
    "my": ("liaison", "/my/"),
    "my milestones": ("liaison", "/my/milestones/"),
    "file": ("liaison", "/my/{assignment}/"),
    "file all": ("liaison", "/my/submit/"),
    "own requests": ("liaison", "/my/requests/"),
    "filed": ("liaison", "/my/reports/"),
    "a filed report": ("liaison", "/my/reports/{filed}/"),
    "offline": ("liaison", "/my/workbook/"),
    "workbook": ("liaison", "/my/workbook/{slug}/2016Q3/"),
    "what waits": ("coordinator", "/desk/"),
    "what waits, one kind": ("coordinator", "/desk/?kind=milestone"),
    "what waits, a report open": ("coordinator", "/desk/?open={report}"),
    "who has not filed": ("coordinator", "/plans/{slug}/periods/2016Q3/unfiled/"),
    "review": ("coordinator", "/reviews/{report}/"),
    "queue": ("coordinator", "/reviews/"),
    "decided": ("coordinator", "/reviews/decided/?agency={agency}&period=2016Q3"),
    "phrases": ("coordinator", "/reviews/phrases/"),
    "queue sorted by change": ("coordinator", "/reviews/?age=1&sort=-change&per_page=50"),
    "review within a filter": ("coordinator", "/reviews/{report}/?agency={agency}&sort=-filed"),
    "help": ("liaison", "/help/"),
    "search": ("liaison", "/search/?q=任务"),
    "search of a kind": ("coordinator", "/search/?q=任务&kind=reports"),
    "messages": ("liaison", "/messages/"),
    "messages of a kind": ("liaison", "/messages/?kind=reminded&show=unread"),
    "reminders": ("coordinator", "/reminders/"),
    "reminders of a person": ("liaison", "/reminders/?kind=due&state=failed"),
    "why": ("coordinator", "/reminders/{reminder}/"),
    "coming reminders": ("coordinator", "/reminders/preview/"),
    "coming reminders of an agency": ("liaison", "/reminders/preview/"),
    "rules": ("coordinator", "/reminders/rules/"),
    "reminder settings": ("liaison", "/reminders/settings/"),
    "changes": ("coordinator", "/changes/"),
    "changes filtered": ("coordinator", "/changes/?after=2016-10-01&agency={agency}&q=任务&person=0"),
    "second factors": ("leader", "/accounts/factor/"),
    "own sessions": ("leader", "/accounts/sessions/"),
    "security log": ("administrator", "/records/?kind=signed_in"),
    "people": ("coordinator", "/agencies/{agency}/people/"),
    "hand-over": ("coordinator", "/accounts/hand-over/{person}/"),
    "successions": ("coordinator", "/agencies/succession/"),
    "succession": ("coordinator", "/agencies/succession/new/"),
    "checklist": ("coordinator", "/setup/"),
    "contacts": ("liaison", "/agencies/{agency}/contacts/"),
    "directory": ("coordinator", "/agencies/contacts/"),
    "directory as a file": ("leader", "/agencies/contacts.xlsx"),
    "accounts": ("coordinator", "/accounts/people/"),
    "accounts as a file": ("coordinator", "/accounts/people/list.xlsx"),
    "office": ("coordinator", "/setup/office/"),
    "packages": ("coordinator", "/plans/{slug}/reports/"),
    "packages of an agency": ("liaison", "/plans/{slug}/reports/"),
    "package": ("coordinator", "/reports/{package}/"),
    "large files": ("coordinator", "/files/"),
    "large file": ("coordinator", "/files/{large}/"),
    "desk": ("coordinator", "/reports/"),
    "compare": ("leader", "/reports/compare/"),
    "verify": ("leader", "/reports/verify/"),
    "home": ("leader", "/"),
    "home of those who set up": ("coordinator", "/"),
    "missing": ("leader", "/missing/"),
}


TYPED = {"percent": "90", "progress": "进展", "delay_reason": "原因"}
FILING = {f"file: {action}": {"action": action, **TYPED} for action in ("draft", "submit")}


def parts_of(plan):
    """What the addresses of the plan's pages are made of."""
    agency = Agency.objects.filter(assignments__item__plan=plan).order_by("pk").first()
    lead = Assignment.objects.filter(item__plan=plan, agency=agency).order_by("pk").first()
    waiting = ProgressReport.objects.filter(assignment__item__plan=plan).waiting(moment("2016-10-12"))
    urges = Urge.objects.filter(assignments__item__plan=plan).distinct()
    local = plan.local_plans.order_by("pk").first()
    return {
        "slug": plan.slug,
        "city": local.office.code,
        "local": local.slug,
        "county": local.office.children.order_by("pk").first().code,
        "agency": agency.pk,
        "assignment": lead.pk,
        "group": AgencyGroup.objects.filter(items__plan=plan).distinct().get().pk,
        "report": waiting.order_by("pk").first().pk,
        "filed": ProgressReport.objects.filter(assignment__agency=agency).order_by("pk").first().pk,
        "request": AgencyRequest.objects.filter(assignment=lead).order_by("pk").first().pk,
        "reminder": Reminder.objects.filter(agency=agency).order_by("pk").first().pk,
        "instruction": Instruction.objects.filter(parts__assignment__agency=agency).order_by("pk").first().pk,
        "urge": Urge.objects.filter(agency=agency).order_by("pk").first().pk,
        "evidence": Evidence.objects.filter(assignment__item__plan=plan).order_by("pk").first().pk,
        "urges": "&".join(f"id={pk}" for pk in urges.order_by("pk").values_list("pk", flat=True)[:50]),
        "milestone": Milestone.objects.filter(item__plan=plan).order_by("pk").first().pk,
        "planned": PlannedSteering.objects.filter(plan=plan).order_by("pk").first().pk,
        "person": User.objects.get(agency=agency, role=Role.LIAISON).pk,
        "package": Package.objects.filter(plans=plan).order_by("pk").first().pk,
        "proof": ImportDraft.objects.order_by("pk").last().pk,
        "proof_item": ITEMS[0],
    }


def readers_of(parts):
    """Signed in, by the word that PAGES has for them."""
    people = {"liaison": User.objects.get(pk=parts["person"])}
    people |= {role: make_user(role=role) for role in ("coordinator", "leader", "administrator")}
    in_cities = User.objects.filter(role=Role.COORDINATOR, office__isnull=False)
    people["city"] = in_cities.get(office__code=parts["city"])
    people["city without a plan"] = in_cities.latest("pk")
    record(Kind.SIGNED_IN, by=people["leader"], at=ISSUED)
    parts["large"] = large_files(people["coordinator"])[-1].pk
    clients = {word: Client() for word in people}
    for word, client in clients.items():
        client.force_login(people[word])
    return clients


def large_files(person):
    """Ever more of them."""
    what = {"kind": LargeFile.Kind.CHECK, "asked": {}, "name": "旧汇总.xlsx", "state": LargeFile.State.DONE}
    rows = [LargeFile(**what, recorded_by=person, recorded_at=ISSUED) for _ in ActionItem.objects.all()]
    return LargeFile.objects.bulk_create(rows)


def queries_of(readers, parts, name):
    """The queries that the page made, savepoints left out."""
    sent = FILING.get(name)
    word, pattern = PAGES["file" if sent else name]
    client, url = readers[word], pattern.format(**parts)
    overview_cache.clear()
    pending.forget()
    with CaptureQueriesContext(connection) as captured:
        response = client.post(url, sent) if sent else client.get(url)
    assert response.status_code == {"home": 302, "home of those who set up": 302, "missing": 404}.get(
        name, 302 if sent else 200
    )
    return [sql for sql in written_out(captured.captured_queries) if "SAVEPOINT" not in sql]


def table_of(sql):
    """The table that the query is about: the one after the outermost FROM."""
    sql = re.sub(r"^SELECT COUNT\(\*\) FROM \((.*)\) subquery$", r"\1", sql.removeprefix("SELECT COUNT(*) FROM ("))
    while (shorter := re.sub(r"\([^()]*\)", "", sql)) != sql:
        sql = shorter
    if " UNION ALL " in sql:
        return "several, in one statement"
    found = re.search(r'(?:FROM|UPDATE|INTO) "?(\w+)', sql)
    return found[1] if found else sql


def all_queries_of(plan):
    """By name of the page; where one fails its exception, for the test of that page alone."""
    found, parts = {}, parts_of(plan)
    readers = readers_of(parts)
    for name in [*PAGES, *FILING]:
        try:
            with transaction.atomic():
                found[name] = queries_of(readers, parts, name)
                transaction.set_rollback(True)
        except Exception as fault:
            found[name] = fault
    return found


@pytest.fixture(scope="module")
def asked(rows_of_module):
    """What a page asks of the smallest plan, which is alone then, and what of the larger one beside it."""
    with override_settings(QA_PLAN_TODAY=TODAY, SESSION_IDLE_MINUTES=0):  # or one in a minute marks its session
        by_size = [all_queries_of(build(size)) for size in (1, LARGER)]

    def of(name):
        found = [queries[name] for queries in by_size]
        for fault in found:
            if isinstance(fault, Exception):
                raise fault
        return found

    return of


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_as_many_queries_for_a_plan_three_times_as_large(asked, name):
    few, many = asked(name)
    assert [table_of(sql) for sql in many] == [table_of(sql) for sql in few]
    logged = [sql for sql in few if table_of(sql).startswith("agencies_security")] if name in FILES else []
    assert len(few) <= MOST + len(logged)
    assert len(logged) == (LOGGED if name in FILES else 0)


def test_the_dashboard_reads_every_table_once(asked):
    assert sorted(table_of(sql) for sql in asked("dashboard")[0]) == sorted(
        [
            "django_session",
            "agencies_user",  # who is signed in, with the agency
            "tasks_plan",
            "tasks_actionitem",  # all items, with their sections' headings and the light that was recorded last
            "tasks_reportingperiod",  # the current one
            "tasks_assignment",  # where each assignment stands; lights, means and the matrix come from this
            "tasks_progressreport",  # its reports, and what still waits
            "agencies_agency",  # the names of those concerned
            "agencies_user",  # how many messages are unread, and how many reports and requests wait
            "tasks_dailysnapshot",  # the curve
            "tasks_workdayoverride",  # for the working days that are left
            "tasks_lightchange",  # the last two weeks
        ]
    )


def test_the_ledger_of_assignments_reads_one_page_and_what_its_form_offers(asked):
    assert sorted(table_of(sql) for sql in asked("assignments")[0]) == sorted(
        [
            "django_session",
            "agencies_user",  # who is signed in, with the agency
            "agencies_user",  # how many messages are unread
            "tasks_plan",
            "tasks_reportingperiod",  # the current one
            "tasks_plan",  # how many there are, here and behind each tab
            "tasks_assignment",  # where each of the plan stands, for the tab of red and yellow ones
            "tasks_assignment",  # the keys of the page
            "tasks_assignment",  # its rows, with item, agency and where they stand
            "tasks_progressreport",  # their last accepted texts, and their reports of the period
            "several, in one statement",  # agencies and sections, for the filter
        ]
    )


@pytest.mark.parametrize("name", FILING)
def test_filing_needs_as_many_queries_however_much_was_filed_before(asked, name):
    few, many = asked(name)
    assert [table_of(sql) for sql in many] == [table_of(sql) for sql in few]
