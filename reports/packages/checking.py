"""A large file is checked by the worker, which keeps what the page would have said."""

from datetime import datetime
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone

from reports.background.working import CannotMake, Progress, person_of
from reports.models import LargeFile
from reports.packages.seeing import visible_files
from reports.packages.verifying import verify
from reports.xlsx import WorkbookRefused
from tasks.access import can_instruct


def make_check(large: LargeFile, file: IO[bytes], progress: Progress, at: datetime) -> str:
    """Nothing is written: what was found is shown in the page."""
    by = person_of(large)

    def told(stage: str, share: int) -> None:
        progress.at(share, stage)

    try:
        with default_storage.open(large.source) as stored:
            upload = File(stored, large.name)
            finding = verify(upload, visible_files(by), compares=can_instruct(by), at=at, told=told)
    except WorkbookRefused as refusal:
        raise CannotMake(str(refusal)) from None
    except OSError:
        raise CannotMake("上传的文件已不在，请重新上传。") from None
    return render_to_string("reports/_finding.html", {"finding": finding, "today": timezone.localdate(at)})
