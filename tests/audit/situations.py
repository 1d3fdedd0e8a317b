"""Small plans, each in a situation that the demonstration doesn't have. Every maker gives the plan and the day."""

from collections.abc import Callable
from datetime import date, timedelta

from agencies.models import Agency, User
from tasks.models import ActionItem, Assignment, LightChange, Plan, PlanRevision, WeightRevision
from tasks.workflow import review_report, succeed
from tests.support.factories import (
    ACCEPTED,
    ASSIST,
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    make_request,
    make_section,
    moment,
    review,
    revise,
    waive,
)

Q2, Q3 = "2016Q2", "2016Q3"
LABELS = "一二三四五六七八九十"
Situation = Callable[[Plan, list[Agency], User], date]


def made(situation: Situation, *, by: User) -> tuple[Plan, date]:
    """The situation with its periods."""
    plan = make_plan()
    for code in (Q2, Q3):
        make_period(plan, code)
    agencies = [make_agency(f"省{name}局") for name in "甲乙丙丁戊"]
    day = situation(plan, agencies, by)
    return plan, day


def led(plan: Plan, *leads: Agency, section: int = 1, **fields: object) -> tuple[ActionItem, list[Assignment]]:
    """An item of a section, led by these agencies together."""
    of_plan = plan.sections.filter(number=section).first() or make_section(plan, number=section, title=f"第{section}类")
    label = f"（{LABELS[plan.items.count()]}）"
    title = f"事项{LABELS[plan.items.count()]}"
    item = make_item(plan, section=of_plan, **{"label": label, "title": title, **fields})
    return item, [make_assignment(item, agency) for agency in leads]


def become(name: str, predecessors: list[Agency], kind: str, day: date, *, by: User) -> None:
    """These agencies become one of that name on the day."""
    succeed(
        predecessors=predecessors,
        successor=make_agency(name),
        kind=kind,
        effective_on=day,
        document=f"皖编办〔{day.year}〕1号",
        by=by,
        at=moment(f"{day} 09:00"),
    )


def unassigned(plan: Plan, agencies: list[Agency], by: User) -> date:
    """A section that nobody leads, an item that only has assisting agencies, and one that is led."""
    first, second, third, *_ = agencies
    _, [lead] = led(plan, first)
    assisted, _ = led(plan)
    make_assignment(assisted, second, ASSIST)
    led(plan, section=2)
    led(plan, section=2, due_on=None)
    led(plan, third, section=3)
    accepted_report(lead, 45, at=moment("2016-09-28 10:00"))
    return date(2016, 10, 17)


def endless(plan: Plan, agencies: list[Agency], by: User) -> date:
    """持续推进 beside items with an end, alone in a section, and set so in the course of the year."""
    first, second, third, *_ = agencies
    _, [one] = led(plan, first)
    turned, [two] = led(plan, second)
    _, [three] = led(plan, third, section=2, due_on=None)
    led(plan, first, section=2, due_on=None)
    revise(turned, None, at=moment("2016-08-03 09:00"))
    for lead, percent in ((one, 30), (two, 65), (three, 20)):
        accepted_report(lead, percent, at=moment("2016-07-12 10:00"), period=Q2)
    accepted_report(one, 55, at=moment("2016-10-10 10:00"))
    return date(2016, 10, 18)


