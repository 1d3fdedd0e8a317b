"""Whom to call at an agency, on one line."""

from typing import Protocol

from django import template
from django.utils.safestring import SafeString

from agencies.contacts import Contact
from qa_plan.markup import fill

register = template.Library()

CONTACT = "<span>{what} {name}{telephone}</span>"
DIALLED = ' <a href="tel:{dialled}">{telephone}</a>'


class Reachable(Protocol):
    """An agency, or what says of one whom to call there."""

    @property
    def contacts(self) -> list[Contact]: ...


@register.simple_tag
def contacts(agency: Reachable) -> SafeString:
    """Its 联络员 and 负责人 as far as they are known; nothing where neither is."""
    told = "".join(_told(contact) for contact in agency.contacts)
    return SafeString(f'<span class="contacts">{told}</span>' if told else "")


def _told(contact: Contact) -> SafeString:
    telephone: object = f" {contact.telephone}" if contact.telephone else ""
    if contact.dialled:
        telephone = fill(DIALLED, dialled=contact.dialled, telephone=contact.telephone)
    return fill(CONTACT, what=contact.what, name=contact.name, telephone=telephone)
