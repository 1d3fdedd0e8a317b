from django.core.management.base import BaseCommand, CommandError

from qa_plan import clock
from reports.packages.demo import package_deeds
from tasks.demo import DemoError, load_demo


class Command(BaseCommand):
    help = "载入演示数据（仅限演示环境）。已载入时不作任何改动。"

    def handle(self, *args: object, **options: object) -> None:
        try:
            plan = load_demo(on=clock.today(), more=package_deeds())
        except DemoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"演示数据已就绪：{plan}，截至{clock.today():%Y-%m-%d}。")
