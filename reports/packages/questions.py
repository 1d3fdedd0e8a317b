"""What a crowd asks while it waits for a package, put into SQL once."""

from django.db.models import IntegerField, QuerySet

from qa_plan.compile_once import Param, compile_once
from reports.models import Issue, Package, PackageFile


@compile_once(pk=IntegerField())
def packages_by_key(pk: Param, *, with_all: bool, is_issued: bool) -> QuerySet[Package]:
    packages = Package.objects.filter(pk=pk)
    packages = packages.with_all() if with_all else packages.select_related("build")
    return packages.issued() if is_issued else packages


@compile_once(package=IntegerField(), pk=IntegerField())
def files_by_key(package: Param, pk: Param, *, is_issued: bool) -> QuerySet[PackageFile]:
    return files(is_issued=is_issued).filter(edition__package=package, pk=pk).select_related("blob", "edition")


def files(*, is_issued: bool) -> QuerySet[PackageFile]:
    """All of them, or the briefings of what is issued."""
    if not is_issued:
        return PackageFile.objects.all()
    in_force = Issue.objects.filter(withdrawal=None).values("edition")
    return PackageFile.objects.filter(kind=PackageFile.Kind.DOCX, edition__in=in_force)
