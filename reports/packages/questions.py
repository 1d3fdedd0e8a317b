"""What a crowd asks while it waits for a package, put into SQL once."""

from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery

from qa_plan.compile_once import Param, compile_once
from reports.models import Issue, Package, PackageFile


@compile_once(pk=IntegerField())
def packages_by_key(pk: Param, *, with_all: bool) -> QuerySet[Package]:
    packages = Package.objects.filter(pk=pk)
    return packages.with_all() if with_all else packages.with_home().select_related("build")


@compile_once(package=IntegerField(), pk=IntegerField())
def files_by_key(package: Param, pk: Param) -> QuerySet[PackageFile]:
    """With `home`, the path of the office whose plans it is of, and `is_open`: whether everybody may have it."""
    homes: Any = Package.objects.with_home().filter(pk=OuterRef("edition__package"))
    files = PackageFile.objects.filter(edition__package=package, pk=pk).select_related("blob", "edition")
    return files.annotate(home=Subquery(homes.values("home")), is_open=is_open())


def is_open() -> Q:
    """The condition on files that everybody may have: the briefings of what is issued."""
    in_force = Issue.objects.filter(edition=OuterRef("edition"), withdrawal=None)
    return Q(Exists(in_force), kind=PackageFile.Kind.DOCX)
