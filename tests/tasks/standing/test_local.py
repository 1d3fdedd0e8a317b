"""市县落实: what the office above counts of those directly below it, as of any day (docs/rules.md 15)."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from qa_plan.clock import end_of
from tasks.models import ActionItem, LocalDuty, Plan
from tasks.standing.local import CellState, LocalTotals, newest_words, ranked
from tasks.standing.local.picture import read_picture
from tests.support.factories import (
    accepted_report,
    close,
    correspond,
    file_report,
    make_assignment,
    make_item,
    make_local_plan,
    make_milestone,
    make_office,
    make_period,
    make_plan,
    make_section,
    milestone_done,
    moment,
    withdraw,
)
from tests.support.histories import INSTANTS, Reading, random_history, store
from tests.support.local_histories import office_read, random_local, store_local

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TODAY = date(2016, 10, 12)
JUNE, SEPTEMBER = moment("2016-06-30 10:00"), moment("2016-09-30 10:00")


def picture(plan, day=TODAY):
    return read_picture(Plan.objects.get(pk=plan.pk), day, end_of(day))


def of(plan, day=TODAY):
    """The first office's standing."""
    return picture(plan, day).offices[0]


@pytest.fixture
def province():
    """A plan with three items that somebody leads."""
    plan = make_plan()
    section = make_section(plan)
    for _ in range(3):
        make_assignment(make_item(section=section))
    return plan


@pytest.fixture
def city(province):
    return make_office("合肥市")


@pytest.fixture
def local(province, city):
    """Its plan, with an item that nobody has said anything about."""
    plan = make_local_plan(province, city)
    make_assignment(make_item(plan))
    return plan


