"""What offices of a level are called together. Pure."""

from collections.abc import Collection

CITY, COUNTY = "city", "county"


def units_word(levels: Collection[str]) -> str:
    """「市、省直管县」 where a province has both, 「县（市、区）」 below a city."""
    known = set(levels)
    if known == {CITY, COUNTY}:
        return "市、省直管县"
    return "县（市、区）" if known == {COUNTY} else "市"
