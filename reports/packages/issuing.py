"""印发: an edition goes out under its number, which locks its period. Afterwards it can be taken back (撤回)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from reports.briefing import NUMBER
from reports.models import BriefingWording, Build, Edition, Issue, IssueWithdrawal, Package, PackageFile
from reports.packages.announcing import tell_issued, tell_withdrawn
from reports.packages.consequences import Consequences
from reports.packages.files import DOCX_TYPE, briefing_of
from reports.packages.keeping import is_whole, keep
from reports.packages.kept_facts import FactsUnreadable, kept_facts
from reports.packages.wording import wording_of
from tasks.models import Plan, ReportingPeriod
from tasks.standing.filing import newest_lock
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.periods import lock_period


@deed
def issue_package(*, package: Package, number: int, by: User, at: datetime, basis: str | None = None) -> Issue:
    """印发 sends the newest edition out as 第N期, and locks the package's periods that are not locked yet.

    Only while its files lie in the storage as they were built. One issue of a plan's period is in force at a time. The
    briefing bears the number: where it doesn't yet, the issued edition is a new one, the same but for that. `basis`
    stands for the consequences that were shown: refused where they are others now. The same form sent again is the
    first issue.
    """
    plan = _locked_plan(package)
    made = Issue.objects.filter(edition__package=package, number=number, recorded_by=by, withdrawal=None).first()
    if made is not None:
        return made
    edition = _edition_to_issue(package)
    _require_none_in_force(plan, package.period)
    if basis is not None:
        _require_as_shown(package, plan, basis, at)
    edition = _numbered(edition, f"第{number}期", by=by, at=at)
    year = timezone.localdate(at).year
    try:
        with transaction.atomic():
            issue = Issue.objects.create(
                edition=edition, plan=plan, year=year, number=number, recorded_at=at, recorded_by=by
            )
    except IntegrityError as error:
        raise WorkflowError(
            f"{year}年第{number}期已经用过（撤回的期号不再使用），请改用别的期号。", "number"
        ) from error
    for period in periods_of(package, plan):
        lock = newest_lock(period)
        if lock is None or not lock.is_locked:
            lock_period(period=period, reason=f"{package}已印发（{issue}）", by=by, at=at)
    hashes = dict(edition.files.values_list("kind", "blob__sha256"))
    note("印发汇总", package, by=by, at=at, new={"issue": str(issue), "edition": edition.number, **hashes})
    tell_issued(issue, by=by, at=at)
    return issue


def _require_as_shown(package: Package, plan: Plan, basis: str, at: datetime) -> None:
    """Holds the periods, so that nobody files in between, and compares."""
    periods = list(periods_of(package, plan))
    for period in periods:
        lock_row(period, "UPDATE")
    if Consequences(package, plan, periods, at).token != basis:
        raise WorkflowError("内容已被更新，本次未保存：报送或审核情况有变。请重新核对后再印发。", "number")


def _numbered(edition: Edition, number: str, *, by: User, at: datetime) -> Edition:
    """Gives the edition whose briefing says that number. Its file is kept before the issue; what is undone is swept."""
    package = edition.package
    wording = wording_of(package)
    if wording.get(NUMBER) == number:
        return edition
    BriefingWording.objects.create(package=package, paragraph=NUMBER, text=number, recorded_at=at, recorded_by=by)
    try:
        content = briefing_of(kept_facts(edition), wording | {NUMBER: number})
    except FactsUnreadable as error:
        raise WorkflowError(str(error)) from error
    files = list(edition.files.all())
    made = Edition.objects.create(
        package=package, number=edition.number + 1, facts_sha256=edition.facts_sha256, recorded_at=at
    )
    PackageFile.objects.bulk_create(
        PackageFile(
            edition=made,
            kind=file.kind,
            name=file.name,
            blob=keep(content, DOCX_TYPE).blob() if file.kind == PackageFile.Kind.DOCX else file.blob,
        )
        for file in files
    )
    return made


def periods_of(package: Package, plan: Plan) -> QuerySet[ReportingPeriod]:
    """Finds the periods that the package tells of. A year's quarters that opened later stay open for their reports."""
    within = plan.periods.filter(code__startswith=package.period, opens_on__lte=package.day)
    return within.order_by("code")


def next_number(plan: Plan, year: int) -> int:
    """Gives the number that a coordinator is offered."""
    last = Issue.objects.filter(plan=plan, year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _locked_plan(package: Package) -> Plan:
    """Holds the row of the package's only plan, so that issues of it happen one after another."""
    plans = list(package.plans.values_list("pk", flat=True))
    if len(plans) != 1:
        raise WorkflowError("跨行动计划的汇总供内部使用，不单独印发。")
    plan: Plan = Plan.objects.select_for_update(no_key=True).defer("notice_text").get(pk=plans[0])
    return plan


def _edition_to_issue(package: Package) -> Edition:
    edition = package.editions.order_by("-number").first()
    state = Build.objects.values_list("state", flat=True).get(package=package)
    if edition is None or state != Build.State.DONE:
        raise WorkflowError("汇总还没有生成完毕，不能印发。")
    if not all(is_whole(file.blob) for file in edition.files.select_related("blob")):
        raise WorkflowError("汇总文件缺失或与登记的校验码不符，不能印发，请联系系统管理员。")
    return edition


def _require_none_in_force(plan: Plan, period: str) -> None:
    issued = Issue.objects.filter(plan=plan, edition__package__period=period, withdrawal=None).first()
    if issued is not None:
        raise WorkflowError(f"该报告期的汇总已经印发（{issued}），须先撤回才能另行印发。")


@deed
def withdraw_issue(*, issue: Issue, reason: str, by: User, at: datetime) -> IssueWithdrawal:
    """撤回印发 takes an issue back. Its files and number stay used, its period locked until somebody unlocks it.

    Whoever was told of the issue is told of this.
    """
    if not reason.strip():
        raise WorkflowError("请写明撤回原因。", "reason")
    _locked_plan(issue.edition.package)
    reason = reason.strip()
    withdrawal, is_new = IssueWithdrawal.objects.get_or_create(
        issue=issue, defaults={"reason": reason, "recorded_at": at, "recorded_by": by}
    )
    if not is_new and (withdrawal.reason, withdrawal.recorded_by) == (reason, by):
        return withdrawal  # the same form sent again
    if not is_new:
        raise WorkflowError(f"{issue}已经撤回（{withdrawal.reason}）。")
    old, new = ({"issue": str(issue), "in_force": in_force} for in_force in (True, False))
    note("撤回印发", issue.edition.package, by=by, at=at, old=old, new=new, reason=withdrawal.reason)
    tell_withdrawn(withdrawal, by=by, at=at)
    return withdrawal
