"""A package is claimed, read anew, built and kept. All of its files count in one transaction, or none does.

Two clocks: `at` is the product's, by which facts are recorded; `tick` reads the real one, by which a lease runs out.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from uuid import UUID, uuid4

from django.db import Error, connection, transaction
from django.db.models import F, Q

from agencies.changes import note
from agencies.models import User
from reports.models import Build, Edition, Package, PackageFile
from reports.packages.announcing import announce
from reports.packages.files import PARTS, Part
from reports.packages.keeping import Kept, discard_unless_used, is_whole, keep, read
from reports.packages.wording import wording_of
from reports.quarter import BadDefinition, Definition, Snapshot, facts_sha256, restore, take_snapshot
from tasks.access import can_instruct, home_plans
from tasks.workflow.current import deed

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 5
READING, KEEPING, KEEPING_SHARE = "读取数据", "核验并保存", 92

Tick = Callable[[], datetime]


class _LeaseLost(Exception):
    """The build was cancelled meanwhile, or taken for dead and taken over: nothing more is to be done."""


class _CannotBuild(Exception):
    """The package can't be built, now or later; the message says why in Chinese."""


def unbuilt(now: datetime) -> Q:
    """Finds builds that anybody may claim: those that wait, and those whose builder has died."""
    return Q(state=Build.State.QUEUED) | Q(state=Build.State.BUILDING, lease_until__lt=now)


def build(package_pk: int, *, at: datetime, tick: Tick, lease: timedelta = LEASE) -> bool:
    """Builds the package and says whether it did. What is done, under way, cancelled or unknown is left alone."""
    token = _claim(package_pk, tick() + lease, unbuilt(tick()))
    if token is None:
        return False
    package = Package.objects.get(pk=package_pk)
    progress = _Progress(package_pk, token, tick, lease)
    try:
        with _alive(progress):
            _build(package, progress, at=at)
    except _LeaseLost:
        return False
    except (_CannotBuild, BadDefinition) as refusal:
        _fail(package_pk, token, str(refusal))
        return False
    except Exception as error:  # whatever it was: people get a reason and a way on, the log gets the rest
        logger.exception("Package %s could not be built.", package_pk)
        _fail(package_pk, token, f"生成时发生错误（{type(error).__name__}），请重新生成；仍不成功请联系系统管理员。")
        return False
    return True


def _claim(package_pk: int, lease_until: datetime, claimable: Q) -> UUID | None:
    """Takes the lease and returns its proof; None where none is to be had. One statement decides between many."""
    token = uuid4()
    claimed = Build.objects.filter(claimable, package=package_pk).update(
        state=Build.State.BUILDING,
        stage=READING,
        share=0,
        reason="",
        attempt=F("attempt") + 1,
        token=token,
        lease_until=lease_until,
    )
    if not claimed:
        return None
    if Build.objects.filter(package=package_pk, token=token, attempt__gt=MOST_ATTEMPTS).exists():
        _fail(package_pk, token, f"生成过程{MOST_ATTEMPTS}次中断，已停止重试，请联系系统管理员。")
        return None
    return token


class _Progress:
    """Says how far the build is, and learns on the way whether it is still wanted."""

    def __init__(self, package_pk: int, token: UUID, tick: Tick, lease: timedelta) -> None:
        self.mine = Build.objects.filter(package=package_pk, token=token, state=Build.State.BUILDING)
        self.tick = tick
        self.lease = lease
        self.begun = monotonic()

    def at(self, stage: str, share: int) -> None:
        if not self.renew(stage=stage, share=share):
            raise _LeaseLost

    def renew(self, **shown: object) -> bool:
        """Prolongs the lease; False where it is lost."""
        return self.mine.update(lease_until=self.tick() + self.lease, **shown) == 1

    def done(self) -> None:
        measured = {"builds": F("builds") + 1, "seconds": F("seconds") + (monotonic() - self.begun)}
        if not self.mine.update(state=Build.State.DONE, stage="", share=100, token=None, lease_until=None, **measured):
            raise _LeaseLost


