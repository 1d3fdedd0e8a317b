"""经过: its lines, put together without a template, since a task of several years has hundreds."""

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.pages.items.timeline import Entry
from tasks.rules.asof import AsOf
from tasks.templatetags.figures import light, short_day

register = template.Library()

LINE = '<li{marked}><time datetime="{iso}">{day}</time><div>{light}{text}{note}{papers}{by}</div></li>\n'
NOTE = '<span class="was">{note}</span>'
PAPER = ' <a class="nw{seen}" href="{address}{query}">{whose}</a> '
BY = '<span class="was">经办：{by}</span>'
MARKED, PLAIN = SafeString(' class="key-fact"'), SafeString("")
ON_SCREEN = SafeString(" no-print")


@register.simple_tag(takes_context=True)
def course_entry(context: template.Context, entry: Entry) -> SafeString:
    """What happened, with what can be opened of it; a paper that nobody is named for isn't printed."""
    as_of: AsOf = context["as_of"]
    papers = [
        fill(PAPER, seen="" if whose else ON_SCREEN, address=address, query=as_of.query, whose=whose or "查看")
        for whose, address in entry.papers
    ]
    return fill(
        LINE,
        marked=MARKED if entry.is_key or entry.light else PLAIN,
        iso=entry.day.isoformat(),
        day=short_day(entry.day, as_of.day),
        light=SafeString(f"{light(entry.light)}　") if entry.light else PLAIN,
        text=entry.text,
        note=fill(NOTE, note=entry.note) if entry.note else PLAIN,
        papers=SafeString("".join(papers)),
        by=fill(BY, by=entry.by) if entry.by else PLAIN,
    )
