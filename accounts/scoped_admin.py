"""The admin class of every model: rows by ``visible_to``, rights by the one table.

Django's admin leaves several doors beside the list: filters, autocompletes, inlines,
choices of a form, history, actions, imports and exports. Each is narrowed here, once
(decision 5). An object out of scope does not exist: 404, never a redirect that tells.
Nothing is deleted.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.shortcuts import redirect
from import_export.admin import ImportExportMixin
from import_export.resources import ModelResource
from phonenumber_field.modelfields import PhoneNumberField

from accounts import access, list_exports, policies
from accounts.export_form import ExportColumnsForm
from accounts.paging import BoundedPaginator
from accounts.portal_forms import INVALID_PHONE, LTR_NAMES, TEXTS
from accounts.sheet_formats import SafeCSV, TypedXLSX

TERRITORY = "territories"
LTR_ENDS = {"phone", "email", "fr", "code", "on", "at", "number"}


def visible(model: type[Model], user: Any) -> QuerySet:
    """Rows of any model that the user may see; none when the model does not say."""
    manager = model._default_manager
    if not user.is_active or not hasattr(manager, "visible_to"):
        return manager.none()
    return manager.visible_to(user)


def offered(model: type[Model], user: Any) -> QuerySet:
    """Rows worth offering in a filter: of the public territory, one's own part."""
    if model._meta.app_label == TERRITORY and user.scope:
        return model._default_manager.within(user.scope)
    return visible(model, user)


