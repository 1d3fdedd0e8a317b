"""Whether a text shows anything: signs that only steer the layout (U+200B, U+FEFF …) are no name."""

from unicodedata import category

UNSEEN = {"Cc", "Cf"}  # of control and of format: U+200B, U+FEFF, marks of direction


def is_visible(text: str) -> bool:
    """Whether any sign of it can be seen."""
    return any(category(sign)[0] not in "CZ" for sign in text)


def visible_part(text: str) -> str:
    """The text without blanks around it and without signs that nobody sees, such as web pages and WPS leave."""
    return "".join([sign for sign in text if category(sign) not in UNSEEN]).strip()
