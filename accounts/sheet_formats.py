"""The two files that a list of the staff site can be taken out as.

Amounts and dates stay amounts and dates; text never becomes a formula (quality.md §3).
Small lists only: what is large is streamed by the ``exports`` modules.
"""

import csv
import re
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi
from import_export.formats import base_formats
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

# A spreadsheet program reads a cell that begins so as a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What XML 1.0 cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def typed(value: Any) -> Any:
    """A value as a sheet keeps it: numbers, dates, or text."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, str):
        return CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    return value


class TypedXLSX(base_formats.XLSX):
    """A typed sheet, from right to left when Arabic is being read."""

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.sheet_view.rightToLeft = get_language_bidi()
        sheet.freeze_panes = "A2"
        sheet.append([self.cell(sheet, h, is_heading=True) for h in dataset.headers])
        for row in dataset:
            sheet.append([self.cell(sheet, value) for value in row])
        target = BytesIO()
        book.save(target)
        return target.getvalue()

    @staticmethod
    def cell(sheet: Any, value: Any, *, is_heading: bool = False) -> WriteOnlyCell:
        """One cell; openpyxl would take text that begins with ``=`` for a formula."""
        value = typed(value)
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = value.startswith(FORMULA_STARTS)
        elif isinstance(value, Decimal):
            cell.number_format = "#,##0.00"
        elif isinstance(value, datetime):
            cell.number_format = "dd/mm/yyyy hh:mm"
        elif hasattr(value, "isoformat"):
            cell.number_format = "dd/mm/yyyy"
        if is_heading:
            cell.font = Font(bold=True)
        return cell


class SafeCSV(base_formats.CSV):
    """As Excel opens it here: UTF-8 said by a mark, semicolons, no formula."""

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        target = StringIO(newline="")
        writer = csv.writer(target, delimiter=";")
        writer.writerow([self.text(heading) for heading in dataset.headers])
        writer.writerows([self.text(value) for value in row] for row in dataset)
        return BYTE_ORDER_MARK + target.getvalue()

    @staticmethod
    def text(value: Any) -> str:
        value = typed(value)
        if isinstance(value, str) and value.startswith(FORMULA_STARTS):
            return f"'{value}"
        return "" if value is None else str(value)
