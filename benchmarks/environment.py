"""The environment in which the product runs here: a demonstration, on PostgreSQL, frozen on its day."""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "benchmarks"


def environment(database_url: str, **others: str) -> dict[str, str]:
    """All that the product reads from its environment; what the shell says of it is overruled."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "QA_PLAN_DEMO": "1",
        "QA_PLAN_TODAY": "2016-10-12",
        "QA_PLAN_VAR": str(VAR),
        "DJANGO_SETTINGS_MODULE": "qa_plan.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "0",
        "DEBUG": "0",
        "EMAIL_URL": "dummy:",
        **others,
    }


def set_up_django() -> None:
    """Makes this process the product, on the database that DATABASE_URL names."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres:", "postgresql:", "sqlite:")):
        sys.exit("DATABASE_URL must name a database; `python -m tests.services postgres` starts a server.")
    os.environ.update(environment(url, REDIS_URL=os.environ.get("REDIS_URL", "")))
    import django

    django.setup()
