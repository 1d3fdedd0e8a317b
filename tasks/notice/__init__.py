"""A government notice's text → what it says: sections, tasks, who answers for them. No Django, no clock.

notice = read_notice("皖政办秘〔2016〕76号.txt")
notice = parse(text)
"""

from .files import read
from .model import (
    AssistRule,
    Deadline,
    Duty,
    Group,
    Indicator,
    Item,
    LegalBasis,
    Measure,
    Notice,
    NoticeError,
    Problem,
    Responsible,
    Section,
)
from .offices import as_spelled, level_of
from .opening import read_notice
from .reading import parse

__all__ = [
    "AssistRule",
    "Deadline",
    "Duty",
    "Group",
    "Indicator",
    "Item",
    "LegalBasis",
    "Measure",
    "Notice",
    "NoticeError",
    "Problem",
    "Responsible",
    "Section",
    "as_spelled",
    "level_of",
    "parse",
    "read",
    "read_notice",
]
