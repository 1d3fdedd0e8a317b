"""开通账号: many people's accounts in one deed, with passwords that hold until the first sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.db import IntegrityError, transaction

from agencies.changes import note
from agencies.last_ones import refusal_of
from agencies.models import Agency, Office, User
from agencies.sessions import end_all_for_good
from tasks.access import may_open_account_at
from tasks.models import ReminderPreference
from tasks.workflow.current import WorkflowError, deed
from tasks.workflow.handover import initial_password

# Nobody guesses twelve random letters. The rounds that a chosen password needs would take a list of a hundred people a
# minute, and are made up for when the person first signs in.
ROUNDS = 20_000
CHANGED_SINCE = "核对之后账号又有变动，请重新上传核对。"


class OneTime(NamedTuple):
    """A password that was made up, with the hash that is kept of it. The word is shown once and stored nowhere."""

    word: str
    hash: str


def one_time_passwords(count: int) -> list[OneTime]:
    """Made before the deed that needs them, which must not keep others waiting."""
    return [OneTime(word, _hash(word)) for word in (initial_password() for _ in range(count))]


def _hash(word: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(word, hasher.salt(), ROUNDS)
    return make_password(word)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person as a list wants them. `user` is who has that account already; None for a new one.

    `office` is that of a city or county, to which a coordinator or leader of it belongs; None for the top one.
    """

    username: str
    name: str
    role: str
    agency: Agency | None
    mobile: str
    email: str
    user: User | None = None
    office: Office | None = None

    @property
    def shown(self) -> tuple[str, ...]:
        """Who it is, as a page shows it before it is done."""
        return (self.username, self.name, *((self.office.area,) if self.office else ()))


@deed
def open_accounts(
    *, wanted: Sequence[Wanted], passwords: Sequence[OneTime], by: User, at: datetime
) -> list[tuple[User, str]]:
    """Makes the new accounts, each with one of the passwords, and changes the others: all of them or none.

    Returns the new people with their passwords, which nobody can have again.
    """
    made: list[tuple[User, str]] = []
    unused = iter(passwords)
    for each in wanted:
        if not may_open_account_at(by, each.role, each.agency):
            raise WorkflowError(f"{each.name}：统筹人员、领导的账号由系统管理员开通。")
        if each.user is None:
            password = next(unused)
            made.append((_open(each, password, by=by, at=at), password.word))
        else:
            _change(each, each.user, by=by, at=at)
    return made


def _open(wanted: Wanted, password: OneTime, *, by: User, at: datetime) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create(
                username=User.normalize_username(wanted.username),
                display_name=wanted.name,
                role=wanted.role,
                agency=wanted.agency,
                office=wanted.office,
                password=password.hash,
                must_change_password=True,
            )
    except IntegrityError as error:
        raise WorkflowError(CHANGED_SINCE) from error
    if wanted.mobile or wanted.email:
        ReminderPreference.objects.create(user=user, mobile=wanted.mobile, email=wanted.email)
    new = {"username": user.username, "display_name": user.display_name, "role": user.role}
    new |= {"office": wanted.office.area} if wanted.office else {}
    note("开通账号", user, by=by, at=at, new={**new, **_contact(wanted.mobile, wanted.email)}, agency=wanted.agency)
    return user


def _contact(mobile: str, email: str) -> dict[str, str]:
    return {name: value for name, value in {"mobile": mobile, "email": email}.items() if value}


def _change(wanted: Wanted, user: User, *, by: User, at: datetime) -> None:
    """The role within the agency, and where the person can be reached: an empty cell takes nothing away."""
    locked = User.objects.select_related(None).select_for_update().filter(pk=user.pk, is_active=True).first()
    if locked is None or locked.agency_id != (wanted.agency.pk if wanted.agency else None):
        raise WorkflowError(CHANGED_SINCE)
    preference, _ = ReminderPreference.objects.select_for_update().get_or_create(user=user)
    old = {"role": locked.role, "mobile": preference.mobile, "email": preference.email}
    new = {"role": wanted.role, **_contact(wanted.mobile, wanted.email)}
    changed = [name for name, value in new.items() if value != old[name]]
    if not changed:
        return
    would_be = User(role=wanted.role, agency_id=locked.agency_id, office_id=locked.office_id)
    if "role" in changed and (refusal := refusal_of(locked, would_be)):
        raise WorkflowError(refusal)
    User.objects.filter(pk=user.pk).update(role=wanted.role)
    contact = _contact(wanted.mobile, wanted.email)
    ReminderPreference.objects.filter(pk=preference.pk).update(**contact)
    before, after = ({name: values[name] for name in changed} for values in (old, new))
    note("调整账号", user, by=by, at=at, old=before, new=after, agency=wanted.agency)


@deed
def renew_passwords(
    *, people: Sequence[User], passwords: Sequence[OneTime], by: User, at: datetime
) -> list[tuple[User, str]]:
    """Gives each a new password, to be changed at the next sign-in; whoever is signed in with the old one is out."""
    renewed: list[tuple[User, str]] = []
    for person, password in zip(people, passwords, strict=True):
        if person.pk == by.pk:
            raise WorkflowError("本人的密码请在“修改密码”页面修改。")
        if not may_open_account_at(by, person.role, person.agency):
            raise WorkflowError(f"{person}的口令由系统管理员重设。")
        kept = User.objects.filter(pk=person.pk, is_active=True)
        if not kept.update(password=password.hash, must_change_password=True):
            raise WorkflowError(f"{person}的账号已停用，不能重设口令。")
        end_all_for_good(person)
        note("重设初始口令", person, by=by, at=at, new={"password": "密码已修改"}, agency=person.agency)
        renewed.append((person, password.word))
    return renewed
