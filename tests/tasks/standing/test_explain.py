"""Lights in words. The item starts on 24 May and is due on 1 September, a hundred days later: 13 July is half-way."""

from datetime import date

from tasks.models import ActionItem, Assignment, Plan
from tasks.rules.status import Light
from tasks.standing.explain import Step, because, remedy, steps
from tasks.standing.rollup import item_standings, standing_of

ISSUED, DUE, HALF_TIME = date(2016, 5, 24), date(2016, 9, 1), date(2016, 7, 13)
PLAN = Plan(issued_on=ISSUED)
NAMES = dict(enumerate(["甲厅", "乙厅", "丙厅", "丁厅", "戊厅", "己厅", "庚厅"]))
RED, YELLOW, BLUE, GREEN, SUSPENDED, GREY, CANCELLED, UNASSIGNED = Light


def stand(*percents, day=HALF_TIME, due_on=DUE, closures=(), roles=(), plan=PLAN, first_owed_on=ISSUED):
    """The standing of an item that 甲厅, 乙厅 … lead, each at its percentage."""
    rows = []
    for number, percent in enumerate(percents):
        role = roles[number] if roles else "lead"
        assignment = Assignment(pk=number, item_id=1, agency_id=number, role=role)
        closure = closures[number] if closures else ""
        vars(assignment).update(weight_now=1, accepted_percent=percent, due_on=due_on, closure=closure)
        vars(assignment).update(obligation="", first_owed_on=first_owed_on)
        rows.append(standing_of(assignment, plan, day))
    return item_standings([ActionItem(pk=1)], rows, plan, day)[0]


def say(standing, day=HALF_TIME, plan=PLAN):
    return because(standing, plan, day, NAMES)


# ── one sentence ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_red_says_who_has_not_finished():
    overdue = date(2016, 9, 2)
    assert say(stand(80, day=overdue), overdue) == "甲厅未办结"
    assert say(stand(80, 100, 90, day=overdue, closures=("", "closed", "")), overdue) == "甲厅、丙厅未办结"
    assert say(stand(40, 30, 20, 10, day=overdue), overdue) == "丁厅、丙厅、乙厅等4家未办结"


def test_yellow_says_who_is_behind_and_how_far_slowest_first():
    assert say(stand(39)) == "甲厅39%，落后序时逾10个百分点"
    assert say(stand(30, 90, 20, 40)) == "丙厅20%、甲厅30%，落后序时逾10个百分点"
    assert say(stand(1, 2, 3)) == "甲厅1%、乙厅2%、丙厅3%，落后序时逾10个百分点"
    assert say(stand(4, 1, 2, 3)) == "乙厅1%、丙厅2%、丁厅3%等4家，落后序时逾10个百分点"


def test_who_has_no_accepted_report_is_not_said_to_stand_at_nought():
    standing = stand(None, 30, 60)
    assert say(standing) == "甲厅尚无通过的报告、乙厅30%，落后序时逾10个百分点"
    assert Step("甲厅", "尚无通过的报告", YELLOW) in reckoning(standing)
    early = {"first_owed_on": HALF_TIME}
    assert Step("3家负责单位", "50%至60%，1家尚无通过的报告") in reckoning(stand(None, 50, 60, **early))
    assert Step("1家负责单位", "尚无通过的报告") in reckoning(stand(None, **early))


def test_yellow_names_the_plan_s_own_margin():
    strict = Plan(issued_on=ISSUED, behind_margin=5)
    assert say(stand(44, plan=strict), plan=strict) == "甲厅44%，落后序时逾5个百分点"


def test_below_the_line_before_the_first_report_is_due_is_said_not_to_count():
    spared = stand(0, 60, first_owed_on=HALF_TIME)
    assert (spared.light, say(spared)) == (GREEN, "首个应报的报告期尚未截止，不计滞后")
    assert steps(spared, PLAN, HALF_TIME, NAMES)[2] == Step("首个应报的报告期尚未截止", "不计滞后")
    assert say(stand(40, first_owed_on=HALF_TIME)) == "各负责单位均在黄灯线以上"


def test_blue_says_how_many_days_are_left():
    for day, left in ((date(2016, 8, 17), 15), (date(2016, 8, 31), 1), (DUE, 0)):
        assert say(stand(100, day=day), day) == f"距完成时限{left}天"


def test_green_says_that_nobody_is_behind():
    assert say(stand(40, 60)) == "各负责单位均在黄灯线以上"


def test_grey_says_that_all_have_finished_or_that_nobody_was_named():
    assert say(stand(100, 90, closures=("closed", "closed"))) == "各负责单位均已办结"
    assert say(stand()) == "未明确负责单位"
    assert say(stand(50, roles=("assist",))) == "未明确负责单位"


def test_grey_does_not_call_finished_what_was_stopped():
    assert say(stand(10, closures=("suspended",))) == "各负责单位均已中止"
    assert say(stand(10, 20, closures=("cancelled", "cancelled"))) == "各负责单位均已撤销"
    assert say(stand(100, 10, 100, closures=("closed", "suspended", "closed"))) == "已办结2家、已中止1家"


# ── the reckoning ────────────────────────────────────────────────────────────────────────────────────────────────

