"""单位联系人: whom to call at an agency. Kept by the agency itself and by coordinators, shown to whoever signs in."""

from typing import NamedTuple

PARTS = {"liaison": "联络员", "head": "负责人"}
COLUMNS = ("name", "office", "telephone")
CONTACT_FIELDS = tuple(f"{part}_{each}" for part in PARTS for each in COLUMNS)


class Contact(NamedTuple):
    """One of an agency's two people."""

    what: str
    name: str
    office: str
    telephone: str

    @property
    def dialled(self) -> str:
        """The telephone as a link takes it; "" where it is none that can be dialled."""
        digits = "".join(sign for sign in self.telephone if sign.isdigit() or sign == "+")
        return digits if len(digits) >= 5 else ""


class WithContacts:
    """What is made of an agency's columns for its 联络员 and its 负责人."""

    @property
    def contacts(self) -> list[Contact]:
        """Those that are known by a name or a telephone."""
        return [contact for contact in self.both if contact.name or contact.telephone]

    @property
    def both(self) -> list[Contact]:
        return [Contact(what, *(getattr(self, f"{part}_{each}") for each in COLUMNS)) for part, what in PARTS.items()]
