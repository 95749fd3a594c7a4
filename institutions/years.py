"""How a year of the record is written: in full, as the association works.

The year of the support (برسم سنة) is a plain year whatever the association does; its
accounts and its seasons are of a financial year or of a school year.
"""

from institutions.enums import WorkingYear


def school_year(year: int) -> str:
    """2025 → 2025/2026."""
    return f"{year}/{year + 1}"


def year_label(year: int | None, working_year: str) -> str:
    """2025 of an association that works by school year is 2025/2026."""
    if year is None:
        return ""
    return school_year(year) if working_year == WorkingYear.SCHOOL else str(year)
