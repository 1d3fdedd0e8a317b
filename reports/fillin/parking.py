"""An upload waits for its confirmation in a session record of its own, named in the person's session.

Of its own, so that no other page has to load it; in the sessions' store, so that it goes away by itself.
"""

import json
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from reports.fillin.reading import FilledWorkbook
from reports.xlsx import WorkbookRefused

KEY = "fill_in"
SIZE_LIMIT = 4 * 1024 * 1024  # characters


def park(session: SessionBase, filled: FilledWorkbook) -> None:
    """Keeps the upload, in the place of what waited before."""
    content = filled.as_json()
    if len(json.dumps(content, ensure_ascii=False)) > SIZE_LIMIT:
        raise WorkbookRefused("填写的内容过多，请删减文字后分批上传。")
    drop(session)
    store = _store(None)
    store["filled"] = content
    store.set_expiry(settings.SESSION_COOKIE_AGE)
    store.save()
    session[KEY] = store.session_key


def parked(session: SessionBase) -> FilledWorkbook | None:
    key = session.get(KEY)
    content = _store(key).get("filled") if key else None
    return FilledWorkbook.from_json(content) if content else None


def drop(session: SessionBase) -> None:
    key = session.pop(KEY, None)
    if key:
        _store(key).delete()


def _store(key: str | None) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store
