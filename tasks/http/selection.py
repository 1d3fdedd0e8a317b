"""What is chosen of a list goes on over its pages, orders and filters; it stands in the address and needs no script.

`assignments=3-9.12` are the keys that were chosen, written shortly; the boxes of a form send `assignment=15`.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import QueryDict

from qa_plan.addresses import key_in

MOST = 200  # of what is chosen at once: an address and a form have their limits


def named(query: QueryDict, what: str) -> list[int]:
    """The keys that an address names, each once: those written shortly, then those of the boxes."""
    short = (key for text in query.getlist(f"{what}s") for key in keys_in(text))
    boxes = (key for text in query.getlist(what) if (key := key_in(text)) is not None)
    return list(dict.fromkeys([*short, *boxes]))


def keys_in(text: str) -> Iterator[int]:
    """The keys of `3-9.12`, never more than may be chosen; what is none is left out."""
    return islice(_keys_in(text), MOST)


def _keys_in(text: str) -> Iterator[int]:
    for part in text.split("."):
        first, _, last = part.partition("-")
        begin, end = key_in(first), key_in(last or first)
        if begin is not None and end is not None:
            yield from range(begin, end + 1)


def written(keys: Iterable[int]) -> str:
    """Keys as `keys_in` reads them, the smallest first."""
    spans: list[tuple[int, int]] = []
    for key in sorted(set(keys)):
        if spans and spans[-1][1] == key - 1:
            spans[-1] = spans[-1][0], key
        else:
            spans.append((key, key))
    return ".".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
