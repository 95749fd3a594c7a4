"""One's own pages: notices, long work, account, language; and the demo's mailbox."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import access, jobs
from accounts.demo import mailbox_of_demo
from accounts.enums import Access, JobState
from accounts.languages import in_language, is_known
from accounts.models import Job, Outbox
from accounts.notifications import page_of, subject_line

PER_PAGE = 30
OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


@require_safe
def notices(request):
    """What I was told, newest first."""
    rows = Outbox.objects.visible_to(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for notice in page:
        notice.line = subject_line(notice)
        notice.mark = "" if notice.read_at else _("new notice")
    return render(request, "accounts/notices.html", with_pages(page))


def with_pages(page):
    """A page of a list and the addresses beside it."""
    return {
        "page": page,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }


@require_safe
def notice(request, pk):
    """Marks it read and opens the page it speaks of."""
    row = get_object_or_404(Outbox.objects.visible_to(request.user), pk=pk)
    if row.read_at is None:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
    return redirect(page_of(row) or reverse("accounts:notices"))


@require_POST
def read_all(request):
    Outbox.objects.visible_to(request.user).unread().update(read_at=timezone.now())
    return redirect("accounts:notices")


@require_safe
def profile(request):
    return render(request, "accounts/profile.html")


@require_POST
def language(request):
    """Keeps the account's language and shows the same page in it."""
    wanted = request.POST.get("language")
    if not is_known(wanted):
        raise BadRequest
    request.user.language = wanted
    request.user.save(update_fields=["language"])
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return redirect(in_language(page if is_ours else reverse("home"), wanted))


@never_cache
@require_safe
def job(request, pk):
    """How far the work is; the page asks again by itself while it goes on."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    context = {
        "job": row,
        "is_open": row.state in OPEN_STATES,
        "is_stopped": row.state == JobState.CANCELLED,
        "has_file": has_file(row),
    }
    return render(request, "accounts/job.html", context)


@require_POST
def job_stop(request, pk):
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    jobs.stop(row)
    return redirect("accounts:job", row.pk)


@never_cache
@require_safe
def job_file(request, pk):
    """The file, for its owner, until it expires."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if not has_file(row):
        raise Http404
    access.log(
        request.user,
        Access.DOWNLOAD,
        subject=(row.object_kind or row.task, row.object_id),
        count=max(row.done_count, 1),
        detail=row.file_name,
    )
    return FileResponse(
        row.file.open(), as_attachment=True, filename=row.file_name or str(row.pk)
    )


def has_file(row):
    is_done = row.state == JobState.DONE and bool(row.file)
    return is_done and (row.expires_at is None or row.expires_at > timezone.now())


@require_safe
def mailbox(request):
    """Mails that left, as the demonstration keeps them: each sees one's own.

    The demonstration's administrator sees all of them. Elsewhere there is no such page.
    """
    if not settings.PORTAL_DEMO:
        raise Http404
    rows = mailbox_of_demo(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/mailbox.html", with_pages(page))


@require_safe
def mail(request, pk):
    """One mail, as text."""
    if not settings.PORTAL_DEMO:
        raise Http404
    row = get_object_or_404(mailbox_of_demo(request.user), pk=pk)
    return render(request, "accounts/mail.html", {"mail": row})
