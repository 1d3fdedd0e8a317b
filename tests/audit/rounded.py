"""四舍五入 for the audit, written anew: exact fractions become the texts that people read (docs/rules.md 10)."""

from fractions import Fraction
from math import floor

WHOLE, TENTH = 0, 1  # decimals of an item, an assignment and an agency; of a section and a plan


def scaled(value: Fraction | int, places: int) -> int:
    """The value in units of its last decimal, halves away from zero."""
    units = abs(Fraction(value)) * 10**places
    rounded = floor(units + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


def written(units: int, places: int) -> str:
    """「70.8」 for 708 tenths."""
    sign, digits = "-" if units < 0 else "", str(abs(units)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def number(value: Fraction | int, places: int = WHOLE) -> str:
    return written(scaled(value, places), places)


def percent(value: Fraction | int, places: int = WHOLE) -> str:
    return f"{number(value, places)}%"


def apart(value: Fraction | int, other: Fraction | int, places: int = WHOLE) -> int:
    """What two printed figures differ by, in units of their last decimal."""
    return scaled(value, places) - scaled(other, places)


def points(units: int, places: int = WHOLE) -> str:
    """A printed difference with its sign, as pages write it (U+2212 for minus)."""
    if not units:
        return "0"
    return f"{'−' if units < 0 else '+'}{written(abs(units), places)}"


def plain(units: int, places: int = WHOLE) -> str:
    """A printed difference without its sign, as sentences write it."""
    return written(abs(units), places)


def amount(value: Fraction | None) -> str:
    """A reading or a target without idle decimals."""
    if value is None:
        return "·"
    text = number(value, 2).rstrip("0")
    return text.rstrip(".")
