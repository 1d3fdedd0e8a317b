"""`manage.py version`: which version of the product this is."""

from qa_plan.commands import OfficeCommand
from qa_plan.version import VERSION


class Command(OfficeCommand):
    help = "打印本系统的版本。"
    requires_system_checks = []

    def handle(self, **options: object) -> None:
        self.stdout.write(VERSION)
