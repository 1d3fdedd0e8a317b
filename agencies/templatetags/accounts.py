"""The accounts of a demonstration as the sign-in page lists them: with its cities and counties they are hundreds."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from agencies.models import User
from qa_plan.markup import fill

register = template.Library()

ROW = "<tr><td><code>{username}</code></td><td>{whose}{role}</td></tr>"
ROLES = dict(User._meta.get_field("role").flatchoices)


@register.simple_tag
def account_rows(accounts: Iterable[Any]) -> SafeString:
    """Each with its agency or the area of its office, and its role."""
    rows = [fill(ROW, username=one.username, whose=_whose(one), role=ROLES[one.role]) for one in accounts]
    return SafeString("\n".join(rows))


def _whose(account: Any) -> str:
    name = account.agency__name or account.office__area
    return f"{name} · " if name else ""
