"""Master data: agencies and their aliases, and the people who sign in."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse

from agencies.admin_recording import RecordedAdmin, note_saved, person, recorded, stored
from agencies.models import Agency, AgencyAlias, User
from qa_plan import clock

admin.site.site_header = admin.site.site_title = "系统管理"
admin.site.index_title = "主数据"
CORRECTION_ONLY = "此处只更正错字，历史页面随之改变；机构更名、合并、拆分、撤销请在“机构调整”办理"
admin.site.unregister(Group)  # people have one role each; permission groups play no part


class AgencyAliasInline(admin.TabularInline):
    model = AgencyAlias
    extra = 1


@admin.register(Agency)
class AgencyAdmin(RecordedAdmin):
    list_display = ("name", "ordinal", "is_collective", "requires_consent", "ended_on")
    list_editable = ("ordinal",)
    list_filter = ("is_collective", "requires_consent")
    search_fields = ("name", "aliases__name")
    inlines = (AgencyAliasInline,)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Warns that a name corrected here changes on past days too; that an agency was renamed is a succession."""
        return super().get_form(request, *args, help_texts={"name": CORRECTION_ONLY}, **kwargs)


class UserAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "display_name", "role", "agency")


class UserEditForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("username", "password", "display_name", "role", "agency", "is_active")


@admin.register(User)
class UserAdmin(RecordedAdmin, DjangoUserAdmin):
    """People are never deleted, since history names them; an account is switched off instead."""

    form = UserEditForm
    add_form = UserAddForm
    list_display = ("username", "display_name", "role", "agency", "is_active", "last_login")
    list_filter = ("role", "is_active", "agency")
    list_select_related = ("agency",)
    search_fields = ("username", "display_name", "agency__name")
    ordering = ("role", "username")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("身份", {"fields": ("display_name", "role", "agency", "is_active")}),
        ("时间", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "role", "agency", "usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Puts on record that the password changed, and nothing more; the form saves the person by itself."""
        with recorded(request):
            before = User.objects.filter(pk=id).first() if id.isdecimal() else None
            response = super().user_change_password(request, id, form_url)
            if before and request.method == "POST":
                note_saved(stored(before) or before, before, by=person(request), at=clock.now())
        return response
