"""Records as large as wanted, confirmed."""

from institutions import snapshots
from institutions.enums import BoardRole
from tests.factories import (
    BoardMemberFactory,
    CentreFactory,
    DocumentFactory,
    EnrolmentFactory,
    HeadcountFactory,
    InstitutionFactory,
    StaffMemberFactory,
)


def complete_record(association, count):
    """``count`` rows of each kind."""
    for _rank in range(count):
        BoardMemberFactory(association=association, role=BoardRole.ADVISER)
        HeadcountFactory(institution=InstitutionFactory(association=association))
        centre = CentreFactory(association=association)
        EnrolmentFactory(centre=centre)
        StaffMemberFactory(centre=centre)
        DocumentFactory(association=association)


def confirmed(file):
    """The annual update of the file certifies its record as it stands."""
    snapshots.freeze(
        snapshots.UPDATE,
        file.update_id,
        association=file.association,
        year=file.year,
        content=snapshots.record_content(file.association, year=file.year),
    )


def sent_again(file, *, before, after):
    """The file was returned once; each time some words of it were frozen."""
    for words in (before, after):
        snapshots.freeze(
            "application",
            file.pk,
            association=file.association,
            year=file.year,
            content={"record": {}, "figures": {}, "application": words},
        )
    type(file).objects.filter(pk=file.pk).update(return_count=1)
