"""What offices of a level are called together. Pure."""

from collections.abc import Collection

CITY, COUNTY = "city", "county"


def units_word(levels: Collection[str]) -> str:
    """「市、省直管县」 where a province has both, 「县（市、区）」 below a city."""
    known = set(levels)
    if known == {CITY, COUNTY}:
        return "市、省直管县"
    return "县（市、区）" if known == {COUNTY} else "市"


def unit_word(level: str, levels: Collection[str]) -> str:
    """What one of them is called among those: a county beside cities is 省直管县."""
    if level == COUNTY and CITY in levels:
        return "省直管县"
    return "县（市、区）" if level == COUNTY else "市"


def places_word(levels: Collection[str]) -> str:
    """What headings and the menu call them in short: 市县, and below a city 县区."""
    return "县区" if set(levels) == {COUNTY} else "市县"


def carrying_out(levels: Collection[str]) -> str:
    """As the official text heads what they do: 市县落实, and below a city 县区落实."""
    return f"{places_word(levels)}落实"
