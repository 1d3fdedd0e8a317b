"""What filing one report asks besides what 我的填报 does."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    Expression,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from agencies.models import Agency, User
from qa_plan.compile_once import AmongFew, AtKey, InKeys, KeyList, KeyMap, Param, compile_once
from tasks.models import (
    Assignment,
    Evidence,
    Indicator,
    IndicatorReading,
    InstructedAssignment,
    Message,
    ProgressReport,
    ReportDraft,
    ReportOrigin,
    Review,
    Urge,
    WorkdayOverride,
)
from tasks.models.obligation import obligation_each
from tasks.models.waiting import kept
from tasks.standing.filing import Filed
from tasks.standing.going_on import filed_at


@compile_once(
    key=IntegerField(),
    plans=KeyList(),
    moment=DateTimeField(),
    periods=KeyMap(),
    closings=KeyMap(),
    assists=KeyMap(),
)
def assignments_to_report(
    key: Param, plans: Param, moment: Param, periods: Param, closings: Param, assists: Param, *, by_agency: bool
) -> QuerySet[Assignment]:
    """Of an agency, or the one with that key: with all that 我的填报 shows, the newest plan's first.

    By plan are given the period that was opened last, when it closes, and whether assisting agencies owe in it.
    """
    plan = F("item__plan")
    owed = obligation_each(
        AtKey(periods, plan, output_field=BigIntegerField()),
        AtKey(closings, plan, output_field=DateTimeField()),
        AtKey(assists, plan, output_field=BooleanField()),
    )
    asked = Assignment.objects.in_force(moment).with_standing(moment, owed)
    asked = asked.filter(InKeys(plan, plans), **{"agency" if by_agency else "pk": key})
    asked = asked.with_due_history(moment).with_state(moment).select_related("item").defer("item__text")
    return asked.order_by("-item__plan__issued_on", "item__plan_id", "item__place")


@compile_once(assignments=KeyList(), periods=KeyList(), moment=DateTimeField())
def filed_reports(assignments: Param, periods: Param, moment: Param) -> QuerySet[ProgressReport, tuple[Any, ...]]:
    """Newest first, as `Filed`: what was filed in those periods, and what of other periods is sent back.

    What goes on after 机构调整 or 拆分合并 has the day on which it was filed.
    """
    reports = ProgressReport.objects.as_of(moment)
    same = ProgressReport.objects.filter(kept(moment), assignment=OuterRef("assignment"), period=OuterRef("period"))
    later = Q(recorded_at__gt=OuterRef("recorded_at")) | Q(recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk"))
    sent_back = Q(~Exists(same.filter(later, recorded_at__lte=moment)), verdict=Review.Verdict.SENT_BACK)
    asked = reports.filter(InKeys(F("assignment"), assignments)).filter(Q(InKeys(F("period"), periods)) | sent_back)
    columns = ("filed_at" if name == "recorded_at" else name for name in Filed._fields)
    return asked.annotate(filed_at=filed_at()).values_list(*columns)


@compile_once(assignments=KeyList())
def drafts_of(assignments: Param) -> QuerySet[ReportDraft]:
    return ReportDraft.objects.filter(InKeys(F("assignment"), assignments)).select_related("saved_by", "handed_in_by")


@compile_once(assignment=IntegerField(), period=IntegerField(), moment=DateTimeField())
def accepted_before(assignment: Param, period: Param, moment: Param) -> QuerySet[ProgressReport, str]:
    """What was said in the latest accepted report of another period, if any."""
    accepted = ProgressReport.objects.accepted(moment).filter(assignment=assignment)
    return accepted.exclude(period=period).values_list("progress", flat=True)[:1]


@compile_once(assignment=IntegerField(), moment=DateTimeField())
def last_accepted(assignment: Param, moment: Param) -> QuerySet[ProgressReport]:
    return ProgressReport.objects.accepted(moment).filter(assignment=assignment)[:1]


@compile_once(report=IntegerField())
def readings_of(report: Param) -> QuerySet[IndicatorReading, tuple[int, Decimal]]:
    """By indicator what the report says."""
    return IndicatorReading.objects.filter(report=report).values_list("indicator_id", "value")


@compile_once(keys=KeyList(), moment=DateTimeField())
def reports_with_origins(keys: Param, moment: Param) -> QuerySet[Any, Any]:
    """Those reports and the ones that they go on with, newest first, each with `continued_by`: by which of those.

    They are looked up by their keys alone: a condition on the joined table would have the database read every report
    that there is.
    """
    origins = ReportOrigin.objects.filter(InKeys(F("report"), keys)).values("origin")
    wanted = ProgressReport.objects.filter(InKeys(F("pk"), keys)).order_by().values("pk").union(origins)
    reports = ProgressReport.objects.as_of(moment).with_origin().select_related("period", "assignment__agency")
    return reports.filter(AmongFew(F("pk"), Subquery(wanted))).annotate(
        continuing=FilteredRelation("continuations", condition=Q(InKeys(F("continuations__report"), keys))),
        continued_by=F("continuing__report"),
    )


@compile_once(items=KeyList(), reports=KeyList())
def indicators_read(items: Param, reports: Param) -> QuerySet[Any, Any]:
    """The items' indicators, each once for every one of those reports that reads it, which is `read_by`."""
    return Indicator.objects.filter(InKeys(F("item"), items)).annotate(
        reading=FilteredRelation("readings", condition=Q(InKeys(F("readings__report"), reports))),
        read_by=F("reading__report"),
        value_read=F("reading__value"),
    )


