"""The security log is kept for half a year at least; no fact's table is emptied but by the tests' own role."""

from django.db import migrations

from tasks.migrations._guard import kept_for_days, refuse_truncate


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_security_log"), ("tasks", "0024_review_phrases")]

    operations = [
        refuse_truncate(),
        kept_for_days(
            "agencies_securityevent",
            180,
            moment="recorded_at",
            counts="times",
            fixed=(
                "id",
                "recorded_at",
                "kind",
                "by_id",
                "by_name",
                "username",
                "address",
                "detail",
                "request_id",
                "previous_hash",
                "hash",
            ),
        ),
    ]
