"""The SM3 of a row of the security log is as fixed as its SHA-256; the record of changes is fixed as a whole."""

from django.db import migrations

from tasks.migrations._guard import kept_for_days

BEFORE = (
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
)
_table = ("agencies_securityevent", 180)
_without = kept_for_days(*_table, moment="recorded_at", counts="times", fixed=BEFORE)
_with = kept_for_days(*_table, moment="recorded_at", counts="times", fixed=(*BEFORE, "sm3"))
_loose = _without.undone_by
assert _loose is not None
_loose.undone_by, _loose.reversible = _without, True


class Migration(migrations.Migration):
    dependencies = [("agencies", "0009_sm3"), ("tasks", "0028_cities_and_counties")]

    operations = [_loose, _with]
