"""The page of components: every piece of the look, in the language of the address.

For whoever builds pages; open in the demo and while developing, absent elsewhere. Its
texts are samples, so that they stand here in both languages and not in the catalogue.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language

from accounts.portal_forms import PortalForm, name_the_empty_choice
from entraide.templatetags.ui import money, number

WORDS = {
    "ar": {
        "institution": "دار الطالبة أزود",
        "association": "جمعية أزود للتنمية والتضامن",
        "over": "طلب الدعم برسم سنة 2027",
        "beneficiaries": "المستفيدات والمستفيدون",
        "lead": "الأعداد المسجلة فعليا إلى غاية 31 أكتوبر.",
        "full": "الخدمات الكلية",
        "partial": "الخدمات الجزئية",
        "total": "المبلغ المحتسب (درهم)",
        "draft": "مسودة",
        "verified": "مطابق",
        "soon": "بقي 5 أيام",
        "stopped": "الصرف متوقف",
        "yours": "على المندوبية دراسته",
        "sentence": "على المندوبية دراسة الملف قبل 20 دجنبر 2026.",
        "remark": "المرجو بيان ما أُنجز من إصلاح السقف.",
        "building": "حالة البناية",
        "before": "بعض علامات التدهور",
        "keep": "لا تغيير",
        "change": "تعديل",
        "document": "محضر لجنة التدبير",
        "missing": "ناقصة",
        "hint": "ملف PDF أو صورة، 10 ميغابايت على الأكثر",
        "next": "أتمّوا الطلب وأرسلوه",
        "go": "متابعة الطلب",
    },
    "fr": {
        "institution": "Dar Taliba Azoud",
        "association": "Association Azoud pour le développement et la solidarité",
        "over": "Demande de soutien au titre de l’année 2027",
        "beneficiaries": "Bénéficiaires",
        "lead": "Effectifs réellement inscrits au 31 octobre.",
        "full": "Services complets",
        "partial": "Services partiels",
        "total": "Montant calculé (MAD)",
        "draft": "Brouillon",
        "verified": "Conforme",
        "soon": "Encore 5 jours",
        "stopped": "Versement arrêté",
        "yours": "À étudier par la délégation",
        "sentence": "La délégation étudie le dossier avant le 20 décembre 2026.",
        "remark": "Merci d’indiquer les réparations faites sur la toiture.",
        "building": "État du bâtiment",
        "before": "Quelques signes de dégradation",
        "keep": "Sans changement",
        "change": "Modifier",
        "document": "Procès-verbal du comité de gestion",
        "missing": "Manquante",
        "hint": "Fichier PDF ou image, 10 Mo au plus",
        "next": "Terminez la demande et envoyez-la",
        "go": "Continuer la demande",
    },
}


class SampleForm(PortalForm, forms.Form):
    answer = forms.ChoiceField(widget=forms.RadioSelect)
    name = forms.CharField()
    amount = forms.DecimalField(max_digits=10, decimal_places=2)
    count = forms.IntegerField(required=False)
    rib = forms.CharField(label="RIB")
    opened_on = forms.DateField()
    state = forms.ChoiceField(required=False)
    note = forms.CharField(widget=forms.Textarea({"rows": 3}), required=False)
    agree = forms.BooleanField()

    def __init__(self, *args, words, **kwargs):
        super().__init__(*args, **kwargs)
        answer, state = (
            cast(Any, self.fields["answer"]),
            cast(Any, self.fields["state"]),
        )
        answer.choices = [("unchanged", words["keep"]), ("changed", words["change"])]
        state.choices = [("", "---------"), ("a", words["verified"])]
        name_the_empty_choice(state)
        for field, word in {
            "name": "institution", "amount": "total", "count": "full",
            "opened_on": "soon", "state": "building", "note": "remark",
            "agree": "sentence", "answer": "building",
        }.items():  # fmt: skip
            self.fields[field].label = words[word]


def steps(words, now):
    day = timedelta(days=1)
    return [
        {"title": words["draft"], "at": now - 20 * day, "state": "done"},
        {"title": words["yours"], "at": now, "state": "now", "note": words["sentence"]},
        {"title": words["verified"], "when": words["soon"], "state": "next"},
    ]


def product(count, rate):
    return format_html("{} × {}", number(count), money(rate))


def figures(words):
    return {
        "lines": [
            {"label": words["full"], "note": product(64, 1800), "amount": 115200},
            {"label": words["partial"], "note": product(12, 1100), "amount": 13200},
        ],
        "total": Decimal("128400"),
        "rows": [
            {"label": words["full"], "before": 73, "after": 86, "difference": 13},
            {"label": words["building"], "before": words["before"], "after": "—"},
        ],
        "facts": [
            {"label": words["full"], "value": 86},
            {"label": words["partial"], "value": 12},
        ],
    }


@login_not_required
def components(request):
    if not (settings.PORTAL_DEMO or settings.DEBUG):
        raise Http404
    words = WORDS[get_language() if get_language() in WORDS else "ar"]
    now = timezone.now()
    messages.success(request, words["sentence"])
    context = {
        "words": words,
        "now": now,
        "form": SampleForm({"amount": "12a", "count": "١٢"}, words=words),
        "fresh": SampleForm(words=words),
        "remark": {"text": words["remark"], "at": now, "author": "", "answer": ""},
        "timeline": steps(words, now),
        "tabs": [
            {"label": words["full"], "url": "#", "count": 6, "current": True},
            {"label": words["partial"], "url": "#", "count": 17, "current": False},
        ],
        **figures(words),
    }
    return render(request, "components_page.html", context)