def direction(name: str) -> str:
    """Of what is typed in the field ``name``, whatever the language of the page."""
    if name.endswith("_ar"):
        return "rtl"
    last = name.rpartition("_")[2]
    return "ltr" if name in LTR_NAMES or last in LTR_ENDS else "auto"


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A list filter that offers only what the user may see."""

    def field_choices(self, field, request, model_admin):
        within = offered(field.remote_field.model, request.user)
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to=Q(pk__in=within.values("pk")),
        )


class ScopedPermissionsMixin:
    """What the list, its forms and its inlines have in common."""

    view_on_site = False

    def _may(self, request, action):
        user = request.user
        is_officer = user.is_active and getattr(user, "is_staff", False)
        return is_officer and policies.may(user.role, action, self.opts.label_lower)

    def has_view_permission(self, request, obj=None):
        return self._may(request, "view") or self._may(request, "change")

    def has_add_permission(self, request, obj=None):
        return self._may(request, "add")

    def has_change_permission(self, request, obj=None):
        return self._may(request, "change")

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_or_change_permission(self, request, obj=None):
        return self.has_view_permission(request, obj)

    def get_queryset(self, request):
        rows = visible(self.model, request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A telephone typed in an Arabic form would be read from its end."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, TEXTS):
            field.widget.attrs.setdefault("dir", direction(db_field.name))
        return field

    def get_field_queryset(self, db, db_field, request):
        """Choices of a foreign key, validated on return too."""
        rows = visible(db_field.remote_field.model, request.user)
        ordered = super().get_field_queryset(db, db_field, request)
        return rows if ordered is None else rows.order_by(*ordered.query.order_by)


# The words of the library name a number as it is written elsewhere.
OWN_WORDS = {PhoneNumberField: {"error_messages": {"invalid": INVALID_PHONE}}}


class ScopedModelAdmin(ScopedPermissionsMixin, admin.ModelAdmin):
    """Base of all our admins.

    Where the queryset has ``search`` (``territories.search``), the box and the
    autocompletes use it: say ``search_fields = ["search_text"]``.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    save_on_top = False
    formfield_overrides = OWN_WORDS
    actions_selection_counter = False

    def has_add_permission(self, request):
        return self._may(request, "add")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_object(self, request, object_id, from_field=None):
        """The first thing that every page of one object asks."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def delete_view(self, request, object_id, extra_context=None):
        self.get_object(request, unquote(object_id))
        raise PermissionDenied

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_list_filter(self, request):
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item):
        if not isinstance(item, str):
            return item
        field = get_fields_from_path(self.model, item)[-1]
        return (item, ScopedRelatedFilter) if field.is_relation else item

    def get_search_results(self, request, queryset, search_term):
        if hasattr(queryset, "search"):
            return queryset.search(search_term), False
        return super().get_search_results(request, queryset, search_term)


class ScopedInlineMixin(ScopedPermissionsMixin):
    extra = 0
    formfield_overrides = OWN_WORDS
    can_delete = False
    show_change_link = False


class ScopedTabularInline(ScopedInlineMixin, admin.TabularInline):
    """Rows of one object as a table."""


class ScopedStackedInline(ScopedInlineMixin, admin.StackedInline):
    """Rows of one object one under the other."""


ScopedInline = ScopedTabularInline


class ScopedResource(ModelResource):
    """Columns of a list; an import finds and changes only what the user may see.

    A row that names an object out of scope is refused as a new one would be: by the
    unique constraints, or because ``skip_new_rows`` is what a resource asks for.
    """

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user

    def get_queryset(self):
        model = self._meta.model
        return visible(model, self.user) if self.user else model._default_manager.none()


class ScopedImportExportMixin(ImportExportMixin):
    """``class X(ScopedImportExportMixin, ScopedModelAdmin)`` with its resources."""

    export_form_class = ExportColumnsForm
    export_formats = [TypedXLSX, SafeCSV]
    import_formats = [TypedXLSX, SafeCSV]

    def has_import_permission(self, request):
        return self._may(request, "import")

    def has_export_permission(self, request):
        return self._may(request, "export")

    def get_resource_classes(self, request):
        if not self.resource_classes:
            message = f"{type(self).__name__} must say its columns: resource_classes."
            raise ImproperlyConfigured(message)
        return self.resource_classes

    def get_resource_kwargs(self, request, *args, **kwargs):
        return {"user": request.user}

    def get_valid_export_item_pks(self, request):
        return self.get_queryset(request).values_list("pk", flat=True)

    def _do_file_export(self, file_format, request, queryset, export_form=None):
        if not list_exports.is_long(queryset):
            return super()._do_file_export(file_format, request, queryset, export_form)
        job = list_exports.ask(request, self.opts.label_lower)
        return redirect("accounts:job", job.pk)

    def get_export_data(self, file_format, request, queryset, **kwargs):
        """The rows of the list as filtered, and who took them in the access log."""
        lines = self._lines(request, queryset, kwargs.get("export_form"))
        content = self._written(file_format, request, lines)
        return content.encode() if isinstance(content, str) else content

    def write_long_export(self, request, job):
        """The worker's part: what ``export_action`` would have answered."""
        form = self.get_export_form_class()(
            self.get_export_formats(),
            self.get_export_resource_classes(request),
            data=request.POST,
        )
        if not self.has_export_permission(request) or not form.is_valid():
            job.fail("refused")
            return
        file_format = self.get_export_formats()[int(form.cleaned_data["format"])]()
        rows = self.get_export_queryset(request)
        job.advance(0, of=rows.order_by().count())
        lines = self._lines(request, rows, form, advance=job.advance)
        content = self._written(file_format, request, lines)
        content = content.encode() if isinstance(content, str) else content
        job.finish(content, name=self.get_export_filename(request, rows, file_format))

    def _lines(self, request, queryset, form, **how):
        if not self.has_export_permission(request):
            raise PermissionDenied
        resource = self.choose_export_resource_class(form, request)
        return list_exports.Lines(
            resource(**self.get_export_resource_kwargs(request)),
            queryset,
            columns=self.get_export_resource_fields_from_form(form),
            **how,
        )

    def _written(self, file_format, request, lines):
        content = file_format.export_data(lines)
        access.log_list(
            request.user,
            lines.rows,
            subject=self.opts.label_lower,
            count=lines.count,
            detail=request.META.get("QUERY_STRING", ""),
        )
        return content
