"""An installation's own hand, in a process that is started once: it makes a plan, then sends jobs.

    python -m tests.hand <day of the plan's import>

Says a line when the plan is there, and one for each job whose name it read and sent.
"""

import sys

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from qa_plan.celery import app
    from tests.factories import make_assignment, make_item, make_plan, moment

    call_command("migrate", verbosity=0)
    make_assignment(make_item(make_plan(imported_at=moment(f"{sys.argv[1]} 09:00"))))
    print("made", flush=True)
    for line in sys.stdin:
        app.send_task(line.strip())
        print("sent", flush=True)


if __name__ == "__main__":
    main()
