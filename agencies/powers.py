"""What people are, and which powers that gives: the roles, and the three administrators."""

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    COORDINATOR = "coordinator", "统筹人员"
    LIAISON = "liaison", "联络员"
    APPROVER = "approver", "单位负责人"
    LEADER = "leader", "领导"
    ADMINISTRATOR = "administrator", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


AGENCY_ROLES = (Role.LIAISON, Role.APPROVER)
ADMINISTRATIVE_ROLES = (Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)


class WithPowers(models.Model):
    """A person with one role. Who may do what, `tasks.access` decides; this says what the person is."""

    role: models.CharField
    also_administers: models.BooleanField
    is_active: models.BooleanField

    class Meta:
        abstract = True

    @property
    def coordinates(self) -> bool:
        return self.role == Role.COORDINATOR

    @property
    def is_head(self) -> bool:
        return self.role == Role.APPROVER

    @property
    def is_liaison(self) -> bool:
        return self.role == Role.LIAISON

    @property
    def needs_second_factor(self) -> bool:
        """Whether the settings ask a second factor of what the person is; who administers beside it is that too."""
        roles = {self.role, *([Role.ADMINISTRATOR] if self.also_administers else [])}
        return not roles.isdisjoint(settings.SECOND_FACTOR_ROLES)

    def _has_power(self, role: Role) -> bool:
        """三员: accounts and master data, rights, records; joined in who administers, or apart, as the settings say."""
        joined = settings.ADMINISTRATORS_JOINED and (self.role == Role.ADMINISTRATOR or self.also_administers)
        return self.role == role or joined

    @property
    def keeps_accounts(self) -> bool:
        return self._has_power(Role.ADMINISTRATOR)

    @property
    def keeps_rights(self) -> bool:
        return self._has_power(Role.SECURITY)

    @property
    def audits(self) -> bool:
        return self._has_power(Role.AUDITOR)

    @property
    def is_administrative(self) -> bool:
        """Whether the person is one of the three, whose accounts only who keeps rights touches."""
        return self.role in ADMINISTRATIVE_ROLES

    @property
    def grantable_roles(self) -> list[tuple[str, str]]:
        """What the person may make of an account, with its words."""
        return [each for each in Role.choices if self.keeps_rights or each[0] not in ADMINISTRATIVE_ROLES]

    @property
    def roles_of_new_accounts(self) -> list[tuple[str, str]]:
        """What a new account may be that the person makes: who keeps rights alone makes those of the three."""
        return [each for each in self.grantable_roles if self.keeps_accounts or each[0] in ADMINISTRATIVE_ROLES]

    # What the Django admin asks. It holds master data only; who keeps rights enters it for the people alone.
    @property
    def is_staff(self) -> bool:
        return self.keeps_accounts or self.keeps_rights

    def has_perm(self, perm: str, obj: object = None) -> bool:
        of_people = self.keeps_rights and perm.startswith("agencies.") and perm.endswith("_user")
        return self.is_active and (self.keeps_accounts or of_people)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and (self.keeps_accounts or (self.keeps_rights and app_label == "agencies"))
