"""Whether a text shows anything: signs that only steer the layout (U+200B, U+FEFF …) are no name."""

from unicodedata import category


def is_visible(text: str) -> bool:
    """Whether any sign of it can be seen."""
    return any(category(sign)[0] not in "CZ" for sign in text)
