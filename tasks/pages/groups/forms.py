"""The form of 成员单位."""

from django import forms
from django.db.models import QuerySet

from agencies.models import Agency, AgencyGroup
from tasks.http.fields import RowsField


class MembersForm(forms.Form):
    """Adds agencies to a group or removes members; whoever confirms a member makes it no longer 推定."""

    add = RowsField(Agency.objects.filter(is_collective=False, ended_on=None), required=False)
    remove = RowsField(Agency.objects.all(), required=False)
    confirm = forms.BooleanField(required=False)


def candidates_for(group: AgencyGroup) -> QuerySet[Agency]:
    """Agencies that could still join it."""
    return Agency.objects.filter(is_collective=False, ended_on=None).exclude(memberships__group=group)
