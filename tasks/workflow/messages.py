"""站内消息: a deed tells the people whom it concerns, in its own transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency, Change, User
from tasks.models import ActionItem, Assignment, Message, Plan, ReportDraft
from tasks.models.choices import AssignmentRole, ClosureKind
from tasks.rules.texts import shortened
from tasks.standing.correspondence import carried_out_by

TEXT_LIMIT = 500


def tell(
    recipients: Iterable[User],
    kind: str,
    text: str,
    *,
    link: str,
    at: datetime,
    by: User | None = None,
    assignment: Assignment | None = None,
) -> None:
    """Writes one message to each active recipient, once, and none to `by`, who knows what he did."""
    by_key = {person.pk: person for person in recipients if person.is_active and (by is None or person.pk != by.pk)}
    Message.objects.bulk_create(
        Message(
            recipient=person, kind=kind, text=shortened(text, TEXT_LIMIT), link=link, assignment=assignment, sent_at=at
        )
        for person in by_key.values()
    )


def tell_of_account(change: Change) -> None:
    """Tells whose account it is that somebody else changed it; who has never signed in has nothing to compare with.

    Where the three administrators are apart, none of them gives a role, or the password of an account of the office or
    of one of them, without the others being told.
    """
    person = User.objects.filter(pk=change.subject_id).first()
    if person is None or person.pk == change.by_id:
        return
    if not settings.ADMINISTRATORS_JOINED and (person.agency_id is None or "role" in change.old):
        _tell_the_three(change, person)
    if person.last_login is None:
        return
    what = "密码已由{}重设" if "password" in change.new else "账号或权限已由{}变更"
    text = f"您的{what.format(change.by_name)}（{change.action}）。如与您所知不符，请立即联系系统管理员。"
    tell([person], Message.Kind.OTHER, text, link=reverse("session_list"), at=change.recorded_at, by=change.by)


def _tell_the_three(change: Change, person: User) -> None:
    told = [change.action, f"角色为{person.get_role_display()}"]
    if "role" in change.old:
        told[1] = f"角色由{User(role=change.old['role']).get_role_display()}改为{person.get_role_display()}"
    if "password" in change.new:
        told.append("密码由其设定")
    text = f"{change.by_name}变更了{person}（{person.username}）的账号：{'，'.join(told)}。如不属实，请立即核查。"
    three = User.objects.administrators() | User.objects.keepers_of_rights() | User.objects.auditors()
    others = three.exclude(pk=person.pk)
    tell(others, Message.Kind.OTHER, text, link=reverse("tasks:message-list"), at=change.recorded_at, by=change.by)


def coordinators_of(plan: Plan) -> QuerySet[User]:
    """Those of the plan's own office, who steer it."""
    return User.objects.of_office(plan.office_id).coordinators()


def mark_read(messages: QuerySet[Message], *, at: datetime) -> int:
    """Marks them as read; how many were unread until now. The others keep the time at which they were read."""
    return messages.filter(read_at__isnull=True).update(read_at=at)


def clear_asked_consent(assignment: Assignment, *, at: datetime) -> None:
    """Once nothing lies with the head, what told of it is read."""
    if not lying_with_the_head(assignment.agency).exists():
        heads = User.objects.of_agency(assignment.agency)
        asked = Message.objects.filter(recipient__in=heads, kind=Message.Kind.CONSENT, link=reverse("tasks:file-all"))
        mark_read(asked, at=at)


def lying_with_the_head(agency: Agency) -> QuerySet[ReportDraft]:
    return ReportDraft.objects.filter(assignment__agency=agency, handed_in_at__isnull=False)


def tell_assigned(assignments: Iterable[Assignment], *, by: User | None, at: datetime) -> None:
    """Tells each agency in one message, however many tasks it got at once; by which notice, since titles look alike."""
    for agency, mine in _by_agency(assignments).items():
        first = mine[0]
        text = f"新交办任务：{first.item}" if len(mine) == 1 else f"新交办{len(mine)}项任务，首项为{first.item}"
        text = f"{first.item.plan.document_number}{text}"
        alone = first if len(mine) == 1 else None
        tell(
            User.objects.of_agency(agency),
            Message.Kind.ASSIGNED,
            text,
            link=first.get_absolute_url() if alone else reverse("tasks:my"),
            at=at,
            by=by,
            assignment=alone,
        )


def tell_withdrawn(assignments: Iterable[Assignment], reason: str, *, by: User | None, at: datetime) -> None:
    """Tells each agency in one message, however many tasks were withdrawn from it at once."""
    for agency, mine in _by_agency(assignments).items():
        first = mine[0]
        what = f"{first.item}" if len(mine) == 1 else f"{first.item}等{len(mine)}项任务"
        tell(
            User.objects.of_agency(agency),
            Message.Kind.WITHDRAWN,
            f"不再承担{what}：{shortened(reason)}",
            link=first.get_absolute_url(),
            at=at,
            by=by,
            assignment=first if len(mine) == 1 else None,
        )


