"""The steps of a file, each through the function that the portal itself calls."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from typing import Any
from unittest.mock import patch

from applications import budget, findings, workflow
from applications.demo.fates import File, Step
from applications.enums import BudgetHead, Opinion, SittingState
from applications.models import Application, Sitting

ZERO, HUNDRED = Decimal(0), Decimal(100)
SUBJECTS = {
    "eps": "دعم تسيير المؤسسة",
    "schooling": "دعم تحسين ظروف تمدرس الأطفال في وضعية إعاقة",
}
PURPOSES = (
    "تغطية مصاريف الإيواء والإطعام وأجور المستخدمين طيلة السنة، وتحسين جودة الخدمات.",
    "أداء أجور الأطر التربوية وشبه الطبية واقتناء المعدات الديداكتيكية.",
    "تسيير المؤسسة وتوفير التغذية والعلاجات الأولية والتتبع التربوي.",
)
BUDGET = {
    "eps": {
        BudgetHead.STAFF: 40,
        BudgetHead.MEALS: 38,
        BudgetHead.UTILITIES: 12,
        BudgetHead.SUPPLIES: 10,
    },
    "schooling": {
        BudgetHead.STAFF: 62,
        BudgetHead.CARE: 18,
        BudgetHead.TRANSPORT: 12,
        BudgetHead.SUPPLIES: 8,
    },
}
REMARKS = {
    "request": "المرجو توضيح الغرض من الدعم وذكر الشركاء الآخرين.",
    "budget": "المرجو تفصيل مصاريف المستخدمين حسب المهام.",
    "documents": "المرجو الإدلاء بالتقرير المالي موقعا من طرف أمين المال.",
}
ANSWERS = (
    "تم تصحيح المعطيات حسب ملاحظة المندوبية.",
    "تم التوضيح، والوثيقة المطلوبة مرفقة بالملف.",
)
OPINIONS = {
    Opinion.FAVOURABLE: (
        "مؤسسة تؤدي خدماتها بانتظام، والملف مستوف للشروط.",
        "زيارة ميدانية إيجابية، والتأطير كاف.",
    ),
    Opinion.RESERVED: ("الملف مستوف مع ضرورة تحسين التدبير المالي.",),
    Opinion.UNFAVOURABLE: ("عدد المستفيدين الفعلي أقل بكثير من المصرح به.",),
}
REFUSALS = (
    "المؤسسة لا تتوفر على الشروط المحددة في إعلان تلقي الطلبات.",
    "عدم تسوية الوضعية المالية للسنوات الماضية.",
)
NOTHING_LEFT = "استنفد الغلاف المالي المخصص للجهة برسم هذه السنة."
ASIDE = "تمت المعاينة من طرف المندوبية: الوضعية في طور التسوية."
# What of the computed maximum each opinion proposes, in per cent.
PROPOSED = {
    Opinion.FAVOURABLE: (78, 100),
    Opinion.RESERVED: (50, 70),
    Opinion.UNFAVOURABLE: (0, 0),
}


def start(file: File, random: Random) -> None:
    """Begun and filled; the demo draft and a few others only to the half."""
    association = file.record.association
    actor = file.delegate if file.fate.is_on_behalf else file.manager
    application = workflow.start(
        file.call.pk,
        actor=actor,
        association_pk=association.pk,
        institution_pk=file.institution.pk if file.institution else None,
    )
    file.pk = application.pk
    if not application.subject or file.fate.is_on_behalf:
        _save(file, "request", _request(file, random), actor=actor)
    if len(file.fate.steps) > 1:
        shares = _budget(file.call.programme, application.computed_amount)
        _save(file, "budget", shares, actor=actor)


def _request(file: File, random: Random) -> dict[str, str]:
    president = file.record.board[0]
    return {
        "subject": SUBJECTS[file.call.programme],
        "purpose": random.choice(PURPOSES),
        "contact_name": president.name,
        "contact_phone": str(president.phone),
    }


def _budget(programme: str, total: Decimal) -> dict[str, Decimal]:
    """Shares of the request that sum to it."""
    heads = BUDGET[programme]
    amounts = {
        head: (total * part / 100).quantize(HUNDRED) for head, part in heads.items()
    }
    first = next(iter(heads))
    amounts[first] += total - sum(amounts.values())
    return {str(head): amount for head, amount in amounts.items()}


def _save(file: File, section: str, cleaned: dict[str, Any], *, actor: Any) -> None:
    raw = {name: [str(value)] for name, value in cleaned.items()}
    workflow.save_section(
        file.pk, section, actor=actor, version=0, raw=raw, cleaned=cleaned
    )


def submit(file: File, random: Random) -> None:
    workflow.submit(
        file.pk, actor=file.manager, version=_row(file).version, certified=True
    )


def return_for_completion(file: File, random: Random) -> None:
    for section in random.sample(list(REMARKS), random.randint(1, 2)):
        workflow.save_remark(
            file.pk, actor=file.delegate, section=section, text=REMARKS[section]
        )
    workflow.return_for_completion(
        file.pk, actor=file.delegate, version=_row(file).version
    )


def answer(file: File, random: Random) -> None:
    application = _row(file)
    for remark in workflow.open_remarks(application):
        workflow.answer_remark(
            remark.pk, actor=file.manager, answer=random.choice(ANSWERS)
        )
    submit(file, random)


def as_is(file: File, random: Random) -> None:
    workflow.resubmit_as_is(file.pk)


@contextmanager
def checked_once(application: Application) -> Iterator[list[findings.Finding]]:
    """The findings of a file, which stay the same while its delegate answers them.

    Each answer would otherwise check the whole file again.
    """
    found = findings.check(application)
    with patch("applications.findings.check", return_value=found):
        yield found


def recommend(file: File, random: Random) -> None:
    application = _row(file)
    with checked_once(application) as found:
        _recommend(file, application, random, codes={item.code for item in found})


def _recommend(
    file: File, application: Application, random: Random, *, codes: set[str]
) -> None:
    """Scores, findings answered, opinion and amount."""
    opinion = Opinion(file.fate.opinion)
    least = 30 if opinion == Opinion.UNFAVOURABLE else 60
    points = {
        row.pk: row.max_score * random.randint(least, 98) // 100
        for row in file.call.criteria.all()
    }
    workflow.save_scores(file.pk, actor=file.delegate, points=points)
    answered = application.finding_answers.values_list("code", flat=True)
    for code in sorted(codes.difference(answered)):
        workflow.set_finding_aside(
            file.pk, actor=file.delegate, code=code, reason=ASIDE
        )
    share = random.randint(*PROPOSED[opinion])
    workflow.recommend(
        file.pk,
        actor=file.delegate,
        version=application.version,
        opinion=opinion,
        reason=random.choice(OPINIONS[opinion]),
        proposed_amount=_hundreds(application.computed_amount * share / 100),
    )


def _hundreds(amount: Decimal) -> Decimal:
    """Rounded down to hundreds, so that it stays under the maximum."""
    return (amount // HUNDRED * HUNDRED).quantize(Decimal("0.01"))


def send_back(file: File, random: Random) -> None:
    workflow.send_back(
        file.pk,
        actor=file.coordinator,
        version=_row(file).version,
        reason="المرجو تعليل المبلغ المقترح.",
    )


def approve(file: File, random: Random) -> None:
    """The proposed amount, or what is left of the envelope, or a refusal."""
    application = _row(file)
    left = _hundreds(budget.state(file.call, application.region_id).left)
    amount = min(application.proposed_amount or ZERO, left)
    if amount <= ZERO:
        _refuse(file, NOTHING_LEFT)
        return
    workflow.approve(
        file.pk,
        actor=file.coordinator,
        version=application.version,
        sitting_pk=_sitting(application).pk,
        amount=amount,
    )


def refuse(file: File, random: Random) -> None:
    _refuse(file, random.choice(REFUSALS))


def _refuse(file: File, reason: str) -> None:
    application = _row(file)
    workflow.refuse(
        file.pk,
        actor=file.coordinator,
        version=application.version,
        sitting_pk=_sitting(application).pk,
        reason=reason,
    )


def reconsider(file: File, random: Random) -> None:
    workflow.reconsider(
        file.pk,
        actor=file.coordinator,
        version=_row(file).version,
        reason="في انتظار تدقيق عدد المستفيدين.",
    )


def withdraw(file: File, random: Random) -> None:
    workflow.withdraw(
        file.pk,
        actor=file.manager,
        version=_row(file).version,
        reason="توقف نشاط المؤسسة لأشغال التأهيل.",
    )


def _row(file: File) -> Application:
    rows = Application.objects.select_related("call", "association", "institution")
    return rows.select_related("update__round").get(pk=file.pk)


def _sitting(application: Application) -> Sitting:
    return Sitting.objects.get(
        call=application.call_id,
        region=application.region_id,
        state=SittingState.OPEN,
    )


MOVES: dict[Step, Callable[[File, Random], None]] = {
    Step.START: start,
    Step.SUBMIT: submit,
    Step.RETURN: return_for_completion,
    Step.ANSWER: answer,
    Step.AS_IS: as_is,
    Step.RECOMMEND: recommend,
    Step.SEND_BACK: send_back,
    Step.APPROVE: approve,
    Step.REFUSE: refuse,
    Step.RECONSIDER: reconsider,
    Step.WITHDRAW: withdraw,
}
