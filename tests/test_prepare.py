"""What a start does to the database before it serves."""

import gettext
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from entraide.management.commands import prepare

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "one"
msgid_plural "many"
msgstr[0] "un"
msgstr[1] "{plural}"

msgctxt "noun"
msgid "call"
msgstr "appel"
"""


@pytest.fixture
def called(monkeypatch, settings, tmp_path):
    """The commands that are called, in order, with whether the mark stood."""
    settings.VAR_DIR = tmp_path
    names = []

    def record(name, **_options):
        names.append((name, (tmp_path / prepare.SEEDING).exists()))

    monkeypatch.setattr(prepare, "call_command", record)
    return names


BEFORE = [("migrate", False), ("load_territories", False), ("load_reference", False)]


@pytest.mark.django_db
def test_an_empty_demo_is_seeded_once(called, settings):
    call_command("prepare", demo=True)
    assert called == [*BEFORE, ("seed_demo", True)]
    assert not (settings.VAR_DIR / prepare.SEEDING).exists()
    User.objects.create_superuser(email="someone@example.ma", password="x")

    call_command("prepare", demo=True)

    assert called[4:] == BEFORE


@pytest.mark.django_db
def test_interrupted_seeding_is_continued(called, settings):
    User.objects.create_superuser(email="someone@example.ma", password="x")
    (settings.VAR_DIR / prepare.SEEDING).touch()

    call_command("prepare", demo=True)

    assert called[-1] == ("seed_demo", True)


@pytest.mark.django_db
def test_a_server_is_never_seeded(called):
    call_command("prepare")
    assert called == BEFORE


@pytest.fixture
def catalogue(settings, tmp_path) -> Path:
    path = tmp_path / "fr/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO.format(plural="plusieurs"))
    settings.LOCALE_PATHS = [tmp_path]
    return path


def test_translations_are_compiled_with_plurals_and_contexts(catalogue):
    call_command("translations")

    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [compiled.ngettext("one", "many", n) for n in (1, 2)] == ["un", "plusieurs"]
    assert compiled.pgettext("noun", "call") == "appel"
    call_command("translations", check=True)


def test_a_catalogue_that_was_not_compiled_again_is_refused(catalogue):
    call_command("translations")
    catalogue.write_text(PO.format(plural="beaucoup"))

    with pytest.raises(CommandError, match=r"was not compiled from django\.po"):
        call_command("translations", check=True)


def test_a_missing_plural_is_refused(catalogue):
    catalogue.write_text(PO.format(plural=""))
    call_command("translations")

    with pytest.raises(CommandError, match=r"not translated: \('one', 'many'\)"):
        call_command("translations", check=True)


def test_a_doubtful_translation_is_refused(catalogue):
    catalogue.write_text(
        PO.format(plural="plusieurs").replace("msgctxt", "#, fuzzy\nmsgctxt")
    )
    call_command("translations")

    with pytest.raises(CommandError, match="doubtful: call"):
        call_command("translations", check=True)


def test_no_catalogue_at_all_is_refused(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]

    with pytest.raises(CommandError, match="There are no translations"):
        call_command("translations", check=True)
