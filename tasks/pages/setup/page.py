"""开通清单: what an installation still lacks until the first report can be filed. It ticks itself off."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.urls import reverse

from agencies.models import Agency, User
from tasks.access import can_steer, visible_plans
from tasks.models import Plan
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
    plan: Plan | None
    is_dismissed: bool
    can_confirm_dates: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_open(self) -> bool:
        """Whether it stands on the first page: something is missing, and nobody has put it away."""
        return not self.is_dismissed and self.done < len(self.steps)


def checklist(user: User, moment: datetime, today: date) -> Checklist:
    """In as many queries whatever there is."""
    plan = visible_plans(user).first()
    said = questions.said_of_setup(plan)
    dates = _dates(plan, moment, looked_through=LOOKED_THROUGH in said)
    steps = [
        Step("首个账号", True, "已设立"),
        _office(),
        _notice(plan, user),
        _accounts(list(questions.agencies_of_tasks())),
        _members(plan),
        dates,
        _period(plan, today),
    ]
    return Checklist(steps, plan, DISMISSED in said, can_confirm_dates=plan is not None and not dates.is_done)


def _office() -> Step:
    named = questions.has_named_office()
    said = "已登记" if named else "页面、通报和催办单暂用系统设置中的名称"
    return Step("办公室名称和催办代字", named, said, reverse("tasks:office"), "查看或修改" if named else "登记")


def _notice(plan: Plan | None, user: User) -> Step:
    page = reverse("tasks:import-list") if can_steer(user) else ""
    if plan:
        return Step("导入公文", True, f"{plan.document_number}已导入", page, "再导入一份" if page else "")
    return Step("导入公文", False, "尚未导入" if page else "由统筹人员导入", page, "导入公文" if page else "")


def _accounts(agencies: Sequence[Agency]) -> Step:
    title, link = "各单位账号", reverse("reports:account-list")
    if not agencies:
        return Step(title, False, "导入公文后，在此列出承担任务的单位")
    missing = [agency.name for agency in agencies if not agency.has_account]  # type: ignore[attr-defined]
    said = f"{len(agencies)}个单位中{len(agencies) - len(missing)}个已有联络员账号"
    return Step(title, not missing, said, link, "按名单开通账号" if missing else "账号清单", missing)


def _members(plan: Plan | None) -> Step:
    title, groups = "核对成员单位", list(questions.groups_with_inferred())
    if plan is None:
        return Step(title, False, "导入公文后核对")
    if not groups:
        return Step(title, True, "没有待核对的推定名单")
    said = "；".join(f"{group.name}{group.members}个成员单位中{group.inferred}个为推定" for group in groups)
    return Step(title, False, said, reverse("tasks:group-detail", args=[groups[0].pk]), "核对名单")


def _dates(plan: Plan | None, moment: datetime, *, looked_through: bool) -> Step:
    title = "核对完成时限"
    if plan is None:
        return Step(title, False, "导入公文后核对")
    inferred, total = questions.due_dates_of(plan, moment)
    link = f"{reverse('tasks:item-list', args=[plan.slug])}?source={DueSource.INFERRED}"
    said = f"{total}项任务中{inferred}项的完成时限为推定" if inferred else f"{total}项任务的完成时限均已载明或设定"
    if inferred and looked_through:
        said += "，已核对，照此执行"
    return Step(title, looked_through or not inferred, said, link if inferred else "", "查看" if inferred else "")


def _period(plan: Plan | None, today: date) -> Step:
    title = "首个报告期"
    if plan is None:
        return Step(title, False, "导入公文后按计划开放")
    period, by_hand = questions.first_period(plan), reverse("tasks:period-list", args=[plan.slug])
    if period is None:
        return Step(title, False, "尚未开放，到开放日由系统自动开放；也可手动提前", by_hand, "报告期安排")
    name = period_name(period.code)
    link = reverse("reports:period-detail", args=[plan.slug, period.code])
    if period.opens_on > today:
        return Step(title, False, f"{name}将于{period.opens_on:%Y-%m-%d}开放；也可手动提前", by_hand, "报告期安排")
    return Step(title, True, f"{name}已于{period.opens_on:%Y-%m-%d}开放", link, "查看")
