"""States and roles: memberships, requests, documents, sheets, updates."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MembershipRole(TextChoices):
    MANAGER = "manager", _("account manager")
    EDITOR = "editor", _("data editor")


class AssociationStatus(TextChoices):
    TO_VERIFY = "to_verify", _("to verify")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")
    SUSPENDED = "suspended", _("suspended")


class DocumentLevel(TextChoices):
    """What a type of document is about."""

    ASSOCIATION = "association", _("association")
    INSTITUTION = "institution", _("institution")
    CENTRE = "centre", _("centre")
    CHILD = "child", _("child")
    STAFF = "staff", _("staff member")


class Validity(TextChoices):
    """How long a document stays good (decision on the vault)."""

    UNTIL_CHANGED = "until_changed", _("until it changes")
    BOARD_TERM = "board_term", _("until the term of the board ends")
    YEAR = "year", _("for one year")
    FIXED_DATE = "fixed_date", _("until the date on the document")


class UpdateState(TextChoices):
    BEGUN = "begun", _("begun")
    CONFIRMED = "confirmed", _("confirmed")
    SENT_BACK = "sent_back", _("sent back")
    VERIFIED = "verified", _("verified")


class Answer(TextChoices):
    """What the association says of one section of its record this year."""

    UNCHANGED = "unchanged", _("unchanged")
    CHANGED = "changed", _("changed")


class ScanState(TextChoices):
    """``off``: no scanner was configured when the file came."""

    OFF = "off", _("not scanned")
    PENDING = "pending", _("scan pending")
    CLEAN = "clean", _("scanned, clean")
    INFECTED = "infected", _("a virus was found")
    FAILED = "failed", _("scan failed, to be tried again")


class JoinKind(TextChoices):
    REGISTRATION = "registration", _("a new association")
    ACCESS = "access", _("access to an association that is here already")
    SUCCESSION = "succession", _("a new president")


class JoinState(TextChoices):
    WAITING = "waiting", _("waiting for the delegation")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class SheetKind(TextChoices):
    CHILDREN = "children", _("children")
    STAFF = "staff", _("staff")


class SheetState(TextChoices):
    READING = "reading", _("being read")
    REFUSED = "refused", _("to be corrected")
    READY = "ready", _("ready to be saved")
    SAVING = "saving", _("being saved")
    APPLIED = "applied", _("saved")
    CANCELLED = "cancelled", _("given up")


class UpdateStep(TextChoices):
    """What an update went through; ``entered``: by the delegation, on behalf."""

    BEGUN = "begun", _("begun")
    ENTERED = "entered", _("entered by the delegation")
    CONFIRMED = "confirmed", _("confirmed")
    SENT_BACK = "sent_back", _("sent back")
    VERIFIED = "verified", _("verified")
