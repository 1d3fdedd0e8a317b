"""季度通报: the short official text of a quarter, from the same snapshot as the workbook.

`compose` writes it, with every figure as a named field; coordinators may word the text around the fields anew, never
the figures. `to_docx` sets it by GB/T 9704.
"""

from collections.abc import Mapping

from agencies.models import Office
from reports.briefing.composing import METHOD, compose
from reports.briefing.document import to_docx
from reports.briefing.text import NUMBER, Appendix, Briefing, Paragraph, WordingError, check_wording, typed_numbers
from reports.quarter import Snapshot

__all__ = [
    "METHOD",
    "NUMBER",
    "Appendix",
    "Briefing",
    "Paragraph",
    "WordingError",
    "build_briefing",
    "check_wording",
    "compose",
    "to_docx",
    "typed_numbers",
]


def build_briefing(snapshot: Snapshot, wordings: Mapping[str, str] | None = None, office: str = "") -> bytes:
    """The Word file of the snapshot, in the coordinators' wording where they have one.

    In the name of that office; of the top one where none is named.
    """
    return to_docx(compose(snapshot, wordings or {}, office or Office.current().name), snapshot.definition.as_of)
