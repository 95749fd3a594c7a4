"""Writes ``docs/workflow.md`` from the tables of moves; a test checks it is current."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from applications.enums import State
from applications.workflow import (
    PUBLISH,
    SITTING_TRANSITIONS,
    START,
    TRANSITIONS,
    Manner,
    Transition,
)

PATH = Path(settings.BASE_DIR) / "docs" / "workflow.md"
MANNERS = {
    Manner.OWN: "{who}",
    Manner.DEPUTY: "{who} (deputy)",
    Manner.ON_BEHALF: "{who} (on behalf)",
}
HEAD = """# The life of an application

Written by `./run manage workflow_docs` from `applications/workflow/`; do not edit.

Every move locks the row within what the actor may see, then checks role, version of the
page, state and conditions; it writes one immutable event, and the letters and notices
that follow as rows of the same transaction. Out of scope: 404. Wrong role: 403. A stale
page is told so, and nothing is overwritten.

*Deputy*: the coordination acts for a delegation of its region; the event names both.
*On behalf*: the delegation fills the file of an association; its manager certifies on
line, or signs the printed summary, which is attached. *Published* is not a state but a
date: until the sitting is validated, the association reads `recommended` where staff
read `approved` or `refused`.
"""
SEEN = "`recommended`, until published"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Only say whether the page is current."
        )

    def handle(self, *args, check, **options):
        text = page()
        if not check:
            PATH.parent.mkdir(exist_ok=True)
            PATH.write_text(text, encoding="utf-8")
            self.stdout.write(f"{len(TRANSITIONS) + 2} moves written.")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
            raise CommandError("docs/workflow.md is not current: run workflow_docs.")


def page() -> str:
    with translation.override("en"):
        return "\n".join(
            [HEAD, "## States\n", _states(), "\n## Moves\n", _moves(), *_sittings()]
        )


def _states() -> str:
    rows = [
        [f"`{state}`", state.label, SEEN if state in PUBLISH.sources else f"`{state}`"]
        for state in State
    ]
    return _table(["State", "Meaning", "As the association reads it"], rows)


def _moves() -> str:
    rows = [START, *TRANSITIONS.values(), PUBLISH]
    heads = ["Move", "From", "To", "By", "Needs"]
    return _table(heads, [_move(row) for row in rows])


def _move(row: Transition) -> list[str]:
    sources = [f"`{state}`" for state in State if state in row.sources]
    needs = [str(row.needs)] if row.needs else []
    needs += ["a reason"] if row.needs_reason else []
    return [
        f"`{row.name}`",
        ", ".join(sources) or "—",
        f"`{row.target}`" if row.target else "the same",
        ", ".join(MANNERS[how].format(who=who) for who, how in row.by.items()),
        "; ".join(needs) or "—",
    ]


def _sittings() -> Iterable[str]:
    rows = [
        [
            f"`{row.name}`",
            f"`{row.source}`",
            f"`{row.target}`",
            ", ".join(sorted(row.roles)),
            "; ".join([str(row.needs), *(["a reason"] if row.needs_reason else [])]),
        ]
        for row in SITTING_TRANSITIONS.values()
    ]
    yield "\n## Sittings\n"
    yield _table(["Move", "From", "To", "By", "Needs"], rows) + "\n"


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
