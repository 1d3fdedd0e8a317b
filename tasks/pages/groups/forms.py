"""The form of 成员单位."""

from django import forms

from agencies.models import Agency


class MembersForm(forms.Form):
    """Adds agencies to a group or removes members; whoever confirms a member makes it no longer 推定."""

    add = forms.ModelMultipleChoiceField(Agency.objects.filter(is_collective=False, ended_on=None), required=False)
    remove = forms.ModelMultipleChoiceField(Agency.objects.all(), required=False)
    confirm = forms.BooleanField(required=False)
