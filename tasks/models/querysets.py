"""Questions. `as_of(moment)` is the one way to a standing, for today and for any day in the past.

Every latest fact is found by (`recorded_at`, `pk`); facts later than the moment don't exist for the question.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, Expression, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from tasks.models.choices import RUNNING
from tasks.models.existence import existed_at, neighbours
from tasks.models.latest import AcceptedPercent, Latest, Moment
from tasks.models.obligation import FirstOwed, PeriodTerms, obligation_in, owes_at, runs_at, waived_or_owed
from tasks.models.read_then import former, title_then
from tasks.models.seen_red import Day, lead_seen_red, seen_red
from tasks.models.version import version_of_record
from tasks.models.waiting import kept, unanswered, unsettled

if TYPE_CHECKING:
    from tasks.models import (
        ActionItem,
        AgencyRequest,
        Assignment,
        ProgressReport,
        ReportingPeriod,
        Urge,
    )


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def existing(self, moment: Moment) -> Self:
        """Keeps the items that there were at the moment: what was split or merged by then is none of them any more."""
        return self.filter(existed_at(moment))

    def with_neighbours(self, moment: Moment) -> Self:
        """Adds the numbers of the items before and after it in the plan at the moment: `previous` and `following`."""
        return self.annotate(**neighbours(moment))

    def as_of(self, moment: Moment) -> Self:
        """Adds the due date in force (`due_on`), its source and the notice's words, the first one, and `wording`."""
        return self.annotate(
            due_on=Latest("ItemRevision", "due_on", moment, item="pk"),
            due_source=Latest("ItemRevision", "due_source", moment, item="pk"),
            due_words=Latest("ItemRevision", "due_words", moment, item="pk"),
            wording=Latest("ItemRevision", "wording", moment, item="pk"),
            first_due_on=Latest("ItemRevision", "due_on", moment, item="pk", first=True),
            first_due_source=Latest("ItemRevision", "due_source", moment, item="pk", first=True),
        )

    def as_read(self, moment: Moment) -> Self:
        """Adds as what an item was read then: `title_then`, and `former`, None where nothing was corrected since."""
        return self.annotate(title_then=title_then(moment), former=former(moment))

    def with_recorded_lights(self, day: date) -> Self:
        """Adds `recorded_light`, what the daily round last recorded before that day, None if nothing; and `was_red`."""
        changes = apps.get_model("tasks", "LightChange")._default_manager.filter(item=OuterRef("pk"), day__lt=day)
        last = Subquery(changes.order_by("-day").values("light")[:1])
        return self.annotate(recorded_light=last, was_red=seen_red("pk", day))

    def with_settling(self, moment: Moment) -> Self:
        """Adds `settling`: how many of the item's leads are 待销号, None where none is."""
        leads = apps.get_model("tasks", "Assignment").objects.in_force(moment).filter(item=OuterRef("pk"), role="lead")
        waiting = leads.with_standing(moment, Value("")).settling(moment).order_by().values("item")
        return self.annotate(settling=Subquery(waiting.annotate(count=models.Count("pk")).values("count")))

    def once_red(self, day: date) -> Self:
        """曾逾期: keeps those that the daily round had seen red by that day, whatever they are now."""
        return self.filter(seen_red("pk", day))