EXPECTED = Step("序时进度＝已过50天÷全程100天", "50.0%")
LINE = Step("黄灯线＝序时进度−10（本计划设定）", "40.0%")


def result(light):
    return Step("按最严重的灯色显示", "", light, is_result=True)


def reckoning(standing, day=HALF_TIME, plan=PLAN):
    return steps(standing, plan, day, NAMES)


def test_green_shows_the_line_and_where_the_leads_stand():
    assert reckoning(stand(40, 90, 60)) == [EXPECTED, LINE, Step("3家负责单位", "40%至90%"), result(GREEN)]
    assert reckoning(stand(70)) == [EXPECTED, LINE, Step("1家负责单位", "70%"), result(GREEN)]


def test_yellow_shows_each_lead_below_the_line_and_the_others_together():
    assert reckoning(stand(39, 90, 20, 40)) == [
        EXPECTED,
        LINE,
        Step("甲厅", "39%", YELLOW),
        Step("丙厅", "20%", YELLOW),
        Step("其余2家", "40%至90%"),
        result(YELLOW),
    ]


def test_more_than_five_leads_below_the_line_are_summed_up():
    assert reckoning(stand(1, 2, 3, 4, 5, 6, 7))[2:] == [
        *(Step(NAMES[n], f"{n + 1}%", YELLOW) for n in range(5)),
        Step("另有2家", "6%至7%", YELLOW),
        result(YELLOW),
    ]
    assert len(reckoning(stand(1, 2, 3, 4, 5))) == 8  # five are all named


def test_blue_shows_the_days_that_are_left():
    day = date(2016, 8, 17)
    assert reckoning(stand(90, day=day), day) == [
        Step("序时进度＝已过85天÷全程100天", "85.0%"),
        Step("黄灯线＝序时进度−10（本计划设定）", "75.0%"),
        Step("距完成时限不超过15天为临期", "还有15天"),
        Step("甲厅", "90%", BLUE),
        result(BLUE),
    ]


def test_on_the_due_date_no_day_is_left_and_nothing_is_overdue():
    assert reckoning(stand(100, day=DUE), DUE)[2] == Step("距完成时限不超过15天为临期", "还有0天")


def test_red_shows_since_how_many_days_it_is_overdue():
    day = date(2016, 9, 4)
    assert reckoning(stand(100, 90, day=day, closures=("closed", "")), day) == [
        Step("序时进度＝已过100天÷全程100天", "100.0%"),
        Step("黄灯线＝序时进度−10（本计划设定）", "90.0%"),
        Step("完成时限2016-09-01", "已过3天"),
        Step("乙厅", "90%", RED),
        Step("其余1家", "100%"),
        result(RED),
    ]


def test_in_the_first_days_the_line_is_nought():
    day = date(2016, 5, 29)
    assert reckoning(stand(0, day=day), day)[1] == Step("黄灯线＝序时进度−10（本计划设定）", "0.0%")


def test_the_line_is_the_plan_s_own():
    lenient = Plan(issued_on=ISSUED, behind_margin=30)
    assert reckoning(stand(20, plan=lenient), plan=lenient)[1] == Step("黄灯线＝序时进度−30（本计划设定）", "20.0%")


def test_what_is_never_due_is_not_measured_by_time():
    assert reckoning(stand(5, due_on=None)) == [
        Step("持续推进，不设完成时限", "不因时间亮灯"),
        Step("1家负责单位", "5%"),
        result(GREEN),
    ]


def test_what_has_ended_shows_how_far_it_came():
    assert reckoning(stand(100, 80, closures=("closed", "closed"))) == [
        Step("甲厅", "100%", GREY),
        Step("乙厅", "80%", GREY),
        result(GREY),
    ]


def test_an_item_that_nobody_leads_has_no_light():
    assert reckoning(stand()) == [Step("未明确负责单位，不计亮灯", "", UNASSIGNED, is_result=True)]


# ── the way out ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_red_asks_for_closing_and_hints_at_no_other_date():
    overdue = date(2016, 9, 2)
    assert remedy(stand(80, 90, day=overdue), PLAN, NAMES) == ("整改要求：甲厅、乙厅办结。")


def test_yellow_turns_green_by_a_report_on_the_line():
    assert remedy(stand(39, 90), PLAN, NAMES) == "整改要求：甲厅报送并通过不低于40%的进展。"
    assert stand(40, 90).light == GREEN


def test_where_the_line_lies_between_two_numbers_the_higher_is_needed():
    """140 and 141 of 221 days have passed: the line stands at 53.3 and 53.8 %."""
    for day in (date(2016, 10, 11), date(2016, 10, 12)):
        standing = stand(53, day=day, due_on=date(2016, 12, 31))
        assert remedy(standing, PLAN, NAMES) == "整改要求：甲厅报送并通过不低于54%的进展。"
        assert stand(54, day=day, due_on=date(2016, 12, 31)).light == GREEN


def test_blue_is_a_hint():
    assert remedy(stand(90, day=DUE), PLAN, NAMES) == "临期是提示，不是落后：办结后转灰，逾期未办结转红。"


def test_green_and_grey_need_nothing():
    assert remedy(stand(60), PLAN, NAMES) == ""
    assert remedy(stand(60, closures=("closed",)), PLAN, NAMES) == ""
    assert remedy(stand(), PLAN, NAMES) == ""
