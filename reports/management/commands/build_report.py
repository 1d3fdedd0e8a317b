import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.db.models import F

from qa_plan import clock
from qa_plan.commands import OfficeCommand, cause_of
from reports.quarter import BadDefinition, Definition, Snapshot, facts_sha256, take_snapshot
from reports.quarter.book import build_workbook
from tasks.models import Plan


def build_briefing(snapshot: Snapshot) -> bytes:
    # python-docx takes half a second to load, which the workbook needs nothing of.
    from reports.briefing import compose, to_docx

    return to_docx(
        compose(snapshot, {}, Plan.objects.office_of(snapshot.plans[0].slug).name), snapshot.definition.as_of
    )


BUILDERS: dict[str, Callable[[Snapshot], bytes]] = {".xlsx": build_workbook, ".docx": build_briefing}


class Command(OfficeCommand):
    help = "生成一个报告期的督办情况：工作簿（.xlsx）或通报（.docx）。同样的数据总是生成同样的文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, help="报告期，如 2016Q3、2016M09、2016B5、2016H1；年度为 2016")
        parser.add_argument(
            "--plan", action="append", default=[], help="行动计划的网址标识，可写几个；默认最近印发的一个"
        )
        parser.add_argument("--as-of", default="", help="截至日期，如 2016-09-30；默认今天")
        parser.add_argument("--out", type=Path, required=True, help="写到哪个文件（.xlsx 或 .docx）")

    def handle(self, *, period: str, plan: list[str], as_of: str, out: Path, **options: object) -> None:
        require_place(out)
        builder = BUILDERS.get(out.suffix.lower())
        if builder is None:
            raise CommandError(f"{out}：文件名应以{'或'.join(BUILDERS)}结尾。")
        moment = moment_of(as_of)
        try:
            snapshot = take_snapshot(Definition(tuple(plan) or default_plan(period), period, moment))
        except BadDefinition as error:
            raise CommandError(str(error)) from error
        write_whole(out, builder(snapshot))
        self.stdout.write(
            f"已生成{out}：{snapshot.definition.period_name}，截至{snapshot.day:%Y-%m-%d}，"
            f"数据校验码 {facts_sha256(snapshot)}。"
        )


def moment_of(as_of: str) -> datetime:
    """Gives the end of that day, or the present moment where the day is today."""
    if not as_of:
        return clock.now()
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise CommandError(f"截至日期“{as_of}”写法有误，应为2016-09-30这样的日期。") from None
    if day < clock.FIRST_DAY:
        raise CommandError(f"截至日期“{as_of}”：{clock.BEYOND}")
    if day > clock.today():
        raise CommandError(f"截至日期{day:%Y-%m-%d}晚于今天（{clock.today():%Y-%m-%d}），还没有数据。")
    return min(clock.end_of(day), clock.now())


def default_plan(period: str) -> tuple[str, ...]:
    """Names the plan issued last that reports in the period: the top office's before those of cities and counties."""
    plans = Plan.objects.listed().filter(periods__code__startswith=period)
    newest = plans.order_by(F("office").asc(nulls_first=True), "-issued_on", "-pk")
    slug = newest.values_list("slug", flat=True).first()
    if slug is None:
        raise CommandError(f"没有报告期“{period}”。")
    return (slug,)


def require_place(out: Path) -> None:
    if out.is_dir():
        raise CommandError(f"{out}是一个文件夹，请写明文件名。")
    if not out.parent.is_dir():
        raise CommandError(f"文件夹{out.parent}不存在。")


def write_whole(out: Path, content: bytes) -> None:
    """Writes the whole file or none: an interruption leaves what was there before."""
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=".", suffix=out.suffix, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(file.name, 0o666 & ~umask)
            os.replace(file.name, out)
        except OSError:
            os.unlink(file.name)
            raise
    except OSError as error:
        raise CommandError(f"{out}写不进去：{cause_of(error)}") from error
