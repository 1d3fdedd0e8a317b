"""The demonstration has packages: the second quarter's, built by the system and issued, and a draft of the third's.

The draft is only asked for: the worker builds it as soon as the demonstration runs, and loading needn't wait for it.
"""

from datetime import date, datetime, time

from agencies.models import User
from qa_plan.clock import at
from reports.models import Package
from reports.packages.asking import request_package
from reports.packages.building import build
from reports.packages.due import request_due
from reports.packages.issuing import issue_package
from tasks.demo.playing import TimedDeed
from tasks.models import Plan


def package_deeds() -> list[TimedDeed]:
    """The deeds are done at their moments: the first working day after the due date, the first lock, the last day."""
    return [
        (at(date(2016, 7, 18), time(6)), _build_by_itself),
        (at(date(2016, 7, 22), time(17, 31)), _issue),
        (at(date(2016, 10, 12), time(17)), _ask),
    ]


def _build_by_itself(moment: datetime) -> None:
    request_due(moment.date(), at=moment)
    for package in Package.objects.all():
        build(package.pk, at=moment, tick=lambda: moment)


def _issue(moment: datetime) -> None:
    issue_package(package=Package.objects.get(), number=1, by=_coordinator(), at=moment)


def _ask(moment: datetime) -> None:
    plans, day = list(Plan.objects.filter(office=None, duty_of=None)), date(2016, 10, 11)
    request_package(plans=plans, period="2016Q3", day=day, by=_coordinator(), at=moment)


def _coordinator() -> User:
    return User.objects.get(username="coordinator")
