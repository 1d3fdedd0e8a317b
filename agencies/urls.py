from django.contrib.auth import views
from django.urls import path

from agencies.views import OwnPassword, SignIn, SignOut, session_list

urlpatterns = [
    # /accounts/
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", SignOut.as_view(), name="logout"),
    path("accounts/password/", OwnPassword.as_view(), name="password_change"),
    path("accounts/sessions/", session_list, name="session_list"),
    path("accounts/password/done/", views.PasswordChangeDoneView.as_view(), name="password_change_done"),
]
