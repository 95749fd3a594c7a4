"""What the record needs of the machine, said at the start."""

from typing import Any

from django.core.checks import Error
from PIL import features


def arabic_is_shaped(**_kwargs: Any) -> list[Error]:
    """Words drawn across identity papers: letters joined, from right to left."""
    if features.check("raqm"):
        return []
    return [
        Error(
            "Pillow finds no FriBiDi: Arabic on copies of papers would be unreadable.",
            hint="Install the system library libfribidi (it comes with Pango).",
            id="institutions.E001",
        )
    ]
