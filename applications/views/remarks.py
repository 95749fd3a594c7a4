"""Remarks of the delegation, each with the form of its answer."""

from applications.forms.submission import AnswerForm
from applications.programmes import get_rules


def answer_prefix(remark) -> str:
    return f"remark-{remark.pk}"


def with_forms(file, remarks, *, failed=None) -> None:
    """Sets ``form`` and ``section_title``; ``failed``: a form to show again, by key."""
    titles = {s.code: s.title for s in get_rules(file.programme).sections}
    for remark in remarks:
        remark.section_title = titles.get(remark.section, "")
        remark.form = (failed or {}).get(remark.pk) or AnswerForm(
            prefix=answer_prefix(remark), initial={"answer": remark.answer}
        )
