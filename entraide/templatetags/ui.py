"""Tags and filters that every template has, without loading anything.

Figures, dates and codes leave here wrapped in ``<bdi dir="ltr">``: inside Arabic text
the browser, the mail reader and the PDF engine would otherwise reorder them.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from html import escape, unescape

from django import template
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EM DASH}"
BAR = '<path class="en-bar__{}" d="M{} 12H{}"/>'
CODES = re.compile(r"\b[EC]-[0-9A-Z]{7}\b")

# Drawn pointing to the end of a French line; mirrored in Arabic. Never the check, the
# clock, the pencil or the download arrow.
DIRECTIONAL = frozenset(
    {"arrow-left", "arrow-right", "reply", "send", "box-arrow-right"}
)
TONE_ICONS = {
    "done": "check-lg",
    "wait": "exclamation-triangle",
    "stop": "x-octagon",
    "now": "hourglass-split",
    "": "clock",
}


def _grouped(value, places):
    # Not what only pretends to be a number, as a lazy value does.
    number = value if type(value) in (int, Decimal) else Decimal(str(value))
    text = f"{abs(number):,.{places}f}".replace(",", NBSP).replace(".", ",")
    is_negative = number < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS}{text}" if is_negative else text


def _is_empty(value):
    return value is None or value == ""


@register.filter
def ltr(value):
    """Keep a reference, a phone, an RIB or an e-mail readable inside Arabic text."""
    return NOTHING if _is_empty(value) else _isolated(conditional_escape(value))


def _isolated(text):
    """``text`` is safe already: figures of our own making, or escaped."""
    return SafeString(f'<bdi dir="ltr">{text}</bdi>')


@register.filter
def isolated(value):
    """A name beside a date or a number: neither moves the other's punctuation."""
    return NOTHING if _is_empty(value) else format_html("<bdi>{}</bdi>", value)


@register.filter
def codes_whole(text):
    """Codes of children and centres in a sentence: never broken at their hyphen."""
    return mark_safe(CODES.sub(r'<bdi dir="ltr">\g<0></bdi>', escape(str(text))))  # noqa: S308


@register.filter
def money(value):
    """50000 → 50 000,00 with no-break spaces; the unit is written in the label."""
    return NOTHING if _is_empty(value) else _isolated(_grouped(value, 2))


@register.filter
def number(value):
    """A count: 1240 → 1 240."""
    return NOTHING if _is_empty(value) else _isolated(_grouped(value, 0))


@register.filter
def signed(value):
    """A difference: +16, −3, 0; amounts keep their two decimals."""
    if _is_empty(value):
        return NOTHING
    places = 2 if isinstance(value, Decimal) else 0
    text = _grouped(value, places)
    return ltr(f"+{text}" if Decimal(str(value)) > 0 else text)


@register.filter
def percent(value, places=0):
    """81.5 → 81,5%, without a space that Arabic could break at."""
    return NOTHING if _is_empty(value) else ltr(f"{_grouped(value, int(places))}%")


@register.filter
def signed_percent(value):
    """A change in percent: +39%, in one piece and in this order in Arabic too."""
    if _is_empty(value):
        return NOTHING
    text = f"{_grouped(value, 0)}%"
    return ltr(f"+{text}" if Decimal(str(value)) > 0 else text)


def _amount(value):
    return SafeString(f"{money(value)} <small>{escape(_('MAD'))}</small>")


@register.filter
def figure(line):
    """A line of the record by its kind, with its share of the total where it has one.

    One filter and no template: a page shows hundreds.
    """
    if _is_empty(line.value):
        return format_html('<span class="en-quiet">{}</span>', NOTHING)
    shown = {"money": _amount, "count": number, "day": day, "code": ltr}
    value = shown.get(line.kind, _typed)(line.value)
    if line.share is None:
        return value
    part = percent(line.share)
    return format_html('{} <small class="en-quiet">{}</small>', value, part)


