"""Breaks the rule and the roll-up on purpose, one small fault at a time, and sees whether their tests notice.

    python -m tests.support.mutate_status        lists every fault and the check that caught it

`tests/tasks/rules/test_status_mutations.py` does the same for the ten and for every small fault of the rule. For
the roll-up, whose code changes more often, read the list after changing it.

Two sets of faults. TEN are the slips that people would really make, written out. `small_faults` are mechanical: each
comparison, sign, number, word, condition and colour of the source, changed one by one. A fault is caught when a test
function of the module's test file fails on it; functions that need the database or another fixture are left out.
"""

import ast
import importlib
import inspect
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "tasks.rules.status": "tests.tasks.rules.test_status",
    "tasks.standing.rollup": "tests.tasks.standing.test_rollup",
}


class Fault(NamedTuple):
    module: str
    name: str
    source: str


# ── ten faults that people make ──────────────────────────────────────────────────────────────────────────────────

TEN = (
    ("tasks.rules.status", "red on the due date itself", "if situation.due_on < day:", "if situation.due_on <= day:"),
    (
        "tasks.rules.status",
        "red only once it is not full",
        "if situation.due_on < day:",
        "if situation.due_on < day and situation.percent < 100:",
    ),
    ("tasks.rules.status", "yellow on the line", "situation.percent < behind", "situation.percent <= behind"),
    ("tasks.rules.status", "the margin written into the rule", "expected - thresholds.behind_margin", "expected - 10"),
    ("tasks.rules.status", "blue a day late", ".days <= thresholds.soon_days", ".days < thresholds.soon_days"),
    (
        "tasks.rules.status",
        "behind before anybody could report",
        "if situation.was_asked and situation.percent",
        "if situation.percent",
    ),
    (
        "tasks.rules.status",
        "no light without an end",
        "        return Light.GREEN\n    if situation.due_on",
        "        return Light.GREY\n    if situation.due_on",
    ),
    ("tasks.rules.status", "the best light of several", "return min(lights", "return max(lights"),
    ("tasks.standing.rollup", "weights forgotten", "sum([row.weight * instead.get(", "sum([instead.get("),
    (
        "tasks.standing.rollup",
        "assisting agencies in the mean",
        "leads = [row for row in rows if row.is_lead]",
        "leads = rows",
    ),
)


def ten_faults() -> Iterator[Fault]:
    for module, name, right, wrong in TEN:
        source = source_of(module)
        if source.count(right) < 1:
            raise LookupError(f"“{right}” is no longer in {module}: write the fault “{name}” anew.")
        yield Fault(module, name, source.replace(right, wrong))


# ── every small fault ────────────────────────────────────────────────────────────────────────────────────────────

OTHER_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
}
OTHER_NAMES = {
    "min": "max",
    "max": "min",
    "start": "day",
    "day": "due_on",
    "due_on": "start",
    "RED": "YELLOW",
    "YELLOW": "BLUE",
    "BLUE": "GREEN",
    "GREEN": "GREY",
    "SUSPENDED": "CANCELLED",
    "GREY": "GREEN",
    "CANCELLED": "GREY",
    "UNASSIGNED": "GREY",
    "AHEAD": "ON_PACE",
    "ON_PACE": "BEHIND",
    "BEHIND": "AHEAD",
    "behind_margin": "ahead_margin",
    "ahead_margin": "soon_days",
    "soon_days": "behind_margin",
    "percent": "expected",
    "expected": "percent",
    "weight": "percent",
    "leads": "rows",
    "counted": "leads",
}
# Changes that make no difference, with the reason.
HARMLESS = (
    "item_percent(rows)",  # of which only leads count
    "percent / weight if percent else 0.0",  # without weight there is no percentage either
)


def small_faults(module: str) -> Iterator[Fault]:
    """Every fault that changes one thing in one place; not in docstrings, annotations and asserts."""
    tree = ast.parse(source_of(module))
    for node in list(_nodes(tree)):
        for replacement in _replacements(node):
            changed = ast.unparse(_Swap(node, replacement).visit(tree))
            _Swap(replacement, node).visit(tree)
            line = getattr(node, "lineno", "?")
            if not any(harmless in changed for harmless in HARMLESS):
                yield Fault(module, f"line {line}: {_text(node)} → {_text(replacement)}", changed)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_docstring or isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
            continue
        if isinstance(tree, ast.AnnAssign | ast.arg) and node is tree.annotation:
            continue
        if isinstance(tree, ast.FunctionDef | ast.ClassDef) and node in [
            *tree.decorator_list,
            getattr(tree, "returns", 0),
        ]:
            continue
        yield node
        yield from _nodes(node)


