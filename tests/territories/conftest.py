"""These tests load the country themselves, from nothing."""

import pytest

from territories.models import Commune, Delegation, Region


@pytest.fixture(autouse=True)
def _empty_country(request):
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        for model in (Commune, Delegation, Region):
            rows = model.objects.all()
            rows._raw_delete(rows.db)