def request_waiting(kind: str, moment: Moment) -> Subquery:
    """Of an assignment the key of a request of that kind that waited for its answer; None where none did."""
    requests = apps.get_model("tasks", "AgencyRequest").objects.unanswered(moment)
    return Subquery(requests.filter(assignment=OuterRef("pk"), kind=kind).values("pk")[:1])


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, moment: Moment) -> Self:
        """Keeps assignments that an agency had at that moment, closed ones included."""
        return self.held(moment, moment)

    def held(self, since: Moment, until: Moment) -> Self:
        """Keeps assignments that an agency had at any time between the two."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since), recorded_at__lte=until)

    def running(self, moment: Moment) -> Self:
        """Keeps those that had not ended at that moment."""
        return self.filter(runs_at(moment))

    def as_of(self, moment: datetime, period: "ReportingPeriod | None" = None) -> Self:
        """Assignments in force, each with where it stands, and with what it owes in the period if there is one."""
        owed = obligation_in(period.terms_at(moment)) if period else Value("")
        return self.in_force(moment).with_standing(moment, owed)

    def with_standing(self, moment: Moment, obligation: Expression) -> Self:
        """Adds the columns that the status rule needs.

        `weight_now` is what it weighs in its item's mean. `percent` is the accepted percentage that counts, 0 before
        there is one (`accepted_percent` is None then); `standing_report` is the report it comes from, or None; `due_on`
        the due date in force, None for 持续推进; `closure` the kind of the latest closure, "" when there is none;
        `obligation` what it has to do with the period's report: 应报, 免报, or "" for neither; `first_owed_on` when
        its first report falls due. A column that is not asked for costs nothing: pages over a whole plan take
        `values_list`.
        """
        return self.annotate(
            weight_now=Coalesce(Latest("WeightRevision", "weight", moment, assignment="pk"), F("weight")),
            accepted_percent=AcceptedPercent(moment),
            percent=Coalesce(Latest("AcceptedProgress", "percent", moment, assignment="pk"), 0),
            standing_report=Latest("AcceptedProgress", "report", moment, assignment="pk"),
            due_on=Latest("ItemRevision", "due_on", moment, item="item"),
            closure=Coalesce(Latest("Closure", "kind", moment, assignment="pk"), Value("")),
            obligation=obligation,
            first_owed_on=FirstOwed(moment),
        )

    def with_due_history(self, moment: Moment) -> Self:
        """Adds `due_source` and `due_words` of the due date in force, and the first one with its `first_due_source`."""
        return self.with_due_source(moment).annotate(
            due_words=Latest("ItemRevision", "due_words", moment, item="item"),
            first_due_on=Latest("ItemRevision", "due_on", moment, item="item", first=True),
            first_due_source=Latest("ItemRevision", "due_source", moment, item="item", first=True),
        )

    def with_due_source(self, moment: Moment) -> Self:
        """Adds `due_source`: where the due date in force comes from."""
        return self.annotate(due_source=Latest("ItemRevision", "due_source", moment, item="item"))

    def with_state(self, moment: Moment) -> Self:
        """Adds the columns from which `tasks.standing.course` derives a state, beside the closure of `as_of`.

        `has_receipt`, and the keys of requests to decline and to complete that waited at that moment, or None.
        """
        receipts = apps.get_model("tasks", "Receipt").objects.filter(recorded_at__lte=moment)
        return self.annotate(
            has_receipt=Exists(receipts.filter(assignment=OuterRef("pk"))),
            open_decline=request_waiting("decline", moment),
            open_completion=request_waiting("completion", moment),
        )

    def with_course(self, moment: Moment) -> Self:
        """Adds what says what can be done in that state, too: the other requests that waited."""
        return self.with_state(moment).annotate(
            open_extension=request_waiting("extension", moment),
            open_milestone=request_waiting("milestone", moment),
        )

    def with_once_red(self, day: Day, moment: Moment) -> Self:
        """Adds `was_red`: whether it ran while the daily round saw its item red, by that day."""
        given = self.alias(given_on=TruncDate("recorded_at"))
        return given.annotate(was_red=ExpressionWrapper(lead_seen_red(day, moment), models.BooleanField()))

    def settling(self, moment: Moment) -> Self:
        """待销号, as `tasks.standing.course` has it: of rows with their standing, keeps what waits to be closed."""
        asked = apps.get_model("tasks", "AgencyRequest").objects.unanswered(moment).filter(kind="completion")
        return self.filter(Exists(asked.filter(assignment=OuterRef("pk"))), percent=100, closure__in=RUNNING)

    def with_extensions(self, moment: Moment) -> Self:
        """Adds `extension_count`: how often an extension of the item's due date had been granted."""
        granted = apps.get_model("tasks", "Decision").objects.filter(
            request__assignment__item=OuterRef("item"),
            request__kind="extension",
            is_granted=True,
            recorded_at__lte=moment,
        )
        counted = granted.order_by().values("request__assignment__item").annotate(n=models.Count("pk")).values("n")
        return self.annotate(extension_count=Coalesce(Subquery(counted), 0))

    def reporting(self, *terms: PeriodTerms) -> Self:
        """Keeps assignments that owe a period's report or are excused from it; several periods close together.

        A row for each assignment and period, with the period's key as `period` and which of the two as `obligation`.
        """
        closing, period = terms[0].closing, F("item__plan__periods")
        running = self.in_force(closing).filter(owes_at(closing, assists=terms[0].assists))
        running = running.filter(item__plan__periods__in=[each.period for each in terms])
        return running.annotate(period=period, obligation=waived_or_owed(period, closing))


