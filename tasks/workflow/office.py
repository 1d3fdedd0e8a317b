"""The first morning: the first account, how the office is called, and what it says it has looked through."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from agencies.changes import note
from agencies.installation import keys_that_open
from agencies.models import TOP, Level, Office, SetupKey, User
from tasks.access import first_role
from tasks.models import Plan
from tasks.workflow.current import WorkflowError, deed

# What the record of changes says; the checklist asks it for them.
LOOKED_THROUGH = "核对完成时限"
DISMISSED = "收起开通清单"


class Named(NamedTuple):
    """How an office calls itself, and whose it is."""

    name: str
    urge_prefix: str
    level: str
    area: str = ""

    @classmethod
    def of(cls, office: Office) -> "Named":
        return cls(office.name, office.urge_prefix, office.level, office.area)


@deed
def begin_installation(
    *,
    key: str,
    office_name: str,
    urge_prefix: str,
    username: str,
    display_name: str,
    password: str,
    also_coordinates: bool,
    at: datetime,
    now: datetime,
) -> User:
    """Makes the first account, and names the office. The key is used up: of two at once, one is first.

    `now` is real time, by which keys end; `at` is what goes on record.
    """
    if keys_that_open(key, now).select_for_update().first() is None or User.objects.exists():
        raise WorkflowError("首个账号已经设立，或本页地址已失效。")
    user = User.objects.create_user(
        username, password, display_name=display_name, **first_role(also_coordinates=also_coordinates)
    )
    SetupKey.objects.all().delete()
    new = {"username": user.username, "display_name": str(user), "role": user.role}
    note("设立首个账号", user, by=user, at=at, new={**new, "also_administers": user.also_administers})
    named = Named(office_name, urge_prefix, Level.of_name(office_name))
    _rename(Office.of_settings(), named, by=user, at=at, is_first=True)
    return user


@deed
def name_office(*, named: Named, seen: Named, by: User, at: datetime) -> None:
    """Changes how the office calls itself, from now on; letters that went out keep their numbers.

    `seen` is what stood on the form: where somebody has changed it since, nothing is done.
    """
    office = Office.objects.select_for_update().filter(path=TOP).first()
    shown = office or Office.of_settings()
    if Named.of(shown) not in (seen, named):
        raise WorkflowError(
            f"内容已被更新，本次未保存：名称已被改为“{shown.name}”（{shown.place}）、代字“{shown.urge_prefix}”，"
            "请核对后再保存。"
        )
    lowest = Level(named.level).below
    if wrong := [each.area for each in Office.objects.directly_below(TOP) if each.level not in lowest]:
        raise WorkflowError(
            f"{'、'.join(wrong[:3])}已设为下一级机构，层级不能改为{Level(named.level).label}。", "level"
        )
    _rename(shown, named, by=by, at=at, is_first=office is None)


def _rename(office: Office, named: Named, *, by: User, at: datetime, is_first: bool) -> None:
    if not is_first and Named.of(office) == named:
        return
    old = {} if is_first else Named.of(office)._asdict()
    office.name, office.urge_prefix, office.level, office.area = named
    try:
        with transaction.atomic():
            office.save(force_insert=is_first)
    except IntegrityError as error:
        raise WorkflowError("另一位刚刚登记了本机构名称，请刷新后核对。") from error
    new = {key: value for key, value in named._asdict().items() if value or old}
    note("登记统筹机构", office, by=by, at=at, old=old, new=new)


@deed
def confirm_due_dates(*, plans: Sequence[Plan], by: User, at: datetime) -> None:
    """Somebody has looked the due dates of these plans through, and those that were inferred are meant."""
    for plan in plans:
        note(LOOKED_THROUGH, plan, by=by, at=at)


@deed
def dismiss_setup(*, by: User, at: datetime) -> None:
    """The checklist leaves the first page, whatever stands open on it."""
    note(DISMISSED, Office.current(), by=by, at=at)
