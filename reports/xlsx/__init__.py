"""Excel files, out and in: the only package that knows openpyxl.

`to_bytes` writes what `reports.sheets` describes, `write_rows` one long table as a stream. A file from outside is
looked at by `refuse_hostile` before anything parses it; `open_sheets` reads a small one whole, `Values` a large
one row by row.
"""

from reports.xlsx.reading import Read, SheetCells, open_sheets
from reports.xlsx.safety import FILL_IN, QUARTERLY, Limits, WorkbookRefused, refuse_hostile
from reports.xlsx.streaming import TooManyRows, write_rows
from reports.xlsx.values import Value, Values
from reports.xlsx.writing import MEDIA_TYPE, to_bytes

__all__ = [
    "FILL_IN",
    "MEDIA_TYPE",
    "QUARTERLY",
    "Limits",
    "Read",
    "SheetCells",
    "TooManyRows",
    "Value",
    "Values",
    "WorkbookRefused",
    "open_sheets",
    "refuse_hostile",
    "to_bytes",
    "write_rows",
]
