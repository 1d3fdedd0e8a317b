"""四舍五入: the one rounding of every figure that is shown, on pages and in files (docs/rules.md 10). Pure.

Means are of whole percentages, so an exact value is a fraction of small numbers; what binary arithmetic adds to it
beyond the ninth decimal is taken off first, and 70.85 is 70.9 however it was added up.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

Figure = float | Decimal | Fraction
NOISE = 9  # decimals that are trusted
WHOLE, TENTH = 0, 1  # decimals of an item, an assignment and an agency; of a section and a plan

remembered = lru_cache(4096)  # a list of thousands of rows shows few different figures


@remembered
def half_up(value: Figure, places: int = WHOLE) -> Decimal:
    """The value with so many decimals, halves away from zero; never a negative zero."""
    exact = Decimal(str(round(float(value), NOISE))) if not isinstance(value, Decimal) else value
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


@remembered
def difference(value: Figure, other: Figure, places: int = WHOLE) -> Decimal:
    """What the two shown figures differ by: every line adds up by hand."""
    return half_up(value, places) - half_up(other, places)


@remembered
def percent_text(value: Figure, places: int = WHOLE) -> str:
    """「72%」, 「72.5%」."""
    return f"{half_up(value, places)}%"


def points_text(value: Decimal) -> str:
    """Percentage points with their sign (U+2212 for minus), 0 without one."""
    return f"{value:+f}".replace("-", "−") if value else "0"
