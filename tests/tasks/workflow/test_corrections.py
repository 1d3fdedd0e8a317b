"""更正: what was read wrongly is read anew in the notice's words; identities stay, past days show what was known."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from reports.dashboard.agency import agency_part
from reports.periods.page import PeriodPage
from reports.quarter import Definition, take_snapshot
from tasks.models import ActionItem, ItemCorrection, Measure
from tasks.rules.asof import AsOf
from tasks.standing.duties import measures_and_duties
from tasks.standing.indicators import agency_indicator_rows, item_indicator_rows
from tasks.workflow import ReadIndicator, correct_item
from tests.support.at_once import AtOnce
from tests.support.factories import (
    accepted_report,
    make_assignment,
    make_item,
    make_milestone,
    make_period,
    make_plan,
    make_section,
    make_user,
    moment,
)
from tests.support.refusals import LATER, NOW, refused

pytestmark = pytest.mark.django_db

NOTICE = (
    "一、总体要求\n（一）开展质量提升。新增名牌170个。制定标准5项。（省质监局负责）\n（二）加强监管。（省工商局负责）\n"
)
WRONG = "（一）开展质量提升。新增名牌170个。"
RIGHT = "（一）开展质量提升。新增名牌170个。制定标准5项。（省质监局负责）"


@pytest.fixture
def item():
    plan = make_plan(notice_text=NOTICE)
    section = make_section(plan)
    start = NOTICE.index(WRONG)
    span = {"start": start, "end": start + len(WRONG)}
    item = make_item(plan, section=section, title="开展质量", text=WRONG, label="（一）", **span)
    place = NOTICE.index("新增")
    words = "新增名牌170个。"
    Measure.objects.create(item=item, number=1, text=words, start=place, end=place + len(words), due_words="年底前")
    item.indicators.create(name="名牌", target=17, unit="个", start=place, end=place + 9)
    other = NOTICE.index("（二）")
    make_item(plan, section=section, text=NOTICE[other:-1], label="（二）", start=other, end=len(NOTICE) - 1)
    return item


@dataclass
class Form:
    item: ActionItem
    title: str = "开展质量提升"
    text: str = RIGHT
    measures: tuple = ("新增名牌170个。", "制定标准5项。")
    target: str = "170"
    basis: int = 0
    reason: str = "读取有误"
    more: list = field(default_factory=list)

    def send(self, by, at=NOW):
        known = self.item.indicators.get(name__startswith="名牌")
        indicator = ReadIndicator(known.pk, "名牌", Decimal(self.target), "个", "新增名牌170个")
        return correct_item(
            item=self.item,
            title=self.title,
            text=self.text,
            measures=self.measures,
            indicators=[indicator, *self.more],
            reason=self.reason,
            basis=self.basis,
            by=by,
            at=at,
        )


def test_an_item_is_read_anew_and_keeps_its_identity_its_measures_and_its_targets(item, coordinator):
    measure, indicator = item.measures.get(), item.indicators.get()
    Form(item).send(coordinator)
    item.refresh_from_db()
    assert (item.title, item.text) == ("开展质量提升", RIGHT)
    assert NOTICE[item.start : item.end] == item.text
    assert [m.text for m in item.measures.order_by("number")] == ["新增名牌170个。", "制定标准5项。"]
    first = item.measures.get(number=1)
    assert (first.pk, first.due_words) == (measure.pk, "年底前")
    indicator.refresh_from_db()
    assert indicator.target == 170


def test_a_title_that_the_notice_breaks_over_two_lines_is_no_hindrance_and_can_be_corrected(coordinator):
    text = "（一）开展质量\n　提升行动。按月通报。（省质监局负责）"
    item = make_item(make_plan(notice_text=text), title="开展质量提升", text=text, start=0, end=len(text))
    read_measures(item, "按月通报。", by=coordinator)
    item.title = "开展质量提升行动"
    read_measures(item, "按月通报。", by=coordinator)
    item.refresh_from_db()
    assert item.title == "开展质量提升行动"


def test_what_was_before_is_on_record_and_shown_on_the_days_before(item, coordinator):
    Form(item).send(coordinator)
    correction = ItemCorrection.objects.get()
    assert (correction.before["title"], correction.after["title"]) == ("开展质量", "开展质量提升")
    then = ActionItem.objects.as_read(moment("2016-10-11")).get(pk=item.pk).as_read_then()
    assert (then.title, then.text, then.title_then) == ("开展质量", WRONG, "开展质量")
    assert [m.text for m in measures_and_duties(then)[0]] == ["新增名牌170个。"]
    now = ActionItem.objects.as_read(NOW).get(pk=item.pk).as_read_then()
    assert (now.title, now.title_then) == ("开展质量提升", "开展质量提升")
    assert len(measures_and_duties(now)[0]) == 2


def test_on_a_past_day_agency_pages_period_pages_and_quarter_files_have_what_was_known_then(item, coordinator):
    lead = make_assignment(item)
    period = make_period(item.plan, "2016Q2")
    brands = item.indicators.get()
    accepted_report(lead, 30, period=period, at=moment("2016-07-10 10:00"), readings={brands: 51})
    new = ReadIndicator(None, "标准", Decimal(5), "项", "制定标准5项")
    Form(item, more=[new]).send(coordinator)

    def seen(day):
        as_of = AsOf(date.fromisoformat(day), date(2016, 10, 13))
        part = agency_part(item.plan, lead.agency, as_of)
        [indicator] = agency_indicator_rows(item.plan, as_of, lead.agency)
        [row] = PeriodPage(item.plan, period, as_of).rows
        facts = take_snapshot(Definition((item.plan.slug,), "2016Q2", as_of.moment)).plans[0]
        targets = [(each.name, each.target) for each in facts.indicators]
        titles = {part.leads[0].item.title, row.item_title, facts.items[0].title}
        return titles, indicator.indicator.target, facts.items[0].text, targets

    assert seen("2016-10-11") == ({"开展质量"}, 17, WRONG, [("名牌", 17)])
    assert seen("2016-10-13") == ({"开展质量提升"}, 170, RIGHT, [("名牌", 170), ("标准", 5)])


def test_a_target_that_was_read_and_is_none_is_still_there_on_the_days_before(item, coordinator):
    gone = item.indicators.create(name="误读", target=3, unit="家", start=item.start, end=item.start + 3)
    Form(item).send(coordinator)
    assert not item.indicators.filter(pk=gone.pk).exists()
    then = ActionItem.objects.as_of(moment("2016-10-11")).as_read(moment("2016-10-11")).get(pk=item.pk)
    rows = item_indicator_rows(then.as_read_then(), AsOf(date(2016, 10, 11), date(2016, 10, 13)))
    assert [(row.indicator.name, row.indicator.value, row.percent) for row in rows] == [
        ("名牌", None, 0.0),
        ("误读", None, 0.0),
    ]


@pytest.mark.parametrize(
    ("changed", "message", "at"),
    [
        ({"reason": " "}, "请写明更正原因。", "reason"),
        ({"title": "杜撰的标题"}, "公文中没有“杜撰的标题”，须与公文逐字一致。", "title"),
        ({"text": "（一）改写的话"}, "公文中没有“（一）改写的话”，须与公文逐字一致。", "text"),
        ({"text": NOTICE[7:-1]}, "与（二）的原文重叠，请先更正（二）。", "text"),
        (
            {"measures": ("制定标准5项。", "新增名牌170个。")},
            "第2条举措不在任务原文内，或次序与原文不同。",
            "measures",
        ),
        ({"basis": 1}, "内容已被更新，本次未保存：该任务已被更正。请刷新页面，核对现在的内容后再改。", None),
        (
            {"more": [ReadIndicator(None, "名牌", Decimal(5), "项", "标准5项")]},
            "同一任务的指标名称不能重复。",
            "indicators",
        ),
        (
            {"more": [ReadIndicator(None, "论文", Decimal(5), "篇", "论文5篇")]},
            "指标“论文”的原文不在任务原文内。",
            "indicators",
        ),
    ],
)
def test_what_is_not_the_notices_is_refused(item, coordinator, changed, message, at):
    with refused(message, at):
        Form(item, **changed).send(coordinator)
    assert not ItemCorrection.objects.exists()


def test_nothing_changed_is_refused(item, coordinator):
    Form(item).send(coordinator)
    with refused("与现在的内容相同，没有改动。"):
        Form(item, basis=1).send(coordinator, at=LATER)


def test_targets_with_the_same_words_stay_where_they_stand(coordinator):
    text = "（一）优良率达到90%以上，合格率达到90%以上，满意率达到90%以上。（省质监局负责）"
    item = make_item(make_plan(notice_text=text), title="优良率", text=text, start=0, end=len(text))
    places = [at for at in range(len(text)) if text.startswith("90%以上", at)]
    rates = [
        item.indicators.create(name=name, target=90, unit="%", start=at, end=at + 5)
        for name, at in (("优良率", places[0]), ("合格率", places[2]))
    ]
    read = [ReadIndicator(rate.pk, rate.name, Decimal(90), "%", "90%以上") for rate in rates]
    read.append(ReadIndicator(None, "满意率", Decimal(90), "%", "90%以上"))
    what = {"title": item.title, "text": text, "measures": [], "reason": "漏读", "basis": 0}
    correct_item(item=item, indicators=read, by=coordinator, at=NOW, **what)
    found = dict(item.indicators.values_list("name", "start"))
    assert found == {"优良率": places[0], "合格率": places[2], "满意率": places[1]}


def test_a_target_with_readings_is_not_taken_away(item, coordinator):
    lead = make_assignment(item)
    report = accepted_report(lead, 50, at=moment("2016-10-01"))
    report.readings.create(indicator=item.indicators.get(), value=5)
    with refused("指标“名牌”已有读数，不能去掉；可以更正名称、目标值和单位。", "indicators"):
        correct_item(
            item=item,
            title="开展质量提升",
            text=RIGHT,
            measures=[],
            indicators=[],
            reason="无",
            basis=0,
            by=coordinator,
            at=NOW,
        )


def test_the_same_form_sent_twice_is_one_correction(item, coordinator):
    first = Form(item).send(coordinator)
    assert Form(item).send(coordinator, at=LATER) == first
    with refused("内容已被更新，本次未保存：该任务已被更正。请刷新页面，核对现在的内容后再改。"):
        Form(item, target="171").send(make_user(), at=LATER)


TWINS = "（一）开展检查。按月通报。下半年再查。按月通报。（省质监局负责）"


@pytest.fixture
def twins():
    """An item of which two measures have the same words, each with a deadline of its own."""
    item = make_item(make_plan(notice_text=TWINS), title="开展检查", text=TWINS, start=0, end=len(TWINS))
    for number, (words, place, due) in enumerate(
        [
            ("按月通报。", TWINS.index("按月"), "上半年"),
            ("下半年再查。", TWINS.index("下半年"), ""),
            ("按月通报。", TWINS.rindex("按月"), "下半年"),
        ],
        start=1,
    ):
        span = {"start": place, "end": place + len(words)}
        Measure.objects.create(item=item, number=number, text=words, due_words=due, **span)
    return item


def read_measures(item, *measures, by):
    """Corrects the measures alone."""
    return correct_item(
        item=item,
        title=item.title,
        text=item.text,
        measures=measures,
        indicators=[],
        reason="读取有误",
        basis=item.corrections.count(),
        by=by,
        at=NOW,
    )


def as_rows(item):
    return list(item.measures.order_by("start").values_list("pk", "text", "due_words"))


def test_of_measures_with_the_same_words_each_stays_what_it_is(twins, coordinator):
    first, _, last = as_rows(twins)
    read_measures(twins, first[1], last[1], by=coordinator)
    assert as_rows(twins) == [first, last]


def test_of_two_with_the_same_words_the_one_that_is_none_goes(twins, coordinator):
    _, between, last = as_rows(twins)
    read_measures(twins, between[1], last[1], by=coordinator)
    assert as_rows(twins) == [between, last]


def test_a_measure_gets_the_words_of_no_other_and_with_a_milestone_it_does_not_go(twins, coordinator):
    between = twins.measures.get(number=2)
    make_milestone(twins, measure=between)
    with refused("举措“下半年再查。”已有后续记录，不能去掉；可以更正文字。", "measures"):
        read_measures(twins, "开展检查。", "按月通报。", "按月通报。", by=coordinator)
    read_measures(twins, "按月通报。", "下半年再查。按月", "通报。", by=coordinator)
    between.refresh_from_db()
    assert between.text == "下半年再查。按月"


def test_a_new_measure_is_none_of_those_that_go(twins, coordinator):
    gone = twins.measures.get(number=2)
    read_measures(twins, "开展检查。", "按月通报。", "按月通报。", by=coordinator)
    assert not Measure.objects.filter(pk=gone.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_counts_and_the_other_is_told(item, coordinator):
    colleague = make_user()
    at_once = AtOnce(
        lambda: Form(item).send(coordinator),
        lambda: Form(item, target="171").send(colleague),
    )
    with transaction.atomic():
        ActionItem.objects.select_for_update().get(pk=item.pk)
        at_once.begin()
    done, refusals = at_once.finish()
    assert len(done) == 1
    assert [str(refusal) for refusal in refusals] == [
        "内容已被更新，本次未保存：该任务已被更正。请刷新页面，核对现在的内容后再改。"
    ]
