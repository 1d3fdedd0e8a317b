from django.contrib import admin
from django.urls import include, path, register_converter

from agencies.views import administration_door
from qa_plan.addresses import AreaCode, Key
from reports.packages.measuring import of_packages
from tasks.pages.health.views import healthz, metrics

register_converter(Key, "key")
register_converter(AreaCode, "area")
handler400 = "qa_plan.toolarge.bad_request"
handler500 = "qa_plan.unavailable.server_error"
urlpatterns = [
    path("admin/login/", administration_door, name="administration-door"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, {"others": (of_packages,)}, name="metrics"),
    path("", include("agencies.urls")),
    path("", include("tasks.urls")),
    path("", include("reports.urls")),
]
