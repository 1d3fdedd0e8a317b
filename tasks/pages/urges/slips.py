"""催办单 as it is printed: what stands on one, made of many urges at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from agencies.models import Office, User
from qa_plan.addresses import public_site
from tasks.access import visible_urges
from tasks.models import Assignment, Urge, UrgeReply
from tasks.pages.urges.questions import OwedReport, owed_reports, urged_then
from tasks.rules.asof import AsOf
from tasks.rules.due_dates import source_words
from tasks.rules.numerals import chinese_numeral
from tasks.rules.rounding import percent_text
from tasks.standing.filing import UNFILED, Filing
from tasks.standing.rollup import Standing, standing_of

MOST = 200  # slips in one print


@dataclass(frozen=True, slots=True)
class Slip:
    """One sheet. `address` is where it is answered, "" where no other machine could open it."""

    urge: Urge
    subjects: list[str]
    reply: UrgeReply | None
    office: str
    signer: str
    contact: str
    phone: str
    copy_to: str
    address: str

    @property
    def sent_on(self) -> date:
        return timezone.localdate(self.urge.recorded_at)

    @property
    def replied_on(self) -> date | None:
        return timezone.localdate(self.reply.recorded_at) if self.reply else None


def get_slips(user: User, keys: Sequence[str], as_of: AsOf) -> list[Slip]:
    """The slips of those urges, by number. 404 for none, too many, what is no number, or one that isn't theirs."""
    if not 0 < len(set(keys)) <= MOST or not all(key.isdecimal() and len(key) < 19 for key in keys):
        raise Http404
    urges = visible_urges(user, as_of.moment).filter(pk__in=set(keys)).order_by("year", "number")
    mine = list(urges.select_related("agency", "recorded_by", "reply"))
    if len(mine) != len({int(key) for key in keys}):
        raise Http404
    subjects = urged_then(mine)
    owed, office = owed_reports(mine, subjects), Office.at(mine[0].office_id)
    return [
        Slip(
            urge=urge,
            subjects=[_subject(part, urge, owed.get((urge.pk, part.pk))) for part in subjects[urge.pk]],
            reply=_reply(urge, as_of),
            office=office.name,
            signer=settings.URGE_SIGNER,
            contact=settings.URGE_CONTACT or str(urge.recorded_by or ""),
            phone=settings.URGE_PHONE,
            copy_to=office.copy_to,
            address=outside_address(reverse("tasks:urge-detail", args=[urge.pk])),
        )
        for urge in mine
    ]


def _reply(urge: Urge, as_of: AsOf) -> UrgeReply | None:
    reply: UrgeReply | None = getattr(urge, "reply", None)
    return reply if reply and reply.recorded_at <= as_of.moment else None


def _subject(part: Assignment, urge: Urge, owed: OwedReport | None) -> str:
    """The task by its number and name, how it stood when it was urged, and the report that it owed then."""
    item, sent_on = part.item, timezone.localdate(urge.recorded_at)
    standing = standing_of(part, item.plan, sent_on)
    begins = f"{item.plan.document_number}第{chinese_numeral(item.section.number)}部分{item.label}{item.title}"
    text = f"{begins}：{'，'.join(_measured(standing, part))}。"
    return f"{text}{_asked(owed, sent_on)}" if owed else text


def _measured(standing: Standing, part: Assignment) -> list[str]:
    measured = [f"进度{percent_text(standing.percent)}" if standing.has_accepted else "尚无通过的报告"]
    if standing.expected is not None:
        measured.append(f"序时{percent_text(standing.expected)}")
    until = f"完成时限{written(standing.due_on)}" if standing.due_on else "持续推进"
    source = source_words(part.due_source, part.due_words)
    measured.append(f"{until}（{source}）" if source else until)
    return [*measured, standing.light_word]


def _asked(owed: OwedReport, sent_on: date) -> str:
    """「请于2016年10月14日（含当日）前报送三季度进展报告。」 After the due date, that it is over.

    Nobody is asked for what was filed or excused: of that it is said where it stood.
    """
    report, due = f"{owed.period.name}进展报告", f"{written(owed.period.due_on)}（含当日）"
    if owed.filing not in UNFILED:
        told = {Filing.WAITING: "已报送，待审", Filing.WAIVED: "免报"}
        return f"{report}{told[owed.filing]}。" if owed.filing in told else ""
    was_sent_back = owed.filing == Filing.SENT_BACK
    if sent_on <= owed.period.due_on:
        return f"请于{due}前{'重新' if was_sent_back else ''}报送{report}。"
    state = "退回后尚未重报" if was_sent_back else "尚未报送"
    return f"{report}应于{due}前报送，{state}，请抓紧报送。"


def written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def outside_address(path: str) -> str:
    """The page's address for others to open; "" where the site is known by this machine's own name alone."""
    site = public_site("")
    return f"{site}{path}" if site else ""
