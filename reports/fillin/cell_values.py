"""What people write into cells is read here as numbers, dates and yes or no; pure.

Understood is what has one meaning: full-width digits, blanks and line breaks around, a percentage as number or text, a
date as date, as Excel's serial number or as text. What could mean two things is refused.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from qa_plan.clock import FIRST_DAY, LAST_DAY
from reports.xlsx import ReadCell, Trouble, UnknownDisplay, as_seen
from tasks.rules.figures import NotAFigure, figure_in

SERIAL_START = date(1899, 12, 30)  # day 0 of Excel's calendar, as it counts from March 1900 on
YEAR_FIRST = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|(?<=年\d)月|(?<=年\d\d)月)(\d{1,2})日?(?: 0{1,2}:00(?::00)?)?")
YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
YES, NO = {"是", "√", "✓", "v", "y", "yes", "true", "1", "无变化"}, {"", "否", "×", "x", "n", "no", "false", "0"}
FIGURE_SHOWN = re.compile(r"[+-]?(?:[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)%?")

BLANKS = r"[\s\u200b\ufeff]+"  # zero-width ones included: WPS and web pages leave them


TROUBLES = {
    Trouble.PICTURE: "单元格内是图片，不能作为文字报送，请作为佐证材料上传，并在此填写文字。",
    Trouble.NO_RESULT: "单元格内是公式，文件里没有它的结果，请改为直接填写内容。",
}


class Unreadable(Exception):
    """The cell can't be understood, or could mean two things; the message says so in Chinese."""


def refuse_trouble(cell: ReadCell) -> None:
    """Raises Unreadable for a cell that holds an error, a picture, or a formula without its result."""
    if cell.trouble == Trouble.ERROR:
        raise Unreadable(f"单元格内是错误值{_short(text_of(cell.value))}，请改为要填写的内容。")
    if cell.trouble:
        raise Unreadable(TROUBLES[cell.trouble])


def shown_in(value: object, number_format: str = "General") -> str:
    """Reads a cell of text as people see it: 0.85 shown as 85% is 85%, a day is written as it is shown."""
    try:
        seen = text_of(as_seen(value, number_format))
    except (UnknownDisplay, ValueError, OverflowError):
        raise Unreadable("单元格的数字格式使内容的显示无法确定，请把单元格格式改为“文本”，再填写一次。") from None
    if text_of(value) and not seen:
        raise Unreadable("单元格的数字格式把内容隐藏了，请把单元格格式改为“文本”，再填写一次。")
    return seen


def text_of(value: object) -> str:
    """Reads a cell as text: line breaks made one kind, blanks around gone, characters that no text holds dropped."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept = (
        character for character in text if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return re.sub(f"^{BLANKS}|{BLANKS}$", "", "".join(kept))


def narrow(value: object) -> str:
    """Makes full-width digits and signs narrow and takes every blank away: for numbers, dates, yes and no."""
    return re.sub(BLANKS, "", unicodedata.normalize("NFKC", text_of(value)))


def number_in(value: object, number_format: str = "General") -> Decimal | None:
    """Reads a number as its cell shows it, None from an empty cell. 0.85 shown as 85% and the text 85% are both 85."""
    number = _number(value, number_format)
    if number is not None and isinstance(value, (int, float, Decimal)):
        _refuse_shown_otherwise(number, value, number_format)
    return number


def percent_in(value: object, number_format: str = "General") -> int | None:
    """Reads a percentage as a whole number from 0 to 100, None from an empty cell."""
    number = _number(value, number_format)
    if number is not None and (number != number.to_integral_value() or not 0 <= number <= 100):
        raise Unreadable("进度应为0到100之间的整数。")
    number = number_in(value, number_format)
    return None if number is None else int(number)


def _number(value: object, number_format: str) -> Decimal | None:
    if isinstance(value, bool):
        raise Unreadable("应为数字，读到的是是/否。")
    if isinstance(value, (date, timedelta)) or hasattr(value, "hour"):
        raise Unreadable("应为数字，读到的是日期或时间，请把单元格格式改为常规。")
    if isinstance(value, (int, float, Decimal)):
        number = _decimal(repr(value) if isinstance(value, float) else str(value))
        is_percentage = "%" in re.sub(r'"[^"]*"|\\.', "", number_format)
        return _tidy(number * 100) if is_percentage else _tidy(number)
    try:
        typed = figure_in(text_of(value))
    except NotAFigure as error:
        raise Unreadable(str(error)) from None
    return None if typed is None else _tidy(typed)


def _refuse_shown_otherwise(number: Decimal, value: float | Decimal, number_format: str) -> None:
    """Raises Unreadable where the cell shows the number rounded, in thousands, or as something else."""
    if number_format in ("General", "@"):
        return
    try:
        seen = as_seen(float(value), number_format)
    except (UnknownDisplay, ValueError, OverflowError):
        raise Unreadable(f"单元格的数字格式使{number}的显示无法确定，请把格式改为常规。") from None
    figures = FIGURE_SHOWN.findall(seen)
    shown = [Decimal(figure.removesuffix("%").replace(",", "")) for figure in figures]
    if shown != [number] and (number or seen.strip() != "-"):
        raise Unreadable(f"单元格显示为“{_short(seen)}”，实际数值是{number}，请把格式改为常规，核对后再填。")


def date_in(value: object) -> date | None:
    """Reads a day, None from an empty cell. Where day and month could be either, as before a year, it is refused."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or hasattr(value, "hour") or isinstance(value, timedelta):
        raise Unreadable("应为日期，请按2016-09-30的格式填写。")
    if isinstance(value, (int, float, Decimal)):
        return _from_serial(float(value))
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text_of(value)))
    if not text:
        return None
    squeezed = re.sub(r" ?([-/.年月日]) ?", r"\1", text)
    if YEAR_LAST.fullmatch(squeezed):
        raise Unreadable(f"“{_short(text)}”分不清月和日，请按2016-09-30的格式填写。")
    if re.fullmatch(r"\d{5}(?:\.0*)?", squeezed):
        return _from_serial(float(squeezed))
    match = YEAR_FIRST.fullmatch(squeezed)
    if not match:
        raise Unreadable(f"“{_short(text)}”不是日期，请按2016-09-30的格式填写。")
    try:
        return _in_range(date(int(match[1]), int(match[3]), int(match[4])))
    except ValueError:
        raise Unreadable(f"“{_short(text)}”没有这一天。") from None


def yes_in(value: object) -> bool:
    """Reads 是 or 否; an empty cell is 否."""
    word = narrow(value).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(f"请填“是”或留空，读到的是“{_short(word)}”。")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable("不是数字。") from None
    if not number.is_finite() or abs(number) > Decimal("1e15"):
        raise Unreadable("数字过大，请核对。")
    return number


def _tidy(number: Decimal) -> Decimal:
    """Removes what binary fractions leave behind: 0.57 shown as 57% is 57, not 56.99999999999999."""
    rounded = round(number, 9)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def _from_serial(serial: float) -> date:
    if serial != serial or not 1 <= serial < 200_000:
        raise Unreadable("应为日期，请按2016-09-30的格式填写。")
    return _in_range(SERIAL_START + timedelta(days=int(serial)))


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable(f"日期{day:%Y-%m-%d}不在合理范围内，请按2016-09-30的格式填写。")
    return day


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