def _replacements(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one case for each kind of node
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"{value}?")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.If() | ast.IfExp():
            for constant in (True, False):
                yield _with(node, test=ast.Constant(constant))
        case ast.Name(id=name) if name in OTHER_NAMES and isinstance(node.ctx, ast.Load):
            yield ast.Name(OTHER_NAMES[name], ast.Load())
        case ast.Attribute(attr=name) if name in OTHER_NAMES:
            yield _with(node, attr=OTHER_NAMES[name])
        case ast.Compare(ops=[operator]):
            yield from (_with(node, ops=[other()]) for other in OTHER_OPERATORS[type(operator)])
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) | ast.BoolOp(op=operator):
            yield from (_with(node, op=other()) for other in OTHER_OPERATORS.get(type(operator), ()))


def _with(node: ast.AST, **changes: object) -> ast.AST:
    return type(node)(**{**{name: getattr(node, name, None) for name in node._fields}, **changes})


class _Swap(ast.NodeTransformer):
    def __init__(self, original: ast.AST, replacement: ast.AST) -> None:
        self.original, self.replacement = original, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return self.replacement if node is self.original else self.generic_visit(node)


def _text(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0]


# ── running the tests on a faulty copy ───────────────────────────────────────────────────────────────────────────


def source_of(module: str) -> str:
    return (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def caught_by(fault: Fault) -> str:
    """The name of the first test that fails with that faulty module in the place of the real one; "" if none does."""
    real = sys.modules[fault.module]
    try:
        sys.modules[fault.module] = ModuleType(fault.module)
        try:
            exec(compile(fault.source, f"<{fault.name}>", "exec"), sys.modules[fault.module].__dict__)
            tests = _executed(CHECKS[fault.module])
        except Exception as error:
            return f"not importable: {error!r}"
        return next((name for name, check in _checks(tests) if _fails(check)), "")
    finally:
        sys.modules[fault.module] = real


def _executed(module: str) -> ModuleType:
    """A fresh copy of the test module, which imports what now stands in `sys.modules`."""
    tests = ModuleType(module)
    exec(_compiled(module), tests.__dict__)
    return tests


_code: dict[str, object] = {}


def _compiled(module: str) -> object:
    return _code.setdefault(module, compile(source_of(module), module, "exec"))


def _checks(tests: ModuleType) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each test function with each of its parameter sets; those that ask for the database or a fixture are left out."""
    for name, function in list(vars(tests).items()):
        marks = getattr(function, "pytestmark", [])
        if not name.startswith("test_") or any(mark.name == "django_db" for mark in marks):
            continue
        tables = [_table(mark) for mark in marks if mark.name == "parametrize"]
        for rows in itertools.product(*tables):
            arguments = {key: value for row in rows for key, value in row.items()}
            if set(inspect.signature(function).parameters) == set(arguments):
                yield name, lambda function=function, arguments=arguments: function(**arguments)


def _table(mark) -> list[dict[str, object]]:
    names, rows = mark.args
    if isinstance(names, str):
        return [{names: value} for value in rows]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _fails(check: Callable[[], None]) -> bool:
    try:
        check()
    except (Exception, pytest.fail.Exception):
        return True
    return False


def unharmed(module: str) -> Fault:
    return Fault(module, "no fault", source_of(module))


def number_of_checks(module: str) -> int:
    return len(list(_checks(_executed(CHECKS[module]))))


def main() -> None:
    for module in CHECKS:
        print(f"{module}: {number_of_checks(module)} checks; unharmed caught by {caught_by(unharmed(module))!r}")
    survivors = 0
    for fault in [*ten_faults(), *small_faults("tasks.rules.status"), *small_faults("tasks.standing.rollup")]:
        test = caught_by(fault)
        survivors += not test
        print(f"{'caught  ' if test else 'SURVIVED'} {fault.module} {fault.name}  [{test}]")
    print(f"{survivors} survived")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_plan.settings")
    importlib.import_module("django").setup()
    for name in CHECKS:
        importlib.import_module(name)
    main()
