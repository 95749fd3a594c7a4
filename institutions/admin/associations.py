"""Associations: entered and decided by the delegation of their seat."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.scoped_admin import ScopedInline, ScopedModelAdmin
from institutions import acting, members, registry, validity
from institutions.admin.history import FieldHistoryMixin
from institutions.admin.importing import SheetImportMixin
from institutions.admin.members import MembersMixin
from institutions.admin.merging import MergingMixin
from institutions.admin.record_sheets import AssociationResource
from institutions.admin.years import YearsMixin
from institutions.enums import AssociationStatus, MembershipRole
from institutions.findings import check_record, readable_by
from institutions.forms import WholeRowMixin
from institutions.identifiers import FORM_FIELDS, normalise_ice, normalise_rib
from institutions.models import Association, BoardMember
from institutions.update import current_round
from territories.models import Commune

DONE = {
    AssociationStatus.VERIFIED: _("The association is verified."),
    AssociationStatus.REFUSED: _("The association is refused."),
    AssociationStatus.SUSPENDED: _("The association is suspended."),
}


class AssociationForm(WholeRowMixin, forms.ModelForm):
    """The delegation follows the commune; the first manager is told by mail."""

    manager_email = forms.EmailField(
        label=_("E-mail of the account manager"),
        required=False,
        help_text=_("An invitation is sent there, good for fourteen days."),
    )

    class Meta:
        model = Association
        fields = (
            "name_ar",
            "name_fr",
            "acronym",
            "language",
            "receipt_number",
            "receipt_kind",
            "receipt_on",
            "is_public_utility",
            "ice",
            "tax_id",
            "cnss_number",
            "bank_name",
            "rib",
            "commune",
            "address",
            "phone",
            "email",
            "working_year",
            "last_assembly_on",
            "board_term_months",
        )
        field_classes = {
            name: FORM_FIELDS[name] for name in ("rib", "ice", "tax_id", "cnss_number")
        }

    def clean_commune(self):
        commune = self.cleaned_data["commune"]
        user = self.user
        if user.role == Role.DELEGATE and commune.delegation_id != user.delegation_id:
            raise forms.ValidationError(_("This commune is not of your delegation."))
        # Set here so that the unique constraints of the row are checked with it.
        self.instance.delegation = commune.delegation
        return commune

    def clean_manager_email(self):
        return self.cleaned_data["manager_email"].strip().lower()


FIELDSETS = [
    (
        None,
        {
            "fields": (
                "name_ar",
                "name_fr",
                "acronym",
                "receipt_number",
                "receipt_kind",
                "receipt_on",
                "is_public_utility",
                "working_year",
                "language",
            )
        },
    ),
    (_("Address"), {"fields": ("commune", "address", "phone", "email")}),
    (
        _("Numbers and bank account"),
        {"fields": ("ice", "tax_id", "cnss_number", "bank_name", "rib")},
    ),
    (_("Board"), {"fields": ("last_assembly_on", "board_term_months")}),
]


class BoardInline(ScopedInline):
    model = BoardMember
    fields = ("role", "name", "cnie", "phone", "email")

    def has_add_permission(self, request, obj=None):
        return is_current(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return is_current(obj) and super().has_change_permission(request, obj)


def is_current(association):
    """A merged row is read, and no longer written."""
    return association is None or association.merged_into_id is None


@admin.register(Association)
class AssociationAdmin(
    MergingMixin,
    MembersMixin,
    YearsMixin,
    FieldHistoryMixin,
    SheetImportMixin,
    ScopedModelAdmin,
):
    form = AssociationForm
    resource_classes = [AssociationResource]
    change_form_template = "admin/institutions/association/change_form.html"
    list_display = ("name", "receipt_number", "delegation", "status", "board_ends")
    list_filter = ("status", "delegation__region", "delegation", "working_year")
    list_select_related = ("delegation",)
    search_fields = ("search_text",)
    ordering = ("-pk",)
    autocomplete_fields = ("commune",)
    inlines = (BoardInline,)

    @admin.display(description=_("name"), ordering="name_ar")
    def name(self, association):
        return association.name

    @admin.display(description=_("term of the board"))
    def board_ends(self, association):
        return association.board_ends_on

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def get_fieldsets(self, request, obj=None):
        """The first manager is named once, with the association."""
        opened = [] if obj else [(None, {"fields": ("manager_email",)})]
        return [*FIELDSETS, *opened]

    def has_change_permission(self, request, obj=None):
        return is_current(obj) and super().has_change_permission(request, obj)

    def get_search_results(self, request, queryset, search_term):
        """Of the list, its export and the completions: not those merged.

        A whole ICE or RIB is found however it was pasted.
        """
        rows = queryset.current()
        ice, rib = normalise_ice(search_term), normalise_rib(search_term)
        if ice.isdigit() and len(ice) == 15:
            return rows.filter(ice=ice), False
        if rib.isdigit() and len(rib) == 24:
            return rows.filter(rib=rib), False
        return super().get_search_results(request, rows, search_term)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "commune":
            kwargs["queryset"] = communes_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        validity.refresh(obj)
        address = form.cleaned_data.get("manager_email")
        if address:
            role = MembershipRole.MANAGER
            try:
                members.invite(obj.pk, actor=request.user, email=address, role=role)
            except ValidationError as error:
                for text in error.messages:
                    messages.error(request, text)

    def get_urls(self):
        status = path(
            "<int:pk>/status/",
            self.admin_site.admin_view(self.status_view),
            name="institutions_association_status",
        )
        return [status, *super().get_urls()]

    def status_view(self, request, pk):
        """Verify, refuse or suspend, by the one domain function."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        association = self.get_object(request, str(pk))
        if request.method == "POST":
            self._decide(request, association)
        return redirect(
            reverse("admin:institutions_association_change", args=[association.pk])
        )

    def _decide(self, request, association):
        status = request.POST.get("status", "")
        if status not in DONE:
            raise PermissionDenied
        try:
            registry.set_status(
                association.pk,
                status,
                actor=request.user,
                reason=request.POST.get("reason", ""),
            )
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
        else:
            messages.success(request, DONE[AssociationStatus(status)])

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """What the portal noticed, and the buttons of the status."""
        if obj is not None:
            if request.method == "POST":
                # What was refused is shown in the form; all else is of the kept row.
                obj = self.get_object(request, str(obj.pk))
            round_ = current_round()
            year = round_.year if round_ else obj.created_at.year
            found = check_record(obj, year=year)
            context["findings"] = readable_by(request.user, found)
            context["may_enter"] = acting.is_officer_of(obj, request.user)
            context["may_decide"] = may = registry.may_decide(obj, request.user)
            if may and is_current(obj):
                context["next_statuses"] = sorted(
                    registry.NEXT[AssociationStatus(obj.status)]
                )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def communes_for(user):
    """Communes an officer may put a seat or a unit in."""
    return Commune.objects.selectable().within(user.scope)
