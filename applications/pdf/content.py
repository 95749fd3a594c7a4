"""What a letter says, frozen as plain values in both languages.

Names come as pairs ``x_ar`` / ``x_fr``, amounts as text (MAD), moments as ISO text: the
row is JSON, and a letter made later says what was true when it was decided.
"""

from typing import Any

from django.utils.translation import override

from applications.enums import LetterKind, State
from applications.models import Application, Attachment, CompletionRequest
from applications.programmes import get_rules

LANGUAGES = ("ar", "fr")


def content(
    application: Application,
    kind: str,
    *,
    rank: int = 1,
    attachments: list[Attachment] | None = None,
) -> dict[str, Any]:
    """Everything the letter needs; names of children never stand in it.

    ``attachments``: those of the file, where they are at hand already.
    """
    if kind == LetterKind.RECEIPT:
        own = _receipt(application, rank, attachments=attachments)
    else:
        own = CONTENTS[LetterKind(kind)](application, rank)
    return {**_common(application), **own}


def _pair(key: str, named) -> dict[str, str]:
    return {f"{key}_{code}": named.name_in(code) for code in LANGUAGES}


def _offices(application) -> dict[str, str]:
    offices = {}
    for code in LANGUAGES:
        with override(code):
            offices[f"delegation_{code}"] = application.delegation.office_name
            offices[f"region_{code}"] = application.region.office_name
    return offices


def _common(application) -> dict[str, Any]:
    call = application.call
    funding = {
        f"funding_source_{code}": call.funding_source_in(code) for code in LANGUAGES
    }
    return {
        "number": application.number,
        "year": application.year,
        **_pair("call", call),
        **_pair("association", application.association),
        **_pair("unit", application.unit),
        "is_for_unit": application.institution_id is not None,
        **_offices(application),
        **funding,
        "submitted_at": application.submitted_at.isoformat(),
        "first_submitted_at": application.first_submitted_at.isoformat(),
    }


def _receipt(application, rank, *, attachments) -> dict[str, Any]:
    if attachments is None:
        attachments = application.attachments.select_related("document__type")
    return {
        "rank": rank,
        "requested_amount": str(application.requested_amount),
        "due_on": _iso(application.due_on),
        "attachments": [
            {
                **_pair("type", attachment.document.type),
                "name": attachment.document.original_name,
                "hash": attachment.document.sha256[:12],
            }
            for attachment in attachments
        ],
    }


def _completion(application, rank) -> dict[str, Any]:
    request = CompletionRequest.objects.get(application=application, rank=rank)
    remarks = request.remarks.select_related("document_type")
    return {
        "rank": rank,
        "sent_at": request.sent_at.isoformat(),
        "due_on": _iso(request.due_on),
        "remarks": [
            {
                **_section_names(application, remark.section),
                **(_pair("document", remark.document_type or NOTHING)),
                "text": remark.text,
            }
            for remark in remarks
        ],
    }


def _decision(application, rank) -> dict[str, Any]:
    call = application.call
    granted = application.granted_amount or 0
    is_granted = application.state == State.APPROVED
    return {
        "is_granted": is_granted,
        "requested_amount": str(application.requested_amount),
        "computed_amount": str(application.computed_amount),
        "granted_amount": str(granted),
        "reason": application.refusal_reason,
        "sat_on": _iso(application.sitting.sits_on),
        "published_at": _iso(application.published_at),
        "appeal_days": call.appeal_days,
        "needs_agreement": granted > call.convention_threshold_amount,
        "shares": [
            {"rank": share.rank, "percent": str(share.percent)}
            for share in call.instalment_shares.all()
        ]
        if is_granted
        else [],
    }


def _section_names(application, code) -> dict[str, str]:
    rules = get_rules(application.programme)
    title = next((s.title for s in rules.sections if s.code == code), code)
    names = {}
    for language in LANGUAGES:
        with override(language):
            names[f"section_{language}"] = str(title)
    return names


def _iso(moment) -> str | None:
    return moment.isoformat() if moment else None


class _Nothing:
    def name_in(self, language: str) -> str:
        return ""


NOTHING = _Nothing()
CONTENTS = {
    LetterKind.COMPLETION: _completion,
    LetterKind.DECISION: _decision,
}
