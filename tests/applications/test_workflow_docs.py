import pytest
from django.core.management import CommandError, call_command

from applications.management.commands import workflow_docs


def test_the_page_of_the_workflow_is_current():
    call_command("workflow_docs", check=True)


def test_an_old_page_is_noticed(monkeypatch, tmp_path):
    old = tmp_path / "workflow.md"
    old.write_text("old")
    monkeypatch.setattr(workflow_docs, "PATH", old)
    with pytest.raises(CommandError):
        call_command("workflow_docs", check=True)
    call_command("workflow_docs")
    call_command("workflow_docs", check=True)
