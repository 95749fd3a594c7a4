"""One answer per form: a second click is led to the page of the first (decision 3).

The answer is kept in the transaction of what it answers for. Either both are there, or
neither: a web process killed in between leaves a form that can be sent again.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import IdempotencyKey, User

FIELD = "idempotency_key"
REDIRECTS = (302, 303)


def key_of(request: HttpRequest) -> UUID | None:
    """The key a signed-in person posted, if it is one."""
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def answer_once(
    user: User, key: UUID, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer of the first sending; a simultaneous second one waits for it.

    Only a redirection is an answer worth keeping: a form shown again with its errors
    is to be sent again.
    """
    with transaction.atomic():
        wait_for_turn(f"{user.pk}:{key}")
        path = (
            IdempotencyKey.objects.filter(user=user, key=key)
            .values_list("path", flat=True)
            .first()
        )
        if path is not None:
            return HttpResponseRedirect(path)
        response = answer()
        if response.status_code in REDIRECTS:
            path = response["Location"][:500]
            IdempotencyKey.objects.create(user=user, key=key, path=path)
        elif response.status_code >= 500:
            transaction.set_rollback(True)
        return response


def wait_for_turn(name: str) -> None:
    """A lock of the database that ends with the transaction, or with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
