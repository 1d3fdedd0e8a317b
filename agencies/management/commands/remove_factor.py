"""`manage.py remove_factor`: for who lost the telephone and the recovery codes."""

from django.core.management.base import CommandParser

from agencies.changes import recording
from agencies.factors import remove_factors
from agencies.questions import account_named
from qa_plan import clock
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand):
    help = "取消一个账号的二次验证，用于手机和备用码都已遗失的；其会话一并终止。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *, username: str, **options: object) -> None:
        user = account_named(username)
        with recording():
            removed = remove_factors(user, by=None, at=clock.now())
        self.stdout.write(f"已取消{user}（{username}）的二次验证。" if removed else f"{user}没有启用二次验证。")
