"""What a web service puts on record when it starts: its settings are those by which people are let in."""

import logging

from django.db import DatabaseError, connections

from agencies.security import record_settings
from qa_plan import clock

logger = logging.getLogger(__name__)


def record_start() -> None:
    """Once for all processes, before they are forked: no connection is left that they would share."""
    try:
        record_settings(at=clock.now())
    except DatabaseError as error:
        logger.warning("The settings are not on record, the database can't be asked: %s", error)
    finally:
        connections.close_all()
