"""What was read of a notice, kept as JSON; what people correct of it; and what they are asked.

The text itself never changes, only what is read of it.
"""

from .corrections import Corrected, Correction, corrected
from .describing import said
from .keeping import from_kept, kept
from .places import locate
from .questions import Choice, Question, questions

__all__ = [
    "Choice",
    "Corrected",
    "Correction",
    "Question",
    "corrected",
    "from_kept",
    "kept",
    "locate",
    "questions",
    "said",
]
