from typing import Any

from django.utils import timezone

from qa_plan import clock
from qa_plan.commands import OfficeCommand
from reports.background.working import tend
from reports.makers import MAKERS


class Command(OfficeCommand):
    help = "办理排队中和中断了的后台文件（较大的台账导出、文件核验），清理过期文件。可重复执行。"

    def handle(self, **options: Any) -> None:
        made, swept = tend(MAKERS, at=clock.now(), tick=timezone.now)
        self.stdout.write(f"办理{made}件，清理过期{swept}件。")
