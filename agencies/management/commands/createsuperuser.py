"""`manage.py createsuperuser`: an administrator without a browser, on the record. It asks in Chinese."""

import os
from collections.abc import Callable
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from agencies.changes import note, recording
from agencies.models import ADMINISTRATIVE_ROLES, User
from qa_plan.commands import OfficeCommand

USERNAME = User._meta.get_field("username")
NAME_LENGTH = User._meta.get_field("display_name").max_length or 0


class Command(OfficeCommand):
    help = "开通一个系统管理员、安全管理员或审计管理员账号，逐项询问姓名、用户名和密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="", help="用户名")
        parser.add_argument("--display_name", default="", help="姓名")
        parser.add_argument(
            "--role", choices=ADMINISTRATIVE_ROLES, default=ADMINISTRATIVE_ROLES[0], help="哪一种管理员"
        )
        parser.add_argument(
            *("--noinput", "--no-input"),
            dest="interactive",
            action="store_false",
            help="不询问；密码取自环境变量 DJANGO_SUPERUSER_PASSWORD，没有的以后由系统管理员设定",
        )

    def handle(self, *, username: str, display_name: str, role: str, interactive: bool, **options: object) -> None:
        if not interactive and not (username and display_name):
            raise CommandError("不询问时，须写明 --username 和 --display_name。")
        username = self._given(username, "用户名：", _usable, interactive=interactive)
        display_name = self._given(display_name, "姓名：", _named, interactive=interactive)
        person = User(username=username, display_name=display_name, role=role)
        password = self._chosen(person) if interactive else os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        with recording():
            user = User.objects.create_user(username, password, display_name=display_name, role=role)
            new = {"username": user.username, "display_name": user.display_name, "role": user.role}
            note("新增用户", user, by=None, at=user.date_joined, new=new)
        self.stdout.write(f"已开通{user.get_role_display()}{user}（{username}）。")

    def _given(self, given: str, question: str, check: Callable[[str], str], *, interactive: bool) -> str:
        """The value from the command line, else what is answered, asked until it will do."""
        while True:
            value = (given or input(question)).strip()
            if not (refusal := check(value)):
                return value
            if given or not interactive:
                raise CommandError(refusal)
            self.stderr.write(refusal)

    def _chosen(self, person: User) -> str:
        while True:
            password = getpass("密码：")
            if password != getpass("再输一次密码："):
                self.stderr.write("两次输入的密码不一致。")
                continue
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            return password


def _usable(username: str) -> str:
    """Says why it can be nobody's user name; "" where it can."""
    try:
        USERNAME.clean(username, None)
    except ValidationError as error:
        return "".join(error.messages)
    return "该用户名已被使用。" if User.objects.filter(username=User.normalize_username(username)).exists() else ""


def _named(name: str) -> str:
    if not name:
        return "请填写姓名。"
    return f"姓名不能超过{NAME_LENGTH}字。" if len(name) > NAME_LENGTH else ""