def tell_role_changed(assignments: Iterable[Assignment], reason: str, *, by: User | None, at: datetime) -> None:
    """Tells each agency whose role changed, in one message for each role, however many tasks there are."""
    for agency, all_mine in _by_agency(assignments).items():
        for role in AssignmentRole:
            mine = [assignment for assignment in all_mine if assignment.role == role]
            if not mine:
                continue
            first = mine[0]
            what = f"{first.item}" if len(mine) == 1 else f"{first.item}等{len(mine)}项任务"
            tell(
                User.objects.of_agency(agency),
                Message.Kind.ASSIGNED,
                f"{what}改为由你单位{role.label}：{shortened(reason)}",
                link=first.get_absolute_url(),
                at=at,
                by=by,
                assignment=first if len(mine) == 1 else None,
            )


@dataclass(frozen=True, slots=True)
class Redated:
    """An item whose due date was moved, or whose wording alone was changed; None stands for 持续推进."""

    item: ActionItem
    before: date | None
    due_on: date | None

    @property
    def words(self) -> str:
        if self.before == self.due_on:
            return "表述已调整"
        return f"完成时限由{_day(self.before)}调整为{_day(self.due_on)}"


def tell_redated(
    redated: Sequence[Redated], reason: str, *, by: User | None, at: datetime, but: Agency | None = None
) -> None:
    """Tells each agency that leads one of the items, in one message, however many they are; `but` who knows already.

    The offices below whose items correspond are told too.
    """
    by_item = {each.item.pk: each for each in redated}
    parts = Assignment.objects.in_force(at).running(at).filter(item__in=by_item, role=AssignmentRole.LEAD)
    if but is not None:
        parts = parts.exclude(agency=but)
    parts = parts.select_related("agency", "item__plan").defer("item__text", "item__plan__notice_text")
    for agency, mine in _by_agency(parts.order_by("item__place")).items():
        first, others = mine[0], len(mine) - 1
        same = {by_item[part.item_id].words for part in mine}
        words = same.pop() if len(same) == 1 else f"完成时限调整为{_day(by_item[first.item_id].due_on)}"
        what = f"{first.item}等{len(mine)}项任务" if others else f"{first.item}"
        tell(
            User.objects.of_agency(agency),
            Message.Kind.OTHER,
            f"{what}{words}：{shortened(reason)}",
            link=reverse("tasks:my") if others else first.get_absolute_url(),
            at=at,
            by=by,
            assignment=None if others else first,
        )
    same = {each.words for each in redated}
    words = same.pop() if len(same) == 1 else "的完成时限或表述已调整"
    tell_offices_below([each.item for each in redated], words, reason, by=by, at=at)


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else "持续推进"


def tell_reshaped(
    lost: Iterable[Assignment], gained: Iterable[Assignment], word: str, reason: str, *, by: User | None, at: datetime
) -> None:
    """Tells each agency in one message what became of its tasks: `word` says into what they were split or merged."""
    got = _by_agency(gained)
    for agency, old in _by_agency(lost).items():
        new = got.get(agency, [])
        was = "、".join(part.item.label for part in old)
        what = "、".join(f"{part.item.label}（{part.get_role_display()}）" for part in new)
        goes_on = f"你单位承担{what}，已通过的进度和已报内容沿用" if new else "你单位不再承担"
        tell(
            User.objects.of_agency(agency),
            Message.Kind.RESHAPED,
            f"任务{was}{word}，{goes_on}：{shortened(reason)}",
            link=(new or old)[0].get_absolute_url(),
            at=at,
            by=by,
            assignment=new[0] if len(new) == 1 else None,
        )


def tell_offices_below(items: Sequence[ActionItem], words: str, reason: str, *, by: User | None, at: datetime) -> None:
    """Tells the coordinators of each office one of whose items corresponds, in one message however many there are.

    It leads to the local item, whose page points at the parent's, or to the page of all of them where there are more.
    """
    by_plan: dict[Plan, dict[ActionItem, list[ActionItem]]] = {}
    for local, parents in carried_out_by(items, at).items():
        by_plan.setdefault(local.plan, {})[local] = parents
    for plan, locals_ in by_plan.items():
        changed = {parent.pk: parent for parents in locals_.values() for parent in parents}
        theirs = "、".join(str(item) for item in changed.values())
        mine = "、".join(str(item) for item in locals_)
        alone = next(iter(locals_)) if len(locals_) == 1 else None
        page = f"{reverse('tasks:correspondence', args=[plan.slug])}?show=all"
        tell(
            User.objects.coordinators().of_office(plan.office_id),
            Message.Kind.OTHER,
            f"上级任务{shortened(theirs, 120)}{words}，对应的本地任务为{shortened(mine, 120)}：{shortened(reason)}",
            link=alone.get_absolute_url() if alone else page,
            at=at,
            by=by,
        )


def tell_of_ending(assignment: Assignment, kind: ClosureKind, reason: str, *, by: User | None, at: datetime) -> None:
    """The same once an item ends with its last lead that ran, or goes on with the first that is taken up again."""
    if assignment.role != AssignmentRole.LEAD:
        return
    leads = Assignment.objects.in_force(at).running(at).filter(item=assignment.item_id, role=AssignmentRole.LEAD)
    if not leads.exclude(pk=assignment.pk).exists():
        tell_offices_below([assignment.item], f"已{kind.label}", reason, by=by, at=at)


def _by_agency(assignments: Iterable[Assignment]) -> dict[Agency, list[Assignment]]:
    by_agency: dict[Agency, list[Assignment]] = {}
    for assignment in assignments:
        by_agency.setdefault(assignment.agency, []).append(assignment)
    return by_agency
