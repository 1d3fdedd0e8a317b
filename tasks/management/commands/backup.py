"""`manage.py backup`: database, files and the end of the record of changes as one archive, while people work."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from agencies.changes import CHAIN
from qa_plan.backup.archive import KEY
from qa_plan.backup.making import Made, back_up
from qa_plan.commands import OfficeCommand
from tasks.workflow.heartbeat import beat

SIGN = "backup"


class Command(OfficeCommand):
    help = "把数据库、佐证材料、汇总文件备份为一个文件，不影响使用；另存异地请自行安排。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BACKUP_DIR, help="存放的文件夹")
        parser.add_argument(
            "--keep", type=int, default=settings.BACKUP_KEEP, help="该文件夹中保留最近几份，0为全部保留"
        )
        parser.add_argument("--without-key", action="store_true", help="不含单机方式的密钥文件，密钥须另行保管")
        parser.add_argument("--without-files", action="store_true", help="只备份数据库；文件另有备份（如存储桶）时用")

    def handle(self, *, folder: Path, keep: int, without_key: bool, without_files: bool, **options: Any) -> str:
        if keep < 0:
            raise CommandError("保留份数不能为负数。")
        asked = f"SELECT count, head FROM {CHAIN} WHERE id = 1"
        contents = {"with_files": not without_files, "with_key": not without_key}
        made = back_up(folder, at=timezone.now(), asked=asked, keep=keep, **contents)
        beat(SIGN, timezone.now())
        return "\n".join(_told(made))


def _told(made: Made) -> list[str]:
    manifest = made.manifest
    files = sum(part.name.startswith("files/") for part in manifest.parts)
    told = [
        f"已备份：{made.path}（{filesizeformat(made.size)}，{files}个文件）。",
        f"变更记录{manifest.changes}行，最后一行校验码{manifest.head or '无'}，请抄录别处。",
    ]
    if made.removed:
        told.append(f"按保留份数删除了较早的{made.removed}份。")
    if any(part.name == KEY for part in manifest.parts):
        told.append("密钥（secret_key）在备份中，请像密钥一样保管这份文件。")
    else:
        told.append("密钥（SECRET_KEY）不在备份中，请另行保管：没有它，须重新登录，二次验证和已发出的离线填报表作废。")
    return told
