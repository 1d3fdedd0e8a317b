"""Commands that an office runs speak Chinese, also about their arguments and about files that can't be had."""

import errno
import io
import json
import subprocess
import sys
from argparse import SUPPRESS

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from agencies.management.commands import createsuperuser
from agencies.models import Change, User
from qa_plan.commands import OfficeCommand, cause_of, in_chinese
from tests.support.factories import make_user
from tests.support.processes import marked_environment

OURS = [(name, app) for name, app in get_commands().items() if app in ("agencies", "qa_plan", "reports", "tasks")]


@pytest.mark.parametrize(("name", "app"), OURS, ids=[name for name, _ in OURS])
def test_every_command_of_ours_is_an_office_s_and_explains_itself_in_chinese(name, app):
    command = load_command_class(app, name)
    assert isinstance(command, OfficeCommand)
    parser = command.create_parser("manage.py", name)
    helps = [action.help for action in parser._actions if action.help not in (None, SUPPRESS)]
    texts = [command.help, *helps]
    assert [text for text in texts if not any("一" <= sign <= "鿿" for sign in text)] == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("the following arguments are required: file", "缺少参数：file"),
        ("unrecognized arguments: --wrong", "没有这样的参数：--wrong"),
        ("argument --port: invalid int value: 'x'", "参数 --port 应为整数：x"),
        ("argument --period: expected one argument", "参数 --period 后面缺少内容"),
        ("argument --on: “x”不是日期", "参数 --on：“x”不是日期"),
        ("something new", "something new"),
    ],
)
def test_what_is_wrong_with_arguments_is_told_in_chinese(said, told):
    assert in_chinese(said) == told


WRONG = (
    (["import_notice"], "缺少参数：file"),
    (["import_notice", "a.txt", "--date", "morgen"], "参数 --date：“morgen”不是日期"),
    (["import_notice", "没有的文件.txt"], "没有的文件.txt：找不到文件"),
    (["send_reminders", "--wrong"], "没有这样的参数：--wrong"),
    (["build_report", "--period", "2016Q3"], "缺少参数：--out"),
)
# As from a shell, one after the other, each in a fork of a process that has loaded the product.
RUN = """
import json, os, runpy, sys
import django
django.setup()
for number, command in enumerate(json.loads(sys.argv[1])):
    if not (child := os.fork()):
        os.dup2(os.open(f"{sys.argv[2]}/{number}", os.O_WRONLY | os.O_CREAT), 2)
        sys.argv = ["manage.py", *command]
        runpy.run_path("manage.py", run_name="__main__")
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # or the next child says it again
"""


def test_on_the_command_line_too(tmp_path):
    known = {"DATABASE_URL": None, "REDIS_URL": None, "DJANGO_SETTINGS_MODULE": "qa_plan.settings"}
    environment = marked_environment(**known, QA_PLAN_VAR=str(tmp_path / "var"))
    run = [sys.executable, "-c", RUN, json.dumps([command for command, _ in WRONG]), str(tmp_path)]
    codes = subprocess.run(run, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout
    assert len(codes.split()) == len(WRONG)
    assert "0" not in codes.split()
    for number, (_, message) in enumerate(WRONG):
        said = (tmp_path / str(number)).read_text()
        assert message in said
        assert "rror:" not in said
        assert "usage:" not in said


def test_why_a_file_can_t_be_had_is_told_in_chinese(tmp_path):
    assert cause_of(OSError(errno.ENOSPC, "No space left on device")) == "磁盘已满"
    assert cause_of(OSError(errno.EADDRINUSE, "Address already in use")) == "已被其他程序占用"
    assert cause_of(OverflowError("port must be 0-65535.")) == "写法有误"


# ── createsuperuser ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(monkeypatch):
    """Answers to the questions, in their order; returns the questions."""
    questions = []

    def answer(*answers):
        left = iter(answers)

        def ask(question):
            questions.append(question)
            return next(left)

        monkeypatch.setattr("builtins.input", ask)
        monkeypatch.setattr(createsuperuser, "getpass", ask)
        return questions

    return answer


def test_it_asks_in_chinese_until_the_answers_will_do(db, asked):
    make_user("taken")
    answers = ("taken", "root", "管理员", "kurz", "kurz", "gaosu-tielu-8", "anders", "gaosu-tielu-8", "gaosu-tielu-8")
    questions = asked(*answers)
    out, err = io.StringIO(), io.StringIO()
    call_command("createsuperuser", stdout=out, stderr=err)
    assert set(questions) == {"用户名：", "姓名：", "密码：", "再输一次密码："}
    assert "该用户名已被使用。" in err.getvalue()
    assert "两次输入的密码不一致。" in err.getvalue()
    assert out.getvalue() == "已开通系统管理员管理员（root）。\n"
    assert User.objects.get(username="root").check_password("gaosu-tielu-8")
    assert Change.objects.get().action == "新增用户"


def test_without_questions_it_takes_the_password_from_the_environment_or_sets_none(db, monkeypatch):
    call_command("createsuperuser", username="a", display_name="甲", interactive=False)
    assert not User.objects.get(username="a").has_usable_password()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "gaosu-tielu-8")
    call_command("createsuperuser", username="b", display_name="乙", interactive=False)
    assert User.objects.get(username="b").check_password("gaosu-tielu-8")
    with pytest.raises(CommandError, match="须写明"):
        call_command("createsuperuser", username="c", interactive=False)
    with pytest.raises(CommandError, match="已被使用"):
        call_command("createsuperuser", username="a", display_name="丙", interactive=False)
