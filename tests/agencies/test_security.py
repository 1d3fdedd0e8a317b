"""安全日志: one row for what happens at the doors, chained, bounded, and given up by age alone."""

from datetime import timedelta
from io import StringIO
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from agencies import security, starting
from agencies.changes import note, recording
from agencies.models import SecurityChain, SecurityEvent
from agencies.security import (
    BEYOND,
    MOST_REFUSALS,
    Kind,
    give_up_old,
    record,
    record_refusal,
    record_settings,
    verify,
)
from tests.support.factories import make_user, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LOGIN, PASSWORD = "/accounts/login/", "zhi-liang-2016"
NOW = moment("2016-10-12 10:00")
MESSAGE = "facts are inserted, never changed"


@pytest.fixture
def user():
    return make_user("zhangsan", password=PASSWORD, display_name="张三")


@pytest.fixture
def browser():
    return Client(REMOTE_ADDR="10.1.2.3")


def sign_in(browser, password=PASSWORD, username="zhangsan"):
    return browser.post(LOGIN, {"username": username, "password": password})


def told():
    events = SecurityEvent.objects.order_by("pk")
    return [(event.kind, event.username, event.address, event.times) for event in events]


# ── what leaves a row ────────────────────────────────────────────────────────────────────────────────────────────


def test_coming_in_and_going_out_are_on_record_with_address_and_request(browser, user):
    signed_in = sign_in(browser)
    browser.post("/accounts/logout/")
    assert told() == [("signed_in", "zhangsan", "10.1.2.3", 1), ("signed_out", "zhangsan", "10.1.2.3", 1)]
    first = SecurityEvent.objects.order_by("pk").first()
    assert (first.by, first.by_name, str(first.request_id)) == (user, "张三", signed_in.headers["X-Request-ID"])
    assert verify().problem == ""


def test_a_refused_sign_in_is_counted_and_a_locked_one_told_apart(browser, user, settings):
    settings.QA_PLAN_TODAY = NOW.date()  # the whole test is one minute
    for _ in range(5):
        sign_in(browser, "falsch")
    sign_in(browser)
    assert told() == [("refused", "zhangsan", "10.1.2.3", 4), ("locked", "zhangsan", "10.1.2.3", 2)]


def test_what_was_typed_for_a_name_is_not_kept_where_nobody_has_it(browser, user):
    sign_in(browser, username="mein-passwort-1")
    event = SecurityEvent.objects.get()
    assert (event.username, event.detail) == ("", "无此账号")


def test_the_name_of_the_account_is_that_of_the_account_and_not_as_typed(user):
    record_refusal(Kind.REFUSED, "zhangsan", at=NOW)
    record_refusal(Kind.REFUSED, "zhangsan", at=NOW + timedelta(seconds=59))
    record_refusal(Kind.REFUSED, "zhangsan", at=NOW + timedelta(seconds=60))
    assert [times for *_, times in told()] == [2, 1]


def test_a_flood_of_refusals_leaves_few_rows_in_any_minute(user):
    for n in range(MOST_REFUSALS + 5):
        person = make_user(f"u{n}", password=None)
        record_refusal(Kind.REFUSED, person.username, at=NOW)
    record_refusal(Kind.REFUSED, "u0", at=NOW)
    assert SecurityEvent.objects.count() == MOST_REFUSALS + 1
    assert SecurityEvent.objects.get(detail=BEYOND).times == 5
    assert SecurityEvent.objects.get(username="u0").times == 2
    assert verify().problem == ""


def test_a_file_that_leaves_is_on_record_and_a_page_is_not(browser, administrator):
    browser.force_login(administrator)
    browser.get("/agencies/contacts/")
    browser.head("/agencies/contacts.xlsx")
    assert told() == []
    assert browser.get("/agencies/contacts.xlsx").status_code == 200
    event = SecurityEvent.objects.get()
    assert (event.kind, event.by, event.address) == (Kind.DOWNLOADED, administrator, "10.1.2.3")
    assert event.detail.endswith(".xlsx（/agencies/contacts.xlsx）")


def test_a_password_changed_by_oneself_is_on_record(browser, user):
    browser.force_login(user)
    new = {"old_password": PASSWORD, "new_password1": "gao-zhi-liang-77", "new_password2": "gao-zhi-liang-77"}
    answer = browser.post("/accounts/password/", new)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.username, event.detail) == (Kind.PASSWORD, "zhangsan", "修改密码：张三")
    assert str(event.request_id) == answer.headers["X-Request-ID"]
    assert "gao-zhi" not in str(SecurityEvent.objects.values())


def test_a_changed_right_is_on_record_and_other_deeds_are_not(administrator, user, lead):
    with recording():
        note("修改用户", user, by=administrator, at=NOW, old={"role": "leader"}, new={"role": "coordinator"})
        note("交办", lead, by=administrator, at=NOW)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.by, event.username, event.detail) == (
        Kind.ACCOUNT,
        administrator,
        "zhangsan",
        "修改用户：张三",
    )


def test_a_password_set_on_the_command_line_is_on_record_and_changed_at_the_next_sign_in(user, monkeypatch):
    monkeypatch.setattr("agencies.management.commands.changepassword.getpass", lambda prompt: "gao-zhi-liang-77")
    call_command("changepassword", "zhangsan", stdout=StringIO())
    user.refresh_from_db()
    assert user.check_password("gao-zhi-liang-77")
    assert user.must_change_password
    assert told() == [("password", "zhangsan", "", 1)]
    with pytest.raises(CommandError, match="没有用户名为"):
        call_command("changepassword", "lisi")


