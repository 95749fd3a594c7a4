"""An officer enters for an association of the delegation, in its own pages."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import staff_required
from accounts.enums import Role
from institutions import update
from institutions.current import enter_for, entered_association, stop_entering
from institutions.models import Association


@require_POST
@staff_required(Role.DELEGATE, Role.COORDINATOR)
def enter(request, pk):
    """From the association's page in the staff site, to its update."""
    rows = Association.objects.visible_to(request.user).current()
    association = get_object_or_404(rows.select_related("delegation"), pk=pk)
    enter_for(request, association)
    round_ = update.current_round()
    if round_ is not None:
        try:
            update.begin(association.pk, actor=request.user, year=round_.year)
        except ValidationError as error:
            messages.error(request, error.messages[0])
    return redirect("institutions:update")


@require_POST
@staff_required()
def stop(request):
    """Back to the staff site, where the association was chosen."""
    association = entered_association(request)
    stop_entering(request)
    if association is None:
        return redirect("admin:index")
    return redirect(
        reverse("admin:institutions_association_change", args=[association.pk])
    )
