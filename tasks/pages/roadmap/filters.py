"""By what the roadmap is narrowed: a section, an agency, where milestones stand, only those that were moved."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from tasks.http.fields import FilterForm
from tasks.rules.milestones import MilestoneState
from tasks.standing.milestones import MilestoneStanding

SHOWN = [(state.value, state.label) for state in MilestoneState]


class RoadmapFilter(FilterForm):
    """What makes no sense is left out, and the rest holds: the address may have been typed by hand."""

    section = forms.TypedChoiceField(label="部分", required=False, coerce=int, empty_value=None)
    agency = forms.TypedChoiceField(label="单位", required=False, coerce=int, empty_value=None)
    state = forms.MultipleChoiceField(label="节点", required=False, choices=SHOWN)
    moved = forms.BooleanField(label="只看改期", required=False)

    def __init__(
        self, data: Mapping[str, Any], *, sections: Iterable[tuple[int, str]], agencies: Iterable[tuple[int, str]]
    ) -> None:
        super().__init__(data)
        self._offer("section", "全部", sections)
        self._offer("agency", "全部单位", agencies)
        self.is_valid()
        self.cleaned_data.setdefault("state", [each for each in data_list(data) if each in MilestoneState])

    def _offer(self, name: str, every: str, choices: Iterable[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    @property
    def section_number(self) -> int | None:
        return self.cleaned_data.get("section")

    @property
    def agency_key(self) -> int | None:
        return self.cleaned_data.get("agency")

    @property
    def states(self) -> list[str]:
        return self.cleaned_data["state"]

    @property
    def only_moved(self) -> bool:
        return bool(self.cleaned_data.get("moved"))

    @property
    def narrows_milestones(self) -> bool:
        """Whether items without any milestone that is left are left out too."""
        return bool(self.states or self.only_moved)

    def keeps(self, milestone: MilestoneStanding) -> bool:
        """Whether the milestone is shown, whoever answers for it; withdrawn ones only where they are asked for."""
        if self.states:
            if milestone.state not in self.states:
                return False
        elif milestone.state == MilestoneState.WITHDRAWN:
            return False
        return milestone.is_moved or not self.only_moved


def data_list(data: Mapping[str, Any]) -> list[str]:
    """What was ticked, as the address has it."""
    return data.getlist("state") if hasattr(data, "getlist") else list(data.get("state", ()))
