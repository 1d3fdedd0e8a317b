"""What was read of a notice, kept as JSON; what people correct of it; and what they are asked.

The text itself never changes, only what is read of it.
"""

from .corrections import Corrected, Correction, corrected
from .describing import deadline_words, said
from .keeping import from_kept, kept
from .marks import Mark, Piece, marks_of, pieces, unit_keys
from .places import locate
from .questions import Choice, Question, questions, settles

__all__ = [
    "Choice",
    "Corrected",
    "Correction",
    "Mark",
    "Piece",
    "Question",
    "corrected",
    "deadline_words",
    "from_kept",
    "kept",
    "locate",
    "marks_of",
    "pieces",
    "questions",
    "said",
    "settles",
    "unit_keys",
]
