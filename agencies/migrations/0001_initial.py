from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, Q

USER = settings.AUTH_USER_MODEL
ID = ("id", models.BigAutoField("ID", primary_key=True, auto_created=True, serialize=False))


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            "Agency",
            [
                ID,
                ("name", models.CharField("单位名称", max_length=100, unique=True)),
                ("ordinal", models.PositiveIntegerField("排序", default=0, help_text="各页面均按此顺序排列，与进度无关")),
                ("is_collective", models.BooleanField("泛指单位", default=False, help_text="如“各市人民政府”，不设账号")),
                ("requires_consent", models.BooleanField("须单位负责人审签", default=False, help_text="联络员填写后，经本单位负责人同意才报送")),
                ("ended_on", models.DateField("撤并日期", null=True, blank=True, editable=False)),
            ],
            {"verbose_name": "单位", "verbose_name_plural": "单位", "ordering": ("ordinal", "pk")},
        ),
        migrations.CreateModel(
            "AgencyAlias",
            [
                ID,
                ("agency", models.ForeignKey("agencies.Agency", CASCADE, related_name="aliases", verbose_name="单位")),
                ("name", models.CharField("别称", max_length=100, unique=True)),
            ],
            {"verbose_name": "单位别称", "verbose_name_plural": "单位别称"},
        ),
        migrations.CreateModel(
            "User",
            [
                ID,
                ("password", models.CharField("password", max_length=128)),
                ("last_login", models.DateTimeField("last login", null=True, blank=True)),
                (
                    "username",
                    models.CharField(
                        "用户名",
                        max_length=50,
                        unique=True,
                        validators=[UnicodeUsernameValidator()],
                        error_messages={"unique": "该用户名已被使用。"},
                    ),
                ),
                ("display_name", models.CharField("姓名", max_length=50)),
                (
                    "role",
                    models.CharField(
                        "角色",
                        max_length=20,
                        choices=[
                            ("coordinator", "统筹人员"),
                            ("liaison", "联络员"),
                            ("approver", "单位负责人"),
                            ("leader", "领导"),
                            ("administrator", "系统管理员"),
                        ],
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        "agencies.Agency", PROTECT, related_name="users", null=True, blank=True, verbose_name="所属单位"
                    ),
                ),
                ("is_active", models.BooleanField("在用", default=True, help_text="停用后不能登录，历史记录保留")),
                ("date_joined", models.DateTimeField("开通时间", auto_now_add=True)),
            ],
            {
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(agency__isnull=False, role__in=("liaison", "approver"))
                        | (~Q(role__in=("liaison", "approver")) & Q(agency__isnull=True)),
                        name="agency_roles_have_an_agency",
                        violation_error_message="联络员和单位负责人须选择所属单位，其他角色不选。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "Succession",
            [
                ID,
                (
                    "predecessor",
                    models.ForeignKey("agencies.Agency", PROTECT, related_name="successions", verbose_name="原单位"),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        "agencies.Agency", PROTECT, related_name="inheritances", null=True, verbose_name="承接单位"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        "类型",
                        max_length=10,
                        choices=[("renamed", "更名"), ("merged", "合并"), ("split", "拆分"), ("abolished", "撤销")],
                    ),
                ),
                ("effective_on", models.DateField("生效日期")),
                ("document", models.CharField("依据文件", max_length=200)),
                ("recorded_at", models.DateTimeField("记录时间")),
                ("recorded_by", models.ForeignKey(USER, PROTECT, related_name="+", verbose_name="记录人")),
            ],
            {"verbose_name": "机构调整", "verbose_name_plural": "机构调整", "ordering": ("-effective_on", "-pk")},
        ),
        migrations.CreateModel(
            "AgencyGroup",
            [ID, ("name", models.CharField("名称", max_length=100, unique=True))],
            {"verbose_name": "成员单位名单", "verbose_name_plural": "成员单位名单"},
        ),
        migrations.CreateModel(
            "GroupMembership",
            [
                ID,
                (
                    "group",
                    models.ForeignKey("agencies.AgencyGroup", CASCADE, related_name="memberships", verbose_name="名单"),
                ),
                (
                    "agency",
                    models.ForeignKey("agencies.Agency", PROTECT, related_name="memberships", verbose_name="单位"),
                ),
                ("is_inferred", models.BooleanField("推定", default=False, help_text="公文未列成员名单，由系统按点名单位推定")),
            ],
            {
                "verbose_name": "成员单位",
                "verbose_name_plural": "成员单位",
                "ordering": ("agency__ordinal",),
                "constraints": [models.UniqueConstraint(fields=("group", "agency"), name="one_membership_per_agency")],
            },
        ),
        migrations.AddField(
            "agencygroup",
            "members",
            models.ManyToManyField(
                "agencies.Agency",
                through="agencies.GroupMembership",
                related_name="agency_groups",
                verbose_name="成员单位",
            ),
        ),
        migrations.CreateModel(
            "ChangeChain",
            [
                ID,
                ("count", models.PositiveBigIntegerField("行数", default=0)),
                ("head", models.CharField("最后一行哈希", max_length=64, blank=True)),
            ],
            {"verbose_name": "变更记录锁", "verbose_name_plural": "变更记录锁"},
        ),
        migrations.CreateModel(
            "Change",
            [
                ID,
                ("recorded_at", models.DateTimeField("时间")),
                ("by", models.ForeignKey(USER, PROTECT, related_name="+", null=True, verbose_name="操作人")),
                ("by_name", models.CharField("操作人姓名", max_length=100, blank=True)),
                ("action", models.CharField("操作", max_length=50)),
                ("subject_type", models.CharField("对象类型", max_length=50)),
                ("subject_id", models.CharField("对象编号", max_length=50)),
                ("subject", models.CharField("对象", max_length=300)),
                (
                    "agency",
                    models.ForeignKey("agencies.Agency", PROTECT, related_name="+", null=True, verbose_name="单位"),
                ),
                ("old", models.JSONField("原值", default=dict)),
                ("new", models.JSONField("新值", default=dict)),
                ("reason", models.TextField("原因", blank=True)),
                ("request_id", models.UUIDField("请求编号")),
                ("previous_hash", models.CharField("前一行哈希", max_length=64)),
                ("hash", models.CharField("哈希", max_length=64, unique=True)),
            ],
            {
                "verbose_name": "变更记录",
                "verbose_name_plural": "变更记录",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=("subject_type", "subject_id"), name="changes_of_subject"),
                    models.Index(fields=("recorded_at",), name="changes_by_time"),
                ],
            },
        ),
    ]
