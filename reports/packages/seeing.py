"""Coordinators and leadership find all packages, everybody else the briefing of what was issued.

A workbook holds reports that wait and comments of reviews, which other agencies must not meet: it stays with those who
oversee. What is issued (印发) to agencies is the briefing.
"""

from django.db.models import QuerySet
from django.http import Http404

from agencies.models import User
from reports.models import Edition, Package, PackageFile, PackageQuerySet
from reports.packages.questions import files, files_by_key, packages_by_key
from tasks.access import oversees, sees_plans, visible_plans


def visible_packages(user: User) -> PackageQuerySet:
    packages = Package.objects.filter(plans__in=visible_plans(user)).distinct()
    return packages if oversees(user) else packages.issued()


def get_package(user: User, pk: int) -> Package:
    return _seen(user, pk, with_all=True)


def get_build(user: User, pk: int) -> Package:
    """Gives the package with its build and nothing else: asked for again and again while it is under way."""
    return _seen(user, pk, with_all=False)


def _seen(user: User, pk: int, *, with_all: bool) -> Package:
    packages = packages_by_key(pk=pk, with_all=with_all, is_issued=not oversees(user)) if sees_plans(user) else []
    if not packages:
        raise Http404
    return packages[0]


def files_of(user: User, edition: Edition | None) -> list[PackageFile]:
    """Lists the files that the person may download, the workbook first. Uses what was read along."""
    if edition is None:
        return []
    order = list(PackageFile.Kind)
    files = [file for file in edition.files.all() if oversees(user) or file.kind == PackageFile.Kind.DOCX]
    return sorted(files, key=lambda file: order.index(PackageFile.Kind(file.kind)))


def shown_edition(user: User, package: Package) -> Edition | None:
    """Gives the newest edition to those who oversee, the issued one to everybody else."""
    if oversees(user):
        return package.edition
    return package.issue.edition if package.issue else None


def visible_files(user: User) -> QuerySet[PackageFile]:
    """Finds all files for those who oversee; for everybody else the briefings of what is issued."""
    return files(is_issued=not oversees(user)) if sees_plans(user) else PackageFile.objects.none()


def get_file(user: User, package_pk: int, pk: int) -> PackageFile:
    """Finds the file cheaply: whoever waited for a package wants it at the same moment as everybody else."""
    rows = files_by_key(package=package_pk, pk=pk, is_issued=not oversees(user)) if sees_plans(user) else []
    if not rows:
        raise Http404
    return rows[0]
