"""`manage.py setup_address`: the one-time address at which the first account of an installation is made."""

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from agencies.installation import KEY_HOURS, new_key
from agencies.questions import is_empty
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand):
    help = f"打印设立首个账号的一次性地址，{KEY_HOURS}小时内有效，旧地址随之失效。已有账号的系统没有此地址。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default=settings.SITE_URL, help="地址的开头，如 http://127.0.0.1:8000")
        parser.add_argument("--if-empty", action="store_true", help="已有账号时什么也不打印，不报错")

    def handle(self, *, site: str, if_empty: bool, **options: object) -> None:
        if is_empty():
            self.stdout.write(f"{site.rstrip('/')}{reverse('tasks:first-account', args=[new_key(timezone.now())])}")
        elif not if_empty:
            raise CommandError("系统已有账号，首个账号只能设立一次。需要新账号的，请系统管理员开通。")
