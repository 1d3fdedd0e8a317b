import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tasks.notice import NoticeError, parse, read


class Command(BaseCommand):
    help = "读出公文内容，以 JSON 输出；不写数据库。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="公文：.txt（UTF-8 或 GB18030）或 .docx")

    def handle(self, *, file: Path, **options: object) -> str:
        try:
            notice = parse(read(file))
        except (NoticeError, OSError) as error:
            raise CommandError(f"{file.name}：{error}") from error
        return json.dumps(notice.as_dict(), ensure_ascii=False, indent=1)
