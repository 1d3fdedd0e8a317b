"""After 机构调整 and 拆分合并: what goes on elsewhere, and when it was filed that goes on here."""

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from tasks.models import AgencyRequest, ProgressReport, ReportOrigin
from tasks.models.latest import Moment


def filed_at() -> Coalesce:
    """As a column of reports: when an agency filed it; of one that goes on with others, when the last of those was."""
    origins = ReportOrigin.objects.filter(report=OuterRef("pk")).order_by("-origin__recorded_at")
    return Coalesce(Subquery(origins.values("origin__recorded_at")[:1]), "recorded_at")


def carried(model: type[ProgressReport] | type[AgencyRequest], moment: Moment) -> dict[str, Exists]:
    """`is_carried` as a column of reports or requests: whether by then another one goes on with it."""
    following = model._default_manager.filter(origins__origin=OuterRef("pk"), recorded_at__lte=moment)
    return {"is_carried": Exists(following)}
