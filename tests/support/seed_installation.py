"""A new installation's database, with a plan in it.

python -m tests.support.seed_installation <day of the plan's import>
"""

import sys

from django.core.management import call_command

from tests.support.factories import make_assignment, make_item, make_plan, moment


def main() -> None:
    call_command("migrate", verbosity=0)
    make_assignment(make_item(make_plan(imported_at=moment(f"{sys.argv[1]} 09:00"))))


if __name__ == "__main__":
    main()
