"""The rules for reminders that a new installation begins with; coordinators change them.

Who has to act is told every working day, and so is the head of the agency from the third one on. Who only has to know
is told once for each stage: a daily list of everything that is late would soon be read by nobody, and the dashboard
has it.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ONCE, DAILY = False, True
COLUMNS = ("ordinal", "code", "name", "kind", "offset", "repeats", "audience")
RULES = [
    (10, "due-30", "距完成时限30个工作日", "due", -30, ONCE, "liaison"),
    (20, "due-15", "距完成时限15个工作日", "due", -15, ONCE, "liaison"),
    (30, "due-7", "距完成时限7个工作日", "due", -7, ONCE, "liaison"),
    (40, "due-3", "距完成时限3个工作日", "due", -3, ONCE, "liaison"),
    (50, "due-1", "距完成时限1个工作日", "due", -1, ONCE, "liaison"),
    (60, "due-today", "今日到期", "due", 0, ONCE, "liaison"),
    (70, "overdue", "已逾期", "due", 1, DAILY, "liaison"),
    (80, "overdue-3-approver", "逾期满3个工作日", "due", 3, DAILY, "approver"),
    (90, "overdue-7-coordinators", "逾期满7个工作日", "due", 7, ONCE, "coordinators"),
    (100, "overdue-15-leadership", "逾期满15个工作日", "due", 15, ONCE, "leadership"),
    (110, "period-opens", "报告期开放填报", "opens", 0, ONCE, "liaison"),
    (120, "filing-3", "距报送截止3个工作日", "filing", -3, ONCE, "liaison"),
    (130, "filing-1", "距报送截止1个工作日", "filing", -1, ONCE, "liaison"),
    (140, "filing-today", "今日报送截止", "filing", 0, ONCE, "liaison"),
    (150, "unfiled", "逾期未报", "filing", 1, DAILY, "liaison"),
    (160, "unfiled-3-approver", "逾期未报满3个工作日", "filing", 3, DAILY, "approver"),
    (170, "unfiled-7-coordinators", "逾期未报满7个工作日", "filing", 7, ONCE, "coordinators"),
    (180, "unfiled-15-leadership", "逾期未报满15个工作日", "filing", 15, ONCE, "leadership"),
    (190, "receipt-1", "距签收期限1个工作日", "receipt", -1, ONCE, "liaison"),
    (200, "receipt-today", "今日应签收", "receipt", 0, ONCE, "liaison"),
    (210, "unreceived", "逾期未签收", "receipt", 1, DAILY, "liaison"),
    (220, "unreceived-3-approver", "逾期未签收满3个工作日", "receipt", 3, ONCE, "approver"),
    (230, "unreceived-7-coordinators", "逾期未签收满7个工作日", "receipt", 7, ONCE, "coordinators"),
    (240, "sent-back-3", "退回满3个工作日未重报", "sent_back", 3, DAILY, "liaison"),
    (250, "sent-back-7-approver", "退回满7个工作日未重报", "sent_back", 7, ONCE, "approver"),
    (260, "review-3", "待审满3个工作日", "review", 3, ONCE, "coordinators"),
    (270, "review-7", "待审满7个工作日", "review", 7, ONCE, "coordinators"),
    (280, "request-3", "申请待答复满3个工作日", "request", 3, ONCE, "coordinators"),
    (290, "request-7", "申请待答复满7个工作日", "request", 7, ONCE, "coordinators"),
    (300, "urge-1", "距催办答复期限1个工作日", "urge", -1, ONCE, "liaison"),
    (310, "urge-today", "今日应答复催办", "urge", 0, ONCE, "liaison"),
    (320, "unanswered", "催办逾期未答复", "urge", 1, DAILY, "liaison"),
    (330, "unanswered-1-approver", "催办逾期未答复满1个工作日", "urge", 1, DAILY, "approver"),
    (340, "unanswered-3-coordinators", "催办逾期未答复满3个工作日", "urge", 3, ONCE, "coordinators"),
    (350, "unanswered-7-leadership", "催办逾期未答复满7个工作日", "urge", 7, ONCE, "leadership"),
    # 催办 reaches the agency by message at once; by the channels of its people with the digest of the next working day.
    (295, "urged", "收到催办", "urged", 1, ONCE, "liaison"),
    (360, "milestone-7", "距节点日期7个工作日", "milestone", -7, ONCE, "liaison"),
    (370, "milestone-1", "距节点日期1个工作日", "milestone", -1, ONCE, "liaison"),
    (380, "milestone-today", "节点今日到期", "milestone", 0, ONCE, "liaison"),
    (390, "milestone-overdue", "节点逾期未完成", "milestone", 1, DAILY, "liaison"),
    (400, "milestone-3-approver", "节点逾期满3个工作日", "milestone", 3, ONCE, "approver"),
    (410, "milestone-7-coordinators", "节点逾期满7个工作日", "milestone", 7, ONCE, "coordinators"),
    (420, "instructed", "收到批示", "instructed", 1, ONCE, "liaison"),
    (430, "instruction-3", "距批示答复期限3个工作日", "instruct", -3, ONCE, "liaison"),
    (440, "instruction-1", "距批示答复期限1个工作日", "instruct", -1, ONCE, "liaison"),
    (450, "instruction-today", "今日应答复批示", "instruct", 0, ONCE, "liaison"),
    (460, "instruction-overdue", "批示逾期未答复", "instruct", 1, DAILY, "liaison"),
    (470, "instruction-1-approver", "批示逾期未答复满1个工作日", "instruct", 1, DAILY, "approver"),
    (480, "instruction-1-coordinators", "批示逾期未答复满1个工作日", "instruct", 1, ONCE, "coordinators"),
    (490, "instruction-3-leadership", "批示逾期未答复满3个工作日", "instruct", 3, ONCE, "leadership"),
]


def begin_with_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("tasks", "ReminderRule")
    rule.objects.bulk_create(rule(**dict(zip(COLUMNS, row))) for row in RULES)


def add_missing_rules(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Gives an installation the rules that were added since it was set up; those that it has stay as they are."""
    rule = apps.get_model("tasks", "ReminderRule")
    known = set(rule.objects.values_list("code", flat=True))
    missing = (dict(zip(COLUMNS, row)) for row in RULES)
    rule.objects.bulk_create(rule(**columns) for columns in missing if columns["code"] not in known)
