"""外部身份 on the page of an account: who keeps the account ties and unties them, and changes none."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from agencies.admin_recording import person
from agencies.identities import refusal_of_identity, tie, untie
from agencies.models import ExternalIdentity, User
from qa_plan import clock


class IdentityForm(forms.ModelForm):
    """An identity of one of the ways that the settings have, which is no other account's."""

    way = forms.ChoiceField(label="登录方式")

    class Meta:
        model = ExternalIdentity
        fields = ("way", "subject")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = settings.EXTERNAL_WAYS.items()
        way.initial = next(iter(settings.EXTERNAL_WAYS), None)  # a row in which nothing else is chosen stays empty

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "way" in typed and "subject" in typed:
            user = self.instance.user if self.instance.user_id else None
            if refusal := refusal_of_identity(typed["way"], typed["subject"], user):
                self.add_error("subject", refusal)
        return typed


class Identities(admin.TabularInline):
    model = ExternalIdentity
    template = "admin/edit_inline/named.html"
    form = IdentityForm
    extra = 1
    verbose_name_plural = "外部身份（凭其他系统登录时，以其唯一标识对应本账号；取消的，本账号的会话一并终止）"

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """As with passwords: of the three administrators who keeps rights, of all others who keeps accounts."""
        who = person(request)
        return obj is not None and (who.keeps_rights if obj.is_administrative else who.keeps_accounts)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return True


def save_identities(request: HttpRequest, formset: forms.BaseModelFormSet) -> None:
    """Within the page's own recording."""
    formset.save(commit=False)
    for row in formset.deleted_objects:
        untie(row, by=person(request), at=clock.now())
    for row in formset.new_objects:
        tie(row.user, row.way, row.subject, by=person(request), at=clock.now())