class ProgressReportQuerySet(models.QuerySet["ProgressReport"]):
    def as_of(self, moment: Moment) -> Self:
        """Reports filed by then, newest first, each with `verdict` and `comment`: None while it waits.

        What its agency had taken back by then was never filed.
        """
        return self.ever(moment).filter(kept(moment))

    def ever(self, moment: Moment) -> Self:
        """The same, with those that were taken back."""
        return (
            self.filter(recorded_at__lte=moment)
            .annotate(
                verdict=Latest("Review", "verdict", moment, report="pk"),
                comment=Latest("Review", "comment", moment, report="pk"),
                reviewed_at=Latest("Review", "recorded_at", moment, report="pk"),
            )
            .order_by("-recorded_at", "-pk")
        )

    def with_withdrawal(self, moment: Moment) -> Self:
        """Adds `taken_back_at`: when its agency took it back, None where it had not by then."""
        return self.annotate(taken_back_at=Latest("ReportWithdrawal", "recorded_at", moment, report="pk"))

    def with_origin(self) -> Self:
        """Adds `goes_on`: whether the report goes on with reports of the agency's predecessors."""
        origins = apps.get_model("tasks", "ReportOrigin")._default_manager.filter(report=OuterRef("pk"))
        return self.annotate(goes_on=Exists(origins))

    def with_evidence(self) -> Self:
        """Reads the reports' evidence along, with its contents' facts."""
        uploads = apps.get_model("tasks", "Evidence")._default_manager.select_related("blob").order_by("pk")
        return self.prefetch_related(models.Prefetch("evidence", uploads))

    def with_reviewer(self, moment: Moment) -> Self:
        """Adds the key of the review that counts (`last_review`) and the name of its author (`reviewer`)."""
        reviews = apps.get_model("tasks", "Review")._default_manager.filter(recorded_at__lte=moment)
        by = reviews.filter(report=OuterRef("pk")).order_by("-recorded_at", "-pk").values("recorded_by__display_name")
        return self.annotate(last_review=Latest("Review", "id", moment, report="pk"), reviewer=Subquery(by[:1]))

    def with_version(self) -> Self:
        """Adds `version`, that of the record of changes."""
        return self.annotate(version=version_of_record())

    def with_first_filing(self, moment: Moment) -> Self:
        """Adds `first_filed_at`: when the first report of its assignment and period was filed, by predecessors too."""
        reports = apps.get_model("tasks", "ProgressReport")._default_manager
        filed = reports.filter(kept(moment), recorded_at__lte=moment)
        same = filed.filter(assignment=OuterRef("assignment"), period=OuterRef("period"))
        origins = apps.get_model("tasks", "ReportOrigin")._default_manager.filter(
            report__assignment=OuterRef("assignment"),
            report__period=OuterRef("period"),
            origin__period=OuterRef("period"),
        )
        before = origins.order_by("origin__recorded_at").values("origin__recorded_at")[:1]
        own = same.order_by("recorded_at").values("recorded_at")[:1]
        return self.annotate(first_filed_at=Coalesce(Subquery(before), Subquery(own)))

    def accepted(self, moment: Moment) -> Self:
        return self.as_of(moment).filter(verdict="accepted")

    def unsettled(self, moment: Moment) -> Self:
        """Keeps reports that waited at that moment: not yet reviewed, and not yet replaced by a newer one."""
        return self.filter(unsettled(moment), recorded_at__lte=moment)

    def waiting(self, moment: Moment) -> Self:
        """Keeps reports that are 待审, the longest waiting first; what was withdrawn from its agency waits no more."""
        in_force = Q(assignment__ended_at__isnull=True) | Q(assignment__ended_at__gt=moment)
        return self.unsettled(moment).filter(in_force).order_by("recorded_at", "pk")


def asked_at() -> Coalesce:
    """As a column of requests: when it was first asked for, if need be by a predecessor of the agency."""
    origins = apps.get_model("tasks", "RequestOrigin")._default_manager.filter(request=OuterRef("pk"))
    return Coalesce(Subquery(origins.order_by("origin__recorded_at").values("origin__recorded_at")[:1]), "recorded_at")


class AgencyRequestQuerySet(models.QuerySet["AgencyRequest"]):
    def with_origin(self) -> Self:
        """Adds `goes_on`: whether the request goes on with requests of the agency's predecessors."""
        origins = apps.get_model("tasks", "RequestOrigin")._default_manager.filter(request=OuterRef("pk"))
        return self.annotate(goes_on=Exists(origins))

    def unanswered(self, moment: Moment) -> Self:
        """Keeps requests that had been made by then, and neither decided nor taken back."""
        return self.filter(unanswered(moment), recorded_at__lte=moment)

    def waiting(self, moment: Moment) -> Self:
        """Keeps requests that are 待答复, the longest waiting first; what was withdrawn from its agency waits no more.

        Adds `asked_at`: when it was first asked for, if need be by a predecessor of the agency.
        """
        in_force = Q(assignment__ended_at__isnull=True) | Q(assignment__ended_at__gt=moment)
        waiting = self.unanswered(moment).filter(in_force).annotate(asked_at=asked_at())
        return waiting.order_by("asked_at", "pk")


class UrgeQuerySet(models.QuerySet["Urge"]):
    def as_of(self, moment: datetime) -> Self:
        """Keeps urges sent by then, the newest first, each with `answered_at` and `answer`: None while it waits."""
        replies = apps.get_model("tasks", "UrgeReply")._default_manager
        reply = replies.filter(urge=OuterRef("pk"), recorded_at__lte=moment)
        return self.filter(recorded_at__lte=moment).annotate(
            answered_at=Subquery(reply.values("recorded_at")), answer=Subquery(reply.values("text"))
        )

    def unanswered(self, moment: Moment) -> Self:
        """Keeps urges sent by then and not yet answered, the one whose answer is due first before the others."""
        unanswered = Q(reply__isnull=True) | Q(reply__recorded_at__gt=moment)
        return self.filter(unanswered, recorded_at__lte=moment).order_by("reply_by", "year", "number")
