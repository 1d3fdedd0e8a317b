"""What one ending says: whom it names, in which role, and with what doubts.

Where 牵头 is said, those units lead and every other unit of that ending assists, whatever its verb. Where it isn't, all
named lead, except those behind a verb of assisting (配合, 协助, 参与 …) or behind 会同.
"""

from __future__ import annotations

from dataclasses import dataclass

from .agencies import Name
from .phrases import ASSIST, LEAD, PLAIN


@dataclass(frozen=True)
class Named:
    name: Name
    role: str
    said: str = ""  # what an assist rule says in full, with its verb
    is_doubtful: bool = False


@dataclass(frozen=True)
class Closing:
    """One reading of one ending."""

    named: tuple[Named, ...]
    says_first_leads: bool = False
    from_here_on: bool = False
    doubts: tuple[str, ...] = ()
    is_whole: bool = True  # nothing but units, verbs and dates was met
    has_verb: bool = True

    def roles(self, *, first_leads: bool) -> tuple[tuple[Name, ...], tuple[Name, ...], Named | None]:
        """(leads, assists, rule) by the reading rules; `first_leads` is the document-wide rule."""
        rules = [named for named in self.named if named.name.group is not None]
        named = [named for named in self.named if named.name.group is None]
        leads = [each.name for each in named if each.role == LEAD]
        plain = [each.name for each in named if each.role == PLAIN]
        assists = [each.name for each in named if each.role == ASSIST]
        if leads:
            assists = [each.name for each in named if each.role != LEAD]
        elif plain and first_leads:
            leads = plain[:1]
            assists = [each.name for each in named if each.name != plain[0]]
        elif plain:
            leads = plain
        elif not rules:
            leads, assists = assists, []
        return _unique(leads), _unique(assists, without=leads), rules[-1] if rules else None

    @property
    def names_whole_units(self) -> bool:
        return not self.doubts and all(each.name.is_whole for each in self.named)

    @property
    def says_who_leads(self) -> bool:
        return any(each.role == LEAD for each in self.named)

    @property
    def only_assists(self) -> bool:
        return all(each.role == ASSIST for each in self.named)


NOTHING = Closing(())


def _unique(names: list[Name], without: list[Name] | tuple[Name, ...] = ()) -> tuple[Name, ...]:
    taken = {name.text for name in without}
    found: dict[str, Name] = {}
    for name in names:
        if name.text not in taken:
            found.setdefault(name.text, name)
    return tuple(found.values())
