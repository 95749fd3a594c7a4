"""THE PROCESS: call, application, review, envelope, sitting, award."""

from applications.models.applications import Application
from applications.models.awards import Award, Instalment, Settlement
from applications.models.calls import (
    Call,
    CallCounter,
    CallDocument,
    Criterion,
    EpsRate,
    FindingLevel,
    InstalmentShare,
    LateCode,
    SchoolingRate,
)
from applications.models.contents import (
    ApplicationLine,
    Attachment,
    BudgetLine,
    EpsFigures,
    SchoolingFigure,
)
from applications.models.events import Event, Letter
from applications.models.holidays import Holiday
from applications.models.reviews import (
    CompletionRequest,
    CriterionScore,
    FindingAnswer,
    Remark,
)
from applications.models.sittings import Envelope, Sitting

__all__ = [
    "Application",
    "ApplicationLine",
    "Attachment",
    "Award",
    "BudgetLine",
    "Call",
    "CallCounter",
    "CallDocument",
    "CompletionRequest",
    "Criterion",
    "CriterionScore",
    "Envelope",
    "EpsFigures",
    "EpsRate",
    "Event",
    "FindingAnswer",
    "FindingLevel",
    "Holiday",
    "Instalment",
    "InstalmentShare",
    "LateCode",
    "Letter",
    "Remark",
    "SchoolingFigure",
    "SchoolingRate",
    "Settlement",
    "Sitting",
]
