"""A snapshot is written as canonical JSON and read back: one text for the same facts on every machine, one SHA-256."""

import hashlib
import json
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from reports.quarter.definition import BadDefinition, Definition
from reports.quarter.facts import PlanFacts, Snapshot


def facts_sha256(snapshot: Snapshot) -> str:
    """Reckons the fingerprint of the facts alone: another definition that finds the same facts has the same."""
    return hashlib.sha256(_dumped(_plain(snapshot.plans))).hexdigest()


def canonical(snapshot: Snapshot) -> bytes:
    """Writes everything that `restore` needs to build the same files again, whatever has become of the database."""
    return _dumped(
        {"definition": snapshot.definition.to_json(), "is_demo": snapshot.is_demo, "plans": _plain(snapshot.plans)}
    )


def restore(content: bytes) -> Snapshot:
    """Reads a snapshot back. Raises BadDefinition for what is no snapshot of this format."""
    try:
        known = json.loads(content)
        plans = tuple(_made(PlanFacts, plan) for plan in known["plans"])
        return Snapshot(Definition.from_json(known["definition"]), plans, bool(known["is_demo"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadDefinition("保存的数据无法识别。") from error


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        known = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(part) for field, part in known if part or "untold if empty" not in field.metadata}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


@cache
def _types(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:
    """Makes the declared type of the value that `_plain` wrote; what an older edition lacks has its default."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        if value is None:
            return None
        kind = next(part for part in typing.get_args(kind) if part is not types.NoneType)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _made(part, value[name]) for name, part in _types(kind).items() if name in value})
    if typing.get_origin(kind) is tuple:
        return tuple(_made(typing.get_args(kind)[0], part) for part in value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Decimal else kind(value)
