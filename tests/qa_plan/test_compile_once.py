"""Questions that are put into SQL once: they answer as the queryset would, and are compiled no second time."""

from threading import Thread
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import CharField, DateTimeField, F, IntegerField, Value
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from qa_plan import prepared
from qa_plan.compile_once import InKeys, KeyList, compile_once, streamed
from tasks.models import ActionItem, Assignment, ProgressReport
from tests.support.factories import accepted_report, make_assignment, make_item, make_plan, moment
from tests.support.statements import written_out

EARLY, LATE = moment("2016-07-01"), moment("2016-10-12")


def standing_of_item(item, when):
    return Assignment.objects.as_of(when).filter(item=item).select_related("agency").order_by("pk")


def ask():
    """A fresh preparation of the question."""
    return compile_once(item=IntegerField(), when=DateTimeField())(standing_of_item)


@pytest.fixture
def items(db):
    plan = make_plan()
    items = [make_item(plan) for _ in range(2)]
    for percent, item in zip((40, 70), items, strict=True):
        accepted_report(make_assignment(item), percent, at=moment("2016-09-01"))
        make_assignment(item, role="assist")
    return items


def read(assignments):
    """All that was read of them, and nothing that is read later."""
    return [
        (a.pk, a.item_id, a.role, a.percent, a.standing_report, a.due_on, a.closure, a.agency.name) for a in assignments
    ]


@pytest.mark.any_database
def test_a_prepared_question_answers_every_time_as_its_queryset_does(items):
    question = ask()
    for item in items:
        for when in (EARLY, LATE):
            expected = standing_of_item(item.pk, when)
            assert read(question(item=item.pk, when=when)) == read(expected) != []


@pytest.mark.any_database
def test_a_streamed_question_answers_the_same_row_by_row(items):
    question = streamed(1, item=IntegerField(), when=DateTimeField())(standing_of_item)
    for item in items:
        for when in (EARLY, LATE):
            rows, expected = question(item=item.pk, when=when), read(standing_of_item(item.pk, when))
            assert read([next(rows)]) == expected[:1]
            assert read(rows) == expected[1:] != []


@pytest.mark.any_database
def test_it_is_compiled_once_whatever_is_asked(items):
    question = ask()
    question(item=items[0].pk, when=LATE)
    with patch.object(SQLCompiler, "setup_query") as compiled:
        question(item=items[1].pk, when=EARLY)
    assert not compiled.called


@pytest.mark.any_database
def test_an_argument_that_is_no_value_of_the_database_decides_the_form(items):
    @compile_once(item=IntegerField())
    def leads_or_all(item, *, leads):
        assignments = Assignment.objects.filter(item=item)
        return assignments.filter(role="lead") if leads else assignments

    assert [len(leads_or_all(item=items[0].pk, leads=leads)) for leads in (True, False, True)] == [1, 2, 1]


@pytest.mark.any_database
def test_values_and_what_is_read_along_come_as_from_the_queryset(items):
    @compile_once(item=IntegerField())
    def percentages(item):
        return ProgressReport.objects.filter(assignment__item=item).values_list("percent", "recorded_at")

    report = ProgressReport.objects.get(assignment__item=items[1])
    assert percentages(item=items[1].pk) == [(70, report.recorded_at)]


def test_other_threads_ask_the_same_question_on_connections_of_their_own(transactional_db):
    item = make_item(make_plan())
    make_assignment(item)
    question, answers = ask(), []
    question(item=item.pk, when=LATE)

    def ask_elsewhere():
        answers.append(read(question(item=item.pk, when=LATE)))
        connection.close()

    thread = Thread(target=ask_elsewhere)
    thread.start()
    thread.join()
    assert answers == [read(question(item=item.pk, when=LATE))] != [[]]


@pytest.mark.any_database
def test_rows_are_found_by_any_number_of_keys_without_another_question(items):
    question = compile_once(keys=KeyList())(
        lambda keys: Assignment.objects.filter(InKeys(F("item"), keys)).order_by("pk")
    )
    for some in (items, items[:1], []):
        expected = list(Assignment.objects.filter(item__in=some).order_by("pk"))
        assert question(keys=[item.pk for item in some]) == expected
    with patch.object(SQLCompiler, "setup_query") as compiled:
        question(keys=[item.pk for item in items])
    assert not compiled.called


def test_a_connection_to_postgresql_prepares_and_plans_a_question_once(items):
    question = ask()
    item, other = items
    forget_prepared()
    for asked in (item, other, item):
        with CaptureQueriesContext(connection) as captured:
            question(item=asked.pk, when=LATE)
        (query,) = captured.captured_queries
        assert query["sql"].startswith("EXECUTE qa_")
        (statement,) = written_out([query])
        assert 'FROM "tasks_assignment"' in statement
    with connection.cursor() as cursor:
        counts = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
        cursor.execute(counts, [f"%{statement}"])
        assert cursor.fetchall() == [(3, 0)]  # the same plan each time


def forget_prepared():
    """Whatever other tests prepared on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    prepared._prepared.clear()


def test_a_new_connection_prepares_anew(items):
    question, item = ask(), items[0]
    seen = []
    question(item=item.pk, when=LATE)

    def elsewhere():
        seen.append(question(item=item.pk, when=LATE))  # another connection, which does not see the rows of the test
        connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [[]]


def test_what_cannot_keep_statements_is_asked_without_them(items, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    item = items[0]
    with CaptureQueriesContext(connection) as captured:
        assert read(ask()(item=item.pk, when=LATE)) == read(standing_of_item(item.pk, LATE))
    assert captured.captured_queries[0]["sql"].startswith("SELECT ")


def test_words_numbers_and_signs_of_percent_stay_what_they_are(items):
    @compile_once(word=CharField(), key=IntegerField())
    def find(word, key):
        return Assignment.objects.filter(pk__gte=key, item__title__contains="100%").values_list(
            "pk", Value("5 %s, $1"), word
        )

    ActionItem.objects.filter(pk=items[0].pk).update(title="达到100%，不是100份")
    rows = find(word="它's %s", key=0)
    assert {(text, word) for _, text, word in rows} == {("5 %s, $1", "它's %s")}
    assert {pk for pk, *_ in rows} == set(items[0].assignments.values_list("pk", flat=True))


def test_a_key_beyond_all_keys_finds_nothing(items):
    assert ask()(item=2**62, when=LATE) == []
