"""Addresses: everything people read stands under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from applications.urls import public_patterns
from entraide import components_page, health, views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    *i18n_patterns(
        path("home/", views.home, name="home"),
        path("components/", components_page.components, name="components"),
        path("accounts/", include("accounts.sign_in_urls")),
        path("me/", include("accounts.urls")),
        path("join/", include("institutions.join_urls")),
        path("my/", include("institutions.urls")),
        path("", include(public_patterns)),
        path("", include("applications.urls")),
        path("admin/", admin.site.urls),
    ),
]
