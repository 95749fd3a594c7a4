"""States, opinions and kinds of the process (decision 34 has their words)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a file is. *Published* is not a state but a date (decision 25)."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("to be completed")
    RECOMMENDED = "recommended", _("transmitted to the coordination")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


DECIDED = (State.APPROVED, State.REFUSED)


class Opinion(TextChoices):
    FAVOURABLE = "favourable", _("favourable")
    RESERVED = "reserved", _("with reservations")
    UNFAVOURABLE = "unfavourable", _("unfavourable")


class SittingState(TextChoices):
    OPEN = "open", _("open")
    HELD = "held", _("held")
    VALIDATED = "validated", _("validated")


class ClockStart(TextChoices):
    RECEIPT = "receipt", _("from the receipt of the file")
    CLOSE = "close", _("from the close of the call")


class Level(TextChoices):
    """What a call makes of a finding."""

    BLOCKING = "blocking", _("blocking")
    WARNING = "warning", _("warning")
    OFF = "off", _("not checked")


class LineKind(TextChoices):
    COUNT = "count", _("head-count")
    CEILING = "ceiling", _("ceiling")


class BudgetHead(TextChoices):
    STAFF = "staff", _("staff")
    MEALS = "meals", _("meals")
    TRANSPORT = "transport", _("transport")
    CARE = "care", _("care and therapies")
    SUPPLIES = "supplies", _("supplies and teaching material")
    UTILITIES = "utilities", _("water, electricity, telephone")
    RENT = "rent", _("rent and upkeep")
    OTHER = "other", _("other")


class LetterKind(TextChoices):
    RECEIPT = "receipt", _("receipt of deposit")
    COMPLETION = "completion", _("completion request")
    DECISION = "decision", _("decision letter")


class InstalmentState(TextChoices):
    BLOCKED = "blocked", _("blocked")
    DUE = "due", _("due")
    ORDERED = "ordered", _("ordered")
    PAID = "paid", _("paid")


class SettlementState(TextChoices):
    OPEN = "open", _("to be submitted")
    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
