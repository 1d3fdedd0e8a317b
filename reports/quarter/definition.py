"""A definition says of what a package is: plans, period, moment, filters, options and versions; pure."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self

from django.utils import timezone

from qa_plan.version import VERSION
from tasks.rules.periods import is_code, period_name

FORMAT = 5  # of the files: raised whenever the same facts would give other bytes
YEAR = re.compile(r"20\d\d", re.ASCII)

FORMS = "应为2016Q3（季度）、2016M09（月）、2016B5（双月）、2016H1（半年）或2016（年度）"


class BadDefinition(Exception):
    """Nothing can be built of the definition; the message says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Chooses items: those of these sections (by number) and led by one of these agencies (by key); empty: all."""

    sections: tuple[int, ...] = ()
    agencies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """Says from when changes are told: `since` is the period at whose close they begin; empty: the one before."""

    since: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """Says what a package is of. `plans` are slugs in its order; `period` is a period's code or a year.

    `as_of` is aware: what was recorded later doesn't exist for the package.
    """

    plans: tuple[str, ...]
    period: str
    as_of: datetime
    filters: Filters = field(default_factory=Filters)
    options: Options = field(default_factory=Options)
    format: int = FORMAT
    product: str = VERSION

    def __post_init__(self) -> None:
        if not self.plans or len(set(self.plans)) < len(self.plans):
            raise BadDefinition("请至少选择一个行动计划，且不要重复。")
        if not YEAR.fullmatch(self.period) and not is_code(self.period):
            raise BadDefinition(f"报告期“{self.period}”写法有误，{FORMS}。")

    @property
    def day(self) -> date:
        """截至日期 is the day of the moment in the product's time zone."""
        return timezone.localdate(self.as_of, timezone.get_default_timezone())

    @property
    def is_yearly(self) -> bool:
        return len(self.period) == 4

    @property
    def period_name(self) -> str:
        """The period is called 「2016年三季度」 or 「2016年度」."""
        return period_name(self.period)

    def to_json(self) -> str:
        """Writes it canonically: the same definition is always the same text, so the text can be a key."""
        return json.dumps(
            {
                "plans": list(self.plans),
                "period": self.period,
                "as_of": self.as_of.astimezone(UTC).isoformat(),
                "filters": {"sections": sorted(self.filters.sections), "agencies": sorted(self.filters.agencies)},
                "options": {"since": self.options.since},
                "format": self.format,
                "product": self.product,
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads a definition back. Raises BadDefinition for what is none."""
        try:
            return cls._from(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadDefinition("生成条件无法识别。") from error

    @classmethod
    def _from(cls, known: dict[str, Any]) -> Self:
        as_of = datetime.fromisoformat(known["as_of"])
        if as_of.tzinfo is None:
            raise ValueError("naive moment")
        return cls(
            plans=tuple(str(slug) for slug in known["plans"]),
            period=str(known["period"]),
            as_of=as_of,
            filters=Filters(
                tuple(int(number) for number in known["filters"]["sections"]),
                tuple(int(pk) for pk in known["filters"]["agencies"]),
            ),
            options=Options(since=str(known["options"]["since"])),
            format=int(known["format"]),
            product=str(known["product"]),
        )
