"""Excel files, out and in: the only package that knows openpyxl.

`to_bytes` writes what `reports.sheets` describes, `write_rows` one long table as a stream. `open_sheets` reads a file
from outside, after `refuse_hostile` has looked at it: nothing that could cost more than a second or 100 MB ever reaches
the library.
"""

from reports.xlsx.reading import Read, SheetCells, open_sheets
from reports.xlsx.safety import FILE_LIMIT, QUARTERLY, Limits, WorkbookRefused, refuse_hostile
from reports.xlsx.streaming import TooManyRows, write_rows
from reports.xlsx.writing import MEDIA_TYPE, to_bytes

__all__ = [
    "FILE_LIMIT",
    "MEDIA_TYPE",
    "QUARTERLY",
    "Limits",
    "Read",
    "SheetCells",
    "TooManyRows",
    "WorkbookRefused",
    "open_sheets",
    "refuse_hostile",
    "to_bytes",
    "write_rows",
]
