"""Since when each assignment's agency answers for it, or took over what others answered for."""

from django.db import migrations, models

from tasks.migrations._guard import Statements, written_once

FIXED = ("id", "item_id", "agency_id", "role", "weight", "is_inferred", "recorded_at", "recorded_by_id")
FILL = "UPDATE tasks_assignment SET answers_from = {day} WHERE answers_from IS NULL"
# What a succession made begins at the instant at which its parts ended, and answers since they did.
INHERIT = """UPDATE tasks_assignment SET answers_from = (
        SELECT MIN(part.answers_from) FROM tasks_assignment part
        WHERE part.item_id = tasks_assignment.item_id AND part.ended_at = tasks_assignment.recorded_at)
    WHERE EXISTS (
        SELECT 1 FROM tasks_assignment part
        WHERE part.item_id = tasks_assignment.item_id AND part.ended_at = tasks_assignment.recorded_at)"""
may_change = Statements(
    postgresql=["DROP TRIGGER written_once ON tasks_assignment", "DROP TRIGGER facts_stay ON tasks_assignment"],
    sqlite=["DROP TRIGGER IF EXISTS assignment_no_delete", "DROP TRIGGER IF EXISTS assignment_written_once"],
    undone_by=written_once("assignment", "ended_at", FIXED, prefix="tasks_"),
)
stays = written_once("assignment", "ended_at", (*FIXED, "answers_from"), prefix="tasks_")
filled = Statements(
    postgresql=[FILL.format(day="(recorded_at AT TIME ZONE 'Asia/Shanghai')::date"), INHERIT],
    sqlite=[FILL.format(day="date(recorded_at, '+8 hours')"), INHERIT],
    undone_by=Statements(postgresql=[], sqlite=[]),  # the column goes
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_reminder_kind_and_key")]

    operations = [
        may_change,
        migrations.AddField(
            "assignment",
            "answers_from",
            models.DateField(
                "责任起算日", null=True, blank=True, help_text="承接的从原单位起算；空着的从行动计划开始起算"
            ),
        ),
        filled,
        Statements(**stays.statements, undone_by=may_change),
    ]