@register.filter
def figures(lines):
    """The rows of a ``<dl>``: a label and its figure for each line."""
    return SafeString("".join(_row_of_figure(line) for line in lines))


def _row_of_figure(line):
    css = ' class="is-count"' if line.kind == "count" else ""
    label = escape(line.label[:1].upper() + line.label[1:])
    return f"<div{css}><dt>{label}</dt><dd>{figure(line)}</dd></div>"


def _typed(value):
    return SafeString(f'<span dir="auto">{escape(str(value))}</span>')


@register.filter
def school_year(value):
    """2025 → 2025/2026."""
    return NOTHING if _is_empty(value) else ltr(f"{int(value)}/{int(value) + 1}")


def _local(value):
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _time_tag(value, text):
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def day(value):
    """A date for tables: 15/12/2026."""
    if not isinstance(value, date):
        return NOTHING
    value = _local(value)
    return _time_tag(value, ltr(f"{value:%d/%m/%Y}"))


@register.filter
def hour(value):
    """The hour in Morocco: 10:42."""
    return ltr(f"{_local(value):%H:%M}") if value else NOTHING


@register.filter
def moment(value):
    """A date with its hour in Morocco: 15/12/2026 23:59."""
    if not isinstance(value, datetime):
        return day(value)
    value = _local(value)
    return _time_tag(value, ltr(f"{value:%d/%m/%Y %H:%M}"))


@register.filter
def date_words(value, style=""):
    """A date for sentences: 15 دجنبر 2026, 1er mai 2026; "weekday" adds the day."""
    if not isinstance(value, date):
        return NOTHING
    value = _local(value)
    first = value.day == 1 and (get_language() or "").startswith("fr")
    pattern = r"j\e\r F Y" if first else "j F Y"
    if style == "weekday":
        pattern = f"l {pattern}"
    return _time_tag(value, formats.date_format(value, pattern))


@register.filter
def days_left(value):
    """Calendar days from today to a date, negative once it has passed."""
    if _is_empty(value):
        return None
    last = _local(value)
    last = last.date() if isinstance(last, datetime) else last
    return (last - timezone.localdate()).days


@register.filter
def days_words(value):
    """5 → 5 days left, −3 → 3 days late, in words of the reader's language."""
    if _is_empty(value):
        return NOTHING
    count = int(value)
    if count == 0:
        return _("last day today")
    if count < 0:
        late = ngettext("%(count)s day late", "%(count)s days late", -count)
        return late % {"count": -count}
    left = ngettext("%(count)s day left", "%(count)s days left", count)
    return left % {"count": count}


@register.filter
def plain(value):
    """The same for mails in plain text: isolates (U+2066, U+2069) instead of tags."""
    text = str(value).replace('<bdi dir="ltr">', "\N{LEFT-TO-RIGHT ISOLATE}")
    text = text.replace("</bdi>", "\N{POP DIRECTIONAL ISOLATE}")
    return mark_safe(unescape(strip_tags(text)))  # noqa: S308 -- text/plain only


@register.filter
def localname(value, language=None):
    """The name in the reader's language, falling back to the other (decision 32)."""
    if value is None:
        return NOTHING
    return value.name_in(language or get_language())


@register.simple_tag
def icon(name, css=""):
    """One sign of the sprite, always beside words and hidden from screen readers."""
    classes = "en-icon en-icon--dir" if name in DIRECTIONAL else "en-icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">'
        '<use href="{}#{}"/></svg>',
        f"{classes} {css}" if css else classes,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def mark():
    """The wordmark التعاون الوطني, in the colour of its surroundings and saffron."""
    return format_html(
        '<svg viewBox="0 190 6316 1240" role="img" aria-label="{}">'
        '<use href="{}#mark"/></svg>',
        "التعاون الوطني",
        static("img/icons.svg"),
    )


