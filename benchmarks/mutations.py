"""Mutated fill-in workbooks through `read_fill_in`: none may crash it, write half of anything, or go without a cause.

    python -m benchmarks.mutations [--count 1000] [--seed 1]

A seed gives the same mutations every time, but for the moment of saving that a workbook holds.
"""

import argparse
import io
import json
import os
import random
import re
import struct
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook

FORM, READINGS, META = "填报", "指标读数", "_meta"
Mutation = Callable[[bytes, random.Random], bytes]


class Outcome(NamedTuple):
    """What became of one workbook; `fault` is "" where all is as it should be."""

    mutation: str
    code: int
    said: str
    seconds: float
    fault: str


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────

VALUES: list[Any] = [
    None, 0, 1, 85, 101, -1, 85.5, 0.85, 1e308, -1e-320, 2**63, True, False,
    date(2016, 9, 30), datetime(2016, 9, 30, 8, 15), time_of_day(8, 15), timedelta(days=3),
    "85%", "８５", "八十五", " 85 ", "85\n", "1,000", "1e5", "0x10", "NaN", "inf", "-0", "٨٥", "⑧", "½", "",
    "是", "否", "也许", "其他原因", "按计划推进，未到下一节点", "2016/9/30", "9/10/2016", "2016年9月30日",
    "=1+1", "=cmd|'/C calc'!A0", "@SUM(A1)", "#N/A", "#VALUE!", "<script>", "&amp;", "' OR 1=1 --",
    "长" * 3000, "x" * 40_000, "😀" * 50, "a\u200bb", "\u202e反", "_x000D_", "_x0000_", "\ufeff", "{}", "[1]", "null",
]  # fmt: skip
FORMATS = ["General", "0%", "0.00%", "yyyy-mm-dd", "h:mm", "@", '"%"0', "[h]:mm", "#,##0", "0E+00", ";;;"]


def saved(content: bytes, change: Callable[[Any], None]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(content))
        change(workbook)
        target = io.BytesIO()
        workbook.save(target)
    return target.getvalue()


def cells(content: bytes, chance: random.Random) -> bytes:
    """Other values of other types, in cells to write in and in cells that nobody should touch."""

    def change(workbook: Any) -> None:
        for _ in range(chance.randint(1, 4)):
            sheet = workbook[chance.choice([FORM, FORM, FORM, READINGS, META])]
            cell = sheet.cell(chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column))
            value = chance.choice(VALUES)
            cell.value = value[:32_000] if isinstance(value, str) else value
            if chance.random() < 0.3:
                cell.number_format = chance.choice(FORMATS)

    return saved(content, change)


def shape(content: bytes, chance: random.Random) -> bytes:
    """Rows, columns and sheets inserted, deleted, copied, renamed, merged."""

    def change(workbook: Any) -> None:
        sheet = workbook[chance.choice([FORM, FORM, READINGS, META])]
        row, column = chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column)
        copied = [cell.value for cell in sheet[row]]
        other = chance.choice(workbook.sheetnames)
        deeds: list[Callable[[], Any]] = [
            lambda: sheet.delete_rows(row, chance.randint(1, 3)),
            lambda: sheet.insert_rows(row),
            lambda: sheet.delete_cols(column),
            lambda: sheet.insert_cols(column),
            lambda: sheet.append(copied),
            lambda: sheet.merge_cells(start_row=row, start_column=1, end_row=row + 1, end_column=column),
            lambda: setattr(sheet, "title", "改名"),
            lambda: workbook.remove(workbook[other]),
            lambda: workbook.create_sheet("多出来的", 0).append(["甲", 1]),
            lambda: setattr(sheet, "sheet_state", "veryHidden"),
            lambda: sheet.cell(chance.choice([4999, 5001, 60_000, 1_048_576]), 2, "远处"),
            lambda: sheet.cell(4, chance.choice([30, 41, 300, 16_384]), "远处"),
            lambda: [sheet.cell(1, n, "表头") for n in range(1, 10)],
            lambda: sheet.move_range(f"A4:Q{sheet.max_row}", rows=chance.randint(-3, 5)),
        ]
        chance.choice(deeds)()

    return saved(content, change)


