"""What tests need instead: fast passwords, mails and static files in memory."""

import os
import re
import sys

from entraide.settings import *  # noqa: F403 -- the point of this file

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SECURE_SSL_REDIRECT = False
# Each process of pytest-xdist has a queue and a cache of its own, as it has a database:
# a test that empties the cache would sign out those of the other.
if PROCESS := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    CELERY_BROKER_URL = re.sub(
        r"virtual_host=\d+$",
        f"virtual_host={16 + int(PROCESS)}",
        CELERY_BROKER_URL,  # noqa: F405
    )
    CACHES["default"]["LOCATION"] = re.sub(  # noqa: F405
        r"db=\d+$",
        f"db={24 + int(PROCESS)}",
        REDIS_URL,  # noqa: F405
    )
MFA_REQUIRED_FOR_STAFF = False
WHITENOISE_AUTOREFRESH = True


class Missing(str):
    """A variable that a template of ours names and nobody gives is an error."""

    __slots__ = ()
    OURS = str(BASE_DIR / "templates")  # noqa: F405 -- same
    OTHERS = ("/admin/", "/account/", "/mfa/", "/allauth/", "/bootstrap5/")

    def __contains__(self, part):
        return part == "%s" or super().__contains__(part)

    def __mod__(self, variable):
        context = sys._getframe(1).f_locals["context"]
        name = str(context.template.origin.name)
        if name.startswith(self.OURS) and not any(o in name for o in self.OTHERS):
            raise LookupError(f"{name} names {variable}, which nobody gives it.")
        return ""


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Missing("missing")  # noqa: F405 -- same
