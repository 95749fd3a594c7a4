"""Rules that hold for the whole project, so that nobody has to remember them."""

import ast
import io
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template
from django.utils.translation.template import templatize

ROOT = settings.BASE_DIR
ROOMS = ["entraide", "territories", "accounts", "institutions", "applications"]
# How gettext is called: name → which arguments are texts, which the context.
CALLS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def sources():
    """Each file that may hold words for people, as Python to read them from."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for suffix in ("*.html", "*.txt"):
        for path in (ROOT / "templates").rglob(suffix):
            flat = templatize(path.read_text(), origin=str(path)).splitlines()
            yield path, "\n".join(line.lstrip() for line in flat)


def words():
    """(text or texts, context) of every message of the project."""
    found = {}
    for path, text in sources():
        lines = io.BytesIO(text.encode())
        for _line, message, _notes, context in extract("python", lines, CALLS):
            if message:
                found[message, context] = path
    return found


@pytest.fixture(scope="module", params=["ar", "fr"])
def catalogue(request):
    path = ROOT / "locale" / request.param / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def test_every_word_for_people_stands_in_the_catalogue(catalogue):
    missing = {
        (message, Path(path).name)
        for (message, context), path in words().items()
        if catalogue.get(message[0] if isinstance(message, tuple) else message, context)
        is None
    }
    assert missing == set()


def test_no_message_is_untranslated_or_doubtful(catalogue):
    wanting = [
        message.id
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not message.string
            or (isinstance(message.string, tuple) and not all(message.string))
        )
    ]
    assert wanting == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def scoped_models():
    return {
        model.__name__
        for room in ROOMS[1:]
        for model in apps.get_app_config(room).get_models()
        if hasattr(model._default_manager, "visible_to")
    }


def view_modules():
    for room in ROOMS:
        yield from (ROOT / room).glob("views.py")
        yield from (ROOT / room).glob("views/*.py")


# Open to everybody by what they are: the calls published, and the public pages, where
# a letter is named by its token.
PUBLIC_ROWS = {"visible_to", "published", "open"}
PUBLIC_PAGES = Path("applications/views/public.py")


def test_views_only_touch_scoped_rows():
    """``Model.objects`` in a view is always followed by ``visible_to``."""
    managers = {f"{name}.objects" for name in scoped_models()}
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in view_modules()
        if path.relative_to(ROOT) != PUBLIC_PAGES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr not in PUBLIC_ROWS
        and ast.unparse(node.value) in managers
    ]
    assert offenders == []


def test_a_template_that_names_what_nobody_gives_is_an_error():
    with pytest.raises(LookupError, match="names text, which nobody gives"):
        get_template("components/_note.html").render({})
