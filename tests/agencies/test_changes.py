"""The record of changes: one row for every deed, chained, and a command that finds the first row that doesn't hold."""

from contextlib import contextmanager
from datetime import UTC
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from agencies.changes import START, hash_of, note, recording, verify
from agencies.models import Change
from tasks.models import Assignment, Receipt
from tasks.workflow import WorkflowError, acknowledge, amend_item, close_assignment, follow_group, save_draft
from tests.support.factories import make_agency, make_group, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-10-12 10:00").replace(microsecond=123457)


def say(subject, action="改动", **fields):
    with recording():
        note(action, subject, by=None, at=NOW, **fields)


def say_and_fail(subject):
    with recording():
        note("改动", subject, by=None, at=NOW)
        raise ZeroDivisionError


@pytest.fixture
def five(db):
    """Five rows, oldest first."""
    agency = make_agency("省商务厅")
    for n in range(5):
        say(agency, f"改动{n}", old={"ordinal": n}, new={"ordinal": n + 1}, reason="调整")
    return list(Change.objects.order_by("pk"))


@contextmanager
def unguarded():
    """As somebody with the database's password would do it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE agencies_change DISABLE TRIGGER facts_stay")
        else:
            for name in ("agencies_change_no_update", "agencies_change_no_delete"):
                cursor.execute(f"DROP TRIGGER {name}")
    yield


# ── what a row says ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deed_leaves_a_row_that_says_who_when_what_and_why(lead, coordinator):
    close_assignment(assignment=lead, kind="closed", reason="已验收", by=coordinator, at=NOW)
    row = Change.objects.get()
    assert (row.by, row.by_name, row.recorded_at, row.action) == (coordinator, "统筹员", NOW, "办结销号")
    assert (row.subject_type, row.subject_id, row.agency) == ("tasks.assignment", str(lead.pk), lead.agency)
    assert (row.old, row.new, row.reason) == ({"closure": ""}, {"closure": "closed"}, "已验收")


def test_what_the_system_does_says_so(lead):
    say(lead)
    assert Change.objects.get().by_name == "系统"


def test_a_refused_deed_leaves_no_row(lead, coordinator):
    with pytest.raises(WorkflowError):
        close_assignment(assignment=lead, kind="closed", reason=" ", by=coordinator, at=NOW)
    assert not Change.objects.exists()


def test_what_is_rolled_back_leaves_no_row(lead):
    with pytest.raises(ZeroDivisionError):
        say_and_fail(lead)
    assert not Change.objects.exists()
    say(lead)
    assert Change.objects.count() == 1


def test_an_inner_deed_that_fails_leaves_no_row_and_the_outer_one_keeps_its_own(lead):
    with recording():
        note("外", lead, by=None, at=NOW)
        with pytest.raises(ZeroDivisionError):
            say_and_fail(lead)
    assert [row.action for row in Change.objects.all()] == ["外"]


def test_deeds_within_a_deed_are_rows_of_one_request(item, lead_agency, other_agency, coordinator):
    group = make_group(lead_agency, other_agency)
    item.assist_group = group
    item.save()
    follow_group(group=group, by=coordinator, at=NOW)
    assert [row.action for row in Change.objects.all()] == ["交办", "交办"]
    assert Change.objects.values("request_id").distinct().count() == 1


def test_two_deeds_without_a_request_are_two(lead):
    say(lead)
    say(lead)
    assert Change.objects.values("request_id").distinct().count() == 2


def test_a_note_outside_of_a_deed_is_an_error(lead):
    with pytest.raises(RuntimeError, match="outside of the deed"):
        note("改动", lead, by=None, at=NOW)


def test_a_draft_is_nobody_s_business(lead, lead_liaison, period):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"progress": "写了一半"})
    assert not Change.objects.exists()


# ── the chain ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_row_names_the_hash_of_the_one_before(five):
    assert [row.previous_hash for row in five] == [START, *(row.hash for row in five[:-1])]
    verdict = verify()
    assert (verdict.count, verdict.head, verdict.problem) == (5, five[-1].hash, "")


def test_an_empty_record_holds():
    assert verify().problem == ""


def test_a_row_read_back_has_the_hash_with_which_it_was_written(lead):
    values = {
        "percent": 71.4,
        "large": 1e16,
        "value": Decimal("12.50"),
        "day": NOW.date(),
        "at": NOW.astimezone(UTC),
        "text": '引号"、反斜杠\\、换行\n、😀',
        "nothing": None,
        "yes": True,
        "list": ["甲", 1, 2.5],
    }
    say(lead, old=values, new={"nested": values}, reason="多行\r\n原因")
    row = Change.objects.get()
    assert row.recorded_at == NOW
    assert hash_of(row) == row.hash
    assert verify().problem == ""


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "改写"},
        {"by_name": "别人"},
        {"new": {"ordinal": 9}},
        {"recorded_at": moment("2016-10-12 10:01")},
        {"subject": "别的单位"},
        {"previous_hash": START},
    ],
)
def test_an_altered_row_is_named(five, change):
    with unguarded():
        Change.objects.filter(pk=five[2].pk).update(**change)
    verdict = verify()
    assert (verdict.count, verdict.broken.pk) == (2, five[2].pk)
    assert "改动过" in verdict.problem


def test_a_row_altered_together_with_its_hash_breaks_the_next_one(five):
    row = five[2]
    row.reason = "改写"
    with unguarded():
        Change.objects.filter(pk=row.pk).update(reason=row.reason, hash=hash_of(row))
    assert verify().broken.pk == five[3].pk


def test_a_deleted_row_is_missed_at_the_one_after_it(five):
    with unguarded():
        Change.objects.filter(pk=five[2].pk).delete()
    verdict = verify()
    assert (verdict.count, verdict.broken.pk) == (2, five[3].pk)
    assert "被删除、插入或调换" in verdict.problem


def test_rows_deleted_from_the_beginning_or_the_end_are_missed(five):
    with unguarded():
        Change.objects.filter(pk=five[4].pk).delete()
        assert verify().problem == "末尾应有5行，实有4行"
        Change.objects.filter(pk=five[0].pk).delete()
    assert verify().broken.pk == five[1].pk


def test_a_row_slipped_in_is_named(five):
    with unguarded():
        Change.objects.filter(pk=five[4].pk).delete()
        forged = Change.objects.get(pk=five[2].pk)
        forged.pk, forged.reason = five[4].pk, "从未有过"
        forged.previous_hash = five[1].hash
        forged.hash = hash_of(forged)
        forged.save(force_insert=True)
    assert verify().broken.pk == five[4].pk


def test_a_row_added_to_the_end_by_hand_is_missed_in_the_count(five):
    forged = Change.objects.get(pk=five[4].pk)
    forged.pk, forged.previous_hash = None, five[4].hash
    forged.hash = hash_of(forged)
    forged.save(force_insert=True)
    assert verify().problem == "末尾应有5行，实有6行"


def test_rows_that_changed_places_are_named(five):
    with unguarded():
        Change.objects.filter(pk=five[1].pk).update(id=F("id") + 1000)
        Change.objects.filter(pk=five[2].pk).update(id=five[1].pk)
        Change.objects.filter(pk=five[1].pk + 1000).update(id=five[2].pk)
    verdict = verify()
    assert (verdict.count, verdict.broken.pk) == (1, five[1].pk)


def test_a_row_can_neither_be_changed_nor_deleted_without_that(five):
    for attempt in (lambda: Change.objects.update(reason="改写"), lambda: Change.objects.all().delete()):
        with pytest.raises(DatabaseError, match="facts are inserted"), transaction.atomic():
            attempt()


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_prints_the_count_and_the_head(five):
    out = StringIO()
    call_command("verify_changes", stdout=out)
    assert out.getvalue().splitlines()[0] == f"记录完整，共5行，最后一行校验码{five[-1].hash}"


def test_the_command_names_the_first_broken_row(five):
    with unguarded():
        Change.objects.filter(pk__gte=five[2].pk).update(reason="改写")
    with pytest.raises(CommandError) as refused:
        call_command("verify_changes")
    told = f"记录不完整：第3行（编号{five[2].pk}，2016-10-12 10:00，改动2：省商务厅）内容与校验码不符，该行被改动过。"
    assert (str(refused.value), refused.value.returncode) == (told, 1)


def test_the_command_says_when_only_the_end_is_missing(five):
    with unguarded():
        Change.objects.filter(pk=five[4].pk).delete()
    with pytest.raises(CommandError, match="记录不完整：末尾应有5行，实有4行。"):
        call_command("verify_changes")


def test_deeds_of_all_kinds_keep_the_chain(lead, item, coordinator, lead_liaison):
    acknowledge(assignment=lead, by=lead_liaison, at=NOW)
    acknowledge(assignment=lead, by=lead_liaison, at=NOW)  # the first one stands, and nothing new is noted
    amend_item(item=item, due_on=None, reason="持续推进", by=coordinator, at=NOW)
    close_assignment(assignment=lead, kind="suspended", reason="机构调整", by=coordinator, at=NOW)
    assert (Receipt.objects.count(), Assignment.objects.count()) == (1, 1)
    assert [row.action for row in Change.objects.order_by("pk")] == ["签收", "调整任务", "中止"]
    assert verify().count == 3
