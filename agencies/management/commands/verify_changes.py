from django.core.management.base import CommandError
from django.utils import timezone

from agencies import changes, security
from agencies.chain import Verdict
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand):
    help = "校验变更记录和安全日志的完整性：完整则打印行数和最后一行校验码，否则指出第一处问题并以1退出。不写数据。"

    def handle(self, **options: object) -> None:
        record = _intact("记录", changes.verify())
        self.stdout.write(f"记录完整，共{record.count}行，最后一行校验码{record.head}")
        log, gone = _intact("安全日志", security.verify()), security.given_up()
        before = f"（此前{gone}行已按期清理）" if gone else ""
        self.stdout.write(f"安全日志完整，共{log.count}行{before}，最后一行校验码{log.head}")


def _intact(what: str, verdict: Verdict) -> Verdict:
    if not verdict.problem:
        return verdict
    if verdict.broken is None:
        raise CommandError(f"{what}不完整：{verdict.problem}。")
    row = verdict.broken
    when = timezone.localtime(row.recorded_at)
    raise CommandError(
        f"{what}不完整：第{verdict.count + 1}行（编号{row.pk}，{when:%Y-%m-%d %H:%M}，{row}）{verdict.problem}。"
    )
