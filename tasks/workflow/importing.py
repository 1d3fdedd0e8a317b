"""A notice that was read becomes rows: the plan, its parts, its agencies and who answers for what."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from agencies.changes import note, recording
from agencies.models import Agency, AgencyGroup, Office, User
from tasks.models import (
    ActionItem,
    Assignment,
    Duty,
    DutyAgency,
    Indicator,
    ItemRevision,
    LegalBasis,
    Measure,
    Plan,
    Section,
)
from tasks.notice import Deadline, Item, Notice, NoticeError, Problem
from tasks.notice import Duty as ReadDuty
from tasks.notice import Indicator as ReadIndicator
from tasks.notice import Section as ReadSection
from tasks.rules.due_dates import reason_of
from tasks.workflow import assign, follow_group
from tasks.workflow.messages import tell_assigned
from tasks.workflow.named_agencies import import_agencies, infer_members

CONFIRMED_DAY = "导入核对时确定，公文未写"
LEAD, ASSIST = Assignment.Role.LEAD.value, Assignment.Role.ASSIST.value
MISSING = {
    "document_number": "没有找到发文字号，请补充（--number 某政办发〔2016〕1号）",
    "issuer": "没有找到发文机关，请补充（--issuer 某省人民政府办公厅）",
    "issued_on": "没有找到成文日期，请补充（--date 2016-05-24）",
}


@recording()
def import_notice(
    notice: Notice, *, by: User | None, at: datetime, office: Office | None = None, parent: Plan | None = None
) -> tuple[Plan, bool]:
    """Makes the plan of that notice, and says whether it was made now. Importing the same notice again changes nothing.

    It is the office's, and carries out the parent where one is given. Of the agencies that it names those of other
    offices answer for nothing: their duties name them, as they do collective ones.

    Raises NoticeError, and writes nothing, when the notice's head lacks something, or when another text was imported
    under the same document number.
    """
    if notice.issued_on is None or notice.missing:
        raise NoticeError([Problem(0, MISSING[name]) for name in notice.missing])
    digest = hashlib.sha256(notice.text.encode()).hexdigest()
    existing = Plan.objects.filter(document_number=notice.document_number).first()
    if existing and existing.notice_sha256 != digest:
        raise NoticeError(f"{notice.document_number}已经导入，但与本文件全文不一致；未作任何改动。")
    if existing:
        return existing, False
    plan = Plan.objects.create(
        document_number=notice.document_number,
        slug=free_slug(notice.document_number, notice.issued_on),
        title=notice.title,
        issuer=notice.issuer,
        issued_on=notice.issued_on,
        due_on=inferred_due_date(notice.title, notice.issued_on),
        notice_text=notice.text,
        notice_sha256=digest,
        imported_at=at,
        office=office,
        parent=parent,
    )
    note("导入公文", plan, by=by, at=at, new={"title": plan.title, "notice_sha256": digest})
    LegalBasis.objects.bulk_create(
        LegalBasis(plan=plan, title=basis.title, document_number=basis.document_number) for basis in notice.legal_bases
    )
    agencies = import_agencies(notice, office, by=by, at=at)
    for number, section in numbered(notice.sections):
        row = Section.objects.create(
            plan=plan, number=number, title=section.title, start=section.start, end=section.end
        )
        for item in section.items:
            import_item(item, plan=plan, section=row, agencies=agencies, by=by, at=at)
    for group in AgencyGroup.objects.filter(items__plan=plan).distinct():
        infer_members(group, [each for each in agencies.values() if each.office_id == plan.office_id], by=by, at=at)
        follow_group(group=group, by=by, at=at, is_quiet=True)
    assignments = Assignment.objects.filter(item__plan=plan).select_related("item__plan", "agency")
    tell_assigned(assignments.order_by("item__place", "agency__ordinal"), by=by, at=at)
    return plan, True


def numbered(sections: Sequence[ReadSection]) -> list[tuple[int, ReadSection]]:
    """Gives each section its printed number; counted instead where the notice prints a number twice."""
    printed = [section.number for section in sections]
    numbers = printed if len(set(printed)) == len(printed) else range(1, len(printed) + 1)
    return list(zip(numbers, sections, strict=True))


def import_item(
    item: Item, *, plan: Plan, section: Section, agencies: dict[str, Agency], by: User | None, at: datetime
) -> None:
    rule = item.assist_rule
    row = ActionItem.objects.create(
        plan=plan,
        section=section,
        number=plan.items.count() + 1,
        label=item.label,
        title=item.title,
        text=item.text,
        start=item.start,
        end=item.end,
        assist_rule=rule.text if rule else "",
        assist_group=_group(rule.group, plan) if rule and rule.group else None,
    )
    set_first_due_date(row, item.deadline, otherwise=plan.due_on, by=by, at=at)
    Measure.objects.bulk_create(
        Measure(item=row, number=m.number, text=m.text, start=m.start, end=m.end, **deadline_columns(m.deadline))
        for m in item.measures
    )
    Indicator.objects.bulk_create(
        Indicator(item=row, name=name, target=i.target, unit=i.unit, start=i.start, end=i.end)
        for name, i in indicators_by_name(item).items()
    )
    for number, duty in enumerate(item.duties, start=1):
        import_duty(duty, item=row, number=number, agencies=agencies)
    for agency, role in roles_of(item, agencies).items():
        if agency.office_id != plan.office_id or (role == LEAD and agency.is_collective):
            continue  # its duty names it; nobody could file, or it isn't this office's to ask
        assign(item=row, agency=agency, role=role, by=by, at=at, is_quiet=True)


def _group(name: str, plan: Plan) -> AgencyGroup:
    return AgencyGroup.objects.get_or_create(name=name, defaults={"office_id": plan.office_id})[0]


def set_first_due_date(
    item: ActionItem, deadline: Deadline | None, *, otherwise: date, by: User | None, at: datetime
) -> None:
    """The item's first revision: what the notice writes, in its words; where it writes nothing, the other day."""
    ItemRevision.objects.create(
        item=item,
        due_on=deadline.on if deadline else otherwise,
        is_inferred=deadline is None,
        due_words=deadline.text if deadline else "",
        reason=CONFIRMED_DAY if deadline and not deadline.text else reason_of(deadline.text if deadline else ""),
        recorded_at=at,
        recorded_by=by,
    )


