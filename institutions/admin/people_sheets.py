"""Children and staff taken out by code: no name, no number of a person (decision 22).

What these columns say is what the lists show; whoever needs a name asks for it, one
by one, on the page of the person.
"""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.scoped_admin import ScopedImportExportMixin, ScopedResource
from institutions.models import Child, Enrolment, StaffMember

RECEIPT = _("receipt number of the association")
OF_CENTRE = {
    "centre": (_("centre"), "centre__name_ar"),
    "centre_code": (_("code of the centre"), "centre__code"),
    "association": (_("association"), "centre__association__name_ar"),
    "receipt_number": (RECEIPT, "centre__association__receipt_number"),
    "delegation": (_("delegation"), "centre__delegation__name_ar"),
}


class PeopleResource(ScopedResource):
    """Choices and yes or no in words; ``others``: columns that are no field."""

    others: dict[str, tuple[Any, str]] = {}

    def title(self, name):
        if name in self.others:
            return capfirst(str(self.others[name][0]))
        return capfirst(str(self._meta.model._meta.get_field(name).verbose_name))

    def get_export_headers(self, selected_fields=None):
        names = super().get_export_headers(selected_fields=selected_fields)
        return [self.title(name) for name in names]


class Words(fields.Field):
    """A value as people read it."""

    def export(self, instance, **kwargs):
        value = self.get_value(instance)
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, list):
            field = instance._meta.get_field(self.attribute).base_field
            words = dict(field.flatchoices)
            return "; ".join(str(words.get(item, item)) for item in value)
        return value


def column(model, name):
    field = model._meta.get_field(name)
    path = f"get_{name}_display" if field.choices else name
    return Words(path, name, readonly=True)


def resource_of(model_, columns, others):
    """The sheet of one list of people."""
    declared = {name: column(model_, name) for name in columns}
    for name, (_label, path) in others.items():
        declared[name] = Words(path, name, readonly=True)
    meta = type("Meta", (), {"model": model_, "fields": (*others, *columns)})
    attributes = {**declared, "others": others, "Meta": meta}
    return type(f"{model_.__name__}Resource", (PeopleResource,), attributes)


ChildResource = resource_of(
    Child,
    (
        "code",
        "born_on",
        "sex",
        "disability_type",
        "degree",
        "card_expires_on",
        "has_rsu",
    ),
    {
        "delegation": (_("delegation"), "association__delegation__name_ar"),
        "association": (_("association"), "association__name_ar"),
        "receipt_number": (RECEIPT, "association__receipt_number"),
    },
)
EnrolmentResource = resource_of(
    Enrolment,
    ("year", "sub_programme", "services", "certificates", "months"),
    {**OF_CENTRE, "child_code": (_("code of the child"), "child__code")},
)
# Without the remark on the contract: a free text may name somebody.
StaffMemberResource = resource_of(
    StaffMember,
    (
        "year",
        "sex",
        "speciality",
        "diploma",
        "experience_years",
        "has_work_certificate",
        "has_licence",
        "contract",
        "has_contract",
        "monthly_salary_amount",
        "is_cnss_declared",
        "is_cnss_charged",
        "cnss_yearly_amount",
    ),
    OF_CENTRE,
)


class PeopleExportMixin(ScopedImportExportMixin):
    """``export_related``: what the columns read of other tables, at once."""

    export_related: tuple[str, ...] = ()

    def get_export_queryset(self, request):
        rows = super().get_export_queryset(request)
        return rows.select_related(*self.export_related)
