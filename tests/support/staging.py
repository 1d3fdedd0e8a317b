"""A plan on which everything has happened that somebody may or may not see, with the people who look at it.

What the addresses of the product need is given by word. What stays with the plan's office says so in words of its own,
so that it is recognised wherever it turns up; `mark` ends them, where there are several offices.
"""

from django.db.models import Min
from django.utils import timezone

from agencies.models import Office, Role, User
from reports.background.asking import ask
from reports.background.working import work
from reports.makers import MAKERS
from reports.models import LargeFile, Package, PackageFile
from reports.packages.asking import request_package
from reports.packages.building import build
from reports.packages.issuing import issue_package
from tasks.models import (
    ImportDraft,
    InstructionEvidence,
    Message,
    MilestoneEvidence,
    Plan,
    ReminderRule,
    ReportEvidence,
    RequestEvidence,
    SavedView,
    UrgeReply,
)
from tests.support.factories import (
    ACCEPTED,
    ASSIST,
    SENT_BACK,
    comment_on,
    file_report,
    instruction_answer,
    make_agency,
    make_assignment,
    make_draft,
    make_group,
    make_instruction,
    make_item,
    make_local_plan,
    make_milestone,
    make_period,
    make_plan,
    make_reminder,
    make_request,
    make_urge,
    make_user,
    milestone_done,
    moment,
    plan_withdrawal,
    review,
)
from tests.support.proofs import TEXT, make_proof
from tests.support.uploads import kept

Cast = dict[str, User]
DAY = moment("2016-10-12").date()  # on which everybody looks
OPEN = "通过的文字"
DRAFT = "草稿的文字"
COMMENT = "批注的文字"
IN_REVIEW = ("待审的文字", "退回的文字", "退回的意见", "通过的意见")
BETWEEN = ("申请的理由", "催办的文字", "催办的答复", "批示的文字", "批示的答复", "节点的说明")  # office and agency
INSIDE = (*IN_REVIEW, DRAFT, COMMENT, *BETWEEN, "给本人的消息", "核对的文件")
EVIDENCE = ("e_accepted", "e_waiting", "e_sent_back", "e_request", "e_milestone", "e_draft", "e_answer")


def people_of(office: Office, mark: str) -> Cast:
    """One person of each kind that an office has, its agencies' people among them."""
    agency = {name: make_agency(f"{mark}{name}", office=office) for name in ("商务局", "海关", "水利局")}
    return {
        "coordinator": make_user(f"{mark}统筹", role=Role.COORDINATOR, office=office, display_name=f"{mark}统筹员"),
        "lead_liaison": make_user(f"{mark}负责", role=Role.LIAISON, agency=agency["商务局"]),
        "approver": make_user(f"{mark}审签", role=Role.APPROVER, agency=agency["商务局"]),
        "assisting_liaison": make_user(f"{mark}协助", role=Role.LIAISON, agency=agency["海关"]),
        "other_liaison": make_user(f"{mark}别家", role=Role.LIAISON, agency=agency["水利局"]),
        "leader": make_user(f"{mark}领导", role=Role.LEADER, office=office, display_name=f"{mark}分管领导"),
    }


