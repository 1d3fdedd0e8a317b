"""The form of 成员单位: whoever is ticked is a member."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q

from agencies.models import Agency, AgencyGroup, GroupMembership
from tasks.http.fields import RowsField
from tasks.models import ActionItem, Assignment
from tasks.standing.membership import Following, following, membership_basis
from tasks.standing.planned_steering import Held, falling_away, held


class MembersForm(forms.Form):
    """Ticked is member. Whoever confirms the list makes no member 推定 any more. `basis` stands for what was shown."""

    member = RowsField(Agency.objects.none(), required=False)
    confirm = forms.BooleanField(required=False)
    basis = forms.CharField(required=False, max_length=64)

    def __init__(self, data: Any = None, *, group: AgencyGroup) -> None:
        super().__init__(data)
        self.group = group
        self.memberships = list(group.memberships.select_related("agency"))
        self.members = {membership.agency for membership in self.memberships}
        may_join = Q(is_collective=False, ended_on=None)
        keys = [agency.pk for agency in self.members]
        offered = Agency.objects.of_office(group.office_id).filter(may_join) | Agency.objects.filter(pk__in=keys)
        cast(forms.ModelMultipleChoiceField, self.fields["member"]).queryset = offered
        self.offered = list(offered)

    @property
    def rows(self) -> list[tuple[GroupMembership, bool]]:
        """The members, each with whether it is ticked."""
        return [(membership, self._is_ticked(membership.agency)) for membership in self.memberships]

    @property
    def candidates(self) -> list[tuple[Agency, bool]]:
        """Agencies that could still join, each with whether it is ticked."""
        return [(agency, self._is_ticked(agency)) for agency in self.offered if agency not in self.members]

    def _is_ticked(self, agency: Agency) -> bool:
        if not self.is_bound:
            return agency in self.members
        return str(agency.pk) in {str(key) for key in self["member"].value() or ()}

    @property
    def content(self) -> dict[str, Any]:
        """Who comes and who goes, as the deed takes it."""
        ticked = list(self.cleaned_data["member"])
        return {
            "add": [agency for agency in ticked if agency not in self.members],
            "remove": [agency for agency in self.offered if agency in self.members and agency not in ticked],
            "confirm": self.cleaned_data["confirm"],
        }


class MembersPreview:
    """Who would come and go, and which assisting parts would follow."""

    def __init__(self, form: MembersForm, moment: datetime) -> None:
        content = form.content
        self.joining: list[Agency] = content["add"]
        self.leaving: list[Agency] = content["remove"]
        self.confirmed = sum(membership.is_inferred for membership in form.memberships) if content["confirm"] else 0
        self.is_everybody = bool(self.leaving) and len(self.leaving) == len(form.members)
        self.follows: Following = following(form.group, (form.members | {*self.joining}) - {*self.leaving})
        self.basis = membership_basis(form.group)
        self.falling_away = self._falling_away(moment)

    def _falling_away(self, moment: datetime) -> list[str]:
        """The changes of who answers that wait for their day, and that it would make impossible."""
        gains, losses = self.follows.gains, {part.pk for part in self.follows.losses}
        items = {item.pk for item, _ in gains} | {part.item_id for part in self.follows.losses}
        parts = list(Assignment.objects.as_of(moment).filter(item__in=items))
        then = [held(part) for part in parts if part.pk not in losses]
        then += [Held(0, item.pk, agency.pk, Assignment.Role.ASSIST, "") for item, agency in gains]
        return falling_away(items, moment, parts, then)

    @property
    def is_empty(self) -> bool:
        return not (self.joining or self.leaving or self.confirmed)

    @property
    def rows(self) -> list[tuple[str, Agency, str, list[ActionItem]]]:
        """Each agency with what becomes of it, and on which items."""
        joins = [("加入", agency, "新增协助", self.follows.gained_by(agency)) for agency in self.joining]
        leaves = [("移出", agency, "撤回协助", self.follows.lost_by(agency)) for agency in self.leaving]
        return [*leaves, *joins]
