"""The installation of a drill: somebody goes on writing to it while it is backed up.

python -m tests.support.drill <folder of the backup> prints how many rows of the record of changes there were before the
backup began, and after it.
"""

import json
import sys
import threading
from pathlib import Path

import django


def main(folder: Path) -> None:
    from django.core.management import call_command

    from agencies.models import ChangeChain
    from tests.support.factories import ISSUED, make_assignment, make_user
    from tests.support.uploads import kept

    person = make_user("coordinator")
    kept(make_assignment(), person, at=ISSUED)
    writing = Writing(person)
    writing.thread.start()
    writing.has_begun.wait(10)
    before = ChangeChain.objects.get(pk=1).count
    call_command("backup", folder, stdout=sys.stderr)
    writing.is_over.set()
    writing.thread.join()
    print(json.dumps([before, ChangeChain.objects.get(pk=1).count]))


class Writing:
    """One deed after the other in a thread of its own, until it is over."""

    def __init__(self, person: object) -> None:
        self.person = person
        self.has_begun, self.is_over = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._write)

    def _write(self) -> None:
        from django.db import connection
        from django.utils import timezone

        from agencies.changes import note, recording

        while not self.is_over.wait(0.002):
            with recording():
                note("演练", self.person, by=self.person, at=timezone.now())
            self.has_begun.set()
        connection.close()


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]))
