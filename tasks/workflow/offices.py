"""统筹机构 of cities and counties are opened from a list, all of them or none."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max

from agencies.changes import note
from agencies.models import Agency, Level, Office, User
from tasks.workflow.current import WorkflowError, deed

CODE = re.compile(r"\d{6,12}")
LEVELS = {level.label: level for level in Level if level != Level.PROVINCE}
LEVELS |= {"县": Level.COUNTY, "市辖区": Level.COUNTY, "县级市": Level.COUNTY, "区": Level.COUNTY}


class ListedOffice(NamedTuple):
    """A line of the list as it was typed; `above` is the code of the office above, "" of the top one."""

    code: str
    area: str
    level: str
    above: str
    name: str
    prefix: str
    government: str


@deed
def open_offices(rows: Sequence[ListedOffice], *, by: User | None, at: datetime) -> list[Office]:
    """Makes the offices that are missing, those above before those below, each with its government.

    What is there stays as it is, so that the same list may come twice. A government is found by its name, or made as a
    unit of the office above.
    """
    known = {office.code: office for office in Office.objects.local()}
    wanted = {row.code: row for row in rows if row.code not in known}
    made: list[Office] = []
    for number, row in enumerate(rows, start=1):
        _check(row, number, {*known, *wanted})
    while wanted:
        ready = [row for row in wanted.values() if not row.above or row.above in known]
        if not ready:
            raise WorkflowError(f"{'、'.join(wanted)}的上级互为上下级，请核对上级代码。")
        for row in ready:
            known[row.code] = _opened(wanted.pop(row.code), known, by=by, at=at)
            made.append(known[row.code])
    return made


def _check(row: ListedOffice, number: int, codes: set[str]) -> None:
    missing = [
        word
        for word, text in zip(("地区", "机构名称", "代字"), (row.area, row.name, row.prefix), strict=True)
        if not text
    ]
    problems = {
        f"代码“{row.code}”应为6至12位数字": not CODE.fullmatch(row.code),
        f"没有填写{'、'.join(missing)}": bool(missing),
        f"层级“{row.level}”应为市或县": row.level not in LEVELS,
        f"上级代码“{row.above}”不在名单内，也不在系统中": bool(row.above) and row.above not in codes,
        "上级代码是本行自己": row.above == row.code,
    }
    if wrong := "；".join(problem for problem, holds in problems.items() if holds):
        raise WorkflowError(f"第{number}行：{wrong}。")


def _opened(row: ListedOffice, known: Mapping[str, Office], *, by: User | None, at: datetime) -> Office:
    parent = known[row.above] if row.above else None
    last = Office.objects.aggregate(last=Max("ordinal"))["last"] or 0
    office = Office.objects.create(
        code=row.code,
        area=row.area,
        level=LEVELS[row.level],
        parent=parent,
        name=row.name,
        urge_prefix=row.prefix,
        ordinal=last + 1,
        government=_government(row.government, parent, by=by, at=at),
    )
    new = {"code": row.code, "area": row.area, "parent": row.above, "name": row.name, "government": row.government}
    note("新增统筹机构", office, by=by, at=at, new=new)
    return office


def _government(name: str, parent: Office | None, *, by: User | None, at: datetime) -> Agency | None:
    """The unit that answers to the office above."""
    if not name:
        return None
    found = Agency.objects.named(name).filter(ended_on=None).first()
    if found is None:
        last = Agency.objects.aggregate(last=Max("ordinal"))["last"] or 0
        found = Agency.objects.create(name=name, office=parent, ordinal=last + 1)
        note("新增单位", found, by=by, at=at, new={"name": name})
    elif found.office_id != (parent.path if parent else None):
        raise WorkflowError(f"{found}不是{(parent or Office.current()).place}的单位，不能作下一级的本级政府。")
    elif Office.objects.filter(government=found).exists():
        raise WorkflowError(f"{found}已是另一个统筹机构的本级政府。")
    return found