def ended(plan: Plan, agencies: list[Agency], by: User) -> date:
    """办结, 中止 and 撤销: alone, together, after the close of a period, and taken up again."""
    first, second, third, fourth, fifth = agencies
    _, [done] = led(plan, first)
    _, [stopped] = led(plan, second)
    _, [dropped] = led(plan, third)
    _, mixed = led(plan, first, second, third)
    _, [again] = led(plan, fourth, section=2)
    _, half = led(plan, fourth, fifth, section=2)
    for lead in (done, stopped, *mixed, *half):
        accepted_report(lead, 48, at=moment("2016-07-08 10:00"), period=Q2)
    accepted_report(done, 100, at=moment("2016-09-21 10:00"))
    close(done, at=moment("2016-10-17 09:00"))
    close(stopped, "suspended", at=moment("2016-08-01 09:00"))
    close(dropped, "cancelled", at=moment("2016-06-10 09:00"))
    for lead, kind in zip(mixed, ("closed", "suspended", "cancelled"), strict=True):
        close(lead, kind, at=moment("2016-09-02 09:00"))
    close(again, "suspended", at=moment("2016-07-01 09:00"))
    close(again, "reopened", at=moment("2016-07-20 09:00"))
    close(half[0], "suspended", at=moment("2016-10-15 09:00"))
    return date(2016, 10, 18)


def suspended_at_the_close(plan: Plan, agencies: list[Agency], by: User) -> date:
    """What stood still when the first period closed owed nothing in it, and is behind only after the next one."""
    first, second, *_ = agencies
    _, [again] = led(plan, first)
    led(plan, second)
    close(again, "suspended", at=moment("2016-07-01 09:00"))
    close(again, "reopened", at=moment("2016-07-20 09:00"))
    return date(2016, 8, 31)


def excused(plan: Plan, agencies: list[Agency], by: User) -> date:
    """免报 in the first period, said in time and too late; given after its close."""
    first, second, third, *_ = agencies
    item, [in_time] = led(plan, first)
    _, [too_late] = led(plan, second)
    make_assignment(item, third, at=moment("2016-07-21 09:00"), answers_from=date(2016, 7, 21))
    waive(in_time, at=moment("2016-07-05 09:00"), period=Q2)
    waive(too_late, at=moment("2016-07-20 09:00"), period=Q2)
    return date(2016, 9, 12)


def begun(plan: Plan, agencies: list[Agency], by: User) -> date:
    """The plan's 28th day: nobody can have reported, and nobody is behind."""
    for agency in agencies:
        led(plan, agency, due_on=date(2016, 7, 31))
    return date(2016, 6, 21)


