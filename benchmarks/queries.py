"""Prints the pages to measure, with their queries and sizes, as JSON; reads the database that DATABASE_URL names."""

import json
import sys
from dataclasses import asdict

from benchmarks.environment import set_up_django


def main() -> None:
    set_up_django()
    from benchmarks.catalogue import catalogue

    json.dump(asdict(catalogue()), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
