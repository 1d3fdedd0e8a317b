"""What `reports` keeps: packages with their editions and issues, large files, and how far people have looked."""

from reports.models.large_files import LargeFile
from reports.models.packages import (
    BriefingWording,
    Build,
    Edition,
    Issue,
    IssueWithdrawal,
    LastLook,
    Package,
    PackageFile,
    PackageMail,
    PackageQuerySet,
)

__all__ = [
    "BriefingWording",
    "Build",
    "Edition",
    "Issue",
    "IssueWithdrawal",
    "LargeFile",
    "LastLook",
    "Package",
    "PackageFile",
    "PackageMail",
    "PackageQuerySet",
]
