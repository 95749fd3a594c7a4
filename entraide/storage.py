"""Where private files are kept: a folder, or a bucket of S3-compatible storage."""

from typing import Any


def private_storage(bucket: str, **place: str) -> dict[str, Any]:
    """The ``default`` of ``STORAGES``; a folder where no ``bucket`` is named.

    ``place``: endpoint, region, access_key, secret_key. Files are private and have no
    address: they are read through the pages that check scope, wherever they stand.
    """
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": place["endpoint"] or None,
            "region_name": place["region"] or None,
            "access_key": place["access_key"] or None,
            "secret_key": place["secret_key"] or None,
            "default_acl": "private",
            "file_overwrite": False,
            "signature_version": "s3v4",
            # A bucket of one's own server has no name in the DNS.
            "addressing_style": "path",
        },
    }
