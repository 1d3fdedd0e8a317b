"""What /metrics tells of the building of packages."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from reports.models import Build
from reports.packages.building import unbuilt
from tasks.pages.health.page import Family


def of_packages(now: datetime) -> Iterator[Family]:
    """Raises DatabaseError where the database can't be asked."""
    told = Build.objects.aggregate(
        builds=Coalesce(Sum("builds"), 0),
        seconds=Coalesce(Sum("seconds"), 0.0),
        waiting=Count("pk", filter=unbuilt(now)),
        failed=Count("pk", filter=Q(state=Build.State.FAILED)),
    )
    for name, meaning, kind, value in (
        ("package_builds_total", "Packages built; one that is reworded, again.", "counter", told["builds"]),
        ("package_build_seconds_total", "Seconds that took.", "counter", told["seconds"]),
        ("packages_waiting", "Packages that no worker builds yet, or any more.", "gauge", told["waiting"]),
        ("packages_failed", "Packages whose last build failed.", "gauge", told["failed"]),
    ):
        yield Family(name, meaning, kind, [({}, value)])
