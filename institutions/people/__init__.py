"""Children and staff of a centre in one year: lists, rows, many rows at once.

A child keeps its code; taking it off a year's list takes away that year's enrolment
only, for what was said of other years stays true.
"""

from institutions.people.bulk import (
    Selection,
    changing,
    fingerprint_of,
    set_children,
    set_staff,
    take_off,
)
from institutions.people.children import (
    ANOTHER,
    ENROLMENT_FIELDS,
    SAME,
    DoubtfulChild,
    SavedChild,
    remove_child,
    save_child,
    set_hashes,
)
from institutions.people.lists import CHILDREN, STAFF, begin_list, open_list
from institutions.people.staff import (
    remove_staff_member,
    save_staff_member,
    staff_problems,
)
from institutions.people.stale import (
    NEW,
    OF_CHILD,
    OF_STAFF,
    OF_YEAR,
    Opened,
    StaleRow,
    fingerprint,
    values_of,
)

__all__ = [
    "ANOTHER",
    "CHILDREN",
    "ENROLMENT_FIELDS",
    "NEW",
    "OF_CHILD",
    "OF_STAFF",
    "OF_YEAR",
    "SAME",
    "STAFF",
    "DoubtfulChild",
    "Opened",
    "SavedChild",
    "Selection",
    "StaleRow",
    "begin_list",
    "changing",
    "fingerprint",
    "fingerprint_of",
    "open_list",
    "remove_child",
    "remove_staff_member",
    "save_child",
    "save_staff_member",
    "set_children",
    "set_hashes",
    "set_staff",
    "staff_problems",
    "take_off",
    "values_of",
]
