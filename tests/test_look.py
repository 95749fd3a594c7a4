"""The look holds by rules: directions, content policy, licences, weights, signs."""

import gzip
import hashlib
import json
import re
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.translation import override
from fontTools.ttLib import TTFont

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
STYLES = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Paper and mail are read by engines without our content policy.
SCREEN = [
    path
    for path in TEMPLATES
    if not {"pdf", "emails"} & set(path.relative_to(ROOT / "templates").parts)
]
FONTS = sorted((STATIC / "fonts").glob("*.woff2"))
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding|inset)-"
    r"(?:left|right|top|bottom)|left|right|top|bottom|width|height|min-width|max-width"
    r"|min-height|max-height)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
KILOBYTE = 1024


def named(paths):
    return pytest.mark.parametrize(
        "path", paths, ids=lambda p: str(p.relative_to(ROOT))
    )


def without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def compressed(*paths):
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


@named(STYLES)
def test_styles_know_no_left_and_no_right(path):
    css = re.sub(r"@media[^{]+", "", without_comments(path.read_text()))
    assert PHYSICAL.findall(css) == []


@named(STYLES)
def test_styles_fetch_nothing_from_elsewhere(path):
    css = without_comments(path.read_text())
    assert re.findall(r"https?:|@import|url\(\"?//", css) == []


@named(SCREEN)
def test_templates_obey_the_content_policy(path):
    page = path.read_text()
    found = re.findall(
        r"<[^>]*\sstyle=|<style|<[^>]*\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:",
        page,
    )
    assert found == []


@named(TEMPLATES)
def test_templates_name_no_other_host(path):
    page = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//[^\"]*", page) == []


@named(SCREEN)
def test_templates_use_classes_that_turn_with_the_language(path):
    classes = " ".join(re.findall(r'class="([^"]*)"', path.read_text()))
    physical = r"\b(?:m[lr]-\d|p[lr]-\d|(?:text|float)-(?:left|right))\b"
    assert re.findall(physical, classes) == []


@named(SCREEN)
def test_what_scrolls_sideways_can_be_reached_with_the_keyboard(path):
    assert '<div class="en-scroll">' not in path.read_text()


def posts_a_crispy_form(path):
    page = path.read_text()
    is_page = "{% extends" in page and 'method="post"' in page
    return is_page and bool(re.search(r"{% crispy |\|as_crispy_field", page))


@named([path for path in SCREEN if posts_a_crispy_form(path)])
def test_a_page_with_a_form_shows_its_summary(path):
    assert "form_error_summary" in path.read_text()


def signs_in_use():
    found = set()
    for path in TEMPLATES:
        found |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
        found |= set(re.findall(r'\bicon="([\w-]+)"', path.read_text()))
    script = (STATIC / "js" / "portal.js").read_text()
    table = re.search(r"const signs = {(.*?)}", script)[1]
    return found | set(re.findall(r'"([\w-]+)"', table))


def test_every_sign_is_in_the_sprite():
    sprite = (STATIC / "img" / "icons.svg").read_text()
    missing = signs_in_use() - set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert missing == set()


def test_every_class_of_ours_is_defined():
    defined = set()
    for path in STYLES:
        defined |= set(re.findall(r"\.(en-[\w-]+)", path.read_text()))
    used = set()
    for path in SCREEN:
        page = re.sub("{%.*?%}", " ", path.read_text())
        for classes in re.findall(r'class="([^"]*)"', page):
            words = re.sub(r"{{.*?}}", "\N{BULLET}", classes)
            used |= {w for w in words.split() if re.fullmatch(r"en-[\w-]+", w)}
    assert sorted(used - defined) == []


LOCK = json.loads((STATIC / "vendor" / "vendor.lock").read_text())
LOCKED = {file: digest for entry in LOCK for file, digest in entry["files"].items()}


@pytest.mark.parametrize("file", sorted(LOCKED))
def test_what_others_made_is_unchanged(file):
    assert hashlib.sha256((STATIC / file).read_bytes()).hexdigest() == LOCKED[file]


@pytest.mark.parametrize("entry", LOCK, ids=lambda entry: entry["name"])
def test_what_others_made_comes_with_its_licence(entry):
    licence = (STATIC / entry["licence_file"]).read_text()
    words = {"MIT": "MIT License", "OFL-1.1": "SIL Open Font License"}
    assert words[entry["licence"]].lower() in licence.lower()


def test_nothing_of_others_is_kept_outside_the_lock():
    kept = {
        str(path.relative_to(STATIC))
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    texts = {entry["licence_file"] for entry in LOCK} | {"vendor/vendor.lock"}
    assert {f for f in kept - texts if not f.startswith("vendor/axe")} <= set(LOCKED)


@named(FONTS)
def test_the_web_font_does_not_carry_the_reserved_name(path):
    names = {r.nameID: str(r) for r in TTFont(path)["name"].names if r.nameID}
    assert [text for text in names.values() if "plex" in text.lower()] == []
    assert "SIL Open Font License" in names[13]


def test_the_two_weights_stay_within_their_budget():
    assert len(FONTS) == 2
    assert sum(path.stat().st_size for path in FONTS) <= 110 * KILOBYTE


@pytest.mark.parametrize("language", ["ar", "fr"])
@named(FONTS)
def test_the_web_font_writes_every_letter_of_the_catalogue(path, language):
    text = (ROOT / f"locale/{language}/LC_MESSAGES/django.po").read_text()
    words = "".join(re.findall(r'^(?:msgstr(?:\[\d\])? )?"(.*)"$', text, re.MULTILINE))
    invisible = {chr(code) for code in (0x2066, 0x2067, 0x2068, 0x2069)}
    letters = {letter for letter in words if letter.isprintable()} - invisible
    known = {chr(code) for code in TTFont(path).getBestCmap()}
    assert sorted(letters - known) == []


@pytest.fixture(params=["ar", "fr"])
def components_page(request, client, settings):
    settings.PORTAL_DEMO = True
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = "MISSING:%s"
    with override_settings(TEMPLATES=templates), override(request.param):
        return client.get(f"/{request.param}/components/").content.decode()


@pytest.mark.django_db
def test_every_component_stands_in_both_directions(components_page):
    assert 'dir="rtl"' in components_page or 'dir="ltr"' in components_page
    assert re.findall(r"MISSING:[\w.]*", components_page) == []


@pytest.mark.django_db
def test_the_page_of_components_is_for_the_demo_only(client, settings):
    settings.PORTAL_DEMO = False
    assert client.get("/ar/components/").status_code == 404


@pytest.mark.django_db
def test_a_first_visit_stays_light(components_page):
    page = components_page.encode()
    styles = [STATIC / "css/tokens.css", STATIC / "css/components.css"]
    fetched = compressed(
        *styles,
        STATIC / "vendor/bootstrap/5.3.9/bootstrap.rtl.min.css",
        STATIC / "img/icons.svg",
        STATIC / "js/portal.js",
    ) + sum(path.stat().st_size for path in FONTS)
    assert len(page) <= 60 * KILOBYTE
    assert len(gzip.compress(page)) <= 20 * KILOBYTE
    assert fetched + len(gzip.compress(page)) <= 180 * KILOBYTE