def import_duty(duty: ReadDuty, *, item: ActionItem, number: int, agencies: dict[str, Agency]) -> None:
    row = Duty.objects.create(
        item=item,
        number=number,
        ending=duty.ending,
        start=duty.start,
        end=duty.end,
        assist_rule=duty.assist_rule.text if duty.assist_rule else "",
        **deadline_columns(duty.deadline),
    )
    DutyAgency.objects.bulk_create(
        DutyAgency(duty=row, agency=agency, role=role) for agency, role in roles_of(duty, agencies).items()
    )


def deadline_columns(deadline: Deadline | None) -> dict[str, Any]:
    """What a measure or a duty keeps of its deadline."""
    if deadline is None:
        return {}
    return {
        "due_words": deadline.text,
        "due_start": deadline.start,
        "due_on": deadline.on,
        "recurs": deadline.recurs or "",
    }


def roles_of(named: Item | ReadDuty, agencies: dict[str, Agency]) -> dict[Agency, str]:
    """Every agency that is named once, as lead where it is one: it may be named twice, by name and alias."""
    roles: dict[Agency, str] = {}
    for units, role in ((named.leads, LEAD), (named.assists, ASSIST)):
        for unit in units:
            roles.setdefault(agencies[unit.name], role)
    return roles


def indicators_by_name(item: Item) -> dict[str, ReadIndicator]:
    """A name to which the item gives several targets (先到70%，再到75%) bears its target, so that each is one."""
    times = Counter(indicator.name for indicator in item.indicators)
    return {
        each.name if times[each.name] == 1 else f"{each.name}（{each.target}{each.unit}）": each
        for each in item.indicators
    }


def inferred_due_date(title: str, issued_on: date) -> date:
    """The end of the plan's year: the last year that the title speaks of, else the year of issue (docs/rules.md 3)."""
    years = [int(year) for year in re.findall(r"(\d{4})年", title)]
    return date(max([*years, issued_on.year]), 12, 31)


def free_slug(document_number: str, issued_on: date) -> str:
    """`2016-76` for 〔2016〕76号; the second plan of that number and year gets `2016-76-2`."""
    serial = re.search(r"(\d+)号", document_number)
    stem = f"{issued_on.year}-{serial[1]}" if serial else f"{issued_on:%Y-%m%d}"
    taken = set(Plan.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if slug not in taken)
