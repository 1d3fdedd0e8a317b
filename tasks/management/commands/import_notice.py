from argparse import ArgumentParser
from datetime import date as day
from pathlib import Path

from django.core.management.base import CommandError

from qa_plan import clock
from qa_plan.arguments import day as day_of
from qa_plan.commands import OfficeCommand
from tasks.models import Assignment
from tasks.notice import NoticeError, read_notice
from tasks.workflow import WorkflowError
from tasks.workflow.importing import import_notice
from tasks.workflow.opening import open_periods


class Command(OfficeCommand):
    help = "把公文导入为行动计划。同一公文再次导入不作任何改动；不是此类公文时说明缺什么，不写数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            help="公文：.docx、.txt、.html、.xlsx、.pdf（有文字层）、.ofd；"
            "装有 LibreOffice 时也可为 .doc、.wps、.rtf、.odt",
        )
        parser.add_argument("--number", default="", help="发文字号，公文中没有或有误时用")
        parser.add_argument("--issuer", default="", help="发文机关，公文中没有或有误时用")
        parser.add_argument("--date", type=day_of, help="成文日期（2016-05-24），公文中没有或有误时用")

    def handle(self, *, file: Path, number: str, issuer: str, date: day | None, **options: object) -> None:
        try:
            notice = read_notice(file, number=number, issuer=issuer, issued_on=date)
            plan, is_new = import_notice(notice, by=None, at=clock.now())
        except (NoticeError, WorkflowError, OSError) as error:
            raise CommandError(f"{file.name}：{error}") from error
        for problem in notice.problems:
            self.stderr.write(self.style.WARNING(f"注意：{problem}"))
        if not is_new:
            self.stdout.write(f"{plan}已经导入，未作任何改动。")
            return
        open_periods(plan, clock.today())  # whatever period is open already opens now, not tomorrow
        roles = Assignment.objects.filter(item__plan=plan).values_list("role", flat=True)
        led = Assignment.objects.filter(item__plan=plan, role=Assignment.Role.LEAD).values("item")
        for item in plan.items.exclude(pk__in=led).defer("text"):
            self.stderr.write(self.style.WARNING(f"注意：{item}没有明确的负责单位，显示“未明确单位”，请在任务页明确。"))
        self.stdout.write(
            f"已导入{plan}：{plan.sections.count()}个部分，{plan.items.count()}项任务，"
            f"负责{sum(role == 'lead' for role in roles)}条，协助{sum(role == 'assist' for role in roles)}条。"
        )
