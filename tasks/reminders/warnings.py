"""Warnings say what keeps reminders from being right, before it does harm."""

from datetime import date

from django.db.models import Exists, OuterRef

from agencies.models import Agency, AgencyQuerySet, User
from tasks.models import Assignment
from tasks.rules.workdays import Overrides, missing_year


def calendar_warning(day: date, overrides: Overrides) -> str:
    """Warns from a month before a year of which the calendar knows no holidays; "" while all is well."""
    year = missing_year(day, overrides)
    if year is None:
        return ""
    return f"{year}年的节假日安排尚未录入，暂按周一至周五为工作日计算。请系统管理员在“工作日调整”中录入。"


def agencies_without_people() -> AgencyQuerySet:
    """Agencies that have a task and nobody who could be told of it; 泛指单位 have no accounts by intention."""
    tasks = Assignment.objects.filter(agency=OuterRef("pk"), ended_at__isnull=True)
    people = User.objects.of_agency(OuterRef("pk"))
    return Agency.objects.filter(Exists(tasks), ~Exists(people), is_collective=False, ended_on__isnull=True)