def test_where_no_office_lies_below_there_is_nothing_to_see_and_one_question(province, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert read_picture(province, TODAY, end_of(TODAY)).offices == ()


def test_an_office_without_a_plan_is_unissued_and_never_zero(province, city):
    standing = of(province)
    assert (standing.is_issued, standing.covered, standing.lacking) == (False, [], [])
    assert {standing.cell(item.pk).state for item in province.items.all()} == {CellState.UNISSUED}
    assert LocalTotals(picture(province)).percent is None


def test_a_plan_that_came_later_was_not_issued_on_a_day_before(province, city):
    make_local_plan(province, city, imported_at=SEPTEMBER)
    assert not of(province, date(2016, 9, 29)).is_issued
    assert of(province, date(2016, 9, 30)).is_issued


def test_an_item_without_a_decision_covers_nothing_and_is_no_gap_of_anybody_yet(province, local):
    standing = of(province)
    assert [item.number for item in standing.undecided] == [1]
    assert (standing.covered, len(standing.lacking), len(standing.unsettled)) == ([], 0, 3)


def test_what_is_decided_covers_and_the_rest_is_lacking(province, local):
    first, second, third = province.items.all()
    correspond(local.items.get(), first, third)
    standing = of(province)
    assert (standing.covered, standing.lacking) == ([first.pk, third.pk], [second.pk])
    assert [gap.item.pk for gap in LocalTotals(picture(province)).gaps] == [second.pk]


def test_the_newest_decision_counts_and_an_older_day_keeps_the_older_one(province, local):
    first, second, _ = province.items.all()
    correspond(local.items.get(), first, at=JUNE)
    correspond(local.items.get(), second, at=SEPTEMBER)
    assert of(province).covered == [second.pk]
    assert of(province, date(2016, 9, 1)).covered == [first.pk]


def test_what_is_said_to_be_added_locally_covers_nothing_and_is_decided(province, local):
    correspond(local.items.get())
    standing = of(province)
    assert [each.item.number for each in standing.added] == [1]
    assert (standing.covered, len(standing.lacking)) == ([], 3)


def test_an_item_of_the_parents_that_has_ended_is_asked_of_nobody(province, local):
    first, second, third = province.items.all()
    correspond(local.items.get(), first)
    for item in (first, second):
        close(item.assignments.get(), at=JUNE)
    standing = of(province)
    assert (standing.covered, standing.lacking) == ([], [third.pk])
    assert standing.cell(first.pk).state == CellState.LISTED  # what it does is still shown
    assert standing.cell(second.pk).state == CellState.OVER


def test_what_the_duty_does_not_name_is_asked_of_nobody(province, local):
    first, second, third = province.items.all()
    correspond(local.items.get(), first)
    duty = LocalDuty.objects.create(parent=province, plan=make_plan(), recorded_at=JUNE)
    duty.items.set([first, second])
    standing = of(province)
    assert (standing.covered, standing.lacking) == ([first.pk], [second.pk])
    assert third.pk in of(province, date(2016, 6, 29)).lacking


def test_what_carried_out_an_item_that_was_split_is_to_be_decided_anew(province, local):
    first, second, _ = province.items.all()
    correspond(local.items.get(), first)
    ActionItem.objects.filter(pk=first.pk).update(ended_at=JUNE)
    standing = of(province)
    assert (standing.covered, standing.lacking, len(standing.unsettled)) == ([], [], 2)
    correspond(local.items.get(), first, second)
    assert of(province).covered == [second.pk]
    assert of(province, date(2016, 6, 29)).covered == [first.pk, second.pk]


def test_an_item_that_nobody_leads_in_the_province_is_asked_of_the_cities(province, local):
    first = province.items.first()
    withdraw(first.assignments.get(), at=JUNE)
    correspond(local.items.get())
    assert first.pk in of(province).lacking


def test_several_local_items_are_shown_by_their_mean_and_their_gravest_light(province, local):
    target = province.items.first()
    late = make_item(local, due_on=date(2016, 9, 1))
    accepted_report(make_assignment(late), 40, at=SEPTEMBER)
    early = local.items.first()
    accepted_report(early.assignments.get(), 75, at=SEPTEMBER)
    for item in (late, early):
        correspond(item, target)
    cell = of(province).cell(target.pk)
    assert (cell.percent, cell.light, cell.has_accepted) == (57.5, "red", True)


def test_a_milestone_is_kept_that_was_done_by_its_day_once_that_has_passed(province, local):
    part = local.items.get().assignments.get()
    kept, late, open_, _ = (
        make_milestone(part.item, name, on=on)
        for name, on in (("一", date(2016, 9, 30)), ("二", date(2016, 9, 10)), ("三", date(2016, 9, 1)), ("四", TODAY))
    )
    for milestone in (kept, late):
        milestone_done(milestone, part, at=SEPTEMBER, on=date(2016, 9, 28))
    standing = of(province)
    assert {each.pk for each in standing.came_due} == {kept.pk, late.pk, open_.pk}
    assert [each.pk for each in standing.kept] == [kept.pk]
    assert [item.number for item in standing.stepped] == [1]


def test_counties_are_counted_under_their_city(province, city, local):
    make_local_plan(local, make_office("肥东县", parent=city))
    make_office("肥西县", parent=city)
    standing = of(province)
    assert (standing.counties, standing.issued_counties) == (2, 1)
    assert [each.office.area for each in picture(local).offices] == ["肥东县", "肥西县"]


def test_offices_are_compared_by_coverage_then_by_gap_and_equal_ones_share_a_place(province):
    items = list(province.items.all())
    for area, covered, percent in (("甲市", 3, 20), ("乙市", 2, 90), ("丙市", 3, 60), ("丁市", 2, 90)):
        plan = make_local_plan(province, make_office(area))
        part = make_assignment(make_item(plan))
        accepted_report(part, percent, at=SEPTEMBER)
        correspond(part.item, *items[:covered])
    make_office("戊市")
    rows = [(row.place, row.standing.office.area) for row in ranked(picture(province).offices)]
    assert rows == [(1, "丙市"), (2, "甲市"), (3, "乙市"), (3, "丁市"), (None, "戊市")]


def test_the_newest_words_are_those_of_an_accepted_report(province, local):
    part = local.items.get().assignments.get()
    accepted_report(part, 30, at=JUNE, period="2016Q2", progress="已印发方案。")
    accepted_report(part, 50, at=SEPTEMBER, progress="已抽查企业40家。")
    file_report(part, 80, at=SEPTEMBER + timedelta(hours=1), progress="全部完成。")
    words = newest_words([part.item_id], moment("2016-10-12"))[part.item_id]
    assert (words.text, words.agency) == ("已抽查企业40家。", part.agency.name)
    earlier = newest_words([part.item_id], moment("2016-08-01"))
    assert earlier[part.item_id].text == "已印发方案。"


def test_questions_are_as_many_for_many_offices_as_for_one(province, django_assert_num_queries):
    def add(count):
        for _ in range(count):
            office = make_office()
            plan = make_local_plan(province, office)
            correspond(make_assignment(make_item(plan)).item, province.items.first())
            make_period(plan)
            make_local_plan(plan, make_office(parent=office))

    for count in (1, 5):
        add(count)
        with django_assert_num_queries(7):
            read_picture(province, TODAY, end_of(TODAY))


# ── every day, as a plain reading has it ─────────────────────────────────────────────────────────────────────────


def found(standing, numbers, numbers_of_items):
    """A standing in the words of the plain reading; items by their numbers, counted from nought."""

    def local_numbers(items):
        return sorted(item.number - 1 for item in items)

    cells = [standing.cell(pk) for pk in numbers_of_items]
    return {
        "is_issued": standing.is_issued,
        "covered": sorted(numbers[pk] for pk in standing.covered),
        "lacking": sorted(numbers[pk] for pk in standing.lacking),
        "unsettled": sorted(numbers[pk] for pk in standing.unsettled),
        "dated": local_numbers(standing.dated),
        "stepped": local_numbers(standing.stepped),
        "came_due": len(standing.came_due),
        "kept": len(standing.kept),
        "percent": standing.total.percent if standing.total.counted else None,
        "lights": {str(light): count for light, count in standing.lights.items()},
        "owed": standing.owed,
        "filed": standing.filed,
        "counties": standing.issued_counties,
        "cells": [(cell.state, cell.percent, cell.light and str(cell.light)) for cell in cells],
    }


def near(value):
    """Fractions as what arithmetic in floating point comes to."""
    if isinstance(value, Fraction):
        return pytest.approx(float(value))
    if isinstance(value, list):
        return [near(each) for each in value]
    return tuple(near(each) for each in value) if isinstance(value, tuple) else value


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(2))
def test_every_day_is_as_a_plain_reading_of_three_levels_has_it(seed):
    dice = Random(seed)
    history = random_history(seed, items=5, agencies=2)
    province = store(history)
    locals_ = [random_local(dice, parent_items=5, counties=2) for _ in range(4)]
    plans = [store_local(local, make_office(), province) for local in locals_]
    levels = [(province, history, locals_)]
    levels += [(plan, each.history, each.below) for plan, each in zip(plans, locals_, strict=True) if plan]
    for day in (at.date() + timedelta(days=extra) for at in INSTANTS[1::3] for extra in (0, 5)):
        for stored, above, below in levels:
            numbers = {item.pk: item.number - 1 for item in stored.items}
            parent = Reading(above, end_of(day))
            offices = picture(stored.plan, day).offices
            assert len(offices) == len(below)
            for standing, local in zip(offices, below, strict=True):
                read = office_read(local, parent, len(numbers), day)._asdict()
                assert found(standing, numbers, numbers) == {name: near(value) for name, value in read.items()}, day
