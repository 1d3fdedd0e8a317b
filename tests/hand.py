"""An installation's own hand, in a process that is started once: it imports the notice, then sends jobs.

    python -m tests.hand <notice> <day of the import>

Says a line when the notice is there, and one for each job whose name it read and sent.
"""

import sys
from datetime import date

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.test import override_settings

    from qa_plan.celery import app

    notice, day = sys.argv[1:]
    call_command("migrate", verbosity=0)
    with override_settings(QA_PLAN_TODAY=date.fromisoformat(day)):
        call_command("import_notice", notice, stdout=sys.stderr)
    print("imported", flush=True)
    for line in sys.stdin:
        app.send_task(line.strip())
        print("sent", flush=True)


if __name__ == "__main__":
    main()
