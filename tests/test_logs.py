"""Lines of the logs: what they carry, and the personal data they do not."""

import io
import json
import logging
import tempfile
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.db import IntegrityError
from django.urls import reverse

from accounts import outbox
from accounts.models import User
from entraide.logs import formatter
from tests.accounts import worker as machines
from tests.factories import MemberFactory

VISITOR = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "Curious/1.0"}


class Lines(io.StringIO):
    def all(self):
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def named(self, event):
        return [line for line in self.all() if line["event"] == event]


@pytest.fixture
def lines():
    """What a server writes, as JSON."""
    stream = Lines()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(is_plain=False))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.django_db
def test_a_request_leaves_its_id_and_account_and_nothing_about_the_person(
    client, lines
):
    user = MemberFactory()
    client.force_login(user)
    client.get(reverse("accounts:notices"), {"q": "fatima"}, **VISITOR)
    (begun,), (ended,) = map(lines.named, ("request_started", "request_finished"))
    assert begun["request_id"] == ended["request_id"]
    assert (ended["user_id"], ended["code"]) == (user.pk, 200)
    assert ended["request"] == f"GET {reverse('accounts:notices')}"
    assert set(begun) == {
        *("event", "logger", "level", "timestamp"),
        *("request", "request_id", "user_id"),
    }
    written = lines.getvalue()
    for said in ("fatima", "203.0.113.7", "Curious", user.email):
        assert said not in written


@pytest.mark.django_db
def test_each_request_has_an_id_of_its_own(client, lines):
    for _ in range(2):
        client.get("/healthz")
    assert len({line["request_id"] for line in lines.all()}) == 2


@pytest.mark.django_db
def test_the_link_of_a_new_password_is_not_written(client, lines):
    key = "1a-cz3k7f-0123456789abcdef0123456789abcdef"
    path = reverse("account_reset_password_from_key", args=["1a", key[3:]])
    assert key in path
    client.get(path)
    assert lines.all()
    assert "0123456789abcdef" not in lines.getvalue()
    assert path.replace(key, "<link>") in lines.named("request_finished")[0]["request"]


@pytest.mark.django_db
def test_a_failure_is_told_without_the_row_the_database_quotes(lines):
    user = MemberFactory()
    try:
        User.objects.filter(pk=MemberFactory().pk).update(email=user.email)
    except IntegrityError:
        logging.getLogger("any").exception("not saved for %s", user.email)
    (line,) = lines.all()
    assert line["event"] == "not saved for <e-mail>"
    assert "IntegrityError" in line["exception"]
    assert user.email not in lines.getvalue()
    assert "already exists" not in line["exception"]


def test_lines_of_the_demonstration_are_plain():
    record = logging.LogRecord("any", logging.INFO, "", 1, "told %s", ("it",), None)
    line = formatter(is_plain=True).format(record)
    assert "told it" in line
    assert not line.startswith("{")
    assert "\x1b" not in line


def test_servers_are_told_to_write_no_lines_of_their_own():
    root = Path(django_settings.BASE_DIR)
    for name in ("Dockerfile", "docker-compose.yml", "entraide/launcher/portal.py"):
        assert "access-logfile" not in (root / name).read_text()


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_the_id_of_a_request_follows_into_the_task_it_wakes(client, lines, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="en-") as folder:
        server, url = machines.broker(Path(folder))
        monkeypatch.setenv("CELERY_BROKER_URL", url)
        caller = Celery("caller", broker=url, set_as_current=False)
        monkeypatch.setattr(outbox, "current_app", caller)
        machine = None
        try:
            form = {"email": MemberFactory().email}
            client.post(reverse("account_reset_password"), form)
            (ended,) = lines.named("request_finished")
            machine = machines.worker(
                url, EMAIL_BACKEND="accounts.mailbox.MailboxBackend"
            )
            machines.wait_for(lambda: "task_succeeded" in machine.log.read_text())
            written = machine.log.read_text().splitlines()
            begun = [line for line in written if "task_started" in line]
            assert [f"request_id={ended['request_id']}" in line for line in begun] == [
                True
            ]
            assert "task=accounts.tasks.deliver" in begun[0]
            assert form["email"] not in "".join(written)
        finally:
            if machine:
                machine.kill()
            server.kill()
            caller.close()