# ── XML and zip ──────────────────────────────────────────────────────────────────────────────────────────────────


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def markup(content: bytes, chance: random.Random) -> bytes:
    """Parts whose XML says something else, or is XML no longer."""
    members = unpacked(content)
    name = chance.choice([each for each in members if "sheet" in each] * 3 + list(members))
    text = members[name]
    place = chance.randrange(len(text))
    attributes = rb'(\w+)="([^"]*)"'
    odd = chance.choice([b"", b"-1", b"99999999999", b"NaN", b"AAAA1", b"A0", b"&#0;", b"1" * 400, "甲".encode()])
    found = list(re.finditer(attributes, text))
    one = chance.choice(found) if found else None
    tags = [b"<v>", b"</c>", b"<row", b"</sheetData>", b"<is>", b't="inlineStr"', b"<sheet ", b"<Override", b"xmlns="]
    tag = chance.choice(tags)
    variants: list[Callable[[], bytes]] = [
        lambda: text[:place],
        lambda: text[:place] + bytes([chance.randrange(256)]) + text[place + 1 :],
        lambda: text[: one.start(2)] + odd + text[one.end(2) :] if one else b"",
        lambda: text.replace(tag, chance.choice([b"", b"<x>", tag * 2, tag.upper()]), chance.choice([1, -1])),
        lambda: re.sub(rb"<v>[^<]*</v>", b"<v>" + odd + b"</v>", text, count=chance.randint(0, 3)),
        lambda: re.sub(rb't="\w+"', b't="%s"' % chance.choice([b"s", b"b", b"e", b"d", b"n", b"str", b"?"]), text),
        lambda: re.sub(rb's="\d+"', b's="%d"' % chance.choice([0, 7, 999_999]), text),
        lambda: text[:place] + b"<" * chance.randint(1, 50) + text[place:],
        lambda: b"",
    ]
    members[name] = chance.choice(variants)()
    if chance.random() < 0.15:
        del members[chance.choice(list(members))]
    return packed(members)


def encoding(content: bytes, chance: random.Random) -> bytes:
    """Parts in another encoding, or that claim one."""
    members = unpacked(content)
    name = chance.choice(list(members))
    text = members[name].decode(errors="replace")
    chosen = chance.choice(["utf-16", "utf-16-le", "utf-32", "gb18030", "latin-1", "utf-7", "cp037", "utf-8-sig"])
    body = re.sub(r"^<\?xml[^>]*\?>", "", text)
    claim = chance.choice(
        ["", f'<?xml version="1.0" encoding="{chosen}"?>', '<?xml version="1.0" encoding="klingon"?>']
    )
    members[name] = (claim + body).encode(chosen if chance.random() < 0.7 else "utf-8", errors="replace")
    return packed(members)


def archive(content: bytes, chance: random.Random) -> bytes:
    """Truncated, overwritten, padded and oddly packed files."""
    place = chance.randrange(len(content))
    entry = content.rfind(b"PK\x05\x06")
    flipped = bytearray(content)
    for _ in range(chance.choice([1, 1, 5, 100])):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    members = unpacked(content)
    variants: list[Callable[[], bytes]] = [
        lambda: content[:place],
        lambda: content[: -chance.randint(1, 40)],
        lambda: bytes(flipped),
        lambda: content + bytes(chance.randint(1, 70_000)),
        lambda: bytes(chance.randint(1, 500)) + content,
        lambda: content[place:],
        lambda: content * 2,
        lambda: packed(members, zipfile.ZIP_STORED),
        lambda: packed(members, zipfile.ZIP_BZIP2),
        lambda: packed(members, zipfile.ZIP_LZMA),
        lambda: packed({name.upper(): data for name, data in members.items()}),
        lambda: packed({f"../{name}": data for name, data in members.items()}),
        lambda: packed({**members, "xl/extra.bin": bytes(chance.randint(0, 3_000_000))}),
        lambda: (
            content[: entry + 8]
            + struct.pack("<HHII", *(chance.randrange(2**16) for _ in range(4)))
            + content[entry + 20 :]
        ),
        lambda: chance.randbytes(chance.randint(0, 5000)),
    ]
    return chance.choice(variants)()


