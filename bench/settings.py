"""The portal's own settings, and two bare pages to compare with."""

from entraide.settings import *  # noqa: F403 -- the point of this file

ROOT_URLCONF = "bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]  # noqa: F405 -- same
