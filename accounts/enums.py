"""Roles of people, states of messages and jobs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What an account is for; one role each (product.md, section 1)."""

    MEMBER = "member", _("association member")
    DELEGATE = "delegate", _("delegation officer")
    COORDINATOR = "coordinator", _("regional coordination officer")
    CENTRAL = "central", _("central officer")
    INSPECTOR = "inspector", _("inspector")
    ADMINISTRATOR = "administrator", _("portal administrator")


class Programme(TextChoices):
    """The two support programmes (domain.md, section 0)."""

    EPS = "eps", _("operating grant of social-care institutions")
    SCHOOLING = "schooling", _("schooling of children with disabilities")


class Language(TextChoices):
    """Languages of mails, screens and letters, each named in itself."""

    ARABIC = "ar", "العربية"
    FRENCH = "fr", "Français"


class MailState(TextChoices):
    PENDING = "pending", _("to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("could not be sent")
    NONE = "none", _("no mail")


class JobState(TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("in progress")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("stopped")


class Access(TextChoices):
    """What somebody did with personal data (quality.md, section 3)."""

    READ = "read", _("read")
    DOWNLOAD = "download", _("downloaded")
    EXPORT = "export", _("exported")
