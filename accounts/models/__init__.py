"""WHO: accounts, what each is told, long work, and who looked at what."""

from accounts.models.logs import AccessLog, IdempotencyKey
from accounts.models.outbox import Addressee, Job, Mail, Outbox
from accounts.models.users import User, UserManager

__all__ = [
    "AccessLog",
    "Addressee",
    "IdempotencyKey",
    "Job",
    "Mail",
    "Outbox",
    "User",
    "UserManager",
]
