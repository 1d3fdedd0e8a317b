"""User names for those who asked for none: short, without anything private, the same for the same list."""

from collections.abc import Iterable
from itertools import count

from agencies.models import Agency, User
from tasks.access import username_letters


class Proposals:
    """`dw07` for the agency that stands seventh, `dw07-2` for its next person; the office's begin otherwise."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {name.lower() for name in taken}

    def reserve(self, names: Iterable[str]) -> None:
        self.taken |= {User.normalize_username(name).lower() for name in names if name}

    def next(self, role: str, agency: Agency | None) -> str:
        stem = f"{username_letters(role)}{agency.ordinal if agency else 1:02d}"
        names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        name = next(name for name in names if name not in self.taken)
        self.taken.add(name)
        return name
