"""What every row of 待办 shows alike, drawn as the rows of lists are (`tasks.templatetags.rows`).

A page has fifty of them; as templates they took half of its time.
"""

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.pages.desk.page import Row
from tasks.standing.pending import Urgency, Wait
from tasks.templatetags.contacts import contacts
from tasks.templatetags.figures import moved

register = template.Library()

WHAT = (
    '<span class="kind">{kind}</span>\n<div class="what">\n'
    '<p><b>{who}</b>　{label}<a href="{item}">{title}</a>{more}{moved}{hints}</p>\n'
    '<p class="meta">{plan}{words}</p>\n{contacts}</div>\n'
    '<span class="wait{over}"><b>{wait}</b>{limit}</span>'
)
HINT = ' <span class="tag strong">{hint}</span>'


@register.simple_tag
def waiting(row: Row, *, names_plan: bool) -> SafeString:
    """Kind, agency, task and reason, whom to call unless the report is open below, and how long it has waited."""
    told, is_review = row.told, row.entry.wait == Wait.REVIEW
    return fill(
        WHAT,
        kind=row.kind,
        who=row.who,
        label=told.label or "",
        item=row.item_url,
        title=told.title or "",
        more=f"等{told.number_of}项" if row.more_items else "",
        moved=SafeString(f"　{moved(told.before, told.after or 0)}") if is_review else "",
        hints=SafeString("".join(fill(HINT, hint=hint) for hint in row.hints)),
        plan=f"{told.plan}　" if names_plan else "",
        words=row.words,
        contacts="" if row.is_open else contacts(row),
        over=" over" if row.entry.urgency == Urgency.LATE else "",
        wait=row.wait_words,
        limit=row.limit_words,
    )
