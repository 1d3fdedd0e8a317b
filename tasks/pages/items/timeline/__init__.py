"""经过: one line of time for an item, read from the fact tables themselves; there is no second log."""

from tasks.pages.items.timeline.entries import Entry, entries
from tasks.pages.items.timeline.questions import Event, events, planned_in

__all__ = ["Entry", "Event", "entries", "events", "planned_in"]
