"""提醒台账: what was planned, sent, failed, skipped and read, for whom and why; and why one reminder was sent."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import django_filters as filters
from django import forms
from django.db.models import Prefetch, Q, QuerySet

from agencies.models import User
from tasks.http.fields import FilterForm
from tasks.http.lists import DayFilter, FilterSet, NumberFilter
from tasks.models import Delivery, Reminder, ReminderRule, UrgedAssignment
from tasks.reminders.entries import BULKY, RELATED, Entry, ledger_entries
from tasks.rules.due_dates import DueSource, source_words

State, Kind = Delivery.State, ReminderRule.Kind


class ReminderFilter(FilterSet):
    """The address is the view."""

    after = DayFilter(label="自", field_name="digest__day", lookup_expr="gte")
    before = DayFilter(label="至", field_name="digest__day", lookup_expr="lte")
    kind = filters.ChoiceFilter(label="类型", field_name="rule__kind", choices=Kind.choices)
    state = filters.ChoiceFilter(label="发送", choices=State.choices, method="by_state")
    person = NumberFilter(label="收件人", field_name="recipient")
    agency = NumberFilter(label="单位", field_name="agency")
    item = NumberFilter(label="任务", method="by_item")
    q = filters.CharFilter(
        label="关键词",
        method="by_words",
        max_length=50,
        widget=forms.SearchInput(attrs={"placeholder": "收件人、单位、任务"}),
    )

    class Meta:
        model = Reminder
        form = FilterForm
        fields = ("after", "before", "kind", "state", "person", "agency", "item", "q")

    def by_state(self, queryset: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        """Those of which at least one delivery stands so."""
        return queryset.filter(digest__in=Delivery.objects.filter(state=value).values("digest"))

    def by_item(self, queryset: QuerySet[Reminder], name: str, value: int) -> QuerySet[Reminder]:
        """Of its assignments, and of what urged them; a period's reminders are of no single task."""
        urges = UrgedAssignment.objects.filter(assignment__item=value).order_by().values_list("urge", flat=True)
        keys = [f"urge:{urge}" for urge in urges.distinct()]
        return queryset.filter(Q(assignment__item=value) | Q(subject__in=keys))

    def by_words(self, queryset: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        for word in value.split():
            queryset = queryset.filter(
                Q(recipient__display_name__icontains=word)
                | Q(recipient__username__icontains=word)
                | Q(agency__name__icontains=word)
                | Q(assignment__item__title__icontains=word)
            )
        return queryset


class ReminderRow(NamedTuple):
    reminder: Reminder
    entry: Entry
    deliveries: list[Delivery]


def with_sending(reminders: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """Newest first, with what a row shows; three queries however many there are."""
    deliveries = Prefetch("digest__deliveries", Delivery.objects.select_related("inbox_message").order_by("pk"))
    related = ("rule", "recipient__agency", "digest", *RELATED)
    ordered = reminders.select_related(*related).defer(*BULKY).prefetch_related(deliveries)
    return ordered.order_by("-digest__day", "recipient__agency__ordinal", "recipient", "pk")


def rows(reminders: Iterable[Reminder], reader: User) -> list[ReminderRow]:
    listed = list(reminders)
    entries = ledger_entries(listed, reader)
    return [
        ReminderRow(reminder, entry, list(reminder.digest.deliveries.all()))
        for reminder, entry in zip(listed, entries, strict=True)
    ]


# ── why ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Step(NamedTuple):
    text: str
    value: str


def steps(reminder: Reminder) -> Iterator[Step]:
    """提醒依据: from what the reminder kept of its rule on that day, not from what the rule says now."""
    reason: dict[str, Any] = reminder.reason
    kind = Kind(reason["kind"])
    yield Step("规则", reason["name"])
    yield Step(kind.label, reason["anchor"])
    if "due_words" in reason:
        yield Step("时限出处", source_words(DueSource.WRITTEN, reason["due_words"]))
    if reason["offset"] > 0 and reason["since"] > reason["anchor"]:
        yield Step("系统知悉之日，从这一天起算", reason["since"])
    yield Step("提醒时点", when_words(kind, reason["offset"], repeats=reason["repeats"]))
    if "owed" in reason:
        yield Step("该单位本期应报、未报", f"{reason['owed']}份、{reason['missing']}份")
    yield Step("应提醒日期", f"{reminder.day:%Y-%m-%d}")
    if reminder.day != reminder.digest.day:
        made_good = f"{reminder.digest.day:%Y-%m-%d}"
        yield Step("当日系统没有运行，补发于", f"{made_good}（其时已办理）" if reminder.is_settled else made_good)
    yield Step("提醒对象", _told(reminder, ReminderRule.Audience(reason["audience"]).label))


def _told(reminder: Reminder, audience: str) -> str:
    """Whom the rule names, and who it was; with the person's own role where an agency's head stood in."""
    person = reminder.recipient
    whose = f"{reminder.agency or ''}" if person.agency_id else ""
    role = person.get_role_display()
    return f"{whose}{audience}：{person}" + (f"（{role}）" if role != audience else "")


def when_words(kind: ReminderRule.Kind, offset: int, *, repeats: bool = False) -> str:
    """「任务完成时限前7个工作日」, 「报告报送后第3个工作日」: 之日 falls away before a number of days."""
    anchor = str(kind.label)
    return (anchor.removesuffix("之日") if offset else anchor) + offset_words(offset, repeats=repeats)


def offset_words(offset: int, *, repeats: bool = False) -> str:
    """「前7个工作日」, 「当日」, 「后第3个工作日起，每个工作日」; said after the date that it counts from."""
    sides = f"前{-offset}个工作日" if offset < 0 else f"后第{offset}个工作日"
    words = sides if offset else "当日"
    return f"{words}起，每个工作日" if repeats else words


def rule_words(rule: ReminderRule) -> str:
    return when_words(ReminderRule.Kind(rule.kind), rule.offset, repeats=rule.repeats)
