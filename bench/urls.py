"""The portal's addresses, and the yardsticks."""

from django.urls import path

from bench import floor
from entraide.urls import urlpatterns as portal

urlpatterns = [
    path("bench/list/", floor.floor_list),
    path("bench/row/<int:pk>/", floor.floor_row),
    *portal,
]
