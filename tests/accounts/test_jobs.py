"""Long work: done once, shown, stopped, taken up again, its file only for its owner."""

from datetime import timedelta

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import jobs, tasks
from accounts.enums import JobState
from accounts.models import IdempotencyKey, Job, Outbox
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args=(), **kw: calls.append((name, args))
    )
    return calls


@pytest.fixture
def job():
    return jobs.request("some.task", owner=UserFactory(), params={"year": 2026})


def content(job):
    with job.file.open() as file:
        return file.read()


def went_silent(job):
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, touched_at=timezone.now() - jobs.LEASE
    )


def test_a_request_calls_its_task_with_its_key(
    sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.request("some.task", owner=UserFactory(), language="fr")
    assert sent == [("some.task", (str(job.pk),))]


def test_work_shows_how_far_it_is_and_leaves_its_file(job):
    with jobs.run(job.pk) as run:
        run.advance(3, of=10)
        job.refresh_from_db()
        assert (job.state, job.done_count, job.total_count) == ("running", 3, 10)
        run.finish(b"content", name="list.csv")
    job.refresh_from_db()
    assert (job.state, job.file_name) == (JobState.DONE, "list.csv")
    assert content(job) == b"content"
    assert job.expires_at > timezone.now() + timedelta(days=6)
    assert Outbox.objects.get().recipient == job.owner


def test_a_job_done_is_not_done_again(job):
    with jobs.run(job.pk) as run:
        run.finish()
    with jobs.run(job.pk) as again:
        assert again is None


def test_a_job_in_hand_is_left_alone(job):
    with jobs.run(job.pk), jobs.run(job.pk) as other:
        assert other is None


def test_a_silent_worker_loses_its_job(job):
    with jobs.run(job.pk) as first:
        went_silent(job)
        with jobs.run(job.pk) as second:
            second.finish(b"second", name="a.csv")
        with pytest.raises(jobs.Stopped):
            first.finish(b"first", name="a.csv")
    job.refresh_from_db()
    assert content(job) == b"second"
    assert len(job.file.storage.listdir("jobs")[1]) == 1


def test_an_error_leaves_the_work_to_a_later_attempt(job):
    def fail():
        with jobs.run(job.pk):
            raise ValueError("a name that must not be kept")

    for attempts, state in [(1, "waiting"), (2, "waiting"), (3, "failed")]:
        with pytest.raises(ValueError, match="name"):
            fail()
        job.refresh_from_db()
        assert (job.attempts, job.state) == (attempts, state)
    assert job.error == "ValueError"
    assert job.finished_at


def test_a_job_that_kills_its_workers_is_given_up(job):
    Job.objects.update(attempts=Job.MAX_ATTEMPTS)
    went_silent(job)
    with jobs.run(job.pk) as run:
        assert run is None
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_its_owner_stops_it(job):
    with jobs.run(job.pk) as run:
        assert jobs.stop(job)
        run.advance(1)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not jobs.stop(job)


def test_the_sweep_calls_again_what_nobody_heard(
    job, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert sent == []
    Job.objects.update(touched_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert sent == [("some.task", (str(job.pk),))]


def test_housekeeping_forgets_what_has_had_its_time(job):
    with jobs.run(job.pk) as run:
        run.finish(b"content", name="list.csv")
    job.refresh_from_db()
    stored = job.file.name
    IdempotencyKey.objects.create(user=job.owner, key=job.pk, path="/")
    assert tasks.housekeeping() == {"keys": 0, "files": 0, "orphans": 0}
    Job.objects.update(expires_at=timezone.now())
    old = timezone.now() - timedelta(days=7, seconds=1)
    IdempotencyKey.objects.update(created_at=old)
    assert tasks.housekeeping() == {"keys": 1, "files": 1, "orphans": 0}
    assert not job.file.storage.exists(stored)


def test_housekeeping_removes_files_that_no_row_points_to(job, monkeypatch):
    storage = Job.file.field.storage
    storage.save("jobs/lost.csv", ContentFile(b"x"))
    assert tasks.housekeeping()["orphans"] == 0
    monkeypatch.setattr(tasks, "ORPHANS_AFTER", timedelta(0))
    assert tasks.housekeeping()["orphans"] == 1
    assert not storage.exists("jobs/lost.csv")
