"""A slice of `python -m benchmarks.mutations`, which runs on SQLite, on PostgreSQL and a workbook of fewer rows.

Whatever a workbook is, nothing crashes and nothing is halved.
"""

import pytest
from django.core.management import call_command

from benchmarks.mutations import MUTATIONS, mutants, outcome, touched

SLICE, SEED = 30, 2016


@pytest.mark.untraced
def test_mutated_workbooks_are_taken_whole_or_refused_with_a_cell_or_a_cause(demo, tmp_path):
    path = tmp_path / "填报表.xlsx"
    call_command("build_fill_in", agency="省教育厅", period="2016Q3", out=path, verbosity=0)
    content = touched(path.read_bytes())
    assert outcome("none", content, path).code == 0
    found = [outcome(name, mutant, path) for name, mutant in mutants(content, SLICE, SEED)]
    assert [each.fault for each in found if each.fault] == []
    assert {each.code for each in found} == {0, 1}
    assert {each.mutation for each in found if each.code == 1} == set(MUTATIONS)
