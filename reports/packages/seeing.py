"""Coordinators and leadership find all packages of their office, everybody else the briefing of what was issued.

A workbook holds reports that wait and comments of reviews, which other agencies and other offices must not meet: it
stays with those who oversee. What is issued (印发) to agencies is the briefing.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from agencies.models import User
from reports.models import Edition, Package, PackageFile, PackageQuerySet
from reports.packages.questions import files_by_key, is_open, packages_by_key
from tasks.access import at_home, can_instruct, lines_up, oversees, sees_plans, visible_plans


def visible_packages(user: User) -> PackageQuerySet:
    packages = Package.objects.filter(plans__in=visible_plans(user)).distinct()
    if not can_instruct(user):
        return packages.issued()
    return packages.with_home().filter(Q(home=user.scope) | Q(is_issued=True))


def get_package(user: User, pk: int) -> Package:
    return _seen(user, pk, with_all=True)


def get_build(user: User, pk: int) -> Package:
    """Gives the package with its build and nothing else: asked for again and again while it is under way."""
    return _seen(user, pk, with_all=False)


def _seen(user: User, pk: int, *, with_all: bool) -> Package:
    packages = packages_by_key(pk=pk, with_all=with_all) if sees_plans(user) else []
    if not packages or not _may_have(user, packages[0].home, is_open=packages[0].is_issued):
        raise Http404
    return packages[0]


def _may_have(user: User, home: str, *, is_open: bool) -> bool:
    return oversees(user, home) or (is_open and lines_up(user, home))


def files_of(user: User, package: Package, edition: Edition | None) -> list[PackageFile]:
    """Lists the files that the person may download, the workbook first. Uses what was read along."""
    if edition is None:
        return []
    order, oversees_it = list(PackageFile.Kind), oversees(user, package.home)
    files = [file for file in edition.files.all() if oversees_it or file.kind == PackageFile.Kind.DOCX]
    return sorted(files, key=lambda file: order.index(PackageFile.Kind(file.kind)))


def shown_edition(user: User, package: Package) -> Edition | None:
    """Gives the newest edition to those who oversee, the issued one to everybody else."""
    if oversees(user, package.home):
        return package.edition
    return package.issue.edition if package.issue else None


def visible_files(user: User) -> QuerySet[PackageFile]:
    """Finds all files of the own office for those who oversee; the briefings of what is issued for everybody."""
    if not sees_plans(user):
        return PackageFile.objects.none()
    seen = Package.objects.filter(plans__in=visible_plans(user)).values("pk")
    files = PackageFile.objects.filter(edition__package__in=seen)
    if not can_instruct(user):
        return files.filter(is_open())
    own = Package.objects.filter(at_home(user, "plans__office")).values("pk")
    return files.filter(is_open() | Q(edition__package__in=own))


def get_file(user: User, package_pk: int, pk: int) -> PackageFile:
    """Finds the file cheaply: whoever waited for a package wants it at the same moment as everybody else."""
    rows: list[Any] = files_by_key(package=package_pk, pk=pk) if sees_plans(user) else []
    if not rows or not _may_have(user, rows[0].home, is_open=rows[0].is_open):
        raise Http404
    file: PackageFile = rows[0]
    return file
