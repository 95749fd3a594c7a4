"""What tests need instead: fast passwords, mails and static files in memory."""

import os
import re

from entraide.settings import *  # noqa: F403 -- the point of this file

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SECURE_SSL_REDIRECT = False
# Each process of pytest-xdist has a queue of its own, as it has a database.
if PROCESS := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    CELERY_BROKER_URL = re.sub(
        r"virtual_host=\d+$",
        f"virtual_host={16 + int(PROCESS)}",
        CELERY_BROKER_URL,  # noqa: F405
    )
MFA_REQUIRED_FOR_STAFF = False
WHITENOISE_AUTOREFRESH = True
