from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError

from agencies.models import Agency, User
from qa_plan import clock
from qa_plan.commands import OfficeCommand, cause_of
from reports.fillin.checking import CheckedFile, CheckedRow, RowState, check
from reports.fillin.opening import open_fill_in
from reports.fillin.taking import RowRefused, take_rows, tokens
from reports.xlsx import FILL_IN, WorkbookRefused


class Command(OfficeCommand):
    help = "读取填好的离线填报表，逐行列出会改动什么；加 --commit 才写入，有错误或冲突时全部不写。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="填报表（.xlsx）")
        parser.add_argument("--commit", action="store_true", help="写入；不加时只核对")
        parser.add_argument("--draft", action="store_true", help="写入为草稿，不报送")
        parser.add_argument("--good-rows", action="store_true", help="有错误或冲突的行跳过，其余照样写入")
        parser.add_argument("--by", default="", help="以谁的名义写入（用户名），默认该单位唯一的联络员")

    def handle(self, *, file: Path, commit: bool, draft: bool, good_rows: bool, by: str, **options: object) -> None:
        try:
            with file.open("rb") as opened:
                content = opened.read(FILL_IN.file + 1)
            filled, fill_in = open_fill_in(content, clock.now())
        except OSError as error:
            raise CommandError(f"{file.name}读不出来：{cause_of(error)}") from error
        except WorkbookRefused as error:
            raise CommandError(f"{file.name}：{error}") from error
        checked = check(filled, fill_in)
        self.stdout.write(f"{fill_in.agency} · {fill_in.plan} · {fill_in.period.code}")
        bad = [row for row in checked.rows if self._show(row, draft=draft)]
        for note in filled.notes:
            self.stdout.write(note)
        for stray in filled.strays:
            self.stderr.write(self.style.ERROR(stray))
        is_clean = not bad and not filled.strays
        self.stdout.write("，".join(f"{label}{count}行" for label, count in checked.counts) + "。")
        if commit and (is_clean or good_rows):
            self._commit(checked, {row.pk for row in bad}, person(fill_in.agency, by), files=not draft)
        if not is_clean:
            written = "有问题的行没有写入" if commit and good_rows else "未写入任何内容"
            raise CommandError(f"有{len(bad) + len(filled.strays)}处需要处理，{written}。")

    def _show(self, row: CheckedRow, *, draft: bool) -> bool:
        """Prints what the row would change, and whether it can't."""
        if row.state in (RowState.BLANK, RowState.SAME):
            return False
        self.stdout.write(f"{row.file.place} {row.label}：{row.state.label}")
        for difference in row.differences:
            self.stdout.write(f"  {difference.title}：{difference.web or '（空）'} → {difference.file or '（空）'}")
        messages = [] if draft and not row.wrong else row.messages
        for message in messages:
            self.stderr.write(self.style.ERROR(message))
        if row.state == RowState.CONFLICT:
            for difference in row.differences:
                self.stderr.write(
                    self.style.ERROR(
                        f"{row.file.place}：冲突，{difference.title}下载时为“{difference.base}”，"
                        f"网上现为“{difference.web}”，文件为“{difference.file}”。"
                    )
                )
        return bool(messages) or row.state == RowState.CONFLICT

    def _commit(self, checked: CheckedFile, bad: set[int], by: User, *, files: bool) -> None:
        ready = [token for token in tokens(checked, RowState.READY) if int(token.partition("@")[0]) not in bad]
        try:
            taken = take_rows(checked, ready, files=files, by=by, at=clock.now())
        except RowRefused as error:
            raise CommandError(f"{error}未写入任何内容。") from error
        self.stdout.write(f"已写入{len(taken)}行（{'报送' if files else '草稿'}）。")


def person(agency: Agency, username: str) -> User:
    """Finds in whose name the rows are written: somebody of the agency, else nobody."""
    people = User.objects.of_agency(agency)
    candidates = list(people.filter(username=username) if username else people.liaisons())
    if len(candidates) != 1:
        raise CommandError(
            f"“{username}”不是{agency}的在用账号。" if username else f"{agency}的联络员不止一人或没有，请用--by指明。"
        )
    return candidates[0]
