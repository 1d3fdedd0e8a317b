"""The leadership's first screen, on top of the dashboard, and what is new beside it."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from agencies.models import User
from reports.dashboard.overview import Overview
from reports.dashboard.ranking import RankRow, both_ends, ranking
from reports.leading.looks import look
from reports.leading.since import Since, since
from reports.models import Issue, PackageFile
from reports.packages.seeing import visible_files

READ = (PackageFile.Kind.XLSX, PackageFile.Kind.DOCX)  # the others are for machines


@dataclass(frozen=True)
class FirstScreen:
    """The ranking in short, beside the sentence, the lights and the curve."""

    overview: Overview

    @cached_property
    def _ranking(self) -> list[RankRow]:
        return ranking(self.overview)

    @property
    def ranked(self) -> int:
        return len(self._ranking)

    @property
    def ends(self) -> list[list[RankRow]]:
        """The first and the last agencies of the ranking."""
        return [list(part) for part in both_ends(self._ranking) if part]


@dataclass(frozen=True)
class News:
    """What changed since the person's last look, which is remembered by this, and the newest files."""

    user: User
    overview: Overview

    @cached_property
    def since(self) -> Since:
        return since(self.overview, look(self.user, self.overview.plan, self.overview.day))

    @cached_property
    def files(self) -> list[PackageFile]:
        """Those of the plan's newest edition that the person may have, with `is_issued`; one query."""
        of_plan = visible_files(self.user).filter(edition__package__plans=self.overview.plan)
        in_force = Issue.objects.filter(edition=OuterRef("edition"), withdrawal=None)
        shown = of_plan.filter(kind__in=READ).annotate(is_issued=Exists(in_force))
        newest = shown.select_related("edition__package").order_by(
            "-edition__package__as_of", "-edition__package_id", "-edition__number", "-kind"
        )
        files = list(newest[: len(PackageFile.Kind)])
        return [file for file in files if file.edition_id == files[0].edition_id]
