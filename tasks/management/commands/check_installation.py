"""`manage.py check_installation`: what an administrator looks at after installing, upgrading, and once a month."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from agencies.models import ADMINISTRATIVE_ROLES, User
from agencies.questions import is_empty
from qa_plan import clock
from qa_plan.commands import OfficeCommand
from qa_plan.examining import FAIL, OK, WARN, Line, looked_at, one
from qa_plan.version import VERSION
from tasks.channels.mail import server_refuses_sender
from tasks.management.commands.backup import SIGN
from tasks.models import Heartbeat
from tasks.reminders.watch import look, troubles

ALIVE = timedelta(minutes=2)
BACKED_UP = timedelta(hours=48)
PROCESSES = {"worker": "后台任务进程（worker）", "beat": "定时进程（beat）"}
TROUBLES = {"reminders": "提醒", "mail": "邮件发送", "jobs": "定时任务"}


class Command(OfficeCommand):
    help = "逐项检查安装：设置、主机、数据库、队列、进程、邮件、备份；有错误的以1退出，并说明怎么办。"
    requires_system_checks = []  # what they would stop at is said here with all else

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at-rest", action="store_true", help="系统停止时用：不检查各进程和提醒")

    def handle(self, *, at_rest: bool, **options: Any) -> None:
        lines = list(looked_at())
        if not any(line.verdict == FAIL and line.what.startswith("数据库") for line in lines):
            lines += _of_people()
            lines += [] if at_rest else _of_work(timezone.now())
        self.stdout.write(f"版本 {VERSION}")
        for line in lines:
            self.stdout.write(f"{line.verdict}  {line.what}{f'：{line.advice}' if line.advice else ''}")
        counts = {verdict: sum(line.verdict == verdict for line in lines) for verdict in (OK, WARN, FAIL)}
        self.stdout.write("，".join(f"{verdict}{count}项" for verdict, count in counts.items()) + "。")
        if counts[FAIL]:
            raise CommandError("安装有错误，请按上面“错误”各行处理。")


def _of_people() -> Iterator[Line]:
    """三员分设: what one of the three does, nobody else does for them. A new installation has nobody yet."""
    if settings.ADMINISTRATORS_JOINED or is_empty():
        return
    there = (User.objects.administrators(), User.objects.keepers_of_rights(), User.objects.auditors())
    for role, people in zip(ADMINISTRATIVE_ROLES, there, strict=True):
        advice = f"没有在用的账号，其职权无人行使：请运行 manage.py createsuperuser --role {role.value} 开通。"
        yield one(role.label, fail="" if people.exists() else advice)


def _of_work(now: datetime) -> Iterator[Line]:
    try:
        signs = dict(Heartbeat.objects.values_list("process", "seen_at"))
        for name, what in PROCESSES.items():
            yield one(what, fail=_silent(signs.get(name), now))
        wrong = troubles(look(), at=clock.now(), now=now)
        for name, what in TROUBLES.items():
            yield one(what, fail=wrong.get(name, ""))
        yield one("最近一次备份", warn=_not_backed_up(signs.get(SIGN), now))
    except DatabaseError as error:
        yield Line(FAIL, "数据库读取", f"{error}")
    if "email" in settings.CHANNELS:
        yield one("邮件服务器", fail=server_refuses_sender())


def _silent(seen_at: datetime | None, now: datetime) -> str:
    if seen_at is None:
        return "从未运行过，请启动。"
    return "" if abs(now - seen_at) < ALIVE else f"{timezone.localtime(seen_at):%m-%d %H:%M} 之后没有动静，请检查。"


def _not_backed_up(seen_at: datetime | None, now: datetime) -> str:
    if seen_at is None:
        return "" if settings.QA_PLAN_DEMO else "还没有备份过，请安排每天运行 manage.py backup。"
    if now - seen_at < BACKED_UP:
        return ""
    return f"是{timezone.localtime(seen_at):%Y-%m-%d %H:%M}，已超过两天，请检查每天的备份。"
