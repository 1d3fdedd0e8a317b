import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError

from qa_plan.commands import OfficeCommand
from tasks.notice import NoticeError, read_notice


class Command(OfficeCommand):
    help = "读出公文内容，以 JSON 输出；不写数据库。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="公文：.docx、.txt、.html、.xlsx、.pdf（有文字层）、.ofd；"
            "装有 LibreOffice 时也可为 .doc、.wps、.rtf、.odt",
        )

    def handle(self, *, file: Path, **options: object) -> str:
        try:
            notice = read_notice(file)
        except (NoticeError, OSError) as error:
            raise CommandError(f"{file.name}：{error}") from error
        return json.dumps(notice.as_dict(), ensure_ascii=False, indent=1)
