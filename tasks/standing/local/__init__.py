"""市县落实: how the offices directly below carry out a plan, as of a day (docs/rules.md 15)."""

from tasks.standing.local.cells import Cell, CellState, LocalItem, LocalStanding
from tasks.standing.local.offices import OfficeStanding
from tasks.standing.local.picture import LocalPicture, ParentItem, local_picture
from tasks.standing.local.ranking import Ranked, ranked
from tasks.standing.local.totals import Gap, LocalTotals
from tasks.standing.local.words import newest_words

__all__ = [
    "Cell",
    "CellState",
    "Gap",
    "LocalItem",
    "LocalPicture",
    "LocalStanding",
    "LocalTotals",
    "OfficeStanding",
    "ParentItem",
    "Ranked",
    "local_picture",
    "newest_words",
    "ranked",
]
