"""Holds a list against the accounts that there are: who is new, what changes, what is wrong and in which cell."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from agencies.models import TOP, Agency, Office, User
from reports.accounts.listing import roles_offered
from reports.accounts.proposing import Proposals
from reports.accounts.reading import FileRow
from tasks.access import agencies_kept, is_agency_role, person_roles
from tasks.models import ReminderPreference
from tasks.workflow import Wanted

MOBILE = re.compile(r"\+?\d{6,20}")
SEPARATORS = re.compile(r"[\s-]")
LONGEST_NAME = User._meta.get_field("display_name").max_length or 0
USERNAME = User._meta.get_field("username")


class State(StrEnum):
    NEW = "新开通"
    CHANGED = "有变动"
    SAME = "无变动"
    WRONG = "有误"


@dataclass(slots=True)
class CheckedRow:
    """A row with what becomes of it; `errors` are by column, with the cell in which each stands."""

    row: FileRow
    state: State = State.SAME
    wanted: Wanted | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    role_word: str = ""

    def refuse(self, key: str, message: str) -> None:
        self.state = State.WRONG
        self.errors.append((self.row.cells.get(key, next(iter(self.row.cells.values()))), message))

    def text(self, key: str) -> str:
        return self.row.texts.get(key, "")


@dataclass(slots=True)
class CheckedList:
    rows: list[CheckedRow]

    def of(self, state: State) -> list[CheckedRow]:
        return [row for row in self.rows if row.state == state]

    @property
    def wrong(self) -> list[CheckedRow]:
        return self.of(State.WRONG)

    @property
    def new(self) -> list[CheckedRow]:
        return self.of(State.NEW)

    @property
    def changed(self) -> list[CheckedRow]:
        return self.of(State.CHANGED)

    @property
    def same(self) -> list[CheckedRow]:
        return self.of(State.SAME)

    @property
    def wanted(self) -> list[Wanted]:
        """What the deed is asked for; what is as it should be is none of it."""
        return [row.wanted for row in self.rows if row.wanted and row.state in (State.NEW, State.CHANGED)]

    @property
    def is_done(self) -> bool:
        """Whether everything is already as the list wants it."""
        return bool(self.rows) and len(self.same) == len(self.rows)

    @property
    def people(self) -> list[User]:
        """Whose accounts there are of those that the list names."""
        return [row.wanted.user for row in self.rows if row.wanted and row.wanted.user]

    @property
    def names_offices(self) -> bool:
        return any("office" in row.row.texts for row in self.rows)

    @property
    def token(self) -> str:
        """Stands for what was shown, so that nothing else is done when it is confirmed."""
        shown = [(row.state, row.wanted and row.wanted.shown, row.changes) for row in self.rows]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


class Checker:
    """Knows all agencies and accounts, asked for once."""

    def __init__(self, reader: User) -> None:
        self.roles = {word: role for role, word in roles_offered(reader)}
        self.every_role = {word: role for role, word in person_roles()}
        self.agencies: dict[str, Agency] = {}
        kept = list(agencies_kept(reader).prefetch_related("aliases"))
        for agency in kept:
            self.agencies |= {alias.name: agency for alias in agency.aliases.all()}
        self.agencies |= {agency.name: agency for agency in kept}
        self.top = Office.current().place
        self.offices: dict[str, list[Office]] = {}
        for office in Office.objects.local():
            for name in dict.fromkeys((office.area, office.name, office.code)):
                self.offices.setdefault(name, []).append(office)
        self.users = {user.username: user for user in User.objects.select_related("office")}
        self.preferences = {each.user_id: each for each in ReminderPreference.objects.all()}
        self.proposals = Proposals(self.users)
        self.seen: dict[str, str] = {}
        self.unnamed: dict[tuple[Agency | None, str, str], str] = {}

    def check(self, rows: Sequence[FileRow]) -> CheckedList:
        checked = [CheckedRow(row) for row in rows]
        # Names that were written come first, so that no proposal takes one of them.
        self.proposals.reserve(row.texts.get("username", "") for row in rows)
        for row in checked:
            self._check(row)
        return CheckedList(checked)

    def _check(self, row: CheckedRow) -> None:
        name, mobile, email = row.text("name"), SEPARATORS.sub("", row.text("mobile")), row.text("email")
        role, agency = self._role(row), None
        if role:
            agency = self._agency(row, role)
        if not name:
            row.refuse("name", "请填写姓名。")
        elif len(name) > LONGEST_NAME:
            row.refuse("name", f"姓名不能超过{LONGEST_NAME}字。")
        if mobile and not MOBILE.fullmatch(mobile):
            row.refuse("mobile", "手机号码只含数字，6至20位。")
        if email and not _is_email(email):
            row.refuse("email", "邮箱写法有误。")
        office = self._office(row, role, agency) if role else None
        if row.errors or not role:
            return
        user = self._user(row, name, role, agency, office)
        if not row.errors:
            username = user.username if user else row.text("username") or self.proposals.next(role, agency)
            self._decide(row, Wanted(username, name, role, agency, mobile, email, user, office))

    def _role(self, row: CheckedRow) -> str:
        word = row.text("role")
        row.role_word = word
        if word in self.roles:
            return self.roles[word]
        if word in self.every_role:
            row.refuse("role", f"{word}账号由系统管理员开通。")
        else:
            row.refuse("role", f"角色应为{'、'.join(self.roles)}之一。" if word else "请填写角色。")
        return ""

    def _agency(self, row: CheckedRow, role: str) -> Agency | None:
        name = row.text("agency")
        if not is_agency_role(role):
            if name in self.agencies:
                row.refuse("agency", f"{row.role_word}属统筹机构，单位栏请留空。")
            return None
        agency = self.agencies.get(name)
        if agency is None:
            row.refuse("agency", f"没有名为“{name[:20]}”的单位，请用名单模板中的名称。" if name else "请填写单位。")
        elif agency.ended_on:
            row.refuse("agency", f"{agency}已撤并，不再开通账号。")
        elif agency.is_collective:
            row.refuse("agency", f"{agency}是泛指单位，不设账号。")
        return agency

    def _office(self, row: CheckedRow, role: str, agency: Agency | None) -> Office | None:
        """To which office of a city or county somebody of an office itself belongs; None to the top one.

        Who signs in for an agency belongs to that agency's office: the cell may say so.
        """
        name = row.text("office")
        found = self.offices.get(name, [])
        if name and name != self.top and len(found) != 1:
            which = (
                f"有{len(found)}个名为“{name[:20]}”的机构，请填行政区划代码" if found else f"没有“{name[:20]}”这一机构"
            )
            row.refuse("office", f"{which}；{self.top}的空着。")
            return None
        office = found[0] if found else None
        if not is_agency_role(role):
            return office
        if agency and name and (agency.office_id or TOP) != (office.path if office else TOP):
            row.refuse("office", f"{agency}不属该机构，请空着或改正。")
        return None

    def _user(self, row: CheckedRow, name: str, role: str, agency: Agency | None, office: Office | None) -> User | None:
        """Whose account the row means: by user name, else by name within the agency or office."""
        username, agency_key = User.normalize_username(row.text("username")), agency.pk if agency else None
        if not username:
            same = [user for user in self.users.values() if user.is_active and user.agency_id == agency_key]
            same = [user for user in same if user.display_name == name and self._is_of(user, row, office)]
            if len(same) > 1:
                row.refuse("username", f"{name}在该单位有{len(same)}个账号，请填写用户名以便区分。")
            user = next(iter(same), None)
        else:
            user = self.users.get(username)
            self._check_username(row, username, user)
        if user is None or row.errors:
            return user
        self._check_known(row, user, name, role, agency_key)
        if not row.errors and not self._is_of(user, row, office):
            row.refuse("office", f"{user}现属{user.office or self.top}，改所属机构请在系统管理中办理。")
        return user

    @staticmethod
    def _is_of(user: User, row: CheckedRow, office: Office | None) -> bool:
        """Whether the person belongs to that office; a list without the column says nothing of it."""
        return "office" not in row.row.texts or (user.office_id or TOP) == (office.path if office else TOP)

    def _check_username(self, row: CheckedRow, username: str, user: User | None) -> None:
        try:
            USERNAME.clean(username, None)
        except ValidationError as error:
            row.refuse("username", " ".join(error.messages))
        if user and not user.is_active:
            row.refuse("username", "该用户名的账号已停用，请换一个。")

    def _check_known(self, row: CheckedRow, user: User, name: str, role: str, agency_key: int | None) -> None:
        if user.agency_id != agency_key:
            row.refuse("username", f"该用户名已由{user.agency or '统筹机构'}的{user}使用，请换一个。")
        elif user.display_name != name:
            row.refuse("name", f"该用户名是{user}的。换人请办理账号移交；错字请系统管理员更正。")
        elif user.role != role and not (is_agency_role(user.role) and is_agency_role(role)):
            row.refuse("role", f"{user}现为{user.get_role_display()}，请在系统管理中改为{row.role_word}。")

    def _decide(self, row: CheckedRow, wanted: Wanted) -> None:
        row.wanted = wanted
        if first := self.seen.get(wanted.username):
            row.refuse("username", f"与{first}是同一账号，请删去一行或另填用户名。")
            return
        if not row.text("username") and (first := self.unnamed.get(self._place(wanted))):
            row.refuse("name", f"与{first}是同一单位的同名人员；确是两人的，请分别填写用户名。")
            return
        self.seen[wanted.username] = self.unnamed[self._place(wanted)] = row.row.cells["name"]
        if wanted.user is None:
            row.state = State.NEW
            return
        row.changes = self._changes(wanted, wanted.user)
        row.state = State.CHANGED if row.changes else State.SAME

    @staticmethod
    def _place(wanted: Wanted) -> tuple[Agency | None, str, str]:
        return wanted.agency, wanted.office.path if wanted.office else TOP, wanted.name

    def _changes(self, wanted: Wanted, user: User) -> list[str]:
        known = self.preferences.get(user.pk) or ReminderPreference()
        words = {role: word for word, role in self.every_role.items()}
        values = {
            "角色": (words[user.role], words[wanted.role]),
            "手机": (known.mobile, wanted.mobile or known.mobile),
            "邮箱": (known.email, wanted.email or known.email),
        }
        return [f"{label}：{old or '无'} → {new}" for label, (old, new) in values.items() if old != new]


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
