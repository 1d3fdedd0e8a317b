"""A refused deed says why, and changes nothing."""

from contextlib import contextmanager

import pytest

from tasks.models import (
    Assignment,
    Closure,
    IndicatorReading,
    ItemRevision,
    ProgressReport,
    Receipt,
    ReportDraft,
    Review,
)
from tasks.workflow import WorkflowError
from tests.support.factories import moment

NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-12 16:00")
FACTS = (Assignment, Closure, IndicatorReading, ItemRevision, ProgressReport, Receipt, Review)


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (*FACTS, ReportDraft)}


@contextmanager
def refused(message, field=None):
    """The block raises a WorkflowError with that message at that field, and leaves every fact as it was."""
    before = rows()
    with pytest.raises(WorkflowError) as caught:
        yield
    assert caught.value.message == str(caught.value) == message
    assert caught.value.field == field
    assert rows() == before
