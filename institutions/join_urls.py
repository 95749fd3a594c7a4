"""Addresses of joining, under ``join/``: for people who have no account yet."""

from django.urls import path

from institutions.views import invitations, joining

app_name = "joining"
urlpatterns = [
    path("", joining.start, name="start"),
    path("association/", joining.association, name="association"),
    path("same/", joining.same, name="same"),
    path("you/", joining.person, name="person"),
    path("sent/", joining.sent, name="sent"),
    path("invitation/<uuid:token>/", invitations.invitation, name="invitation"),
    path("<uuid:token>/", joining.status, name="status"),
]
