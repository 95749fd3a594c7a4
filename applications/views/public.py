"""What everybody may read: calls, their conditions, the check of a letter, notices."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.enums import State
from applications.forms.public import CheckForm
from applications.models import Call, Letter
from applications.views.calendar import calendar_of
from applications.views.rates import rate_table
from institutions.models import UpdateRound

# Unknown codes that one address may try; a shared office types a few wrong ones a day.
MISSES_ALLOWED = 30
MISSES_SECONDS = 600


@login_not_required
@require_safe
def home(request):
    now = timezone.now()
    calls = list(Call.objects.published().order_by("closes_at")[:12])
    rounds = {
        round_.year: round_
        for round_ in UpdateRound.objects.filter(year__in={c.year for c in calls})
    }
    for call in calls:
        call.calendar = calendar_of(call, rounds.get(call.year))
    context = {
        "open_calls": [call for call in calls if call.is_open(now)],
        "coming_calls": [call for call in calls if call.opens_at > now],
        "closed_calls": [call for call in reversed(calls) if call.closes_at < now],
        "check_form": CheckForm(),
    }
    return render(request, "applications/public/home.html", context)


@login_not_required
@require_safe
def call_page(request, pk):
    row = get_object_or_404(Call.objects.visible_to(request.user), pk=pk)
    round_ = UpdateRound.objects.filter(year=row.year).first()
    context = {
        "call": row,
        "calendar": calendar_of(row, round_),
        "is_open": row.is_open(),
        "is_coming": row.opens_at > timezone.now(),
        "criteria": row.criteria.all(),
        "documents": row.documents.select_related("type"),
        "rates": rate_table(row),
        "shares": row.instalment_shares.all(),
    }
    return render(request, "applications/public/call.html", context)


@login_not_required
@require_safe
def verify(request):
    """Type the code of a letter; a good one leads to its page."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("applications:check", form.cleaned_data["code"])
    return render(request, "applications/public/verify.html", {"form": form})


@login_not_required
@require_safe
def check(request, token):
    """Number, kind, date and print of a letter: never who it is about (decision 10)."""
    if too_many_misses(request):
        return render(request, "applications/public/check.html", status=429)
    letter = (
        Letter.objects.filter(token=token, made_at__isnull=False)
        .select_related("application")
        .first()
    )
    if letter is None:
        count_miss(request)
        return render(request, "applications/public/check.html", status=404)
    file = letter.application
    context = {
        "letter": letter,
        "file": file,
        "is_granted": file.state == State.APPROVED if file.is_published else None,
    }
    return render(request, "applications/public/check.html", context)


@login_not_required
@require_safe
def accessibility(request):
    return render(request, "applications/public/accessibility.html")


@login_not_required
@require_safe
def personal_data(request):
    return render(request, "applications/public/personal_data.html")


def _misses_key(request) -> str:
    return f"check-misses:{request.META.get('REMOTE_ADDR', '')}"


def too_many_misses(request) -> bool:
    return cache.get(_misses_key(request), 0) >= MISSES_ALLOWED


def count_miss(request) -> None:
    key = _misses_key(request)
    cache.add(key, 0, MISSES_SECONDS)
    cache.incr(key)
