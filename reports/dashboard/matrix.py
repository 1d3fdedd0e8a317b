"""责任矩阵 shows items × agencies, one cell for each assignment."""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.dashboard.listings import AgencyRow, HeadingStanding, section_rows
from tasks.models import Section
from tasks.standing.rollup import Standing


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An item with its cells, one for each of the matrix's agencies."""

    standing: HeadingStanding
    cells: list[Standing | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole matrix, its rows under their sections."""

    columns: list[AgencyRow]
    parts: list[tuple[Section, list[MatrixRow]]]


def matrix(items: Iterable[HeadingStanding], agencies: Iterable[AgencyRow]) -> Matrix:
    """Arranges these items: one column for each agency with a part in them, one cell for each assignment."""
    parts = list(items)
    concerned = {row.agency_id for part in parts for row in (*part.leads, *part.assists)}
    columns = [row for row in agencies if row.agency.pk in concerned]
    position = {row.agency.pk: place for place, row in enumerate(columns)}

    def cells(part: HeadingStanding) -> list[Standing | None]:
        line: list[Standing | None] = [None] * len(columns)
        for row in (*part.leads, *part.assists):
            line[position[row.agency_id]] = row
        return line

    return Matrix(
        columns,
        [(row.section, [MatrixRow(part, cells(part)) for part in row.items]) for row in section_rows(parts)],
    )