def built(cast: Cast, *, office: Office | None = None, parent: Plan | None = None, mark: str = "") -> dict[str, tuple]:
    """What the addresses need, by word; each kind of report has words of its own. It is read on `DAY`."""
    plan = make_local_plan(parent, office) if parent and office else make_plan()
    lead_agency, other_agency = cast["lead_liaison"].agency, cast["other_liaison"].agency
    item = make_item(plan)
    lead = make_assignment(item, lead_agency)
    make_assignment(item, cast["assisting_liaison"].agency, ASSIST)
    make_assignment(item, make_agency(office=office))  # a second lead, so that there is something to weigh
    period = make_period(plan, "2016Q3")
    group = make_group(lead_agency, name=f"{mark}领导小组", office=office)
    item.assist_group = group
    item.save()
    accepted = file_report(lead, 30, period="2016Q2", at=moment("2016-07-10"), progress=f"{OPEN}{mark}")
    review(accepted, ACCEPTED, comment=f"通过的意见{mark}")
    sent_back = file_report(lead, 40, at=moment("2016-10-08"), progress=f"退回的文字{mark}")
    review(sent_back, SENT_BACK, comment=f"退回的意见{mark}")
    waiting = file_report(lead, 45, at=moment("2016-10-09"), progress=f"待审的文字{mark}")
    comment_on(waiting, f"{COMMENT}{mark}", at=moment("2016-10-10"))
    said = {"kind": "other", "text": f"给本人的消息{mark}", "sent_at": moment("2016-10-10")}
    message = Message.objects.create(recipient=cast["lead_liaison"], **said)
    draft = make_draft(lead, by=cast["lead_liaison"], at=moment("2016-10-10"), progress=f"{DRAFT}{mark}")
    evidence = {
        word: kept(lead, cast["lead_liaison"], at=moment("2016-10-10"), name=f"{word}{mark}.pdf") for word in EVIDENCE
    }
    for word, report in (("e_accepted", accepted), ("e_waiting", waiting), ("e_sent_back", sent_back)):
        ReportEvidence.objects.create(report=report, evidence=evidence[word])
    asked = make_request(lead, at=moment("2016-10-10"), reason=f"申请的理由{mark}")
    RequestEvidence.objects.create(request=asked, evidence=evidence["e_request"])
    draft.evidence.add(evidence["e_draft"])
    waiting_one = make_milestone(item, "验收")
    reported = milestone_done(waiting_one, lead, at=moment("2016-10-10"), words=f"节点的说明{mark}")
    MilestoneEvidence.objects.create(done=reported, evidence=evidence["e_milestone"])
    told = make_instruction(lead, at=moment("2016-10-10"), text=f"批示的文字{mark}")
    another = make_instruction(lead, at=moment("2016-10-10"))
    answered = instruction_answer(another, at=moment("2016-10-11"), text=f"批示的答复{mark}")
    InstructionEvidence.objects.create(reply=answered, evidence=evidence["e_answer"])
    reminded = make_reminder(cast["lead_liaison"], lead, at=moment("2016-10-10 08:00"))
    drafted, issued = packages(plan, cast["coordinator"])
    text, name = TEXT.replace("9号", f"9号{mark}"), f"核对的文件{mark}.txt"
    imported = make_proof(text, by=cast["coordinator"], at=moment("2016-10-10"), name=name)
    ImportDraft.objects.filter(pk=imported.pk).update(office=office)
    urged = make_urge(lead, at=moment("2016-10-10"), text=f"催办的文字{mark}")
    replied = make_urge(lead, at=moment("2016-10-10"))
    UrgeReply.objects.create(urge=replied, text=f"催办的答复{mark}", recorded_at=moment("2016-10-11"))
    return {
        "-": (),
        "import": (imported.pk,),
        "import_item": (imported.pk, text.index("（一）")),
        "plan": (plan.slug,),
        "view": (plan.slug, _view(cast["coordinator"]).pk),
        "other_view": (plan.slug, _view(make_user(role=Role.COORDINATOR, office=office)).pk),
        "xlsx_of": (plan.slug, "xlsx"),
        "csv_of": (plan.slug, "csv"),
        "section": (plan.slug, item.section.number),
        "item": (plan.slug, item.number),
        "agency": (plan.slug, lead_agency.pk),
        "stranger": (plan.slug, other_agency.pk),
        "group": (group.pk,),
        "person": (cast["lead_liaison"].pk,),
        "people": (lead_agency.pk,),
        "leader": (cast["leader"].pk,),
        "period": (plan.slug, period.code),
        "coming": (plan.slug, "2016Q4"),
        "waiver": (make_assignment(make_item(plan), lead_agency).pk, period.code),
        "assignment": (lead.pk,),
        "request": (asked.pk,),
        "milestone": (make_milestone(item).pk,),
        "ms_waiting": (waiting_one.pk,),
        "planned": (plan_withdrawal(lead, at=moment("2016-10-10"), by=cast["coordinator"]).pk,),
        "rule": (ReminderRule.objects.first().pk,),
        "reminder": (reminded.pk,),
        "delivery": (reminded.digest.deliveries.get().pk,),
        "instruction": (told.pk,),
        "ins_reply": (answered.part.instruction_id, answered.pk),
        "urge": (urged.pk,),
        "draft": (lead.pk,),
        "waiting": (waiting.pk,),
        "message": (message.pk,),
        "sent_back": (sent_back.pk,),
        "accepted": (accepted.pk,),
        "draft_pack": (drafted.pk,),
        "draft_docx": (drafted.pk, file_of(drafted, "docx").pk),
        "issued": (issued.pk,),
        "docx": (issued.pk, file_of(issued, "docx").pk),
        "large": (large_file(cast["coordinator"]).pk,),
        "xlsx": (issued.pk, file_of(issued, "xlsx").pk),
        **{word: (one.pk,) for word, one in evidence.items()},
    }


def one_rule_of_each_kind() -> None:
    first = ReminderRule.objects.order_by().values("kind").annotate(first=Min("pk")).values("first")
    ReminderRule.objects.exclude(pk__in=list(first.values_list("first", flat=True))).delete()


def _view(owner: User) -> SavedView:
    return SavedView.objects.create(
        owner=owner, ledger="item", name="红灯", query="light=red", saved_at=moment("2016-10-01")
    )


def packages(plan: Plan, by: User) -> list[Package]:
    """The third quarter's, built, and the second quarter's, which is issued too."""
    made = []
    for period in ("2016Q3", "2016Q2"):
        day = moment("2016-10-11").date()
        package = request_package(plans=[plan], period=period, day=day, by=by, at=moment("2016-10-12"))
        assert build(package.pk, at=moment("2016-10-12"), tick=timezone.now)
        made.append(package)
    issue_package(package=made[1], number=1, by=by, at=moment("2016-10-12"))
    return made


def large_file(by: User) -> LargeFile:
    """The record of changes, which the worker wrote."""
    what = {"kind": LargeFile.Kind.CHANGES, "name": "变更记录.csv", "asked": {"query": ""}, "total": 0}
    large = ask(**what, by=by, at=moment("2016-10-12"))
    assert work(large.pk, MAKERS, at=moment("2016-10-12"), tick=timezone.now)
    return large


def file_of(package: Package, kind: str) -> PackageFile:
    return PackageFile.objects.filter(edition__package=package, kind=kind).latest("pk")
