"""What is wrong with a sheet or with one of its cells, in the reader's language.

No message repeats what a cell holds: it may be somebody's name.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# More are counted, not kept.
MAX_KEPT = 500

SENTENCES = {
    # The whole file.
    "empty": gettext_noop("This file is empty."),
    "missing_file": gettext_noop("There is no such file, or it cannot be opened."),
    "too_big": gettext_noop(
        "This file is larger than %(megabytes)s MB. Keep only the list in it."
    ),
    "too_heavy": gettext_noop(
        "This file asks for too much memory or time to be opened. Take out a new sheet "
        "and copy the rows into it."
    ),
    "too_many_rows": gettext_noop(
        "This sheet has more than %(limit)s rows. Delete the rows that are not of the "
        "list."
    ),
    "too_many_columns": gettext_noop(
        "This sheet has more than %(limit)s columns. Delete those that are not of the "
        "list."
    ),
    "not_a_sheet": gettext_noop(
        "This is not a spreadsheet, whatever its name says. Send an XLSX, ODS or CSV "
        "file."
    ),
    "old_format": gettext_noop(
        "This is the old XLS format. Open it and save it as XLSX, then send it again."
    ),
    "password": gettext_noop(
        "This file is protected by a password for opening. Save it without a password."
    ),
    "macros": gettext_noop("This file holds macros. Save it as XLSX, without macros."),
    "bomb": gettext_noop(
        "This file unpacks to a size out of proportion: it is not opened."
    ),
    "entities": gettext_noop(
        "This file declares document types, which no spreadsheet needs: it is not "
        "opened."
    ),
    "damaged": gettext_noop(
        "This file is damaged. Open it in your spreadsheet program, save it again, "
        "then send it."
    ),
    "encoding": gettext_noop(
        "The letters of this CSV file cannot be read. Save it as « CSV UTF-8 »."
    ),
    "no_header": gettext_noop(
        "The titles of the columns were not found in the first rows. Use the sheet "
        "that the portal hands out."
    ),
    "no_rows": gettext_noop("There is no row under the titles."),
    # Its template.
    "other_kind": gettext_noop("This sheet is that of another list: %(kind)s."),
    "other_centre": gettext_noop("This sheet is that of another centre."),
    "other_year": gettext_noop(
        "This sheet is that of the year %(year)s. Take out the sheet of %(wanted)s."
    ),
    "other_version": gettext_noop(
        "This sheet comes from another version of the portal. Take out a new one."
    ),
    "meta_changed": gettext_noop(
        "The hidden part of this sheet was changed. Take out a new sheet and copy your "
        "rows into it."
    ),
    # Its titles.
    "missing_column": gettext_noop("The column « %(title)s » is missing."),
    "doubled_column": gettext_noop("The column « %(title)s » is there twice."),
    "unknown_column": gettext_noop("This column is not known and was left aside."),
    # Its cells.
    "formula": gettext_noop("This cell holds a formula. Write its value instead."),
    "merged": gettext_noop("Cells are merged here (%(cells)s). Undo the merging."),
    "in_error": gettext_noop("This cell shows an error of the spreadsheet program."),
    "control": gettext_noop("This cell holds characters that cannot be shown."),
    "day": gettext_noop("Write the date as day/month/year, for example 15/12/2026."),
    "number": gettext_noop("Write a number in figures."),
    "truth": gettext_noop("Write yes or no."),
    "choice": gettext_noop("Choose one of: %(labels)s."),
    "unknown_code": gettext_noop(
        "This code is not that of somebody of this list. Leave it empty for a new "
        "person."
    ),
    "doubled_code": gettext_noop("This code is already in row %(row)s."),
    "doubled_person": gettext_noop("This is the same person as in row %(row)s."),
    "on_another_list": gettext_noop(
        "This child is on the list of another of your centres this year."
    ),
    # Warnings.
    "no_template": gettext_noop(
        "This is not the sheet that the portal hands out: nobody will be taken off the "
        "list."
    ),
    "list_changed": gettext_noop(
        "The list was changed after this sheet was taken out. Look at the changes one "
        "by one."
    ),
    "read_as_windows": gettext_noop(
        "This CSV file was not in UTF-8: look whether the accents and the Arabic "
        "letters are right."
    ),
    "massar": gettext_noop("Massar codes of an unusual form: %(count)s."),
}


def sentence(code: str, params: dict[str, Any] | None = None) -> str:
    return _(SENTENCES[code]) % (params or {})


def problem(cell: str, code: str, **params: Any) -> dict[str, str]:
    return {"cell": cell, "code": code, "message": sentence(code, params)}


class Problems:
    """Errors in the order of the sheet; the first ones kept, all counted."""

    def __init__(self) -> None:
        self.kept: list[dict[str, str]] = []
        self.count = 0

    def add(self, cell: str, code: str, **params: Any) -> None:
        self.say(cell, code, lambda: sentence(code, params))

    def say(self, cell: str, code: str, message: Any) -> None:
        """``message`` is asked for only where it is kept."""
        self.count += 1
        if len(self.kept) < MAX_KEPT:
            said = {"cell": cell, "code": code, "message": str(message())}
            self.kept.append(said)

    def extend(self, found: Iterable[dict[str, str]]) -> None:
        for row in found:
            self.say(row["cell"], row["code"], lambda row=row: row["message"])
