"""The workbook of accounts: its columns, and what it is filled with."""

from datetime import datetime

from agencies.models import User
from reports.accounts.listing import Accounts, Person, roles_offered
from reports.xlsx.sheets import Book, Cell, Look, Sheet, Validation

SHEET = "账号"
COLUMNS = {"agency": "单位", "name": "姓名", "mobile": "手机", "email": "邮箱", "role": "角色", "username": "用户名"}
OFFICE = "所属机构"  # one more column where there are levels
KEYS = tuple(COLUMNS)
WIDTHS = (24, 12, 16, 28, 14, 18)
HEAD_ROW = 3
SPARE_ROWS = 200  # below the last one, into which people may write
NOTE = (
    "每人一行；同一单位可增加行。姓名必填，手机、邮箱用于接收提醒，可不填。用户名留空的由系统编定。"
    "已有账号的行请勿改动姓名和用户名。本系统为非涉密系统，严禁录入涉密信息。"
)


def describe(accounts: Accounts, reader: User, at: datetime) -> Book:
    """Everybody that there is, and for each agency without a liaison a row that waits for one."""
    words = dict(roles_offered(reader))
    rows = [_row(person, "", words) for person in accounts.office if person.user.role in words]
    for row in accounts.agencies:
        rows += [_row(person, row.agency.name, words) for person in row.people]
        if row.has_tasks and not row.has_liaison:
            rows.append([row.agency.name, "", "", "", next(iter(words.values())), ""])
    if accounts.areas:
        paths = {agency.name: agency.office_id for agency in (row.agency for row in accounts.agencies)}
        paths |= {person.user.username: person.user.office_id for person in accounts.office}
        rows = [[*row, accounts.areas.get(paths.get(row[0] or row[-1]) or "", "")] for row in rows]
    titles = [*COLUMNS.values(), *((OFFICE,) if accounts.areas else ())]
    body = [[Cell(text, Look.INPUT, number_format="@", is_open=True) for text in texts] for texts in rows]
    last = HEAD_ROW + len(body) + SPARE_ROWS
    cells, offered = f"E{HEAD_ROW + 1}:E{last}", tuple(words.values())
    choices = Validation(cells=cells, kind="list", title="角色", choices=offered, message="请从列表中选择。")
    note = NOTE
    if accounts.areas:
        note += f"所属机构填地区名称，如{next(iter(accounts.areas.values()))}；空着为{accounts.top}，有单位的随单位。"
    head = [
        [Cell("账号名单", Look.TITLE)],
        [Cell(note, Look.NOTE)],
        [Cell(title, Look.HEAD, is_centred=True) for title in titles],
    ]
    widths = [*WIDTHS, *((14,) if accounts.areas else ())]
    sheet = Sheet(SHEET, [*head, *body], widths, f"A{HEAD_ROW + 1}", head=(HEAD_ROW, HEAD_ROW), validations=[choices])
    return Book("账号名单", at, [sheet])


def _row(person: Person, agency: str, words: dict[str, str]) -> list[str]:
    user = person.user
    return [agency, user.display_name, person.mobile, person.email, words[user.role], user.username]
