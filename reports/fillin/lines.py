"""A line of the fill-in workbook knows what it is of and what is written in it; columns make cells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reports.fillin.known import KnownRow, Texts, number_text
from reports.fillin.layout import RESULT, FillInColumn
from reports.xlsx.sheets import Cell, Look, Value
from tasks.http.fields import READING
from tasks.models import ActionItem, Assignment, Indicator
from tasks.rules.due_dates import source_words

Marks = Mapping[str, str]  # by field, what is wrong; "" is the whole row's result


@dataclass(frozen=True, slots=True)
class FormLine:
    """One assignment on the form: what the system shows of it, what is written there, and what is wrong with that."""

    row: KnownRow
    version: str
    texts: Texts
    marks: Marks | None  # none where nothing has been checked yet

    @property
    def assignment(self) -> Assignment:
        return self.row.assignment

    @property
    def item(self) -> ActionItem:
        return self.assignment.item

    @property
    def due_source(self) -> str:
        """Where the due date comes from, in the notice's words if it writes it."""
        return source_words(self.assignment.due_source, self.assignment.due_words)

    @property
    def last_progress(self) -> str:
        """The text of the report that was accepted last."""
        return self.row.last.progress if self.row.last else ""

    @property
    def returned(self) -> str:
        return self.row.returned

    def written(self, field: str) -> Value:
        text = self.texts.get(field, "")
        is_number = field == "percent" and text.isdecimal() and len(text) < 9
        return int(text) if is_number else text or None

    def is_wrong(self, field: str) -> bool:
        return self.marks is not None and field in self.marks

    @property
    def result(self) -> Cell:
        if self.marks is None:
            return Cell(None, Look.LOCKED)
        is_right = set(self.marks) <= {""}
        return Cell("；".join(self.marks.values()), Look.RIGHT if is_right else Look.WRONG)


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One indicator of an assignment on the page of readings."""

    row: KnownRow
    indicator: Indicator
    texts: Texts
    marks: Marks | None

    @property
    def assignment(self) -> Assignment:
        return self.row.assignment

    @property
    def item(self) -> ActionItem:
        return self.assignment.item

    @property
    def last_reading(self) -> Value:
        """The reading that was accepted last."""
        return self.row.last_readings.get(self.indicator.pk)

    def written(self, field: str) -> Value:
        return _number(self.texts.get(self._name, ""))

    def is_wrong(self, field: str) -> bool:
        return self.marks is not None and self._name in self.marks

    @property
    def result(self) -> Cell:
        message = self.marks.get(self._name, "") if self.marks else ""
        return Cell(message or None, Look.WRONG if message else Look.LOCKED)

    @property
    def _name(self) -> str:
        """The form's field of this indicator."""
        return f"{READING}{self.indicator.pk}"


AnyLine = TypeVar("AnyLine", FormLine, ReadingLine)


def cells_of(columns: Sequence[FillInColumn[AnyLine]], line: AnyLine) -> list[Cell]:
    """Gives the cells of the line, as the columns show it."""
    return [_cell(column, line) for column in columns]


def _cell(column: FillInColumn[AnyLine], line: AnyLine) -> Cell:
    if column.key == RESULT:
        return line.result
    if column.field:
        value, look = line.written(column.field), Look.WRONG if line.is_wrong(column.field) else Look.INPUT
    else:
        value, look = column.value(line) if column.value else None, Look.LOCKED
    return Cell(value, look, column.number_format, is_open=bool(column.field), is_centred=column.is_centred)


def _number(text: str) -> Value:
    """Gives a number where the text is one: what could not be understood goes back as it was written."""
    digits = number_text(text)
    is_number = digits.replace(".", "", 1).isdecimal() and digits.isascii() and len(digits) < 15
    return float(digits) if is_number and "." in digits else int(digits) if is_number else text or None
