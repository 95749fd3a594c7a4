"""Which columns of a list to take away, named as people name them."""

from django.contrib.admin.utils import NotRelationField, get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from import_export.forms import SelectableFieldsExportForm


class ExportColumnsForm(SelectableFieldsExportForm):
    """The stock form names columns after the code; here they bear the model's words."""

    def _init_formats(self, formats):
        super()._init_formats(formats)
        chosen = self.fields["format"]
        chosen.choices = [pair for pair in chosen.choices if pair[0]]
        chosen.initial = chosen.choices[0][0]

    def _get_field_label(self, resource, field_name):
        if hasattr(resource, "title"):
            maker = resource() if isinstance(resource, type) else resource
            return maker.title(field_name)
        field = resource.fields.get(field_name)
        path = (field and field.attribute) or field_name
        try:
            first, *others = get_fields_from_path(resource._meta.model, path)
        except (FieldDoesNotExist, NotRelationField):
            return field.column_name if field else field_name
        # "Delegation", not "name in Arabic", for delegation__name_ar.
        last = others[-1] if others else first
        named = first if last.name.startswith("name") else last
        return capfirst(str(named.verbose_name))
