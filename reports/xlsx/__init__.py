"""Excel files are written and read here, in the only package that knows openpyxl.

`to_bytes` writes what `reports.xlsx.sheets` describes, `write_rows` one long table as a stream. A file from outside is
looked at by `refuse_hostile` before anything parses it; `open_sheets` reads a small one whole, `WorkbookValues` a large
one row by row.
"""

from reports.xlsx.as_seen import as_seen
from reports.xlsx.cells import Merged, ReadCell, ReadSheet, SheetCells, Trouble, open_sheets
from reports.xlsx.display import UnknownDisplay
from reports.xlsx.safety import FILL_IN, QUARTERLY, Limits, WorkbookRefused, refuse_hostile
from reports.xlsx.streaming import TooManyRows, write_rows
from reports.xlsx.values import ReadValue, WorkbookValues
from reports.xlsx.writing import MEDIA_TYPE, to_bytes

__all__ = [
    "FILL_IN",
    "MEDIA_TYPE",
    "QUARTERLY",
    "Limits",
    "Merged",
    "ReadCell",
    "ReadSheet",
    "ReadValue",
    "SheetCells",
    "TooManyRows",
    "Trouble",
    "UnknownDisplay",
    "WorkbookRefused",
    "WorkbookValues",
    "as_seen",
    "open_sheets",
    "refuse_hostile",
    "to_bytes",
    "write_rows",
]
