from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    # /plans/<slug>/
    path("plans/<slug:slug>/", views.dashboard, name="dashboard"),
    path("plans/<slug:slug>/sections/<int:number>/", views.section_detail, name="section-detail"),
    path("plans/<slug:slug>/agencies/", views.agency_list, name="agency-list"),
    path("plans/<slug:slug>/agencies/<int:pk>/", views.agency_detail, name="agency-detail"),
]
