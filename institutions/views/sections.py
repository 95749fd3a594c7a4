"""One section: last year's values, *unchanged* or *change*, and its form."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions import carry, changes, drafts, update
from institutions.current import entry_required, is_manager
from institutions.forms import ExplanationForm, section_form
from institutions.update.answers import is_open
from institutions.views.loading import load_section, next_page, put_at_fields

LISTS = {
    "children": "institutions:children",
    "staff": "institutions:staff",
    "documents": "institutions:documents",
}


@entry_required
def section(request, code, unit):
    """Every value stands on the page before anything is said of it (decision 47)."""
    page = load_section(request, code, unit)
    if request.method == "POST":
        return answer(request, page)
    return show_section(request, page)


def show_section(request, page, refused=None):
    """``refused``: the explanation as typed, with what is missing in it."""
    states = page.states()
    place = (page.key.code, page.key.unit_id)
    here = next(s for s in states if (s.code, s.unit) == place)
    year, is_begun = page.year, page.is_begun
    lines = page.lines(year if is_begun else None)
    context = {
        "page": page,
        "state": here,
        "position": states.index(here) + 1,
        "total": len(states),
        "year": carry.label_of_year(page.key, page.year_shown),
        "lines": lines,
        "is_empty": not any(line.value for line in lines),
        "entered": None if here.answered_at or is_begun else page.last_entered(),
        "said": page.said(here.remarks, lines),
        "this_year": carry.label_of_year(page.key, year),
        "is_begun": is_begun,
        "is_open": is_open(page.update),
        "change_url": change_url(page),
        **(explaining(page, here, refused) if is_begun else {}),
    }
    status = 422 if refused else 200
    return render(request, "institutions/section.html", context, status=status)


def explaining(page, here, refused=None):
    """The large changes among the figures of this year, and the word on them."""
    large = changes.large(page.key, page.update.round)
    form = refused or ExplanationForm(initial={"explanation": here.explanation})
    return {"large": large, "explanation": form}


def answer(request, page):
    """*Unchanged*, or a list said complete."""
    code, unit = page.key.code, page.key.unit_id
    pk, actor = page.update.pk, request.user
    try:
        if request.POST.get("answer") == "complete":
            typed = ExplanationForm(request.POST).typed()
            update.answer_complete(pk, code, unit, actor=actor, explanation=typed)
        else:
            update.answer_unchanged(pk, code, unit, actor=actor)
    except changes.NeedsExplanation as error:
        refused = ExplanationForm.refused(request.POST, error)
        return show_section(request, page, refused)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("institutions:update_section", code, unit)
    return go_on(request, page)


@entry_required
def section_change(request, code, unit):
    page = load_section(request, code, unit)
    if page.key.section.is_list:
        return redirect(change_url(page))
    if request.method == "POST":
        return save(request, page)
    draft = page.draft()
    data = drafts.as_post(draft.raw) if draft.raw else None
    form = section_form(page.key, page.update.round, data)
    return show(request, page, form, draft)


def save(request, page):
    """What is valid is saved; the rest is kept and shown again with its errors."""
    if request.POST.get("autosave"):
        return autosave(request, page)
    form = section_form(page.key, page.update.round, request.POST)
    try:
        draft, error = attempt(request, page, form)
    except drafts.StaleSection as stale:
        messages.error(request, stale.messages[0])
        return show(request, page, form, stale.draft, status=409)
    except ValidationError as taken:
        # Taken by somebody else since the form was checked.
        store(request, page, None)
        for text in taken.messages:
            messages.error(request, text)
        return redirect(change_url(page))
    if error is not None:
        refused = ExplanationForm.refused(request.POST, error)
        return show(request, page, form, draft, refused=refused, large=error.changes)
    if draft.raw is not None:
        return redirect(f"{change_url(page)}#errors")
    for text in form.warnings():
        messages.warning(request, text)
    return go_on(request, page)


def attempt(request, page, form):
    """The draft as it stands, and what a large change asks for; nothing is lost."""
    try:
        return store(request, page, form.cleaned() if form.is_valid() else None), None
    except changes.NeedsExplanation as error:
        return store(request, page, None), error


def autosave(request, page):
    try:
        draft = store(request, page, None)
    except drafts.StaleSection as stale:
        url = change_url(page)
        answer = {"error": "clash", "url": url, "message": stale.messages[0]}
        return JsonResponse(answer, status=409)
    saved_at = timezone.localtime(draft.saved_at)
    return JsonResponse({"saved_at": f"{saved_at:%H:%M}", "version": draft.version})


def store(request, page, cleaned):
    return update.save_section(
        page.update.pk,
        page.key.code,
        page.key.unit_id,
        actor=request.user,
        version=posted_version(request),
        raw=drafts.posted(request.POST),
        cleaned=cleaned,
        explanation=ExplanationForm(request.POST).typed(),
    )


def posted_version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def show(request, page, form, draft, *, status=200, refused=None, large=()):  # noqa: PLR0913 -- what a refused form is shown with
    """The form; ``refused``: the explanation that a large change asks for."""
    said = asked_here(page)
    lines = page.lines() if said or status == 409 else []
    context = {
        "page": page,
        "form": form,
        "draft": draft,
        "is_stale": status == 409,
        "lines": lines,
        "is_empty": not any(line.value for line in lines),
        "said": put_at_fields(form, page.said(said, lines)),
        "explanation": refused or kept_explanation(page, draft),
        "large": large,
        "year": carry.year_of(page.key, page.update.round),
        "template": f"institutions/sections/_{page.key.code}.html",
        "draft_key": f"{request.user.pk}:update{page.update.pk}:{page.key.slug}",
    }
    status = 422 if refused else status
    return render(request, "institutions/section_form.html", context, status=status)


def asked_here(page):
    rows = update.remarks.of_update(page.update)
    return list(rows.filter(section=page.key.code, unit=page.key.unit_id))


def kept_explanation(page, draft):
    """Once something was said of a large change, it can be read and mended."""
    if not page.key.section.is_yearly:
        return None
    text = (draft.raw or {}).get("explanation", [""])[0]
    if not text:
        answers = page.update.answers.filter(
            section=page.key.code, unit=page.key.unit_id
        )
        text = answers.values_list("explanation", flat=True).first()
    return ExplanationForm(initial={"explanation": text}) if text else None


def go_on(request, page):
    """To the next section that waits; after the last, to *confirm* for who may."""
    messages.success(request, _("Saved."))
    states = page.states()
    url = next_page(states, page.key.code, page.key.unit_id)
    if url is None and is_open(page.update) and is_manager(request):
        return redirect("institutions:update_confirm")
    return redirect(url or "institutions:update")


def change_url(page):
    code, unit = page.key.code, page.key.unit_id
    if code == "documents":
        return reverse(LISTS[code])
    if page.key.section.is_list:
        return reverse(LISTS[code], args=[unit])
    return reverse("institutions:update_change", args=[code, unit])
