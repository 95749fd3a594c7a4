"""What the record says of associations, units and persons (domain.md, 1 to 3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReceiptKind(TextChoices):
    PROVISIONAL = "provisional", _("provisional receipt")
    FINAL = "final", _("final receipt")


class WorkingYear(TextChoices):
    SCHOOL = "school", _("school year")
    FINANCIAL = "financial", _("financial year")
    OTHER = "other", _("other")


class BoardRole(TextChoices):
    PRESIDENT = "president", _("president")
    VICE_PRESIDENT = "vice_president", _("vice-president")
    SECRETARY = "secretary", _("secretary")
    TREASURER = "treasurer", _("treasurer")
    ADVISER = "adviser", _("adviser")


class Sex(TextChoices):
    FEMALE = "f", _("female")
    MALE = "m", _("male")


class Milieu(TextChoices):
    URBAN = "urban", _("urban")
    RURAL = "rural", _("rural")


class InstitutionClass(TextChoices):
    """The nine classes of EPS (domain.md, section 1.3)."""

    ABANDONED_CHILDREN = "abandoned_children", _("care of abandoned children")
    CHILD_PROTECTION = "child_protection", _("reception and protection of children")
    STUDENTS = "students", _("Dar Talib / Dar Taliba")
    DISABILITY = "disability", _("care of persons with disabilities")
    HOMELESS = "homeless", _("homeless persons or beggars")
    WOMEN = "women", _("multifunctional space for women")
    ELDERLY = "elderly", _("care of the elderly")
    MATERNITY = "maternity", _("Dar Al Oumouma")
    MOBILE_EMERGENCY = "mobile_emergency", _("mobile social emergency service")


class Category(TextChoices):
    """The seven target categories of the grant (domain.md, section 1.3)."""

    ELDERLY = "elderly", _("elderly persons")
    ABANDONED = "abandoned", _("abandoned children")
    CHILDREN = "children", _("children in difficulty")
    STUDENTS = "students", _("schooled children (Dar Talib, Dar Taliba)")
    PERSONS = "persons", _("persons in difficulty")
    DISABILITY = "disability", _("persons with disabilities")
    WOMEN = "women", _("women in difficulty")


class ServiceLevel(TextChoices):
    DAY = "day", _("day services")
    PARTIAL = "partial", _("partial services")
    FULL = "full", _("full services")


class CareService(TextChoices):
    """The fifteen services of an EPS (domain.md, section 1.3)."""

    RECEPTION = "reception", _("reception")
    HOUSING = "housing", _("housing")
    MEALS = "meals", _("meals")
    GUIDANCE = "guidance", _("guidance")
    EMERGENCY = "emergency", _("social emergency")
    LEGAL_AID = "legal_aid", _("social and legal assistance")
    MEDIATION = "mediation", _("social mediation")
    EDUCATION = "education", _("educational follow-up")
    TRAINING = "training", _("training and capacity building")
    FOLLOW_UP = "follow_up", _("social follow-up")
    PRIMARY_CARE = "primary_care", _("primary health care")
    MEDICAL_SUPPORT = "medical_support", _("medical and psychological support")
    REHABILITATION = "rehabilitation", _("functional rehabilitation")
    AIDS = "aids", _("technical aids and appliances")
    LEISURE = "leisure", _("culture, sport and leisure")


class LegalBasis(TextChoices):
    """Under which law the institution is authorised (domain.md, section 1.1)."""

    LAW_14_05 = "14-05", _("law 14-05")
    LAW_65_15 = "65-15", _("law 65-15")
    NONE = "none", _("not authorised")


class Tenure(TextChoices):
    OWNED = "owned", _("owned")
    RENTED = "rented", _("rented")
    MADE_AVAILABLE = "made_available", _("made available")
    OTHER = "other", _("other")


class BuildingCondition(TextChoices):
    GOOD = "good", _("good")
    WORN = "worn", _("some signs of wear")
    POOR = "poor", _("poor")


class Employer(TextChoices):
    ASSOCIATION = "association", _("the association")
    ENTRAIDE = "entraide", _("Entraide Nationale")
    PROMOTION = "promotion", _("Promotion nationale")
    LOCAL = "local", _("local authorities")
    OTHER = "other", _("other")


class AccountKind(TextChoices):
    REVENUE = "revenue", _("revenue")
    EXPENDITURE = "expenditure", _("expenditure")


class AccountSource(TextChoices):
    """Sources of revenue, then heads of expenditure (domain.md, section 3.3)."""

    ENTRAIDE = "entraide", _("Entraide Nationale")
    MINISTRY = "ministry", _("ministry")
    INDH = "indh", _("INDH")
    LOCAL = "local", _("local authorities")
    DONORS = "donors", _("donors")
    FAMILIES = "families", _("families")
    OWN = "own", _("own resources")
    MANAGEMENT = "management", _("management")
    STAFF = "staff", _("staff")
    MEALS = "meals", _("meals")
    OTHER = "other", _("other")


REVENUE_SOURCES = (
    AccountSource.ENTRAIDE,
    AccountSource.MINISTRY,
    AccountSource.INDH,
    AccountSource.LOCAL,
    AccountSource.DONORS,
    AccountSource.FAMILIES,
    AccountSource.OWN,
    AccountSource.OTHER,
)
EXPENDITURE_HEADS = (
    AccountSource.MANAGEMENT,
    AccountSource.STAFF,
    AccountSource.MEALS,
    AccountSource.OTHER,
)


class Setting(TextChoices):
    SPECIALISED = "specialised", _("specialised institution")
    SCHOOL = "school", _("public school")


class SubProgramme(TextChoices):
    """The basket of services of the fund (domain.md, section 2.2)."""

    A = "A", _("A: services inside the specialised institution")
    B = "B", _("B: support of inclusion in public schools")
    C = "C", _("C: complementary functional therapies")


class DisabilityType(TextChoices):
    INTELLECTUAL = "intellectual", _("intellectual disability")
    AUTISM = "autism", _("autism")
    DOWN = "down", _("Down syndrome")
    IMC = "imc", _("cerebral palsy (IMC)")
    IMOC = "imoc", _("cerebral palsy (IMOC)")
    MOTOR = "motor", _("motor disability")
    HEARING = "hearing", _("hearing disability")
    VISUAL = "visual", _("visual disability")
    MULTIPLE = "multiple", _("multiple disabilities")
    LEARNING = "learning", _("learning disorders")
    XERODERMA = "xeroderma", _("xeroderma pigmentosum")


class Degree(TextChoices):
    MILD = "mild", _("mild")
    MODERATE = "moderate", _("moderate")
    PROFOUND = "profound", _("profound")


class ChildService(TextChoices):
    """The seven services counted per child (domain.md, section 2.2)."""

    SPECIAL_EDUCATION = "special_education", _("special education")
    SPEECH = "speech", _("speech therapy")
    PHYSIOTHERAPY = "physiotherapy", _("physiotherapy")
    PSYCHOMOTOR = "psychomotor", _("psychomotor therapy")
    OCCUPATIONAL = "occupational", _("occupational therapy")
    PSYCHOLOGICAL = "psychological", _("psychological support")
    VOCATIONAL = "vocational", _("vocational rehabilitation")


class Certificate(TextChoices):
    SCHOOL = "school", _("school certificate")
    INCAPACITY = "incapacity", _("incapacity certificate")
    DISABILITY = "disability", _("disability certificate")
    MEDICAL = "medical", _("medical certificate")
    AMO = "amo", _("AMO certificate")


class Speciality(TextChoices):
    """The twelve staff specialities (domain.md, section 2.2)."""

    DIRECTOR = "director", _("director")
    COORDINATOR = "coordinator", _("educational coordinator")
    DRIVER = "driver", _("driver")
    ATTENDANT = "attendant", _("transport attendant")
    SPECIAL_EDUCATION = "special_education", _("special education")
    VOCATIONAL = "vocational", _("vocational rehabilitation")
    SPEECH = "speech", _("speech therapy")
    PHYSIOTHERAPY = "physiotherapy", _("physiotherapy")
    PSYCHOMOTOR = "psychomotor", _("psychomotor therapy")
    OCCUPATIONAL = "occupational", _("occupational therapy")
    PSYCHOLOGY = "psychology", _("psychological support")
    CANTEEN = "canteen", _("canteen staff")


class ContractForm(TextChoices):
    FULL_WEEK = "full", _("full week")
    HALF_WEEK = "half", _("half week")
    QUARTER_WEEK = "quarter", _("quarter week")
    VOLUNTEER = "volunteer", _("volunteer")
    SECONDED = "seconded", _("seconded")