def merged(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Agencies of different items become one in an open period; what they filed stays filed."""
    first, second, third, fourth, _ = agencies
    _, [waiting] = led(plan, first)
    _, [accepted] = led(plan, second)
    _, [sent_back] = led(plan, third)
    _, [untouched] = led(plan, fourth)
    _, [missing] = led(plan, first, section=2)
    _, [late] = led(plan, second, section=2)
    for lead in (waiting, accepted, sent_back, untouched, missing):
        accepted_report(lead, 40, at=moment("2016-07-12 10:00"), period=Q2)
    accepted_report(late, 20, at=moment("2016-07-25 10:00"), period=Q2)
    file_report(waiting, 66, at=moment("2016-10-08 10:00"))
    accepted_report(accepted, 70, at=moment("2016-10-08 11:00"))
    review(file_report(sent_back, 60, at=moment("2016-10-09 10:00")), SENT_BACK)
    become("省综合局", [first, second, third], "merged", date(2016, 10, 11), by=by)
    return date(2016, 10, 12)


def merged_after_the_close(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Two leads of one item become one after the close: the past keeps its names, the mean is kept."""
    first, second, third, *_ = agencies
    _, [one, two, other] = led(plan, first, second, third)
    for lead, percent in ((one, 40), (two, 45), (other, 60)):
        accepted_report(lead, percent, at=moment("2016-07-12 10:00"), period=Q2)
    accepted_report(one, 71, at=moment("2016-10-12 10:00"))
    accepted_report(two, 80, at=moment("2016-10-13 10:00"))
    become("省综合局", [first, second], "merged", date(2016, 10, 18), by=by)
    return date(2016, 10, 19)


def renamed(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Another name in an open period changes no count."""
    first, second, *_ = agencies
    _, [one, two] = led(plan, first, second)
    accepted_report(one, 60, at=moment("2016-10-08 10:00"))
    accepted_report(two, 50, at=moment("2016-10-08 10:00"))
    become("省新局", [first], "renamed", date(2016, 10, 11), by=by)
    return date(2016, 10, 12)


def weighted(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Weights and the plan's margins were changed in the course of the year."""
    first, second, third, *_ = agencies
    _, [one, two, _] = led(plan, first, second, third)
    led(plan, third, due_on=date(2016, 10, 31))
    for lead, percent in ((one, 91), (two, 30)):
        accepted_report(lead, percent, at=moment("2016-07-12 10:00"), period=Q2)
    WeightRevision.objects.create(assignment=one, weight=3, reason="调整", recorded_at=moment("2016-08-01"))
    former = {**plan.settings, "until": moment("2016-09-01").isoformat()}
    PlanRevision.objects.create(
        plan=plan, reason="调整", recorded_at=moment("2016-09-01"), **{**plan.settings, "behind_margin": 25}
    )
    Plan.objects.filter(pk=plan.pk).update(behind_margin=25, former=[former])
    plan.refresh_from_db()
    return date(2016, 10, 18)


def newest_period(plan: Plan, agencies: list[Agency], by: User) -> date:
    """A late report on the second quarter, accepted after the third quarter's, takes nothing back."""
    first, second, *_ = agencies
    _, [one] = led(plan, first)
    _, [two] = led(plan, second)
    reports = [
        file_report(one, 72, at=moment("2016-10-08 10:00")),
        file_report(one, 60, at=moment("2016-10-09 10:00"), period=Q2),
        file_report(two, 55, at=moment("2016-10-09 10:00"), period=Q2),
    ]
    file_report(two, 80, at=moment("2016-10-08 10:00"))
    for passed, report in enumerate(reports):
        review_report(report=report, verdict=ACCEPTED, by=by, at=moment("2016-10-10 10:00") + timedelta(hours=passed))
    return date(2016, 10, 12)


def halves(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Exact halves, on every level: 91.25, 32.5, 70.85 and 16.5."""
    first, second, *_ = agencies
    percents = ((91, 91, 91, 92), (32, 33), (16, 17))
    for place, each in enumerate(percents):
        _, leads = led(plan, *agencies[: len(each)], section=place // 2 + 1)
        for lead, percent in zip(leads, each, strict=True):
            accepted_report(lead, percent, at=moment("2016-07-12 10:00"), period=Q2)
    _, [one] = led(plan, first, section=3, due_on=date(2016, 10, 1))
    _, [two] = led(plan, second, section=3, due_on=date(2016, 12, 10))
    accepted_report(one, 40, at=moment("2016-07-12 10:00"), period=Q2)
    accepted_report(two, 85, at=moment("2016-07-12 10:00"), period=Q2)
    return date(2016, 9, 1)


def settling(plan: Plan, agencies: list[Agency], by: User) -> date:
    """待销号: all is done, and the office has not closed it yet; beside it what is really late."""
    first, second, third, *_ = agencies
    overdue, [done] = led(plan, first, due_on=date(2016, 9, 30))
    _, [late] = led(plan, second, due_on=date(2016, 9, 30))
    _, [ahead] = led(plan, third)
    make_indicator(overdue)
    accepted_report(done, 100, at=moment("2016-09-28 10:00"), readings={overdue.indicators.get(): 171})
    accepted_report(late, 80, at=moment("2016-09-28 10:00"))
    accepted_report(ahead, 100, at=moment("2016-09-28 10:00"))
    for lead in (done, ahead):
        make_request(lead, at=moment("2016-09-29 10:00"))
    for item in (overdue, late.item):  # as the daily round saw them: by that 曾逾期 is known
        LightChange.objects.create(item=item, day=date(2016, 10, 1), light="red", previous="blue", reason="逾期")
    return date(2016, 10, 12)


def restarted(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Numbering begins anew in every part."""
    for section in (1, 2):
        for place in range(2):
            label, title = f"（{LABELS[place]}）", f"第{section}类事项{LABELS[place]}"
            led(plan, agencies[place], section=section, label=label, title=title)
    return date(2016, 10, 18)


def all_green(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Everybody filed, everything was accepted, nobody is behind."""
    first, second, third, *_ = agencies
    leads = [lead for each in ((first,), (second,), (first, third)) for lead in led(plan, *each)[1]]
    for lead, percent in zip(leads, (70, 80, 68, 90), strict=True):
        accepted_report(lead, percent - 40, at=moment("2016-07-12 10:00"), period=Q2)
        accepted_report(lead, percent, at=moment("2016-10-12 10:00"))
    return date(2016, 10, 18)


def all_red(plan: Plan, agencies: list[Agency], by: User) -> date:
    """All due dates are over and nothing is closed; each agency with another course of its report."""
    leads = [led(plan, agency, due_on=date(2016, 9, 20))[1][0] for agency in agencies]
    for lead in leads[:4]:
        accepted_report(lead, 40, at=moment("2016-07-12 10:00"), period=Q2, delay_reason="经费未到位。")
    accepted_report(leads[0], 60, at=moment("2016-10-12 10:00"), delay_reason="人手不足，正在招聘。", problems="缺人。")
    file_report(leads[1], 70, at=moment("2016-10-12 10:00"), delay_reason="还在验收。")
    review(file_report(leads[2], 80, at=moment("2016-10-12 10:00")), SENT_BACK)
    for lead in leads:
        LightChange.objects.create(item=lead.item, day=date(2016, 9, 21), light="red", previous="yellow", reason="逾期")
    return date(2016, 10, 18)


def nothing_filed(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Two closes are over, and no agency ever filed a report."""
    for section, agency in enumerate(agencies[:3], 1):
        make_indicator(led(plan, agency, section=section)[0])
    return date(2016, 10, 18)


def everything_closed(plan: Plan, agencies: list[Agency], by: User) -> date:
    """Some were closed before the period's close and owe nothing in it, some after."""
    for place, agency in enumerate(agencies[:4]):
        _, [lead] = led(plan, agency, section=place % 2 + 1)
        accepted_report(lead, 100, at=moment("2016-09-26 10:00"))
        close(lead, at=moment("2016-09-28 09:00" if place < 2 else "2016-10-17 09:00"))
    return date(2016, 10, 18)


def one_agency(plan: Plan, agencies: list[Agency], by: User) -> date:
    """A plan of one agency alone: one task ahead, one on pace, one due soon, one behind."""
    for percent, due_on in ((85, None), (66, date(2016, 12, 31)), (90, date(2016, 10, 25)), (20, date(2016, 12, 31))):
        _, [lead] = led(plan, agencies[0], due_on=due_on)
        accepted_report(lead, percent, at=moment("2016-10-13 10:00"))
    return date(2016, 10, 18)


def before_the_deadline(plan: Plan, agencies: list[Agency], by: User) -> date:
    """The third quarter's reports come in: accepted, waiting, sent back, excused, missing."""
    leads = [led(plan, agency)[1][0] for agency in agencies]
    for lead in leads[:4]:
        accepted_report(lead, 40, at=moment("2016-07-12 10:00"), period=Q2)
    accepted_report(leads[0], 62, at=moment("2016-10-09 10:00"))
    file_report(leads[1], 100, at=moment("2016-10-10 10:00"))
    review(file_report(leads[2], 30, at=moment("2016-10-10 10:00")), SENT_BACK)
    waive(leads[3], at=moment("2016-10-10 10:00"))
    file_report(leads[4], 15, at=moment("2016-10-11 10:00"), period=Q2)
    return date(2016, 10, 14)


ALL: tuple[Situation, ...] = (
    *(unassigned, endless, ended, suspended_at_the_close, excused, begun, merged, merged_after_the_close, renamed),
    *(weighted, newest_period, halves, settling, restarted),
    *(all_green, all_red, nothing_filed, everything_closed, one_agency, before_the_deadline),
)
