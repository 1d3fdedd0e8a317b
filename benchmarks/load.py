"""Fills the database that DATABASE_URL names: the real notice with its demo story, and sixty made-up plans.

    DATABASE_URL=postgres://… python -m benchmarks.load [--only-the-notice] [--plans 60]

20,000 tasks, 500 agencies, 80,000 leads, 200,000 reports; below the notice 18 cities and 105 counties with some 2,000
tasks of their own. The same rows every time. A database that is filled already is left as it is; one that holds other
plans is refused.
"""

import argparse

from benchmarks.environment import set_up_django


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("--only-the-notice", action="store_true", help="a small installation, to compare with")
    parser.add_argument("--plans", type=int, default=60, help="made-up plans: the first has 1,000 tasks, others 322")
    options = parser.parse_args()
    set_up_django()
    from benchmarks.filling import fill_all, fill_notice

    if options.only_the_notice:
        fill_notice()
    else:
        fill_all(options.plans)


if __name__ == "__main__":
    main()
