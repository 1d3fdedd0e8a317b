"""开通清单: what an installation still lacks until the first report can be filed. It ticks itself off."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.urls import reverse

from agencies.models import TOP, Agency, User
from tasks.access import can_steer, home_plans
from tasks.models import Plan, ReportingPeriod
from tasks.pages.setup import questions
from tasks.rules.due_dates import DueSource
from tasks.rules.periods import period_name
from tasks.workflow.office import DISMISSED, LOOKED_THROUGH


class Step(NamedTuple):
    """One thing to do: how far it is, where it is done, and who or what is still missing."""

    title: str
    is_done: bool
    said: str
    link: str = ""
    link_text: str = ""
    missing: Sequence[str] = ()


class Checklist(NamedTuple):
    steps: list[Step]
    plan: Plan | None  # the newest
    is_dismissed: bool
    unconfirmed: list[Plan]  # whose inferred dates nobody has looked through

    @property
    def can_confirm_dates(self) -> bool:
        return bool(self.unconfirmed)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_open(self) -> bool:
        """Whether it stands on the first page: something is missing, and nobody has put it away."""
        return not self.is_dismissed and self.done < len(self.steps)


def checklist(user: User, moment: datetime, today: date) -> Checklist:
    """In as many queries whatever there is; of all plans that were imported."""
    plans = list(home_plans(user).listed())
    said = questions.said_of_setup()
    looked_through = {subject for action, subject in said if action == LOOKED_THROUGH}
    counts = questions.due_dates_of(plans, moment)
    inferred = [plan for plan in plans if counts[plan.pk, True]]
    unconfirmed = [plan for plan in inferred if str(plan.pk) not in looked_through]
    steps = [
        Step("首个账号", True, "已设立"),
        _office(),
        _notice(plans, user),
        _accounts(list(questions.agencies_of_tasks().of_office(TOP))),
        _members(plans),
        _dates(plans, counts, inferred, unconfirmed),
        _periods(plans, today),
    ]
    is_dismissed = any(action == DISMISSED for action, _ in said)
    return Checklist(steps, next(iter(plans), None), is_dismissed, unconfirmed)


def _office() -> Step:
    named = questions.has_named_office()
    said = "已登记" if named else "页面、通报和催办单暂用系统设置中的名称"
    return Step("办公室名称、催办代字和层级", named, said, reverse("tasks:office"), "查看或修改" if named else "登记")


def _notice(plans: Sequence[Plan], user: User) -> Step:
    page = reverse("tasks:import-list") if can_steer(user) else ""
    if plans:
        said = f"{plans[0].document_number}{f'等{len(plans)}份公文' if len(plans) > 1 else ''}已导入"
        return Step("导入公文", True, said, page, "再导入一份" if page else "")
    return Step("导入公文", False, "尚未导入" if page else "由统筹人员导入", page, "导入公文" if page else "")


def _accounts(agencies: Sequence[Agency]) -> Step:
    title, link = "各单位账号", reverse("reports:account-list")
    if not agencies:
        return Step(title, False, "导入公文后，在此列出承担任务的单位")
    missing = [agency.name for agency in agencies if not agency.has_account]  # type: ignore[attr-defined]
    said = f"{len(agencies)}个单位中{len(agencies) - len(missing)}个已有联络员账号"
    return Step(title, not missing, said, link, "按名单开通账号" if missing else "账号清单", missing)


def _members(plans: Sequence[Plan]) -> Step:
    title, groups = "核对成员单位", list(questions.groups_with_inferred())
    if not plans:
        return Step(title, False, "导入公文后核对")
    if not groups:
        return Step(title, True, "没有待核对的推定名单")
    said = "；".join(f"{group.name}{group.members}个成员单位中{group.inferred}个为推定" for group in groups)
    return Step(title, False, said, reverse("tasks:group-detail", args=[groups[0].pk]), "核对名单")


def _dates(
    plans: Sequence[Plan],
    counts: Mapping[tuple[int, bool], int],
    inferred: Sequence[Plan],
    unconfirmed: Sequence[Plan],
) -> Step:
    title = "核对完成时限"
    if not plans:
        return Step(title, False, "导入公文后核对")
    if not inferred:
        return Step(title, True, f"{sum(counts.values())}项任务的完成时限均已载明或设定")
    first = next(iter([*unconfirmed, *inferred]))
    link = f"{reverse('tasks:item-list', args=[first.slug])}?source={DueSource.INFERRED}"
    said = "；".join(
        f"{_named(plan, plans)}{counts[plan.pk, True] + counts[plan.pk, False]}项任务中"
        f"{counts[plan.pk, True]}项的完成时限为推定{'' if plan in unconfirmed else '，已核对，照此执行'}"
        for plan in inferred
    )
    return Step(title, not unconfirmed, said, link, "查看")


def _named(plan: Plan, plans: Sequence[Plan]) -> str:
    """Its number where there are several."""
    return plan.document_number if len(plans) > 1 else ""


def _periods(plans: Sequence[Plan], today: date) -> Step:
    title = "首个报告期"
    if not plans:
        return Step(title, False, "导入公文后按计划开放")
    first = questions.first_periods(plans)
    told = [(plan, _period(first.get(plan.pk), today)) for plan in plans]
    waiting = [plan for plan, (is_open, _) in told if not is_open]
    said = "；".join(f"{_named(plan, plans)}{words}" for plan, (_, words) in told)
    if waiting:
        return Step(title, False, said, reverse("tasks:period-list", args=[waiting[0].slug]), "报告期安排")
    newest = first[plans[0].pk]
    return Step(title, True, said, reverse("reports:period-detail", args=[plans[0].slug, newest.code]), "查看")


def _period(period: ReportingPeriod | None, today: date) -> tuple[bool, str]:
    """Whether it has opened, and that in words."""
    if period is None:
        return False, "尚未开放，到开放日由系统自动开放；也可手动提前"
    name, day = period_name(period.code), f"{period.opens_on:%Y-%m-%d}"
    if period.opens_on > today:
        return False, f"{name}将于{day}开放；也可手动提前"
    return True, f"{name}已于{day}开放"
