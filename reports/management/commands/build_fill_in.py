from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError
from django.db.models import Exists, OuterRef

from agencies.models import Agency
from qa_plan import clock
from qa_plan.commands import OfficeCommand, cause_of
from reports.fillin.known import collect
from reports.fillin.workbook import describe_fill_in
from reports.xlsx import to_bytes
from tasks.models import Assignment, Plan


class Command(OfficeCommand):
    help = "生成一个单位一个报告期的离线填报表（.xlsx），只含该单位自己的任务。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", required=True, help="单位名称或别称")
        parser.add_argument("--period", required=True, help="报告期，如 2016Q3、2016M09、2016B5、2016H1")
        parser.add_argument("--plan", default="", help="行动计划的网址标识，默认该单位有任务的最近一个")
        parser.add_argument("--out", type=Path, required=True, help="写到哪个文件")

    def handle(self, *, agency: str, period: str, plan: str, out: Path, **options: object) -> None:
        unit = Agency.objects.named(agency).first()
        if unit is None:
            raise CommandError(f"没有名为“{agency}”的单位。")
        plans = Plan.objects.filter(slug=plan) if plan else Plan.objects.filter(periods__code=period)
        held = Assignment.objects.filter(item__plan=OuterRef("pk"), agency=unit)
        chosen = plans.defer("notice_text").order_by(Exists(held).desc(), "-issued_on", "-pk").first()
        known = chosen.periods.filter(code=period).select_related("plan").first() if chosen else None
        if known is None:
            raise CommandError(f"没有{f'行动计划“{plan}”或其' if plan else ''}报告期“{period}”。")
        if known.opens_on > clock.today():
            raise CommandError(f"{period}报告期{known.opens_on:%Y-%m-%d}才开放填报。")
        fill_in = collect(unit, known, clock.now())
        if not fill_in.rows:
            raise CommandError(f"{unit}在{known.plan}中没有需要填报的任务。")
        try:
            out.write_bytes(to_bytes(describe_fill_in(fill_in)))
        except OSError as error:
            raise CommandError(f"{out}写不进去：{cause_of(error)}") from error
        self.stdout.write(f"已生成{out}：{unit}，{period}，{len(fill_in.rows)}项任务。")
