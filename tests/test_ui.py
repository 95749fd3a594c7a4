"""Figures, dates and codes keep their order inside Arabic text; links stay in place."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from accounts.languages import enumerated
from entraide.templatetags import ui

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def ltr(text):
    return f'<bdi dir="ltr">{text}</bdi>'


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0,00"),
        (1250, f"1{NBSP}250,00"),
        (Decimal("128400.5"), f"128{NBSP}400,50"),
        ("1234567.89", f"1{NBSP}234{NBSP}567,89"),
        (Decimal("-12000"), f"{MINUS}12{NBSP}000,00"),
        (Decimal("-0.001"), "0,00"),
    ],
)
def test_money_is_the_same_in_both_languages(language, value, shown):
    with override(language):
        assert ui.money(value) == ltr(shown)


@pytest.mark.parametrize(
    "shown",
    [
        ui.money,
        ui.number,
        ui.ltr,
        ui.day,
        ui.moment,
        ui.hour,
        ui.signed,
        ui.percent,
        ui.days_words,
        ui.school_year,
    ],
)
def test_nothing_is_a_dash(shown):
    assert shown(None) == "—"


def test_counts_differences_and_years():
    assert ui.number(1240) == ltr(f"1{NBSP}240")
    assert ui.signed(16) == ltr("+16")
    assert ui.signed(0) == ltr("0")
    assert ui.signed(Decimal("-25200")) == ltr(f"{MINUS}25{NBSP}200,00")
    assert ui.percent(Decimal("81.55"), 1) == ltr("81,6%")
    assert ui.school_year(2025) == ltr("2025/2026")


def test_a_typed_reference_cannot_write_markup():
    assert ui.ltr("<b>") == ltr("&lt;b&gt;")


def test_dates_are_those_of_morocco():
    late = datetime(2026, 12, 14, 23, 30, tzinfo=UTC)
    assert ui.day(date(2026, 12, 5)).endswith(ltr("05/12/2026") + "</time>")
    assert ltr("15/12/2026") in ui.day(late)
    assert ltr("15/12/2026 00:30") in ui.moment(late)
    assert ui.hour(late) == ltr("00:30")


MONTHS = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ماي",
    "يونيو",
    "يوليوز",
    "غشت",
    "شتنبر",
    "أكتوبر",
    "نونبر",
    "دجنبر",
]


@pytest.mark.parametrize("month", range(1, 13))
def test_months_have_their_moroccan_names(month):
    with override("ar"):
        words = ui.strip_tags(ui.date_words(date(2026, month, 15)))
    assert words == f"15 {MONTHS[month - 1]} 2026"


def test_the_first_of_a_french_month():
    with override("fr"):
        assert ui.strip_tags(ui.date_words(date(2026, 8, 1))) == "1er août 2026"
        weekday = ui.date_words(date(2026, 12, 15), "weekday")
        assert ui.strip_tags(weekday) == "mardi 15 décembre 2026"


def test_days_left_are_counted_in_morocco(time_machine):
    time_machine.move_to(datetime(2026, 12, 14, 23, 30, tzinfo=UTC))
    assert ui.days_left(date(2026, 12, 20)) == 5
    assert ui.days_left(datetime(2026, 12, 13, 23, 30, tzinfo=UTC)) == -1
    assert ui.days_left(None) is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "آخر أجل اليوم"),
        (1, "بقي يوم واحد"),
        (2, "بقي يومان"),
        (5, "بقي 5 أيام"),
        (23, "بقي 23 يوما"),
        (-3, "تأخير 3 أيام"),
    ],
)
def test_days_left_follow_the_arabic_plural(days, words):
    with override("ar"):
        assert ui.days_words(days) == words


def test_mails_in_plain_text_keep_the_order_without_tags():
    assert ui.plain(ui.money(1250)) == f"\u20661{NBSP}250,00\u2069"
    assert ui.plain(ui.ltr("a&b")) == "\u2066a&b\u2069"
    with override("ar"):
        assert ui.plain(ui.date_words(date(2026, 12, 15))) == "15 دجنبر 2026"


def test_a_state_has_a_sign_and_words():
    state = SimpleNamespace(label="مكتمل", tone="done", icon="")
    page = ui.status(state)
    assert "en-status--done" in page
    assert "#check-lg" in page
    assert "مكتمل" in page
    assert page == ui.status("مكتمل", "done")


def test_only_arrows_are_mirrored():
    mirrored = [
        name
        for name in ("arrow-left", "arrow-right", "check-lg", "clock", "download")
        if "en-icon--dir" in ui.icon(name)
    ]
    assert mirrored == ["arrow-left", "arrow-right"]


def test_the_line_says_what_is_done_and_what_is_now():
    pieces = ui.line_steps({"current": 3, "total": 4})
    assert pieces == ["is-done", "is-done", "is-now", ""]
    assert ui.line_steps({"steps": ["now", "", "done"]}) == ["is-now", "", "is-done"]


@pytest.mark.parametrize(
    ("given", "asked", "left", "over", "parts"),
    [
        (60, 30, 40, 0, [60, 30, 0]),
        (60, 60, 40, 20, [60, 40, 20]),
        (120, 10, -20, 30, [100, 0, 30]),
    ],
)
def test_an_envelope_never_hides_what_is_over(given, asked, left, over, parts):
    shown = ui.envelope_parts({"given": given, "asked": asked, "limit": 100})
    assert (shown["left"], shown["over"]) == (left, over)
    assert [value for _kind, value in shown["parts"]] == parts


def test_a_bar_is_drawn_without_any_style():
    svg = ui.bar([("given", 25), ("asked", 0), ("over", 75)], 100, "غلاف")
    assert "style" not in svg
    assert 'class="en-bar__given" d="M0.0 12H250.0"' in svg
    assert 'class="en-bar__over" d="M250.0 12H1000.0"' in svg
    assert "en-bar__asked" not in svg


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/ar/home/?a=1&b=2", "/fr/home/?a=1&b=2"),
        ("/ar/no-such-page/?q=%D8%A3", "/fr/no-such-page/?q=%D8%A3"),
    ],
)
def test_the_other_language_is_the_same_page(path, other):
    with override("ar"):
        context = {"request": RequestFactory().get(path)}
        assert ui.translated_url(context, "fr") == other


def test_a_name_falls_back_on_the_other_language():
    association = SimpleNamespace(name_in=lambda language: f"name in {language}")
    with override("fr"):
        assert ui.localname(association) == "name in fr"
        assert ui.localname(association, "ar") == "name in ar"
        assert ui.localname(None) == "—"


class Sample(forms.Form):
    name = forms.CharField()
    answer = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A")])

    def clean(self):
        raise forms.ValidationError("both differ")


def summary(*given):
    source = "{% form_error_summary one two %}"
    return Template(source).render(
        Context(dict(zip(("one", "two"), given, strict=True)))
    )


def test_the_summary_leads_to_every_field_and_tells_what_belongs_to_none():
    page = summary(Sample({}), None)
    assert page.count("<li>") == 3
    assert 'href="#id_name"' in page
    assert 'href="#id_answer_0"' in page
    assert "<p>both differ</p>" in page


def test_the_summary_reads_sets_of_forms():
    formset = forms.formset_factory(Sample)(
        {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-name": "x"}
    )
    assert 'href="#id_form-0-answer_0"' in summary(formset, None)


def test_there_is_no_summary_without_an_error():
    assert summary(Sample(), None).strip() == ""


@pytest.mark.parametrize(("language", "said"), [("ar", "أ، ب"), ("fr", "أ, ب")])
def test_things_follow_one_another_with_the_comma_of_the_language(language, said):
    with override(language):
        assert enumerated(["أ", "ب"]) == said
