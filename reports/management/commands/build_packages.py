from argparse import ArgumentParser
from datetime import date

from django.core.management.base import CommandError
from django.utils import timezone

from qa_plan import clock
from qa_plan.arguments import day as day_of
from qa_plan.commands import OfficeCommand
from reports.models import Build
from reports.packages.building import unbuilt
from reports.packages.due import request_due
from reports.packages.tending import tend


class Command(OfficeCommand):
    help = "各期汇总：提出到期应自动生成的，生成排队中和中断了的，发出邮件通知，清理残留文件。可重复执行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=day_of, default=None, help="按哪一天执行，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只列出要做的事，不写数据")

    def handle(self, *, on: date | None, dry_run: bool, **options: object) -> None:
        day = on or clock.today()
        if day > clock.today():
            raise CommandError(f"{day}还没有到，不能提前执行。")
        for plan, period, as_of in request_due(day, at=clock.now(), dry_run=dry_run):
            self.stdout.write(f"{plan}：{period}汇总应自动生成，截至{as_of:%Y-%m-%d}。")
        if dry_run:
            self.stdout.write(f"待生成{Build.objects.filter(unbuilt(timezone.now())).count()}件。")
            return
        done = tend(at=clock.now(), tick=timezone.now)
        self.stdout.write(f"生成{done.built}件，发出邮件{done.sent}封，清理残留文件{done.swept}个。")
