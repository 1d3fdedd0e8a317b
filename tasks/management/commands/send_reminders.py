from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date, datetime
from unicodedata import east_asian_width

from django.core.management.base import CommandError
from django.utils import timezone

from qa_plan import clock
from qa_plan.arguments import day as day_of
from qa_plan.commands import OfficeCommand
from tasks.models import Sweep, WorkdayOverride
from tasks.reminders.deciding import moment_of
from tasks.reminders.quiet import is_quiet
from tasks.reminders.sending import send_due
from tasks.reminders.sweeping import decide_day, missed_days, plan_day
from tasks.reminders.table import PersonRow, planned, recorded
from tasks.reminders.warnings import agencies_without_people, calendar_warning
from tasks.rules.workdays import is_workday

HEADINGS = ("单位", "收件人", "条数", "内容", "补发", "渠道")


class Command(OfficeCommand):
    help = "每日提醒：决定、记入台账、发送。可重复执行；漏掉的工作日由下一次合并补发。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=day_of, default=None, help="按哪一天执行，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只列出将要提醒谁，不记入台账，不发送")

    def handle(self, *, on: date | None, dry_run: bool, **options: object) -> None:
        today = clock.today()
        day = on or today
        if day > today and not dry_run:
            raise CommandError(f"{day}还没有到，只能用 --dry-run 预演。")
        overrides = WorkdayOverride.objects.as_overrides()
        if not is_workday(day, overrides):
            self.stdout.write(f"{day}不是工作日，不发提醒。")
            return
        at = clock.now() if day == today else moment_of(day)
        is_new = not Sweep.objects.filter(day=day).exists()
        if dry_run and is_new:
            self.rehearse(day, at, is_future=day > today)
        elif dry_run:
            self.stdout.write(f"{day}的提醒已经记入台账，再执行也不会新增：")
            self.print_table(recorded(day))
        else:
            self.carry_out(day, at, is_new=is_new)
        if warning := calendar_warning(day, overrides):
            self.stdout.write(f"注意：{warning}")
        if agencies := list(agencies_without_people()):
            self.stdout.write(f"注意：{'、'.join(map(str, agencies))}没有在用账号，有关提醒无人接收。")

    def rehearse(self, day: date, at: datetime, *, is_future: bool) -> None:
        """Shows what would be told; before a day to come no day has been missed yet."""
        plan = decide_day(day, [] if is_future else missed_days(day), at=at)
        self.say_missed(plan.missed)
        self.stdout.write(f"{day}将提醒{len(plan.lines)}人，共{plan.counts['reminders']}条（预演，未记入台账）：")
        self.print_table(planned(plan))

    def carry_out(self, day: date, at: datetime, *, is_new: bool) -> None:
        sweep = plan_day(day, at=at)
        assert sweep is not None  # a working day
        made_good = Sweep.objects.filter(made_good_on=day).order_by("day")
        self.say_missed(list(made_good.values_list("day", flat=True)))
        quiet = is_quiet(clock.now(), WorkdayOverride.objects.as_overrides())
        tried = 0 if quiet else send_due(timezone.now)
        done = f"新记入台账{sweep.counts.get('reminders', 0)}条" if is_new else "此前已记入台账，未新增"
        self.stdout.write(f"{day}的提醒：{done}；本次发送{tried}件：")
        self.print_table(recorded(day))
        if quiet:
            self.stdout.write("现为免打扰时段，待发送的到时由后台任务发送。")

    def say_missed(self, days: list[date]) -> None:
        if days:
            self.stdout.write(f"补发漏掉的{len(days)}个工作日：{'、'.join(map(str, days))}。")

    def print_table(self, rows: Iterable[PersonRow]) -> None:
        table = [
            (
                row.where,
                f"{row.person}（{row.person.username}）",
                str(row.rules.total()),
                "、".join(f"{name} {count}" for name, count in row.rules.items()),
                str(row.made_good),
                "；".join(row.channels),
            )
            for row in rows
        ]
        if not table:
            self.stdout.write("（无）")
            return
        widths = [max(map(width, column)) for column in zip(HEADINGS, *table, strict=True)]
        for line in (HEADINGS, *table):
            cells = (cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def width(text: str) -> int:
    """How many columns a text takes in a terminal, where a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