@contextmanager
def _alive(progress: _Progress) -> Iterator[None]:
    """Renews the lease while the block runs, however long one file takes; the thread ends when the process does.

    A lease that is lost all the same, the builder learns of at its next step.
    """
    ended = Event()
    heart = Thread(target=_beat, args=(progress, ended), daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()


def _beat(progress: _Progress, ended: Event) -> None:
    while not ended.wait(progress.lease.total_seconds() / 3):
        try:
            progress.renew()
        except Error:
            logger.exception("The lease of a build could not be renewed; tried again in a while.")
        finally:
            connection.close()  # this thread's own: a broken one is made anew by the next beat


def _fail(package_pk: int, token: UUID, reason: str) -> None:
    Build.objects.filter(package=package_pk, token=token).update(
        state=Build.State.FAILED, reason=reason[:500], token=None, lease_until=None
    )


def _build(package: Package, progress: _Progress, *, at: datetime) -> None:
    _require_still_allowed(package)
    snapshot = _snapshot(package)
    wording = wording_of(package)
    contents: list[tuple[Part, bytes]] = []
    for part in PARTS:
        progress.at(part.stage, part.share)
        contents.append((part, part.make(snapshot, wording)))
    progress.at(KEEPING, KEEPING_SHARE)
    kept: list[tuple[PackageFile, Kept]] = []
    try:
        for part, content in contents:
            file = PackageFile(kind=part.kind, name=part.name(snapshot))
            kept.append((file, keep(content, part.media_type)))
        _finish(package, progress, kept, facts_sha256(snapshot), at=at)
    finally:
        for _, stored in kept:
            discard_unless_used(stored)


def _require_still_allowed(package: Package) -> None:
    """Asks anew what the person may see: the account may have changed since the request."""
    if package.recorded_by_id is None:
        return
    by = User.objects.get(pk=package.recorded_by_id)
    slugs = set(home_plans(by).filter(packages=package).values_list("slug", flat=True))
    if not by.is_active or not can_instruct(by) or slugs != set(_definition(package).plans):
        raise _CannotBuild(f"申请人“{by}”已无权生成该汇总。")


def _definition(package: Package) -> Definition:
    return Definition.from_json(package.definition)


def _snapshot(package: Package) -> Snapshot:
    """Takes the facts that the first edition keeps, or else reads them now, all in one look at the database."""
    kept = PackageFile.objects.filter(edition__package=package, kind=PackageFile.Kind.FACTS)
    first = kept.select_related("blob", "edition").order_by("edition__number").first()
    if first is not None and is_whole(first.blob):
        return restore(read(first.blob))
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = take_snapshot(_definition(package))
    if first is not None and first.edition.facts_sha256 != facts_sha256(snapshot):
        raise _CannotBuild("当时保存的数据已缺失，现在读取的与当时不一致，不能重新生成。")
    return snapshot


@deed
def _finish(
    package: Package, progress: _Progress, kept: Sequence[tuple[PackageFile, Kept]], facts: str, *, at: datetime
) -> None:
    """Keeps all files at once; the same files again are no new edition."""
    progress.done()
    newest = package.editions.order_by("-number").first()
    built = {str(file.kind): stored.sha256 for file, stored in kept}
    if newest and dict(newest.files.values_list("kind", "blob__sha256")) == built:
        return
    edition = Edition.objects.create(
        package=package, number=newest.number + 1 if newest else 1, facts_sha256=facts, recorded_at=at
    )
    for file, stored in kept:
        file.edition, file.blob = edition, stored.blob()
    PackageFile.objects.bulk_create(file for file, _ in kept)
    note("生成汇总", package, by=None, at=at, new={"edition": edition.number, "facts_sha256": facts, **built})
    if newest is None and package.recorded_by_id is None:
        announce(package, at=at)
