"""Files of one association, and its pages by their name."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from applications.enums import State
from institutions.models import AnnualUpdate
from tests.applications.acting import returned
from tests.factories import ApplicationFactory


def file_of(association, state=State.DRAFT, **fields):
    """One more file of the same association, on its one update."""
    update = AnnualUpdate.objects.filter(association=association).first()
    if update:
        fields["update"] = update
    return ApplicationFactory(association=association, state=state, **fields)


def url(name, *args):
    return reverse(f"applications:{name}", args=args)


def html(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def returned_file(association):
    file = file_of(association, State.RETURNED)
    remark = returned(file, due_on=timezone.localdate() + timedelta(days=5))
    remark.section, remark.answer = "budget", ""
    remark.save()
    return file, remark
