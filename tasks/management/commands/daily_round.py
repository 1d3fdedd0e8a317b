from argparse import ArgumentParser
from datetime import date

from django.core.management.base import CommandError
from django.utils import timezone

from qa_plan import clock
from qa_plan.arguments import day as day_of
from qa_plan.commands import OfficeCommand
from tasks.workflow.daily import daily_round
from tasks.workflow.leftovers import sweep


class Command(OfficeCommand):
    help = "每日例行：开放报告期，记录每日快照与亮灯变化。可重复执行，漏掉的日子自动补记。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=day_of, default=None, help="按哪一天执行，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只列出要做的事，不写数据")

    def handle(self, *, on: date | None, dry_run: bool, **options: object) -> None:
        day = on or clock.today()
        if day > clock.today():
            raise CommandError(f"{day}还没有到，不能提前执行。")
        for done in daily_round(day, dry_run=dry_run):
            self.stdout.write(f"{done.plan}：开放报告期{'、'.join(done.opened) or '无'}；记录{len(done.days)}天。")
        if not dry_run and any((swept := sweep(timezone.now())).values()):
            tries = swept["tries"] + swept["sign_ins"]
            self.stdout.write(f"清理旧的登录尝试{tries}条，中断的上传{swept['files']}个。")
