"""`manage.py upgrade`: to this version, after a backup; what was done, and how to go back."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from agencies.changes import verify
from qa_plan.backup.databases import has_begun, pending_migrations, refuse_foreign
from qa_plan.backup.making import archives
from qa_plan.backup.restoring import at_rest
from qa_plan.commands import OfficeCommand
from qa_plan.version import VERSION


class Command(OfficeCommand):
    help = "换上新版文件后运行：备份、升级数据库、整理静态文件、核对，并说明如何退回。先停止各进程。可重复执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BACKUP_DIR, help="备份存放的文件夹")

    def handle(self, *, folder: Path, **options: Any) -> None:
        refuse_foreign(connection)
        pending = pending_migrations(connection)
        with at_rest() if pending else nullcontext():  # whoever works is held up by nothing but a change of the tables
            backup = self._back_up(folder) if has_begun(connection) else None
            try:
                call_command("migrate", verbosity=0, interactive=False)
                if not settings.WHITENOISE_USE_FINDERS:
                    call_command("collectstatic", verbosity=0, interactive=False)
                _verify()
            except Exception as error:
                raise CommandError(f"升级没有完成：{error}\n{_way_back(backup)}") from error
        self.stdout.write(f"已是版本 {VERSION}，升级数据库{pending}步。{_way_back(backup)}")
        self._examine()
        self.stdout.write("请启动各进程，再运行 manage.py check_installation。")

    def _back_up(self, folder: Path) -> Path:
        call_command("backup", folder, stdout=self.stdout)
        return archives(folder)[-1]

    def _examine(self) -> None:
        """What is wrong with the installation was so before, or is to be set: the upgrade is done all the same."""
        try:
            call_command("check_installation", at_rest=True, stdout=self.stdout)
        except CommandError as fault:
            self.stderr.write(f"升级已经完成，不必退回。{fault}")


def _verify() -> None:
    if problem := verify().problem:
        raise CommandError(f"变更记录不完整：{problem}。")


def _way_back(backup: Path | None) -> str:
    if backup is None:
        return ""
    return f"如需退回：停止各进程，换回原版文件，运行 manage.py restore {backup} --replace。"
