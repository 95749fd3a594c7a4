"""Places of the country as loaded, and one person of each role."""

import factory
from factory.django import DjangoModelFactory

from accounts.enums import Role
from accounts.models import User
from territories.models import Commune, Delegation, Region

PASSWORD = "entraide-test-2026"
# Two delegations of one region, one of another.
LARACHE, TETOUAN, FES = "01.331", "01.571", "03.231"


def region(code="01"):
    return Region.objects.get(code=code)


def delegation(code=LARACHE):
    return Delegation.objects.select_related("region").get(code=code)


def commune(of=None):
    """The first commune of a delegation that can be chosen."""
    place = of or delegation()
    return Commune.objects.selectable().filter(delegation=place).order_by("code")[0]


class UserFactory(DjangoModelFactory):
    """An association member; the other roles have their own factory."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.ma")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.MEMBER
    is_staff = factory.LazyAttribute(lambda user: user.role != Role.MEMBER)
    password = factory.django.Password(PASSWORD)


class MemberFactory(UserFactory):
    pass


class DelegateFactory(UserFactory):
    role = Role.DELEGATE
    delegation = factory.LazyFunction(delegation)


class CoordinatorFactory(UserFactory):
    role = Role.COORDINATOR
    region = factory.LazyFunction(region)


class CentralFactory(UserFactory):
    role = Role.CENTRAL


class InspectorFactory(UserFactory):
    role = Role.INSPECTOR


class AdministratorFactory(UserFactory):
    role = Role.ADMINISTRATOR
