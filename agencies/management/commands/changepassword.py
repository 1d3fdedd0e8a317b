"""`manage.py changepassword`: a way in for who has none left, on the record. It asks in Chinese."""

from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from agencies.changes import note, recording
from agencies.questions import account_named
from agencies.sessions import end_all_for_good
from qa_plan import clock
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand):
    help = "为一个账号另设密码，本人下次登录时须改成自己的。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *, username: str, **options: object) -> None:
        user = account_named(username)
        password = getpass("新密码：")
        if password != getpass("再输一次新密码："):
            raise CommandError("两次输入的密码不一致。")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        user.set_password(password)
        user.must_change_password = True
        with recording():
            user.save(update_fields=["password", "must_change_password"])
            end_all_for_good(user)
            note("重设密码", user, by=None, at=clock.now(), new={"password": "密码已修改"}, agency=user.agency)
        self.stdout.write(f"已为{user}（{username}）另设密码，本人下次登录时须修改。")
