"""What may be done on the review page: one form and one workflow function each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from applications import workflow
from applications.forms import staff as forms


@dataclass(frozen=True)
class Action:
    """``make`` builds the form for a key, ``run`` calls the domain, ``done`` tells."""

    make: Callable[..., Any]
    run: Callable[..., None]
    done: Any
    anchor: str = "decision"


def _bare(form_class):
    def make(page, key, data=None):
        return form_class(data, key=key, version=page.application.version)

    return make


def _remark(page, key, data=None):
    text = page.draft_text(*place_of(key))
    return forms.RemarkForm(data, key=key, initial={"text": text})


def _aside(page, key, data=None):
    code = key.partition(":")[2]
    return forms.AsideForm(data, key=key, initial={"code": code})


def _scores(page, key, data=None):
    return forms.ScoresForm(data, key=key, criteria=page.criteria, points=page.points)


def _recommend(page, key, data=None):
    file = page.application
    initial = {
        "opinion": file.opinion,
        "reason": file.opinion_reason,
        "proposed_amount": file.proposed_amount,
    }
    return forms.RecommendForm(
        data,
        key=key,
        version=file.version,
        maximum=file.computed_amount,
        initial=initial,
    )


def _approve(page, key, data=None):
    file = page.application
    return forms.AmountForm(
        data,
        key=key,
        version=file.version,
        initial={"amount": file.proposed_amount},
    )


def place_of(key):
    """``remark:documents:12`` → ("documents", 12): a section or one document of it."""
    _name, _colon, place = key.partition(":")
    section, _colon, type_pk = place.partition(":")
    return section, int(type_pk) if type_pk.isdecimal() else None


def _run_remark(page, form, user):
    section, type_pk = place_of(form.key)
    page.check_place(section, type_pk)
    workflow.save_remark(
        page.application.pk,
        actor=user,
        section=section,
        document_type_pk=type_pk,
        text=form.cleaned_data["text"],
    )


def _run_scores(page, form, user):
    workflow.save_scores(page.application.pk, actor=user, points=form.points())


def _run_aside(page, form, user):
    workflow.set_finding_aside(
        page.application.pk,
        actor=user,
        code=form.cleaned_data["code"],
        reason=form.cleaned_data["reason"],
    )


def _run(name, *fields, in_sitting=False):
    """A transition that takes the version, and these fields of its form."""

    def run(page, form, user):
        values = {field: form.cleaned_data[field] for field in fields}
        if in_sitting:
            values["sitting_pk"] = page.sitting_pk
        move = getattr(workflow, name)
        version = form.cleaned_data["version"]
        move(page.application.pk, actor=user, version=version, **values)

    return run


ACTIONS: dict[str, Action] = {
    "remark": Action(_remark, _run_remark, _("The remark is kept."), "completion"),
    "aside": Action(_aside, _run_aside, _("The finding is set aside."), "findings"),
    "scores": Action(_scores, _run_scores, _("The scores are kept."), "scores"),
    "return_for_completion": Action(
        _bare(forms.BareForm),
        _run("return_for_completion"),
        _("The file is returned to the association for completion."),
        "top",
    ),
    "authorise_second_return": Action(
        _bare(forms.ReasonForm),
        _run("authorise_second_return", "reason"),
        _("The second return is authorised."),
        "completion",
    ),
    "recommend": Action(
        _recommend,
        _run("recommend", "opinion", "reason", "proposed_amount"),
        _("The file is transmitted to the coordination."),
        "top",
    ),
    "send_back": Action(
        _bare(forms.ReasonForm),
        _run("send_back", "reason"),
        _("The file is sent back to the delegation."),
        "top",
    ),
    "approve": Action(
        _approve,
        _run("approve", "amount", in_sitting=True),
        _("The file is approved."),
        "top",
    ),
    "refuse": Action(
        _bare(forms.ReasonForm),
        _run("refuse", "reason", in_sitting=True),
        _("The file is refused."),
        "top",
    ),
    "reconsider": Action(
        _bare(forms.OptionalReasonForm),
        _run("reconsider", "reason"),
        _("The decision is withdrawn: the file is to be decided again."),
        "top",
    ),
    "extend": Action(
        _bare(forms.ExtendForm),
        _run("extend", "days", "reason"),
        _("The delay is extended."),
        "top",
    ),
}


def check_role(page, key) -> None:
    """In scope, wrong role: 403, before anything of a sitting is looked for."""
    move = workflow.TRANSITIONS.get(key)
    if move and workflow.capacity_of(page.application, page.user) not in move.by:
        raise PermissionDenied


def action_of(key) -> Action:
    """The action a page asked for; a name nobody offers is refused."""
    action = ACTIONS.get(key.partition(":")[0])
    if action is None:
        raise PermissionDenied
    return action
