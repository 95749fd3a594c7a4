"""What tests need instead: fast passwords, mails and static files in memory."""

from entraide.settings import *  # noqa: F403 -- the point of this file

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SECURE_SSL_REDIRECT = False
MFA_REQUIRED_FOR_STAFF = False
WHITENOISE_AUTOREFRESH = True
