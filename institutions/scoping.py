"""Who may see which part of the record (decisions 6 and 12).

Members see their own associations. Officers see by territory: an association by its
seat or by one of its units; an institution by its own delegation; a centre, and the
children in it, by its own delegation or by that of the association's seat, which
receives the schooling file. Administrators see nothing here.
"""

from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from accounts.models.users import NATIONAL_ROLES
from territories.scoping import TerritoryQuerySet


def association_ids_of(user) -> Any:
    """Associations a member works for, and those merged into them, as a subquery.

    What could not move stays on the merged row, and is read by those who work for the
    one that stays. Two index scans: memberships of one person, then rows merged.
    """
    memberships = apps.get_model("institutions", "Membership").objects.active()
    own = memberships.filter(user_id=user.pk).order_by().values("association_id")
    associations = apps.get_model("institutions", "Association").objects
    merged = associations.filter(merged_into__in=own).order_by().values("pk")
    return own.union(merged, all=True)


def officers_around(association) -> Q:
    """Of rows with a ``user``: those whose territory holds the association, by its seat
    or by one of its units, the national ones among them."""
    places = apps.get_model("territories", "Delegation").objects.filter(
        Q(pk=association.delegation_id)
        | Q(pk__in=association.institutions.values("delegation"))
        | Q(pk__in=association.centres.values("delegation"))
    )
    return (
        Q(user__role__in=NATIONAL_ROLES)
        | Q(user__delegation__in=places.values("pk"))
        | Q(user__region__in=places.values("region"))
    )


class SharedQuerySet(QuerySet):
    """Settings of the record: the same for everybody who has an account."""

    def visible_to(self, user) -> Any:
        return self.all() if user.is_active else self.none()


class RecordQuerySet(TerritoryQuerySet):
    """Rows of the record. Subclasses say by which paths they are reached."""

    association_lookup = "association"
    delegation_lookups: tuple[str, ...] = ("association__delegation",)

    def visible_to(self, user) -> Any:
        if not user.is_active:
            return self.none()
        if user.is_member:
            own = association_ids_of(user)
            return self.filter(**{f"{self.association_lookup}__in": own})
        return self.within(user.scope)


class AssociationQuerySet(RecordQuerySet):
    association_lookup = "pk"
    delegation_lookups = (
        "delegation",
        "institutions__delegation",
        "centres__delegation",
    )

    def current(self):
        """Without those merged into another."""
        return self.filter(merged_into=None)


class OfAssociationQuerySet(RecordQuerySet):
    """What belongs to the association as a whole: seen by all who see it."""

    def within(self, scope) -> Any:
        associations = apps.get_model("institutions", "Association").objects
        return self.filter(association__in=associations.within(scope).values("pk"))


class OfUpdateQuerySet(RecordQuerySet):
    """What belongs to an annual update: seen by all who see the association."""

    association_lookup = "update__association"

    def within(self, scope) -> Any:
        associations = apps.get_model("institutions", "Association").objects
        within = associations.within(scope).values("pk")
        return self.filter(update__association__in=within)


class JoinRequestQuerySet(RecordQuerySet):
    """Decided where the seat is. Members see what was asked for their association."""

    delegation_lookups = ("delegation",)


class InstitutionQuerySet(RecordQuerySet):
    delegation_lookups = ("delegation",)


class CentreQuerySet(RecordQuerySet):
    delegation_lookups = ("delegation", "association__delegation")


class OfInstitutionQuerySet(RecordQuerySet):
    """Yearly figures of one institution."""

    association_lookup = "institution__association"
    delegation_lookups = ("institution__delegation",)


class OfCentreQuerySet(RecordQuerySet):
    """Yearly rows of one centre."""

    association_lookup = "centre__association"
    delegation_lookups = ("centre__delegation", "centre__association__delegation")


class ChildQuerySet(RecordQuerySet):
    delegation_lookups = ("association__delegation", "enrolments__centre__delegation")


class RecordFindingQuerySet(RecordQuerySet):
    """A unit's findings follow the unit, the others the association."""

    def within(self, scope) -> Any:
        q = Q()
        for field, name in [("institution", "Institution"), ("centre", "Centre")]:
            rows = apps.get_model("institutions", name).objects.within(scope)
            q |= Q(**{f"{field}__in": rows.values("pk")})
        associations = apps.get_model("institutions", "Association").objects
        of_whole = Q(institution=None, centre=None)
        return self.filter(
            q | of_whole & Q(association__in=associations.within(scope).values("pk"))
        )

    def open(self):
        return self.filter(settled_on=None)


OF_PEOPLE = (("child", "Child"), ("staff_member", "StaffMember"))
OF_UNITS = (("institution", "Institution"), ("centre", "Centre"))


class DocumentQuerySet(RecordQuerySet):
    """A unit's documents follow the unit, a person's follow the person, the others
    follow the association."""

    is_about_units = False

    def _clone(self):
        found = super()._clone()  # type: ignore[misc]
        found.is_about_units = self.is_about_units
        return found

    def about_units(self):
        """Without those of people: who sees which is then quicker to ask."""
        found = self.filter(child=None, staff_member=None)
        found.is_about_units = True
        return found

    def within(self, scope) -> Any:
        things = OF_UNITS if self.is_about_units else OF_UNITS + OF_PEOPLE
        q = Q()
        for field, name in things:
            rows = apps.get_model("institutions", name).objects.within(scope)
            q |= Q(**{f"{field}__in": rows.values("pk")})
        of_whole = dict.fromkeys(name for name, _model in OF_UNITS + OF_PEOPLE)
        associations = apps.get_model("institutions", "Association").objects
        within = associations.within(scope).values("pk")
        return self.filter(q | Q(**of_whole, association__in=within))

    def current(self):
        """Without those their owner took back."""
        return self.filter(is_withdrawn=False)
