"""提醒规则: what coordinators change about who is told when. What was told before stays as it was."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from agencies.changes import note
from agencies.models import User
from tasks.models import ReminderRule
from tasks.workflow.current import WorkflowError, deed

Kind = ReminderRule.Kind
FARTHEST = 250  # working days: about a year
# The first offset that means anything: nobody knows beforehand when a report will be sent back.
EARLIEST = {Kind.OPENS: 0, Kind.SENT_BACK: 1, Kind.REVIEW: 1, Kind.REQUEST: 1}


@dataclass(frozen=True, slots=True)
class RuleContent:
    """All of a rule that can be changed."""

    name: str
    offset: int
    repeats: bool
    audience: str
    is_active: bool = True


@deed
def change_rule(*, rule: ReminderRule, content: RuleContent, reason: str, by: User, at: datetime) -> ReminderRule:
    """From the next sweep on. Its kind stays: with another date to count from it is another rule."""
    if not reason.strip():
        raise WorkflowError("请写明调整原因。", "reason")
    rules = _locked()
    rule = rules.pop(rule.pk)
    new = _checked(rule.kind, content, rules)
    old = {name: getattr(rule, name) for name in new}
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        raise WorkflowError("没有作任何调整。")
    for name in changed:
        setattr(rule, name, new[name])
    rule.save()
    before, after = ({name: values[name] for name in changed} for values in (old, new))
    note("调整提醒规则", rule, by=by, at=at, old=before, new=after, reason=reason.strip())
    return rule


@deed
def add_rule(*, kind: str, content: RuleContent, reason: str, by: User, at: datetime) -> ReminderRule:
    """One of the coordinators' own, listed after those that count from the same date. Rules are never removed."""
    if kind not in Kind:
        raise WorkflowError("请选择起算日期。", "kind")
    if not reason.strip():
        raise WorkflowError("请写明新增原因。", "reason")
    rules = _locked()
    new = _checked(kind, content, rules)
    last = max((rule.ordinal for rule in rules.values() if rule.kind == kind), default=0)
    rule = ReminderRule.objects.create(kind=kind, code=f"own-{len(rules) + 1}", ordinal=last + 1, **new)
    note("新增提醒规则", rule, by=by, at=at, new={"kind": kind, **new}, reason=reason.strip())
    return rule


def _locked() -> dict[int, ReminderRule]:
    """All rules, so that they are changed one after another."""
    return {rule.pk: rule for rule in ReminderRule.objects.select_for_update(of=("self",)).order_by("pk")}


def _checked(kind: str, content: RuleContent, others: dict[int, ReminderRule]) -> dict[str, Any]:
    """The content as it is stored; refused where it means nothing, or what another rule says already."""
    earliest = EARLIEST.get(Kind(kind), -FARTHEST)
    if not content.name.strip():
        raise WorkflowError("请填写名称。", "name")
    if content.audience not in ReminderRule.Audience:
        raise WorkflowError("请选择提醒对象。", "audience")
    if not earliest <= content.offset <= FARTHEST:
        raise WorkflowError(f"“{Kind(kind).label}”的工作日数须在{earliest}至{FARTHEST}之间。", "offset")
    if content.repeats and (content.offset < 0 or kind == Kind.OPENS):
        raise WorkflowError("只有期限过后的提醒可以每个工作日重复。", "repeats")
    same = (kind, content.offset, content.audience)
    for rule in others.values():
        if (rule.kind, rule.offset, rule.audience) == same:
            raise WorkflowError(f"与规则“{rule}”重复。", "offset")
    return {**asdict(content), "name": content.name.strip()}
