"""Scopes show their own territory and, whenever in doubt, nothing."""

import pytest

from territories.enums import Level
from territories.models import Commune, Delegation, Region
from territories.scoping import Scope, TerritoryQuerySet

pytestmark = pytest.mark.django_db


@pytest.fixture
def communes():
    """Two regions of two delegations with a commune each."""
    rows = []
    for region_code in ("91", "92"):
        region = Region.objects.create(code=region_code, name_ar="ج", name_fr="R")
        for rank in (1, 2):
            code = f"{region_code}.{rank}"
            delegation = Delegation.objects.create(
                code=code, region=region, name_ar="م", name_fr="D", kind="province"
            )
            rows.append(
                Commune.objects.create(
                    code=f"{code}.1",
                    delegation=delegation,
                    name_ar="ج",
                    name_fr="C",
                    kind="commune",
                )
            )
    return rows


def test_national_scope_sees_all(communes):
    scope = Scope(Level.NATIONAL)
    assert list(Commune.objects.within(scope)) == communes


def test_region_scope_sees_its_region(communes):
    scope = Scope(Level.REGION, region_id=communes[0].delegation.region_id)
    assert list(Commune.objects.within(scope)) == communes[:2]


def test_delegation_scope_sees_its_delegation(communes):
    scope = Scope(Level.DELEGATION, delegation_id=communes[1].delegation_id)
    assert list(Commune.objects.within(scope)) == communes[1:2]


def test_a_region_id_gives_a_delegation_scope_nothing_more(communes):
    scope = Scope(
        Level.DELEGATION,
        region_id=communes[0].delegation.region_id,
        delegation_id=communes[1].delegation_id,
    )
    assert list(Commune.objects.within(scope)) == communes[1:2]


@pytest.mark.parametrize(
    "scope",
    [
        None,
        Scope(Level.REGION),
        Scope(Level.DELEGATION),
        Scope(Level.DELEGATION, region_id=1),
        Scope("everything"),
        Scope("", region_id=1, delegation_id=1),
    ],
)
def test_no_scope_or_half_a_scope_sees_nothing(communes, scope):
    assert list(Commune.objects.within(scope)) == []


def test_regions_and_delegations_narrow_to_the_scope(communes):
    own = communes[0].delegation
    delegate = Scope(Level.DELEGATION, delegation_id=own.pk)
    coordinator = Scope(Level.REGION, region_id=own.region_id)
    assert list(Delegation.objects.within(delegate)) == [own]
    assert list(Region.objects.within(delegate)) == [own.region]
    assert list(Region.objects.within(coordinator)) == [own.region]
    assert Delegation.objects.within(coordinator).count() == 2


def test_a_model_that_does_not_say_where_it_stands_shows_nothing(communes):
    class Nowhere(TerritoryQuerySet):
        delegation_lookups = ()

    scope = Scope(Level.DELEGATION, delegation_id=communes[0].delegation_id)
    assert list(Nowhere(Commune).within(scope)) == []
    assert Nowhere(Commune).within(Scope(Level.NATIONAL)).count() == 4


def test_paths_through_many_rows_repeat_nothing_and_add_up(communes):
    """A delegation reached by its own key or by its communes, of which it has two."""

    class EitherWay(TerritoryQuerySet):
        delegation_lookups = ("region__delegations", "communes__delegation")
        region_lookups = ("region", "communes__delegation__region")

    first = communes[0].delegation
    Commune.objects.create(
        code="91.1.2", delegation=first, name_ar="ج", name_fr="C", kind="commune"
    )
    rows = EitherWay(Delegation).order_by("code")
    by_delegation = rows.within(Scope(Level.DELEGATION, delegation_id=first.pk))
    by_region = rows.within(Scope(Level.REGION, region_id=first.region_id))
    both = [communes[0].delegation, communes[1].delegation]
    assert list(by_delegation) == both
    assert list(by_region) == both


def test_official_division_is_public(communes):
    assert Region.objects.visible_to(None).count() == 2
    assert Delegation.objects.visible_to(None).count() == 4
    assert Commune.objects.visible_to(None).count() == 4
