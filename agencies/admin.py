"""Master data: agencies and their aliases, and the people who sign in."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from agencies.admin_identities import Identities, save_identities
from agencies.admin_locks import WithLocks
from agencies.admin_offices import OfOfficesMixin
from agencies.admin_recording import RecordedAdmin, note_saved, person, recorded
from agencies.admin_words import yes_or_no
from agencies.factors import remove_factors
from agencies.last_ones import refusal_of
from agencies.models import Agency, AgencyAlias, ExternalIdentity, User
from agencies.sessions import end_all_for_good, go_on
from qa_plan import clock
from qa_plan.visible import is_visible, visible_part

admin.site.site_header = admin.site.site_title = "系统管理"
admin.site.index_title = "主数据"
RIGHTS = ("role", "agency", "office", "also_administers")
CORRECTION_ONLY = "此处只更正错字，历史页面随之改变；机构更名、合并、拆分、撤销请在“机构调整”办理"
# Or who keeps rights makes one of the three of somebody, sets the password, and takes it back: it would be theirs.
NOT_ACROSS = "三员分设时，三员账号与其他账号不能互换角色，请另开账号。"
admin.site.unregister(Group)  # people have one role each; permission groups play no part
admin.site.unregister([Authenticator, EmailAddress])  # people's own; no addresses are kept
admin.site.unregister([SocialAccount, SocialApp, SocialToken])  # servers are in the settings, identities our own


class AgencyAliasForm(forms.ModelForm):
    """An alias is one agency's alone: no other's name, and no second name of its own."""

    class Meta:
        model = AgencyAlias
        fields = ("name",)
        widgets = {"name": forms.TextInput(attrs={"aria-label": "别称", "class": "vTextField"})}

    def clean_name(self) -> str:
        name = visible_part(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("单位别称不能只有看不见的字符。")
        namesake = Agency.objects.filter(name=name).first()
        if namesake:
            whose = "本" if namesake == self.instance.agency else "另一"
            raise forms.ValidationError(f"“{name}”是{whose}单位的名称，不能作别称。")
        other = AgencyAlias.objects.filter(name=name).exclude(pk=self.instance.pk).select_related("agency").first()
        if other:
            raise forms.ValidationError(f"“{name}”已是{other.agency}的别称。")
        return name


class AgencyAliasInline(admin.TabularInline):
    model = AgencyAlias
    template = "admin/edit_inline/named.html"
    form = AgencyAliasForm
    extra = 1


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = ("name", "office", "ordinal", "is_collective", "requires_consent")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not is_visible(name):
            raise forms.ValidationError("单位名称不能只有看不见的字符。")
        other = AgencyAlias.objects.filter(name=name).exclude(agency=self.instance.pk).select_related("agency").first()
        if other:
            raise forms.ValidationError(f"“{name}”是{other.agency}的别称，请先在该单位删去。")
        return name

    def clean_requires_consent(self) -> bool:
        """Without a head nobody could consent, and nothing that the agency files would ever arrive."""
        requires: bool = self.cleaned_data["requires_consent"]
        heads = User.objects.of_agency(self.instance).approvers() if self.instance.pk else User.objects.none()
        if requires and "requires_consent" in self.changed_data and not heads.exists():
            raise forms.ValidationError("该单位还没有在用的单位负责人账号，无人审签，请先开通。")
        return requires

    def clean_is_collective(self) -> bool:
        """A unit that answers for something, or for which somebody signs in, is none that only stands for many."""
        is_collective: bool = self.cleaned_data["is_collective"]
        if not is_collective or "is_collective" not in self.changed_data or not self.instance.pk:
            return is_collective
        tasks = self.instance.assignments.filter(ended_at=None).count()
        people = User.objects.of_agency(self.instance).count()
        if tasks or people:
            has = "、".join([f"{tasks}项在办任务"] * bool(tasks) + [f"{people}个在用账号"] * bool(people))
            raise forms.ValidationError(f"该单位有{has}，不能设为泛指单位。")
        return is_collective


@admin.register(Agency)
class AgencyAdmin(OfOfficesMixin, RecordedAdmin):
    form = AgencyForm
    list_display = (
        "name",
        "ordinal",
        yes_or_no(Agency, "is_collective"),
        yes_or_no(Agency, "requires_consent"),
        "ended_on",
    )
    list_editable = ("ordinal",)
    list_filter = ("is_collective", "requires_consent")
    list_select_related = ("office",)
    search_fields = ("name", "aliases__name")
    inlines = (AgencyAliasInline,)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Warns that a name corrected here changes on past days too; that an agency was renamed is a succession."""
        return super().get_form(request, *args, help_texts={"name": CORRECTION_ONLY}, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A box of the list says what it is: its column's head isn't read with it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "ordinal":
            field.widget.attrs["aria-label"] = "排序"
        return field


class UserAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "display_name", "role", "agency", "office", "also_administers")

    def save(self, commit: bool = True) -> User:
        """The administrator knows the password: the person chooses their own at the first sign-in."""
        self.instance.must_change_password = True
        user: User = super().save(commit)
        return user


class UserEditForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("username", "password", "display_name", *RIGHTS, "is_active")

    def clean(self) -> dict[str, Any]:
        """Refuses what would leave nobody to administer, to coordinate, or to consent for an agency."""
        typed = super().clean() or {}
        before = User.objects.filter(pk=self.instance.pk).first()
        after = User(role=typed.get("role", before.role if before else ""))
        if before and before.is_administrative != after.is_administrative and not settings.ADMINISTRATORS_JOINED:
            self.add_error("role" if "role" in self.fields else None, NOT_ACROSS)
        if before and not self.errors:
            names = (*RIGHTS, "is_active")
            would_be = {name: typed.get(name, getattr(before, name)) for name in names}
            if refusal := refusal_of(before, User(**would_be)):
                raise forms.ValidationError(refusal)
        return typed


class PasswordForm(AdminPasswordChangeForm):
    usable_password_help_text = "禁用的，原密码随即作废，不能用密码登录。"


@admin.register(User)
class UserAdmin(OfOfficesMixin, WithLocks, RecordedAdmin, DjangoUserAdmin):
    """People are never deleted, since history names them; an account is switched off instead."""

    form = UserEditForm
    add_form = UserAddForm
    change_password_form = PasswordForm
    list_display = ("username", "display_name", "role", "agency", yes_or_no(User, "is_active"), "last_login")
    list_filter = ("role", "is_active", "agency")
    list_select_related = ("agency__office", "office")
    search_fields = ("username", "display_name", "agency__name")
    ordering = ("role", "username")
    actions = ("take_factors_away",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("身份", {"fields": ("display_name", *RIGHTS, "is_active")}),
        ("时间", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    *("username", "display_name", *RIGHTS),
                    *("usable_password", "password1", "password2"),
                )
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and not obj.is_active and "is_active" in form.changed_data:
            end_all_for_good(obj)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[admin.options.InlineModelAdmin]]:
        """外部身份, where people may come from outside, or could."""
        is_asked = obj is not None and (settings.EXTERNAL_WAYS or obj.identities.exists())
        return [Identities] if is_asked else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is ExternalIdentity:
            save_identities(request, formset)
        else:
            super().save_formset(request, form, formset, change)

    @admin.action(description="取消所选用户的二次验证（手机和备用码均已遗失的）", permissions=["rights"])
    def take_factors_away(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        """A page names them first. Within the list's own recording; each of them is told."""
        concerned = people.filter(pk__in=Authenticator.objects.values("user"))
        if "confirmed" not in request.POST and concerned:
            title = "取消二次验证"
            context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "people": concerned}
            return TemplateResponse(request, "admin/agencies/user/take_factors_away.html", context)
        taken = [user for user in concerned if remove_factors(user, by=person(request), at=clock.now())]
        if taken:
            messages.success(request, f"已取消{len(taken)}人的二次验证，其会话一并终止。")
        else:
            messages.warning(request, "所选用户没有启用二次验证。")
        return None

    def has_rights_permission(self, request: HttpRequest) -> bool:
        return person(request).keeps_rights

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who keeps accounts changes nobody's rights, who keeps rights nothing else, and nobody their own."""
        who, fixed = person(request), [*super().get_readonly_fields(request, obj)]
        if obj is not None and not settings.ADMINISTRATORS_JOINED:
            fixed += RIGHTS if obj == who or not who.keeps_rights else ()
            fixed += () if who.keeps_accounts or obj.is_administrative else ("username", "display_name", "is_active")
        return tuple(fixed)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """The three administrators' accounts are touched by who keeps rights."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_administrative or person(request).keeps_rights)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers the roles that the person may give: to a new account fewer than who keeps rights gives to others."""
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "role" and field and not settings.ADMINISTRATORS_JOINED:
            is_new = "object_id" not in getattr(request.resolver_match, "kwargs", {})
            field.choices = person(request).roles_of_new_accounts if is_new else person(request).grantable_roles
        return field

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Puts on record that the password changed, and nothing more; the form saves the person by itself."""
        with recorded(request):
            before = User.objects.filter(pk=id).first() if id.isdecimal() else None
            who = person(request)
            if before and not (who.keeps_rights if before.is_administrative else who.keeps_accounts):
                raise PermissionDenied
            if before and request.POST.get("usable_password") == "false":
                # Who has no password can't sign in, and is as good as switched off.
                off = User(role=before.role, agency=before.agency, is_active=False)
                if refusal := refusal_of(before, off):
                    messages.error(request, refusal)
                    return redirect("admin:agencies_user_change", before.pk)
            session = request.session.session_key
            response = super().user_change_password(request, id, form_url)
            if before and request.method == "POST":
                after = User.objects.get(pk=before.pk)
                note_saved(after, before, by=person(request), at=clock.now())
                if after.password != before.password:
                    self._password_given(request, after, session)
        return response

    @staticmethod
    def _password_given(request: HttpRequest, user: User, session: str | None) -> None:
        """Sessions of the old password end: one's own but the one in hand, another's all, with what was given out."""
        if user == request.user:
            go_on(request, user, session, at=clock.now())
        else:
            end_all_for_good(user)
            User.objects.filter(pk=user.pk).update(must_change_password=True)
