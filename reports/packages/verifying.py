"""Whether a file from somewhere is one that was built here, told by its content."""

import hashlib
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

from reports.models import PackageFile, PackageQuerySet
from reports.xlsx import FILE_LIMIT, WorkbookRefused


@dataclass(frozen=True)
class Finding:
    """`file` is what it is, to the last byte; None for a file that isn't one of ours or was saved anew."""

    name: str
    sha256: str
    file: PackageFile | None


def verify(upload: UploadedFile, packages: PackageQuerySet) -> Finding:
    if (upload.size or 0) > FILE_LIMIT:
        raise WorkbookRefused(f"文件超过{FILE_LIMIT // 1024**2} MB。")
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()
    files = PackageFile.objects.filter(blob__sha256=digest, edition__package__in=packages)
    file = files.select_related("edition__package", "blob").order_by("pk").first()
    return Finding(str(upload.name), digest, file)
