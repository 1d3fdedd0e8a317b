from django.core.management.base import CommandError
from django.utils import timezone

from agencies.changes import verify
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand):
    help = "校验变更记录的完整性：完整则打印行数和最后一行校验码，否则指出第一处问题并以1退出。不写数据。"

    def handle(self, **options: object) -> None:
        verdict = verify()
        if not verdict.problem:
            self.stdout.write(f"记录完整，共{verdict.count}行，最后一行校验码{verdict.head}")
            return
        if verdict.broken is None:
            raise CommandError(f"记录不完整：{verdict.problem}。")
        row = verdict.broken
        when = timezone.localtime(row.recorded_at)
        raise CommandError(
            f"记录不完整：第{verdict.count + 1}行（编号{row.pk}，{when:%Y-%m-%d %H:%M}，{row}）{verdict.problem}。"
        )
