"""Addresses of the process: public pages, then the association's portal."""

from django.urls import path

from applications.views import (
    documents,
    home,
    on_behalf,
    portal,
    public,
    sections,
    submission,
)

app_name = "applications"

# Named without a namespace: every page leads to them.
public_patterns = [
    path("", public.home, name="public_home"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("personal-data/", public.personal_data, name="personal_data"),
]

urlpatterns = [
    path("calls/<int:pk>/", public.call_page, name="call"),
    path("check/", public.verify, name="verify"),
    path("check/<str:token>/", public.check, name="check"),
    path("now/", home.home, name="home"),
    path("calls/<int:pk>/apply/", portal.start, name="start"),
    path("files/", portal.application_list, name="list"),
    path("files/on-behalf/<int:pk>/", on_behalf.begin, name="on_behalf"),
    path("files/<int:pk>/", portal.detail, name="detail"),
    path("files/<int:pk>/check/", submission.check_answers, name="check_answers"),
    path("files/<int:pk>/submit/", submission.submit, name="submit"),
    path("files/<int:pk>/receipt/", submission.receipt, name="receipt"),
    path("files/<int:pk>/withdraw/", submission.withdraw, name="withdraw"),
    path("files/<int:pk>/decision/", portal.decision, name="decision"),
    path("files/<int:pk>/upload/", documents.upload, name="upload"),
    path("files/<int:pk>/attach/", documents.attach, name="attach"),
    path(
        "files/<int:pk>/certification/",
        on_behalf.certification,
        name="certification",
    ),
    path("files/<int:pk>/part/<slug:code>/", sections.section, name="section"),
    path("attachments/<int:pk>/detach/", documents.detach, name="detach"),
    path("remarks/<int:pk>/answer/", submission.answer, name="answer"),
    path("letters/<int:pk>/", portal.letter, name="letter"),
]
