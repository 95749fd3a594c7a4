"""Social-care institutions and centres that school children with disabilities."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from institutions.enums import (
    BuildingCondition,
    BuildingOwner,
    CareService,
    Category,
    FeeBand,
    HouseKind,
    InstitutionClass,
    LegalBasis,
    Milieu,
    SchoolDistance,
    SchoolLevel,
    Selection,
    Setting,
    Tenure,
)
from institutions.scoping import CentreQuerySet, InstitutionQuerySet
from territories.models import BilingualName
from territories.search import SearchQuerySetMixin, search_column, search_index

# The country lies within these degrees.
LATITUDES = (20, 37)
LONGITUDES = (-18, 0)
MAX_PRIORITIES = 5


class InstitutionSearchQuerySet(SearchQuerySetMixin, InstitutionQuerySet):
    pass


class CentreSearchQuerySet(SearchQuerySetMixin, CentreQuerySet):
    pass


class Institution(BilingualName, models.Model):
    """A social-care institution (EPS). Capacities are licensed head-counts.

    Some are authorised under law 14-05, some under 65-15, some not at all, which the
    record must be able to say (domain.md, section 1.1).
    """

    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="institutions",
        verbose_name=_("association"),
    )
    name_ar = models.CharField(_("name in Arabic"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    institution_class = models.CharField(
        _("class"), max_length=20, choices=InstitutionClass
    )
    categories = ArrayField(
        models.CharField(max_length=12, choices=Category),
        verbose_name=_("target categories"),
        default=list,
    )
    services = ArrayField(
        models.CharField(max_length=16, choices=CareService),
        verbose_name=_("services"),
        default=list,
        blank=True,
    )
    legal_basis = models.CharField(
        _("legal basis"), max_length=5, choices=LegalBasis, default=LegalBasis.LAW_65_15
    )
    authorisation_number = models.CharField(
        _("authorisation number"), max_length=40, blank=True
    )
    authorised_on = models.DateField(_("authorised on"), null=True, blank=True)
    authorisation_expires_on = models.DateField(
        _("authorisation expires on"), null=True, blank=True
    )
    no_authorisation_reason = models.CharField(
        _("why it is not authorised"), max_length=300, blank=True
    )
    capacity_female = models.PositiveIntegerField(
        _("licensed capacity, female"), default=0
    )
    capacity_male = models.PositiveIntegerField(_("licensed capacity, male"), default=0)
    commune = models.ForeignKey(
        "territories.Commune", models.PROTECT, verbose_name=_("commune")
    )
    delegation = models.ForeignKey(
        "territories.Delegation",
        models.PROTECT,
        related_name="institutions",
        verbose_name=_("delegation"),
    )
    milieu = models.CharField(_("milieu"), max_length=5, choices=Milieu)
    address = models.CharField(_("address"), max_length=250, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    director_name = models.CharField(_("director"), max_length=150, blank=True)
    director_phone = PhoneNumberField(_("director's phone"), blank=True)
    director_email = models.EmailField(_("director's e-mail"), blank=True)
    opened_on = models.DateField(_("in service since"), null=True, blank=True)
    tenure = models.CharField(_("tenure"), max_length=14, choices=Tenure, blank=True)
    condition = models.CharField(
        _("condition of the building"),
        max_length=4,
        choices=BuildingCondition,
        blank=True,
    )
    is_repairable = models.BooleanField(
        _("can be repaired"), null=True, blank=True, default=None
    )
    building_owner = models.CharField(
        _("owner of the building"), max_length=8, choices=BuildingOwner, blank=True
    )
    has_building_convention = models.BooleanField(
        _("an agreement covers the building"), null=True, blank=True, default=None
    )
    has_management_committee = models.BooleanField(
        _("has a management committee"), null=True, blank=True, default=None
    )
    house_kind = models.CharField(
        _("kind of house"), max_length=5, choices=HouseKind, blank=True
    )
    school_levels = ArrayField(
        models.CharField(max_length=10, choices=SchoolLevel),
        verbose_name=_("school levels"),
        default=list,
        blank=True,
    )
    school_distance = models.CharField(
        _("distance to the school"), max_length=7, choices=SchoolDistance, blank=True
    )
    boarding_distance_km = models.DecimalField(
        _("distance to the nearest boarding school, in km"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
    )
    targeting_criteria = models.TextField(
        _("criteria of selection"), max_length=1000, blank=True
    )
    priorities = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("priorities, the first first"),
        size=MAX_PRIORITIES,
        default=list,
        blank=True,
    )
    selection = models.CharField(
        _("who selects"), max_length=9, choices=Selection, blank=True
    )
    committee_members = models.CharField(
        _("members of the committee"), max_length=300, blank=True
    )
    monthly_fee = models.CharField(
        _("paid by a family in a month"), max_length=10, choices=FeeBand, blank=True
    )
    is_active = models.BooleanField(_("in service"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    search_text = search_column("name_ar", "name_fr", "authorisation_number")

    objects = InstitutionSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="institution_without_authorisation_says_why",
                condition=(
                    Q(legal_basis=LegalBasis.NONE, authorisation_number="")
                    & ~Q(no_authorisation_reason="")
                )
                | (~Q(legal_basis=LegalBasis.NONE) & ~Q(authorisation_number="")),
                violation_error_message=_(
                    "Give the authorisation number, or say why there is none."
                ),
            ),
            models.UniqueConstraint(
                name="institution_authorisation_is_unique_in_its_delegation",
                fields=["delegation", "authorisation_number"],
                condition=~Q(authorisation_number="") & Q(is_active=True),
                violation_error_message=_(
                    "An institution with this authorisation number exists in this "
                    "delegation."
                ),
            ),
            models.CheckConstraint(
                name="selection_by_a_committee_names_it",
                condition=~Q(selection=Selection.COMMITTEE) | ~Q(committee_members=""),
                violation_error_message=_("Say who is in the committee."),
            ),
            models.CheckConstraint(
                name="boarding_distance_is_not_negative",
                condition=Q(boarding_distance_km=None) | Q(boarding_distance_km__gte=0),
                violation_error_message=_("A distance cannot be negative."),
            ),
            models.CheckConstraint(
                name="institution_position_is_whole_and_in_the_country",
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__gte=LATITUDES[0],
                    latitude__lte=LATITUDES[1],
                    longitude__gte=LONGITUDES[0],
                    longitude__lte=LONGITUDES[1],
                ),
                violation_error_message=_(
                    "Give both the latitude (20 to 37) and the longitude (−18 to 0)."
                ),
            ),
            models.CheckConstraint(
                name="institution_has_five_priorities_at_most",
                condition=Q(priorities__len__lte=MAX_PRIORITIES),
                violation_error_message=_("Give five priorities at most."),
            ),
        ]
        indexes = [search_index("institution_search")]

    def __str__(self):
        return self.name

    @property
    def capacity(self) -> int:
        """Licensed capacity in heads, both sexes."""
        return self.capacity_female + self.capacity_male


class Centre(BilingualName, models.Model):
    """A place where children with disabilities are schooled.

    Where it is the same place as an institution, ``institution`` says so and the
    address, capacity and director are read there (decision 20).
    """

    code = models.CharField(_("code"), max_length=12, unique=True)
    association = models.ForeignKey(
        "institutions.Association",
        models.PROTECT,
        related_name="centres",
        verbose_name=_("association"),
    )
    institution = models.OneToOneField(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="centre",
        verbose_name=_("institution at the same place"),
    )
    name_ar = models.CharField(_("name in Arabic"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    authorisation_number = models.CharField(
        _("authorisation number"), max_length=40, blank=True
    )
    setting = models.CharField(_("setting"), max_length=11, choices=Setting)
    school_name = models.CharField(_("name of the school"), max_length=200, blank=True)
    delegation = models.ForeignKey(
        "territories.Delegation",
        models.PROTECT,
        related_name="centres",
        verbose_name=_("delegation"),
    )
    commune = models.ForeignKey(
        "territories.Commune",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("commune"),
    )
    milieu = models.CharField(_("milieu"), max_length=5, choices=Milieu, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    own_capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    own_director_name = models.CharField(_("director"), max_length=150, blank=True)
    is_structure_compliant = models.BooleanField(
        _("structural conditions met"), default=True
    )
    is_operation_compliant = models.BooleanField(
        _("functional conditions met"), default=True
    )
    compliance_remark = models.CharField(_("remark"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in service"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    search_text = search_column("name_ar", "name_fr", "code")

    objects = CentreSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="centre_repeats_nothing_of_its_institution",
                condition=Q(
                    institution__isnull=False,
                    commune=None,
                    address="",
                    own_capacity=None,
                    own_director_name="",
                )
                | Q(
                    institution=None,
                    commune__isnull=False,
                    own_capacity__isnull=False,
                ),
                violation_error_message=_(
                    "Give the commune and the capacity, or the institution that "
                    "stands at the same place."
                ),
            ),
            models.CheckConstraint(
                name="centre_in_a_school_names_it",
                condition=~Q(setting=Setting.SCHOOL) | ~Q(school_name=""),
                violation_error_message=_("Give the name of the public school."),
            ),
        ]
        indexes = [search_index("centre_search")]

    def __str__(self):
        return self.name

    @property
    def capacity(self) -> int:
        """Head-count, the institution's where both are one place."""
        if self.institution:
            return self.institution.capacity
        return self.own_capacity or 0

    @property
    def director_name(self) -> str:
        return (
            self.institution.director_name
            if self.institution
            else self.own_director_name
        )
