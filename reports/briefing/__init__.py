"""季度通报: the short official text of a quarter, from the same snapshot as the workbook.

`compose` writes it, with every figure as a named field; coordinators may word the text around the fields anew, never
the figures. `to_docx` sets it by GB/T 9704.
"""

from reports.briefing.composing import compose
from reports.briefing.document import to_docx
from reports.briefing.text import Briefing, Paragraph, Table, WordingError, check_wording, typed_numbers

__all__ = [
    "Briefing",
    "Paragraph",
    "Table",
    "WordingError",
    "check_wording",
    "compose",
    "to_docx",
    "typed_numbers",
]
