"""`manage.py identities`: which account is whose whom another server knows; one or a whole list tied, or untied."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from agencies.changes import recording
from agencies.identities import Refused, tie, untie, way_named
from agencies.models import ExternalIdentity
from agencies.questions import account_named
from qa_plan import clock
from qa_plan.commands import OfficeCommand, cause_of


class Command(OfficeCommand):
    help = "列出外部身份；写明登录方式的，登记或取消。名单为两列 CSV：用户名,唯一标识；有一行不对，整份不登记。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("way", nargs="?", help="登录方式，如 oidc")
        parser.add_argument("username", nargs="?", help="用户名")
        parser.add_argument("subject", nargs="?", help="对方系统中的唯一标识")
        parser.add_argument("--list", type=Path, help="按名单登记")
        parser.add_argument("--remove", action="store_true", help="取消该用户以此方式登录的全部标识")

    def handle(self, *, way: str, username: str, subject: str, list: Path, remove: bool, **options: object) -> None:
        if not way:
            self._tell()
        elif list:
            self._tie(way, [*_rows_of(list)])
        elif username and remove:
            self._untie(way, username)
        elif username and subject:
            self._tie(way, [(username, subject)])
        else:
            raise CommandError("请写明用户名和唯一标识，或 --remove，或 --list 名单。")

    def _tell(self) -> None:
        for row in ExternalIdentity.objects.select_related("user").order_by("way", "user__username"):
            off = "" if row.user.is_active else "，已停用"
            self.stdout.write(f"{row.way}\t{row.user.username}\t{row.subject}\t{row.user}{off}")

    def _tie(self, way: str, rows: list[tuple[str, str]]) -> None:
        at, tied = clock.now(), 0
        with recording():
            for username, subject in rows:
                user = account_named(username)
                try:
                    tied += tie(user, way, subject, by=None, at=at)
                except Refused as refusal:
                    raise CommandError(f"{username}：{refusal}") from refusal
        self.stdout.write(f"登记{tied}个，{len(rows) - tied}个此前已登记。")

    def _untie(self, way: str, username: str) -> None:
        user = account_named(username)
        rows = [*user.identities.filter(way=way)]
        with recording():
            for row in rows:
                untie(row, by=None, at=clock.now())
        told = f"已取消{user}（{username}）的{len(rows)}个{way_named(way)}标识，其会话一并终止。"
        self.stdout.write(told if rows else f"{user}没有登记该方式的标识。")


def _rows_of(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = "不是 UTF-8 编码" if isinstance(error, UnicodeDecodeError) else cause_of(error)
        raise CommandError(f"读不到名单 {path}：{cause}。") from error
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if cells in ([], ["用户名", "唯一标识"]):
            continue
        if len(cells) != 2 or not all(cells):
            raise CommandError(f"名单第{number}行应为两列：用户名,唯一标识。")
        yield cells[0], cells[1]