MUTATIONS: dict[str, Mutation] = {"单元格": cells, "形状": shape, "XML": markup, "编码": encoding, "压缩包": archive}


def mutants(content: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """That many, every kind as often as the others."""
    for number in range(count):
        name = list(MUTATIONS)[number % len(MUTATIONS)]
        yield name, MUTATIONS[name](content, random.Random(f"{seed}-{number}"))


# ── what becomes of them ─────────────────────────────────────────────────────────────────────────────────────────

CELL = re.compile(r"(填报|指标读数)!(?:[A-Z]{1,2}\d+|\d+行)")
CAUSE = re.compile(
    r"(不是Excel|损坏|改动|隐藏内容|超过|超出|过大|过多|编码|实体|宏|链接|重名|旧版|空的|找不到表头|表头|不受支持|模板版本|加密|缺少|副本|Numbers|Strict)"
)


def outcome(mutation: str, content: bytes, path: Path) -> Outcome:
    """Reads it with --commit, judges, and undoes what was written."""
    from django.core.management import CommandError, call_command
    from django.db import transaction

    path.write_bytes(content)
    out, start, code, fault = io.StringIO(), time.process_time(), 0, ""
    with transaction.atomic():
        before = written()
        try:
            call_command("read_fill_in", str(path), "--commit", stdout=out, stderr=out)
        except CommandError as error:
            code, _ = 1, out.write(str(error))
        except Exception as error:  # whatever it is, it is what this looks for
            code, fault = 2, f"crash: {error!r}"
        seconds, said = time.process_time() - start, out.getvalue()
        reports, drafts, changes = (now - then for now, then in zip(written(), before, strict=True))
        transaction.set_rollback(True)
    announced = re.search(r"已写入(\d+)行", said)
    if code == 0 and (reports != changes or reports != int(announced[1] if announced else 0) or drafts > 0):
        fault = f"partial write: {reports} reports, {drafts} drafts, {changes} changes"
    if code == 1 and (reports or drafts or changes):
        fault = f"refused and written all the same: {reports}, {drafts}, {changes}"
    if code == 1 and not (CELL.search(said) or CAUSE.search(said)):
        fault = f"no cell and no cause: {said[-200:]}"
    return Outcome(mutation, code, said, seconds, fault)


def written() -> tuple[int, int, int]:
    from agencies.models import Change
    from tasks.models import ProgressReport, ReportDraft

    return ProgressReport.objects.count(), ReportDraft.objects.count(), Change.objects.count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"QA_PLAN_VAR": folder, "QA_PLAN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "qa_plan.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        path = Path(folder) / "填报表.xlsx"
        quiet = io.StringIO()
        call_command("migrate", verbosity=0)
        call_command("load_demo", stdout=quiet)
        call_command("build_fill_in", agency="省质监局", period="2016Q3", out=path, stdout=quiet)
        content = touched(path.read_bytes())
        honest = outcome("", content, path)
        if honest.code:
            raise SystemExit(honest.said)
        found = [outcome(name, mutant, path) for name, mutant in mutants(content, asked.count, asked.seed)]
    print(json.dumps(summary(found), ensure_ascii=False, indent=1))
    raise SystemExit(any(each.fault for each in found))


def touched(content: bytes) -> bytes:
    """With good content in every row, so that there is something to write by halves."""

    def change(workbook: Any) -> None:
        sheet = workbook[FORM]
        for row in range(4, sheet.max_row + 1):
            sheet[f"H{row}"], sheet[f"I{row}"] = 98, f"第{row}行的进展。"

    return saved(content, change)


def summary(found: list[Outcome]) -> dict[str, Any]:
    return {
        "workbooks": len(found),
        "refused": sum(each.code == 1 for each in found),
        "taken whole": sum(each.code == 0 for each in found),
        "naming a cell": sum(each.code == 1 and bool(CELL.search(each.said)) for each in found),
        "by kind": {
            name: dict(Counter(str(each.code) for each in found if each.mutation == name)) for name in MUTATIONS
        },
        "slowest, in seconds": round(max(each.seconds for each in found), 2),
        "faults": [f"{each.mutation}: {each.fault}" for each in found if each.fault][:20],
        "number of faults": sum(bool(each.fault) for each in found),
    }


if __name__ == "__main__":
    main()
