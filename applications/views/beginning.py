"""A file begun, by its association or on its behalf: never a second (lesson 4)."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404
from django.shortcuts import redirect

from applications import workflow
from applications.models import Application
from applications.views.files import page_of


def begin(request, call, association, *, back):
    """The new file, or the one begun already; ``back`` with the reason of a refusal."""
    chosen = request.POST.get("institution", "")
    institution = int(chosen) if chosen.isdecimal() else None
    try:
        file = workflow.start(
            call.pk,
            actor=request.user,
            association_pk=association.pk,
            institution_pk=institution,
        )
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        known = _already_begun(request, call, association, institution)
        if known is None:
            messages.error(request, " ".join(error.messages))
            return redirect(back)
        return redirect(page_of(request, known))
    return redirect(file)


def _already_begun(request, call, association, institution):
    rows = Application.objects.visible_to(request.user).live()
    return rows.filter(
        call=call, association=association, institution=institution
    ).first()
