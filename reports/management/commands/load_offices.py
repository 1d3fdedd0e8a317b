"""`manage.py load_offices`: the offices of cities and counties from a list."""

import csv
import io
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.core.management.base import CommandError

from qa_plan import clock
from qa_plan.commands import OfficeCommand, cause_of
from reports.xlsx import FILL_IN, WorkbookRefused, open_sheets
from tasks.workflow.current import WorkflowError
from tasks.workflow.offices import ListedOffice, open_offices

COLUMNS = ("代码", "地区", "层级", "上级代码", "机构名称", "代字", "政府单位名称")
HEAD_WITHIN = 10  # rows


class Command(OfficeCommand):
    help = f"按名单设立市县统筹机构（.xlsx或.csv，表头：{'、'.join(COLUMNS)}）；已有的不变，可重复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="名单（.xlsx或.csv）")

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            listed = list(offices_in(tables_of(file)))
            made = open_offices(listed, by=None, at=clock.now())
        except OSError as error:
            raise CommandError(f"{file.name}读不出来：{cause_of(error)}") from error
        except (WorkbookRefused, WorkflowError) as error:
            raise CommandError(f"{file.name}：{error}") from error
        for office in made:
            self.stdout.write(f"{office.code} {office.area}：{office.name}")
        self.stdout.write(f"新设{len(made)}个统筹机构，名单中其余{len(listed) - len(made)}个已有，未作改动。")


def tables_of(file: Path) -> Iterator[list[list[str]]]:
    """Each sheet's texts, row by row; of a CSV its one table, in UTF-8 or as Excel in China writes it."""
    with file.open("rb") as opened:
        content = opened.read(FILL_IN.file + 1)
    if len(content) > FILL_IN.file:
        raise WorkbookRefused("文件太大。")
    if file.suffix.lower() == ".csv":
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030", errors="replace")
        yield list(csv.reader(io.StringIO(text)))
        return
    for sheet in open_sheets(content).values():
        yield [[_text(cell.value) for cell in sheet.rows[number]] for number in range(len(sheet.rows))]


def _text(value: object) -> str:
    """A code that was typed as a number is none with a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")


def offices_in(tables: Iterator[Sequence[Sequence[str]]]) -> Iterator[ListedOffice]:
    """The lines below the first head that has all columns. Raises WorkbookRefused where there is none."""
    for rows in tables:
        for number, head in enumerate(rows[:HEAD_WITHIN]):
            titles = [title.strip() for title in head]
            if set(COLUMNS) <= set(titles):
                places = [titles.index(title) for title in COLUMNS]
                for row in rows[number + 1 :]:
                    texts = [row[place].strip() if place < len(row) else "" for place in places]
                    if any(texts):
                        yield ListedOffice(*texts)
                return
    raise WorkbookRefused(f"找不到表头。名单须有一行写明“{'、'.join(COLUMNS)}”。")