def test_settings_that_matter_are_told_once_and_again_when_they_change(settings):
    assert record_settings(at=NOW)
    assert not record_settings(at=NOW)
    settings.SECURITY_LOG_MONTHS = 24
    assert record_settings(at=NOW)
    assert "安全日志保存月数：24" in SecurityEvent.objects.first().detail


def test_a_web_service_tells_its_own_settings_when_it_starts(settings, monkeypatch):
    """It may be started anew without the worker."""
    monkeypatch.setattr(starting, "connections", Mock())
    record_settings(at=NOW)
    settings.ADMINISTRATORS_JOINED = not settings.ADMINISTRATORS_JOINED
    for _ in range(2):
        import_string(settings.WEB_STARTS_WITH)()
    assert SecurityEvent.objects.filter(kind="settings").count() == 2
    assert starting.connections.close_all.call_count == 2


def test_a_web_service_starts_without_the_database(monkeypatch, caplog):
    monkeypatch.setattr(starting, "connections", Mock())
    monkeypatch.setattr(starting, "record_settings", Mock(side_effect=DatabaseError("away")))
    starting.record_start()
    assert "not on record" in caplog.text


# ── the rows stay ────────────────────────────────────────────────────────────────────────────────────────────────


def refusal(attempt):
    try:
        with transaction.atomic():
            attempt()
    except DatabaseError as error:
        return str(error)
    return ""


def test_a_row_changes_in_nothing_but_its_count_and_stays_for_half_a_year(user):
    record_refusal(Kind.REFUSED, "zhangsan", at=timezone.now() - timedelta(days=179))
    event = SecurityEvent.objects.get()
    same = SecurityEvent.objects.filter(pk=event.pk)
    for change in ({"username": ""}, {"detail": "改写"}, {"times": 0}, {"times": 2, "address": "::1"}):
        assert MESSAGE in refusal(lambda change=change: same.update(**change))
    assert MESSAGE in refusal(same.delete)
    assert refusal(lambda: same.update(times=2)) == ""


def test_old_rows_go_and_the_chain_goes_on_from_them(user, settings):
    settings.SECURITY_LOG_MONTHS = 6
    for text in ("2016-01-10", "2016-02-10", "2016-09-10"):
        record(Kind.SIGNED_IN, by=user, at=moment(text))
    before = verify()
    assert give_up_old(at=moment("2016-10-12")) == 2
    assert give_up_old(at=moment("2016-10-12")) == 0
    after = verify()
    assert (after.problem, after.count, after.head, after.before) == ("", 1, before.head, 2)
    record(Kind.SIGNED_OUT, by=user, at=moment("2016-10-12"))
    assert give_up_old(at=moment("2018-10-12")) == 2
    record(Kind.SIGNED_IN, by=user, at=moment("2018-10-13"))
    assert (verify().problem, verify().count, verify().before) == ("", 1, 4)


@pytest.mark.parametrize("kept", [0, 1])
def test_rows_that_are_given_up_amid_the_look_break_nothing(user, settings, monkeypatch, kept):
    settings.SECURITY_LOG_MONTHS = 6
    for text in ("2016-01-10", "2016-09-10"):
        record(Kind.SIGNED_IN, by=user, at=moment(text))
    walked, days = security.walked, {1: "2016-10-12", 0: "2018-10-12"}

    def amid_giving_up(*given):
        give_up_old(at=moment(days[kept]))
        return walked(*given)

    monkeypatch.setattr(security, "walked", amid_giving_up)
    assert (verify().problem, verify().count) == ("", kept)


@pytest.mark.parametrize(
    ("meddle", "problem"),
    [
        (lambda rows: rows[1].delete(), "与前一行不相接"),
        (lambda rows: rows[0].delete(), "与前一行不相接"),
        (lambda rows: rows[2].delete(), "末尾应有3行，实有2行"),
    ],
)
def test_what_goes_by_another_way_breaks_the_chain(user, meddle, problem):
    for text in ("2016-01-10", "2016-02-10", "2016-09-10"):
        record(Kind.SIGNED_IN, by=user, at=moment(text))
    meddle(list(SecurityEvent.objects.order_by("pk")))
    assert problem in verify().problem
    with pytest.raises(CommandError, match="安全日志不完整"):
        call_command("verify_changes", stdout=StringIO())


def test_the_command_prints_the_head_of_the_log_too(user):
    record(Kind.SIGNED_IN, by=user, at=NOW)
    out = StringIO()
    call_command("verify_changes", stdout=out)
    head = SecurityChain.objects.get().head
    assert out.getvalue().splitlines()[1] == f"安全日志完整，共1行，最后一行校验码{head}"


def test_nobody_but_the_tests_own_role_empties_a_table_of_facts():
    if connection.vendor != "postgresql":
        return  # SQLite has no TRUNCATE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, bool_or(tgname = 'never_emptied') FROM pg_trigger "
            "WHERE tgname IN ('facts_stay', 'never_emptied') GROUP BY 1"
        )
        guarded = dict(cursor.fetchall())
        cursor.execute("CREATE ROLE clerk")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk")
        cursor.execute("SET LOCAL ROLE clerk")
        for table in ("agencies_change", "agencies_securityevent", "tasks_review"):
            assert MESSAGE in refusal(lambda table=table: cursor.execute(f"TRUNCATE {table} CASCADE"))
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY clerk")
        cursor.execute("DROP ROLE clerk")
    assert [table for table, is_whole in guarded.items() if not is_whole] == []
    assert {"agencies_change", "agencies_securityevent", "tasks_review", "tasks_assignment"} <= set(guarded)
