from django.core.management.base import CommandError, CommandParser

from qa_plan import clock
from qa_plan.commands import OfficeCommand
from reports.packages.demo import package_deeds
from tasks.demo.local import local_deeds
from tasks.demo.playing import DemoError, load_demo
from tasks.models import Plan


class Command(OfficeCommand):
    help = "载入演示数据（仅限演示环境）。已载入时不作任何改动。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="已有行动计划时不作任何改动，也不提示")
        parser.add_argument("--province-only", action="store_true", help="只载入省级，不含市县落实")

    def handle(self, *, if_empty: bool, province_only: bool, **options: object) -> None:
        if if_empty and Plan.objects.exists():
            return
        try:
            more = [*package_deeds(), *([] if province_only else local_deeds())]
            plan = load_demo(on=clock.today(), more=more)
        except DemoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"演示数据已就绪：{plan}，截至{clock.today():%Y-%m-%d}。")