@register.simple_tag
def status(label, tone=None, sign=None):
    """Sign and word of a state; takes words, or an object with label, tone and icon."""
    tone = tone if tone is not None else getattr(label, "tone", "")
    sign = sign or getattr(label, "icon", "") or TONE_ICONS.get(tone, "clock")
    return format_html(
        '<span class="en-status{}">{}{}</span>',
        f" en-status--{tone}" if tone else "",
        icon(sign),
        getattr(label, "label", label),
    )


@register.simple_tag(takes_context=True)
def component_status(context):
    """The state that a component was given: an object, or its word, tone and sign."""
    state = context.get("state")
    if state:
        return status(state)
    label = context.get("state_label") or context.get("label")
    return status(label, context.get("tone", ""), context.get("icon"))


@register.simple_tag(takes_context=True)
def line_steps(context):
    """Classes of the pieces of a line: done before the current one, then empty."""
    steps = context.get("steps")
    if steps is not None:
        return [f"is-{step}" if step else "" for step in steps]
    current, total = int(context["current"] or 0), int(context["total"] or 0)
    return [
        "is-done" if rank < current else "is-now" if rank == current else ""
        for rank in range(1, total + 1)
    ]


@register.simple_tag
def bar(parts, total, label):
    """A line of parts as SVG: ``parts`` are (kind, value), kinds given, asked, over.

    The content policy allows no inline width; the figures stand in HTML beside it.
    """
    whole = max(
        Decimal(total or 0), sum((Decimal(v or 0) for _k, v in parts), Decimal(0))
    )
    shapes, x = [], Decimal(0)
    for kind, value in parts:
        width = Decimal(value or 0) * 1000 / whole if whole else Decimal(0)
        if width > 0:
            shapes.append((kind, f"{x:.1f}", f"{x + width:.1f}"))
        x += max(width, Decimal(0))
    return format_html(
        '<svg class="en-bar" viewBox="0 0 1000 24" preserveAspectRatio="none" '
        'role="img" aria-label="{}">{}</svg>',
        label,
        SafeString("".join(format_html(BAR, *shape) for shape in shapes)),
    )


@register.simple_tag(takes_context=True)
def envelope_parts(context):
    """What an envelope shows: left to award, over, and the parts of its line."""
    given, asked, limit = (
        Decimal(context.get(name) or 0) for name in ("given", "asked", "limit")
    )
    over = max(given + asked - limit, Decimal(0))
    room = max(limit - given, Decimal(0))
    return {
        "left": limit - given,
        "over": over,
        "whole": max(limit, given + asked),
        "parts": [
            ("given", min(given, limit)),
            ("asked", min(asked, room)),
            ("over", over),
        ],
    }


@register.simple_tag(takes_context=True)
def translated_url(context, language):
    """The same page in the other language, its query kept."""
    request = context.get("request")
    if request is None:
        return f"/{language}/"
    path = request.get_full_path()
    current = f"/{get_language()}/"
    url = translate_url(path, language)
    if url == path and path.startswith(current):
        return f"/{language}/{path.removeprefix(current)}"
    return url


@register.filter
def named(bound):
    """A control without a visible label, named by it for screen readers."""
    return bound.as_widget(attrs={"aria-label": bound.label})


def _target(bound):
    """The id of what receives the focus: for a group of choices, its first one."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def _form_errors(form):
    lines = [{"text": text, "target": ""} for text in form.non_field_errors()]
    for bound in form:
        lines += [
            {"text": text, "label": bound.label, "target": _target(bound)}
            for text in bound.errors
        ]
    return lines


def _lines_of(form):
    if not form.is_bound:
        return []
    if hasattr(form, "management_form"):
        lines = [{"text": text, "target": ""} for text in form.non_form_errors()]
        return lines + [line for one in form.forms for line in _form_errors(one)]
    return _form_errors(form)


@register.inclusion_tag("components/_error_summary.html")
def form_error_summary(*forms, title=None):
    """What must be mended, each line leading to its field (forms and formsets)."""
    return {
        "title": title,
        "lines": [
            line for form in forms if form is not None for line in _lines_of(form)
        ],
    }
