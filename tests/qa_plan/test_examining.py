"""`check_installation`: what is wrong with an installation is a line that says what to do."""

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from qa_plan import examining
from qa_plan.checks import check_sender
from qa_plan.examining import FAIL, OK, WARN, of_database, of_machine, of_settings
from tasks.workflow.heartbeat import beat
from tests.services.postgres import installed_programs
from tests.support.factories import make_user

SMTP = "tasks.channels.bounded_smtp.Backend"
KEY = "k8#z" + "Aa1-Bb2_" * 8
SOUND = {
    "EMBEDDED": False,
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": ["qa.example.gov.cn"],
    "HTTPS": True,
    "BEHIND_PROXY": True,
    "SITE_URL": "https://qa.example.gov.cn",
    "DEFAULT_FROM_EMAIL": "noreply@qa.example.gov.cn",
    "EMAIL_BACKEND": SMTP,
    "CHANNELS": {"in_app": {}, "email": {}},
    "QA_PLAN_DEMO": False,
    "QA_PLAN_TODAY": None,
}


@pytest.fixture
def sound(settings, tmp_path):
    """A production installation in which all is well."""
    for name, value in SOUND.items():
        setattr(settings, name, value)
    settings.VAR_DIR = tmp_path
    settings.PG_BIN = str(installed_programs())
    return settings


def wrong(lines):
    return [(line.verdict, line.what.split("（")[0].split(" ")[0]) for line in lines if line.verdict != OK]


def test_nothing_is_wrong_with_a_sound_one(sound):
    assert wrong(of_settings()) == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("DEBUG", True, (FAIL, "调试页")),
        ("SECRET_KEY", "short", (FAIL, "密钥")),
        ("SECRET_KEY", "a" * 60, (FAIL, "密钥")),
        ("ALLOWED_HOSTS", [], (FAIL, "允许的主机名")),
        ("ALLOWED_HOSTS", ["*"], (WARN, "允许的主机名")),
        ("HTTPS", False, (WARN, "加密传输")),
        ("BEHIND_PROXY", False, (WARN, "前置代理")),
        ("SITE_URL", "http://127.0.0.1:8000", (WARN, "链接地址")),
        ("SITE_URL", "http://0.0.0.0:8000", (WARN, "链接地址")),
        ("SITE_URL", "http://qa.localhost", (WARN, "链接地址")),
        ("DEFAULT_FROM_EMAIL", "noreply@127.0.0.1", (FAIL, "发件地址")),
        ("EXTERNAL_SERVERS", {"oidc": "http://id.example.gov.cn"}, (WARN, "外部登录")),
        ("EXTERNAL_SERVERS", {"ldap": "ldap://ldap.example.gov.cn"}, (WARN, "外部登录")),
        ("QA_PLAN_DEMO", True, (WARN, "演示模式")),
        ("QA_PLAN_TODAY", "2016-10-12", (FAIL, "系统日期")),
    ],
)
def test_each_setting_that_is_wrong_is_named(sound, name, value, found):
    setattr(sound, name, value)
    assert wrong(of_settings()) == [found]


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [
        ("平台 <noreply@qa.example.gov.cn>", False),
        ("noreply@127.0.0.1", True),
        ("noreply@[10.1.2.3]", True),
        ("noreply@localhost", True),
        ("noreply@mailhost", True),
        ("noreply@example.com", True),
        ("noreply@qa.invalid", True),
    ],
)
def test_a_sender_that_no_server_takes_stops_the_start(sound, address, is_refused):
    sound.DEFAULT_FROM_EMAIL = address
    assert bool(check_sender()) == is_refused
    sound.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert check_sender() == []


def test_a_key_that_others_can_read_is_named(sound):
    (sound.VAR_DIR / "secret_key").write_text(KEY)
    (sound.VAR_DIR / "secret_key").chmod(0o644)
    assert wrong(of_settings()) == [(WARN, "密钥")]


def test_a_full_disk_and_a_broker_that_is_away_are_named(sound, monkeypatch):
    monkeypatch.setattr(examining, "broker_refusal", lambda: "连接不上。")
    monkeypatch.setattr(examining.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1024**2))
    assert {(FAIL, "磁盘空间"), (FAIL, "后台队列")} <= set(wrong(of_machine()))


@pytest.mark.django_db
@pytest.mark.any_database
def test_a_database_as_it_should_be_has_nothing_to_be_said_of(sound):
    sound.EMBEDDED = True
    assert wrong(of_database()) == []


@pytest.fixture
def alone(sound, monkeypatch):
    """Settings, machine and database are well; only the work is looked at."""
    monkeypatch.setattr("tasks.management.commands.check_installation.looked_at", list)
    monkeypatch.setattr("tasks.management.commands.check_installation.server_refuses_sender", str)


@pytest.mark.django_db
@pytest.mark.any_database
def test_processes_that_are_silent_fail_it_and_a_backup_that_is_late_is_a_warning(alone):
    out = StringIO()
    beat("worker", timezone.now())
    beat("backup", timezone.now() - timedelta(days=3))
    with pytest.raises(CommandError, match="安装有错误"):
        call_command("check_installation", stdout=out)
    assert "正常  后台任务进程（worker）\n" in out.getvalue()
    assert "错误  定时进程（beat）：从未运行过，请启动。" in out.getvalue()
    assert "已超过两天，请检查每天的备份。" in out.getvalue()
    beat("beat", timezone.now())
    out = StringIO()
    call_command("check_installation", stdout=out)
    assert out.getvalue().endswith("正常6项，注意1项，错误0项。\n")


@pytest.mark.django_db
@pytest.mark.any_database
def test_where_powers_are_apart_each_of_the_three_that_nobody_is_fails_it(alone, settings):
    settings.ADMINISTRATORS_JOINED = False
    call_command("check_installation", at_rest=True, stdout=StringIO())  # nobody has an account yet
    make_user("xitong", role="administrator")
    make_user("anquan", role="security", is_active=False)
    out = StringIO()
    with pytest.raises(CommandError, match="安装有错误"):
        call_command("check_installation", at_rest=True, stdout=out)
    assert "正常  系统管理员\n错误  安全管理员：没有在用的账号" in out.getvalue()
    assert (
        "错误  审计管理员：没有在用的账号，其职权无人行使：请运行 manage.py createsuperuser --role auditor 开通。"
        in (out.getvalue())
    )
    settings.ADMINISTRATORS_JOINED = True
    call_command("check_installation", at_rest=True, stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.any_database
def test_while_all_is_stopped_no_process_is_missed(alone):
    call_command("check_installation", at_rest=True, stdout=StringIO())
