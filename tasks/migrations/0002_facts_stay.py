"""Facts are inserted and never edited: the database itself refuses UPDATE and DELETE on them, here and by hand.

Two of them have columns that may be written once, from NULL, and nothing else of them changes: an assignment is ended,
a report is settled.
"""

from django.db import migrations

from tasks.migrations._guard import facts_stay, refuse_change, written_once


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial"), ("tasks", "0001_initial")]

    operations = [
        refuse_change(),
        # SQLite's triggers on these, and on what is written once, have names without the app in every database there is.
        facts_stay("itemrevision", "indicatorreading", "review", "receipt", "closure", prefix="tasks_"),
        facts_stay(
            "tasks_planrevision",
            "tasks_weightrevision",
            "tasks_acceptedprogress",
            "tasks_blob",
            "tasks_evidence",
            "tasks_reportevidence",
            "tasks_requestevidence",
            "tasks_agencyrequest",
            "tasks_requestorigin",
            "tasks_decision",
            "tasks_periodlock",
            "tasks_waiver",
            "tasks_urge",
            "tasks_urgedassignment",
            "tasks_urgereply",
            "tasks_comment",
            "tasks_reminder",
            "tasks_sweep",
            "agencies_succession",
            "agencies_change",
        ),
        written_once(
            "assignment",
            "ended_at",
            ("id", "item_id", "agency_id", "role", "weight", "is_inferred", "recorded_at", "recorded_by_id"),
            prefix="tasks_",
        ),
        written_once(
            "progressreport",
            "settled_at",
            (
                "id",
                "assignment_id",
                "period_id",
                "percent",
                "progress",
                "problems",
                "next_steps",
                "delay_reason",
                "lower_reason",
                "is_unchanged",
                "prepared_by_id",
                "recorded_at",
                "recorded_by_id",
            ),
            prefix="tasks_",
        ),
    ]
