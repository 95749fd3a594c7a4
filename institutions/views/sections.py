"""One section: last year's values, *unchanged* or *change*, and its form."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import member_required
from institutions import carry, drafts, update
from institutions.forms import section_form
from institutions.update.answers import is_open
from institutions.views.loading import load_section, next_page

LISTS = {
    "children": "institutions:children",
    "staff": "institutions:staff",
    "documents": "institutions:documents",
}


@member_required
def section(request, code, unit):
    """Every value stands on the page before anything is said of it (decision 47)."""
    page = load_section(request, code, unit)
    if request.method == "POST":
        return answer(request, page)
    states = update.progress(page.update)
    here = next(s for s in states if (s.code, s.unit) == (code, unit))
    year = carry.year_of(page.key, page.update.round)
    is_begun = page.key.section.is_yearly and carry.has_rows(page.key, year)
    context = {
        "page": page,
        "state": here,
        "position": states.index(here) + 1,
        "total": len(states),
        "year": page.year_shown(),
        "lines": page.lines(year if is_begun else None),
        "this_year": year,
        "is_begun": is_begun,
        "is_open": is_open(page.update),
        "change_url": change_url(page),
    }
    return render(request, "institutions/section.html", context)


def answer(request, page):
    """*Unchanged*, or a list said complete."""
    code, unit = page.key.code, page.key.unit_id
    is_complete = request.POST.get("answer") == "complete"
    say = update.answer_complete if is_complete else update.answer_unchanged
    try:
        say(page.update.pk, code, unit, actor=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("institutions:update_section", code, unit)
    return go_on(request, page)


@member_required
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
        draft = store(request, page, form.cleaned() if form.is_valid() else None)
    except drafts.StaleSection as stale:
        messages.error(request, stale.messages[0])
        return show(request, page, form, stale.draft, status=409)
    except ValidationError as error:
        # Taken by somebody else since the form was checked.
        store(request, page, None)
        for text in error.messages:
            messages.error(request, text)
        return redirect(change_url(page))
    if draft.raw is not None:
        return redirect(f"{change_url(page)}#errors")
    for text in form.warnings():
        messages.warning(request, text)
    return go_on(request, page)


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
    )


def posted_version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def show(request, page, form, draft, status=200):
    context = {
        "page": page,
        "form": form,
        "draft": draft,
        "is_stale": status == 409,
        "lines": page.lines() if status == 409 else [],
        "year": carry.year_of(page.key, page.update.round),
        "template": f"institutions/sections/_{page.key.code}.html",
        "draft_key": f"{request.user.pk}:update{page.update.pk}:{page.key.slug}",
    }
    return render(request, "institutions/section_form.html", context, status=status)


def go_on(request, page):
    """To the next section that waits, else back to the whole."""
    messages.success(request, _("Saved."))
    states = update.progress(page.update)
    url = next_page(states, page.key.code, page.key.unit_id)
    return redirect(url or "institutions:update")


def change_url(page):
    code, unit = page.key.code, page.key.unit_id
    if code == "documents":
        return reverse(LISTS[code])
    if page.key.section.is_list:
        return reverse(LISTS[code], args=[unit])
    return reverse("institutions:update_change", args=[code, unit])
