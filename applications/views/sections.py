"""One section of the form at a time: shown, saved, saved by itself."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import workflow
from applications.forms.sections import FORMS
from applications.models import Application
from applications.programmes import Section
from applications.views.documents import show_documents
from applications.views.files import (
    file_to_fill,
    neighbours,
    page_context,
    section_of,
)
from institutions import drafts

KIND = "application"


@dataclass(frozen=True)
class Part:
    """One section of one file."""

    file: Application
    section: Section

    @property
    def url(self) -> str:
        return reverse("applications:section", args=[self.file.pk, self.section.code])

    def draft(self):
        return drafts.read(KIND, self.file.pk, self.section.code)


@require_http_methods(["GET", "HEAD", "POST"])
def section(request, pk, code):
    file = file_to_fill(request, pk)
    part = Part(file, section_of(file, code))
    if code not in workflow.unlocked(file).sections:
        return _locked(request, file)
    if code not in FORMS:
        return show_documents(request, file)
    if request.method == "POST":
        return _save(request, part)
    draft = part.draft()
    data = typed(draft.raw) if draft.raw else None
    return _show(request, part, form=FORMS[code](data, application=file), draft=draft)


def _locked(request, file):
    """A part that is not open for correction is read with the whole file."""
    if "autosave" in request.POST:
        return _clash(file.get_absolute_url())
    messages.warning(request, _("This part of the file cannot be changed now."))
    return redirect(file)


def _clash(url):
    return JsonResponse({"error": "clash", "url": url}, status=409)


def _save(request, part):
    form = FORMS[part.section.code](request.POST, application=part.file)
    is_valid = form.is_valid()
    try:
        workflow.save_section(
            part.file.pk,
            part.section.code,
            actor=request.user,
            version=version_in(request.POST),
            raw=drafts.posted(request.POST),
            cleaned=form.cleaned if is_valid else None,
        )
    except ValidationError as error:
        return _refused(request, part, form=form, error=error)
    if "autosave" in request.POST:
        return _autosaved(part.draft())
    return _go_on(request, part, is_valid=is_valid)


def _autosaved(draft):
    at = timezone.localtime(draft.saved_at)
    return JsonResponse({"saved_at": f"{at:%H:%M}", "version": draft.version})


def _refused(request, part, *, form, error):
    """Somebody else saved meanwhile, or the record changed: nothing typed is lost."""
    if "autosave" in request.POST:
        return _clash(part.url)
    draft = part.draft()
    if getattr(error, "code", "") == "stale":
        if _is_already_saved(request, part):
            return _go_on(request, part, is_valid=True)
        clash = " ".join(error.messages)
        return _show(request, part, form=form, draft=draft, clash=clash)
    form.add_error(None, error)
    return _show(request, part, form=form, draft=draft)


def _is_already_saved(request, part) -> bool:
    """The same values came twice: a second click, not somebody else.

    No key of the form says so here: with one, what is typed after the back button
    would be taken for the first sending, and lost.
    """
    form = FORMS[part.section.code]
    fresh = form(request.POST, application=file_to_fill(request, part.file.pk))
    return fresh.is_valid() and not fresh.has_changed()


def _go_on(request, part, *, is_valid):
    if not is_valid:
        messages.warning(
            request, _("What you typed is kept; some points are to be corrected.")
        )
        return redirect(part.url)
    after = neighbours(part.file, part.section.code)["next_code"]
    if after is None or after not in workflow.unlocked(part.file).sections:
        return redirect("applications:check_answers", part.file.pk)
    return redirect("applications:section", part.file.pk, after)


def _show(request, part, *, form, draft, clash=""):
    context = {
        **page_context(part.file),
        **neighbours(part.file, part.section.code),
        "section": part.section,
        "form": form,
        "draft": draft,
        "clash": clash,
    }
    status = 409 if clash else 200
    return render(request, "applications/section.html", context, status=status)


def typed(raw) -> QueryDict:
    """What was kept of a section, as if it were posted again."""
    data = QueryDict(mutable=True)
    for name, values in raw.items():
        data.setlist(name, values)
    return data


def version_in(data) -> int:
    text = data.get("version", "")
    return int(text) if text.isdecimal() else 0
