"""Import of a list of the record: the whole of it is shown before anything is written.

The file is opened by the guarded reader of sheets, kept for an hour, and read again
when its preview is confirmed: all of it is written in one transaction, or nothing.
"""

from dataclasses import dataclass, field
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from tablib import Dataset

from accounts.scoped_admin import ScopedImportExportMixin
from institutions.sheets.cells import unharmed
from institutions.sheets.problems import sentence
from institutions.sheets.reading import SheetRefused, read

KEPT_SECONDS = 3600
MAX_BYTES = 2 * 1024 * 1024
SHOWN = 200
SALT = "institutions.import"
UNSAFE = (("formulas", "formula"), ("merged", "merged"), ("in_error", "in_error"))


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("File (XLSX, ODS or CSV)"),
        help_text=_(
            "2 MB and 1,000 rows at most. Nothing is written before you agree."
        ),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(sentence("too_big", {"megabytes": 2}))
        return file


@dataclass
class Problem:
    """``row``: its number in the sheet."""

    row: int
    column: str
    message: str


@dataclass
class Preview:
    """What a file would do. ``changed`` and ``added``: (row, name, changes)."""

    added: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def totals(self):
        return [len(self.added), len(self.changed), self.unchanged]

    @property
    def is_good(self):
        return not self.problems and bool(self.added or self.changed)

    @property
    def shown_lists(self):
        """The first of each kind, and how many more there are."""
        for label, rows in ((_("Changed"), self.changed), (_("Added"), self.added)):
            if rows:
                yield label, len(rows), rows[:SHOWN], max(len(rows) - SHOWN, 0)

    @property
    def shown_problems(self):
        return self.problems[:SHOWN]


def dataset_of(content):
    """The rows under the titles, with their numbers. Raises ``SheetRefused``."""
    book = read(content)
    for name, code in UNSAFE:
        cells = getattr(book, name)
        if cells:
            raise SheetRefused(code, cell=cells[0], cells=", ".join(cells[:3]))
    rows = [(n, [plain(cell) for cell in row]) for n, row in enumerate(book.rows, 1)]
    rows = [(n, row) for n, row in rows if any(cell not in (None, "") for cell in row)]
    if len(rows) < 2:
        raise SheetRefused("no_rows")
    width = max(len(row) for _n, row in rows)
    (_first, heads), *others = [
        (n, row + [None] * (width - len(row))) for n, row in rows
    ]
    dataset = Dataset(*(row for _n, row in others), headers=[h or "" for h in heads])
    return dataset, [n for n, _row in others]


def plain(cell):
    """A cell as the widgets take it: what our own CSV has quoted is as it was."""
    return unharmed(cell) if isinstance(cell, str) else cell


def preview_of(result, numbers, resource):
    """The result of a run, in words."""
    found = Preview()
    for number, row in zip(numbers, result.rows, strict=False):
        if row.validation_error is not None or row.errors:
            found.problems += problems_of(row, number, resource)
        elif row.is_new():
            found.added.append((number, resource.name_of(row), row.diff))
        elif row.is_update():
            found.changed.append((number, resource.name_of(row), row.diff))
        else:
            found.unchanged += 1
    return found


def texts(error):
    if isinstance(error, ValidationError):
        return error.messages
    return [str(_("This row cannot be saved. Look at it, then try again."))]


def problems_of(row, number, resource):
    error = row.validation_error
    if error is None:
        return [
            Problem(number, "", text) for e in row.errors for text in texts(e.error)
        ]
    if not hasattr(error, "error_dict"):
        return [Problem(number, "", text) for text in error.messages]
    return [
        Problem(number, "" if name == "__all__" else resource.title(name), text)
        for name, found in error.message_dict.items()
        for text in found
    ]


class SheetImportMixin(ScopedImportExportMixin):
    """For the admin of a list whose resource is a ``RecordResource``."""

    import_template_name = "admin/institutions/import.html"

    def import_action(self, request, **kwargs):
        """Send a file, look at what it would do."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = SheetForm(request.POST or None, request.FILES or None)
        preview = token = None
        if request.method == "POST" and form.is_valid():
            content = form.cleaned_data["file"].read()
            try:
                preview = self._run(request, content, is_trial=True)
            except SheetRefused as refusal:
                form.add_error("file", refused(refusal))
            else:
                token = keep(content, request, preview) if preview.is_good else None
        return self._page(request, form, preview, token)

    def process_import(self, request, **kwargs):
        """Write what was shown, if it is still what would be done."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        content, totals = kept(request)
        if content is None:
            messages.error(request, _("The file is no longer there. Send it again."))
            return redirect(self._url("import"))
        with transaction.atomic():
            preview = self._run(request, content, is_trial=False)
            is_same = preview.is_good and preview.totals == totals
            transaction.set_rollback(not is_same)
        if not is_same:
            messages.error(
                request,
                _("The record has changed since the preview. Look at it again."),
            )
            token = keep(content, request, preview) if preview.is_good else None
            return self._page(request, SheetForm(), preview, token)
        messages.success(
            request,
            _("Saved: %(added)s added, %(changed)s changed.")
            % {"added": totals[0], "changed": totals[1]},
        )
        return redirect(self._url("changelist"))

    def _run(self, request, content, *, is_trial):
        dataset, numbers = dataset_of(content)
        resource = self.get_resource_classes(request)[0](user=request.user)
        try:
            resource.prepare(dataset)
        except ValidationError as error:
            return Preview(problems=[Problem(1, "", text) for text in error.messages])
        result = resource.import_data(
            dataset, dry_run=is_trial, rollback_on_validation_errors=True
        )
        return preview_of(result, numbers, resource)

    def _url(self, action):
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{action}"

    def _page(self, request, form, preview, token):
        resource = self.get_resource_classes(request)[0](user=request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import"),
            "form": form,
            "preview": preview,
            "token": token,
            "columns": [
                (name, resource.title(name), name in resource.needed)
                for name in resource.get_export_order()
            ],
            "process_url": self._url("process_import"),
            "export_url": self._url("export"),
            "list_name": capfirst(str(self.opts.verbose_name_plural)),
            "opts": self.opts,
        }
        return TemplateResponse(request, self.import_template_name, context)


def refused(refusal):
    text = sentence(refusal.code, refusal.params)
    return f"{refusal.cell}: {text}" if refusal.cell else text


def keep(content, request, preview):
    """What confirms a preview: of one reader, one list, one file and its totals."""
    name = uuid4().hex
    cache.set(f"{SALT}:{name}", content, KEPT_SECONDS)
    path = request.path.replace("/process_import/", "/import/")
    values = [request.user.pk, path, name, preview.totals]
    return signing.dumps(values, salt=SALT)


def kept(request):
    """(content, totals), or nothing where it was not for this reader and this list."""
    try:
        user, path, name, totals = signing.loads(
            request.POST.get("token", ""), salt=SALT, max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return None, None
    is_theirs = user == request.user.pk
    is_here = path == request.path.replace("/process_import/", "/import/")
    return (
        (cache.get(f"{SALT}:{name}"), totals) if is_theirs and is_here else (None, None)
    )
