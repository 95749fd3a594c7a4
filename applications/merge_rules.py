"""The rules of merging for the rows of the process, declared to the record below."""

from django.db.models import Q

from applications.enums import State
from institutions.merge_rules import Rule, register, same

# One live file of a call for an association as a whole; those of an institution go
# with it, and their events, letters and awards hang on the file.
ONE_PER_CALL = same("call", where=Q(institution=None) & ~Q(state=State.WITHDRAWN))


def declare() -> None:
    register("applications.application.association", Rule(collides=ONE_PER_CALL))
    register("applications.latecode.association", Rule(collides=same("call")))
