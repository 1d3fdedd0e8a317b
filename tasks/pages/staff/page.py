"""账号移交: what goes to the new person, in numbers, before it is done."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from agencies.models import User
from tasks.models import Assignment, Message, ReportDraft


@dataclass(frozen=True)
class HandOverPreview:
    """What the person leaves, and who takes it over."""

    old: User
    name: str
    username: str

    @cached_property
    def drafts(self) -> int:
        return ReportDraft.objects.filter(assignment__agency=self.old.agency, assignment__ended_at__isnull=True).count()

    @cached_property
    def messages(self) -> int:
        return Message.objects.filter(recipient=self.old, read_at__isnull=True).count()

    @cached_property
    def assignments(self) -> int:
        return Assignment.objects.filter(agency=self.old.agency, ended_at__isnull=True).count()

    @property
    def token(self) -> str:
        """Stands for who takes over from whom; what is left is counted again when it is done, and goes along."""
        return sha256(repr((self.old.pk, self.name, self.username)).encode()).hexdigest()
