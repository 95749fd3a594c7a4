"""WHO: accounts, what each is told, long work, and who looked at what."""

from accounts.models.logs import AccessLog, IdempotencyKey
from accounts.models.outbox import Job, Mail, Outbox
from accounts.models.users import User, UserManager

__all__ = [
    "AccessLog",
    "IdempotencyKey",
    "Job",
    "Mail",
    "Outbox",
    "User",
    "UserManager",
]
