"""`manage.py migrate`, Django's own, which first refuses a database that another version made or changed."""

from argparse import SUPPRESS
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

from qa_plan.backup.databases import refuse_foreign
from qa_plan.commands import OfficeCommand


class Command(OfficeCommand, migrate.Command):
    help = "升级数据库结构；数据库由其他版本建立或升级过的，拒绝执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        for action in parser._actions:
            action.help = SUPPRESS  # an office needs none of them

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_foreign(connections[options["database"]])
        super().handle(*args, **options)
