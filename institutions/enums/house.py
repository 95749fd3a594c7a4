"""What is asked of student houses besides (domain.md, section 3.3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SchoolLevel(TextChoices):
    PRIMARY = "primary", _("primary")
    MIDDLE = "middle", _("lower secondary")
    SECONDARY = "secondary", _("upper secondary")


class HouseKind(TextChoices):
    BOYS = "boys", _("Dar Talib")
    GIRLS = "girls", _("Dar Taliba")
    BOTH = "both", _("Dar Talib and Dar Taliba")


class BuildingOwner(TextChoices):
    STATE = "state", _("State property")
    COMMUNAL = "communal", _("communal property")
    PRIVATE = "private", _("private property")


class SchoolDistance(TextChoices):
    INSIDE = "inside", _("inside the school")
    NEAR = "under_1", _("less than 1 km")
    MIDDLE = "1_to_5", _("1 to 5 km")
    FAR = "over_5", _("more than 5 km")


class Selection(TextChoices):
    """Who chooses the beneficiaries (domain.md, section 3.3)."""

    ALONE = "alone", _("the association alone")
    COMMITTEE = "committee", _("a mixed committee")


class FeeBand(TextChoices):
    """What a family pays a month, in MAD (domain.md, section 3.3)."""

    FREE = "free", _("free")
    UP_TO_50 = "up_to_50", _("50 MAD or less")
    UP_TO_100 = "50_to_100", _("50 to 100 MAD")
    UP_TO_200 = "100_to_200", _("100 to 200 MAD")
    OVER_200 = "over_200", _("more than 200 MAD")


class Stay(TextChoices):
    """What is counted for each season of a student house."""

    HOUSING = "housing", _("housing")
    MEALS = "meals", _("meals")
    FULL_GRANT = "full_grant", _("full school grant")
    HALF_GRANT = "half_grant", _("half school grant")


class StayGroup(TextChoices):
    """All of them, then those who are counted apart among them."""

    ALL = "all", _("all beneficiaries")
    PRIMARY = "primary", _("primary")
    MIDDLE = "middle", _("lower secondary")
    SECONDARY = "secondary", _("upper secondary")
    ORPHANS = "orphans", _("orphans")
    DISABILITY = "disability", _("with a disability")


class FundingPurpose(TextChoices):
    CONSTRUCTION = "construction", _("construction")
    EQUIPMENT = "equipment", _("equipment")
    OPERATION = "operation", _("operation")


class FundingSource(TextChoices):
    """Who paid for the house and pays for its life (domain.md, section 3.3)."""

    MINISTRY = "ministry", _("ministry")
    ENTRAIDE = "entraide", _("Entraide Nationale")
    INDH = "indh", _("INDH")
    COMMUNE = "commune", _("commune")
    FOUNDATION = "foundation", _("Mohammed V Foundation")
    PROMOTION = "promotion", _("Promotion nationale")
    EDUCATION = "education", _("ministry of Education")
    PARENTS = "parents", _("parents")
    DONORS = "donors", _("donors")
    OWN = "own", _("own resources")


class HouseFunction(TextChoices):
    """The fourteen functions of a student house (domain.md, section 3.3)."""

    DIRECTOR = "director", _("director")
    FINANCE = "finance", _("financial manager")
    SUPERVISOR = "supervisor", _("general supervisor")
    SOCIAL_WORKER = "social_worker", _("social worker")
    DOCTOR = "doctor", _("doctor")
    NURSE = "nurse", _("nurse")
    PSYCHOLOGIST = "psychologist", _("psychologist")
    EDUCATOR = "educator", _("educators")
    HEAD_COOK = "head_cook", _("head of the kitchen")
    COOK = "cook", _("kitchen staff")
    STORE = "store", _("storekeeper")
    GUARD = "guard", _("guards")
    SERVICE = "service", _("service staff")
    OTHER = "other", _("other")


class Engagement(TextChoices):
    ASSOCIATION = "association", _("paid by the association")
    SECONDED = "seconded", _("seconded")
    VOLUNTEER = "volunteer", _("volunteer")
