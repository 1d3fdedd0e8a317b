"""The files of a package are named and made of the facts here. Nothing reads the facts anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.briefing import build_briefing
from reports.briefing.document import DOCX_TYPE
from reports.models import PackageFile
from reports.quarter import Snapshot, canonical
from reports.quarter.book import build_workbook, file_name
from reports.xlsx import MEDIA_TYPE
from tasks.models import Plan

Kind = PackageFile.Kind
Wording = Mapping[str, str]  # paragraph → text, where the coordinators changed it


@dataclass(frozen=True)
class Part:
    """A file that every package has, and how much of the work lies before it."""

    kind: PackageFile.Kind
    stage: str
    share: int
    media_type: str
    make: Callable[[Snapshot, Wording], bytes]

    def name(self, snapshot: Snapshot) -> str:
        return file_name(snapshot, self.kind.value)


def briefing_of(snapshot: Snapshot, wording: Wording) -> bytes:
    """The briefing, in the name of the office whose plans it is about."""
    return build_briefing(snapshot, wording, Plan.objects.office_of(snapshot.plans[0].slug).name)


PARTS = (
    Part(
        kind=Kind.FACTS,
        stage="整理数据",
        share=10,
        media_type="application/json",
        make=lambda snapshot, wording: canonical(snapshot),
    ),
    Part(
        kind=Kind.XLSX,
        stage="生成工作簿",
        share=12,
        media_type=MEDIA_TYPE,
        make=lambda snapshot, wording: build_workbook(snapshot),
    ),
    Part(kind=Kind.DOCX, stage="编写通报", share=50, media_type=DOCX_TYPE, make=briefing_of),
)
