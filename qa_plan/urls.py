from django.contrib import admin
from django.urls import include, path

from tasks.pages.health.views import healthz

handler400 = "qa_plan.toolarge.bad_request"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("agencies.urls")),
    path("", include("tasks.urls")),
    path("", include("reports.urls")),
]
