"""Compiles the translations with Babel, so that nobody needs gettext for it."""

import gettext
import io
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


def sources() -> list[Path]:
    """The catalogues of the project, one per language."""
    folders = [Path(folder) for folder in settings.LOCALE_PATHS]
    return sorted(path for folder in folders for path in folder.glob("*/*/*.po"))


def language(path: Path) -> str:
    """The language that a catalogue's folder is named after."""
    return path.parent.parent.name


def compiled(path: Path) -> bytes:
    """What the .mo file beside a .po file must hold."""
    with path.open("rb") as source:
        catalog = pofile.read_po(source, locale=language(path))
    target = io.BytesIO()
    mofile.write_mo(target, catalog)
    return target.getvalue()


def entries(content: bytes) -> dict[Any, str]:
    """The texts of a compiled catalogue, whatever program compiled it."""
    texts: dict[Any, str] = vars(gettext.GNUTranslations(io.BytesIO(content)))[
        "_catalog"
    ]
    return {key: text for key, text in texts.items() if key}


def faults(path: Path) -> list[str]:
    """Each text that is missing or doubtful, and a .mo that is not of this .po."""
    with path.open("rb") as source:
        catalog = pofile.read_po(source, locale=language(path))
    found = [
        f"{path}: {'doubtful' if message.fuzzy else 'not translated'}: {message.id}"
        for message in catalog
        if message.id and (message.fuzzy or not is_translated(message.string))
    ]
    target = path.with_suffix(".mo")
    if not target.exists() or entries(target.read_bytes()) != entries(compiled(path)):
        found.append(f"{target} was not compiled from {path.name}")
    return found


def is_translated(text: Any) -> bool:
    """Every plural form counts."""
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


class Command(BaseCommand):
    """Writes the .mo files, or with --check says what is wrong."""

    help = "Compiles the translations; --check only says whether they are complete."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        paths = sources()
        if check:
            found = [fault for path in paths for fault in faults(path)]
            if found or not paths:
                raise CommandError("\n".join(found) or "There are no translations.")
            return
        for path in paths:
            path.with_suffix(".mo").write_bytes(compiled(path))
        self.stdout.write(f"{len(paths)} catalogues compiled.")
