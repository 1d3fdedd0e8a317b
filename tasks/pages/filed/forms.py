"""What an agency may add when it takes a report back."""

from django import forms

from tasks.http.fields import Form


class WithdrawalForm(Form):
    reason = forms.CharField(
        label="撤回原因（选填）",
        max_length=500,
        required=False,
        help_text="记入办理经过，统筹人员可见",
        error_messages={"max_length": "撤回原因不能超过500字。"},
    )
