"""The life of an application and of a sitting. Nothing else writes their states.

Every function locks the row within what the actor may see, then checks role, page
version, state and guard, and writes one immutable event with the rows of what follows,
in one transaction. Raises ``DoesNotExist`` (out of scope), ``PermissionDenied`` (role)
or ``ValidationError`` (what can be mended).
"""

from applications.workflow.core import version_for_members
from applications.workflow.filling import (
    FILL,
    FILLED_IN,
    Unlocked,
    answer_remark,
    attach,
    detach,
    may_fill_on_behalf,
    save_section,
    start,
    unlocked,
)
from applications.workflow.guards import (
    SIGNED_CERTIFICATION,
    may_file_now,
    open_remarks,
)
from applications.workflow.moves import (
    approve,
    authorise_second_return,
    extend,
    recommend,
    reconsider,
    refuse,
    resubmit_as_is,
    return_for_completion,
    send_back,
    submit,
    withdraw,
)
from applications.workflow.order import Capacity, Manner, StalePage, capacity_of
from applications.workflow.review import save_remark, save_scores, set_finding_aside
from applications.workflow.sittings import (
    SITTING_TRANSITIONS,
    SittingTransition,
    available_for_sitting,
    hold_sitting,
    open_sitting,
    reopen_sitting,
    validate_sitting,
)
from applications.workflow.table import (
    PUBLISH,
    START,
    TRANSITIONS,
    Transition,
    available,
)

__all__ = [
    "FILL",
    "FILLED_IN",
    "PUBLISH",
    "SIGNED_CERTIFICATION",
    "SITTING_TRANSITIONS",
    "START",
    "TRANSITIONS",
    "Capacity",
    "Manner",
    "SittingTransition",
    "StalePage",
    "Transition",
    "Unlocked",
    "answer_remark",
    "approve",
    "attach",
    "authorise_second_return",
    "available",
    "available_for_sitting",
    "capacity_of",
    "detach",
    "extend",
    "hold_sitting",
    "may_file_now",
    "may_fill_on_behalf",
    "open_remarks",
    "open_sitting",
    "recommend",
    "reconsider",
    "refuse",
    "reopen_sitting",
    "resubmit_as_is",
    "return_for_completion",
    "save_remark",
    "save_scores",
    "save_section",
    "send_back",
    "set_finding_aside",
    "start",
    "submit",
    "unlocked",
    "validate_sitting",
    "version_for_members",
    "withdraw",
]
