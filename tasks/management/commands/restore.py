"""`manage.py restore`: an installation from a backup, checked before anything is touched and verified afterwards."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from agencies.changes import verify
from agencies.models import User
from agencies.questions import is_empty
from qa_plan.backup.archive import Manifest
from qa_plan.backup.making import archives, key_fingerprint
from qa_plan.backup.restoring import at_rest, opened, refuse_unfit, restore
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand):
    help = "从备份恢复：先核对备份是否完好，再写入，最后核对变更记录和全部文件。只用于新装的系统，除非加 --replace。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="备份文件；写文件夹的，取其中最近的一份")
        parser.add_argument("--replace", action="store_true", help="系统中已有数据的，以备份替换，不可撤销")

    def handle(self, *, path: Path, replace: bool, **options: Any) -> None:
        if path.is_dir():
            path = newest_in(path)
        with at_rest(), opened(path) as (tar, manifest):
            refuse_unfit(manifest)
            if not replace and _has_accounts():
                raise CommandError("系统中已有数据，未作改动。确要以备份替换全部数据的，加 --replace。")
            self.stdout.write(f"备份完好：{path}，制作于{manifest.made_at[:19]}，版本 {manifest.version}。正在写入……")
            with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=".restoring-") as folder:
                has_key = restore(tar, Path(folder))
        call_command("migrate", verbosity=0, interactive=False)
        self._verify(manifest)
        if not has_key and manifest.key != key_fingerprint():
            self.stderr.write(
                "注意：本机的密钥与备份时不同。找得到原密钥的，请先换上再启动；否则所有人员须重新登录，"
                "启用过二次验证的须先以 remove_factor 取消才能登录，已发出的离线填报表作废。"
            )
        self.stdout.write("恢复完成。请启动系统，并运行 manage.py check_installation。")

    def _verify(self, manifest: Manifest) -> None:
        verdict = verify()
        if verdict.problem or (manifest.changes and (verdict.count, verdict.head) != (manifest.changes, manifest.head)):
            raise CommandError(f"数据已写入，但变更记录与备份时不符：{verdict.problem or '行数或校验码不同'}。")
        self.stdout.write(f"变更记录共{verdict.count}行，与备份时一致。")
        call_command("verify_changes", stdout=self.stdout)
        if manifest.has_files:
            call_command("verify_evidence", stdout=self.stdout, stderr=self.stderr)


def newest_in(folder: Path) -> Path:
    found = archives(folder)
    if not found:
        raise CommandError(f"{folder} 中没有备份文件（qa-plan-日期-时间.tar）。")
    return found[-1]


def _has_accounts() -> bool:
    return User._meta.db_table in connection.introspection.table_names() and not is_empty()