@compile_once(assignments=KeyList(), drafts=KeyList(), reports=KeyList())
def attached_evidence(assignments: Param, drafts: Param, reports: Param) -> QuerySet[Any, Any]:
    """What of those assignments is with one of the drafts (`draft_key`) or of the reports (`report_key`)."""
    attached = Evidence.objects.filter(InKeys(F("assignment"), assignments)).annotate(
        of_draft=FilteredRelation("drafts", condition=Q(InKeys(F("drafts"), drafts))),
        of_report=FilteredRelation("reports", condition=Q(InKeys(F("reports"), reports))),
        draft_key=F("of_draft__pk"),
        report_key=F("of_report__pk"),
    )
    is_attached = Q(draft_key__isnull=False) | Q(report_key__isnull=False)
    return attached.filter(is_attached).select_related("blob").order_by("pk")


class Beside(NamedTuple):
    """A row of what 我的填报 asks beside the reports: an urge, 批示, an answer, or a day of the calendar."""

    what: str
    key: int
    text: str
    day: date | None
    is_workday: bool | None


def beside_the_reports(user: User, moment: datetime) -> list[Beside]:
    """Urges and 批示 that wait for an answer, answers and splits that the person has yet to look at, corrected days.

    One query.
    """
    return [Beside._make(row) for row in _rows_beside(user=user.pk, agency=user.agency_id, moment=moment)]


@compile_once(user=IntegerField(), agency=IntegerField(), moment=DateTimeField())
def _rows_beside(user: Param, agency: Param, moment: Param) -> QuerySet[Any, tuple[Any, ...]]:
    own = Agency.objects.followed_by(agency)
    urges = Urge.objects.unanswered(moment).filter(agency__in=own)
    prefix = Coalesce(NullIf("prefix", Value("")), Value(settings.URGE_PREFIX))
    year, number = Cast("year", CharField()), Cast("number", CharField())
    label = Concat(prefix, Value("〔"), year, Value("〕"), number, Value("号："), "text", output_field=TextField())
    asked = InstructedAssignment.objects.unanswered(moment).filter(assignment__agency__in=own)
    item = ("instruction__leader", Value("对"), "assignment__item__label", "assignment__item__title", Value("批示："))
    words = Concat(*item, "instruction__text", output_field=TextField())
    kinds = (Message.Kind.DECIDED, Message.Kind.RESHAPED)
    told = Message.objects.filter(recipient=user, kind__in=kinds, read_at=None, sent_at__lte=moment)
    said = Cast("text", TextField())
    return _beside(urges, "urge", label, F("reply_by")).union(
        _beside(asked, "instruction", words, F("instruction__answer_by"), key=F("instruction_id")),
        _beside(told, F("kind"), said, Cast(Value(None), DateField())),
        _beside(WorkdayOverride.objects.all(), "day", Value("", TextField()), F("day"), F("is_workday")),
        all=True,
    )


def _beside(
    rows: QuerySet[Any],
    what: str | F,
    text: Expression,
    day: Expression | F,
    is_workday: Expression | F | None = None,
    key: F | None = None,
) -> QuerySet[Any, tuple[Any, ...]]:
    no_word = Cast(Value(None), BooleanField())
    named = Value(what, CharField()) if isinstance(what, str) else Cast(what, CharField())
    columns = {"b_what": named, "b_key": key or F("pk"), "b_text": text, "b_day": day}
    return rows.order_by().annotate(**columns, b_word=is_workday or no_word).values_list(*columns, "b_word")


@compile_once(assignment=IntegerField(), period=IntegerField())
def drafted_evidence(assignment: Param, period: Param) -> QuerySet[Evidence]:
    drafted = Evidence.objects.filter(drafts__assignment=assignment, drafts__period=period)
    return drafted.select_related("blob")


def filed_report(pk: int) -> ProgressReport:
    """With what a form that was refused is compared with: who filed it, and its readings."""
    return ProgressReport.objects.select_related("recorded_by").prefetch_related("readings").get(pk=pk)
