from django.contrib import admin
from django.urls import include, path

from qa_plan.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("agencies.urls")),
    path("", include("tasks.urls")),
    path("", include("reports.urls")),
]
