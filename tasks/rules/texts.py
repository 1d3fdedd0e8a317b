"""Texts are shortened to one line where a page only points at them."""

BEGINNING = 60  # of what somebody wrote: enough to recognise it, the rest is on the page


def shortened(text: str, limit: int = BEGINNING) -> str:
    """The text on one line, cut with an ellipsis where it is longer."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
