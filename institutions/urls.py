"""Addresses of the record, under ``my/``."""

from django.urls import path

from institutions import views

app_name = "institutions"
urlpatterns = [
    path("association/", views.choose, name="choose"),
    path("record/", views.record, name="record"),
    path("update/", views.overview, name="update"),
    path("update/begin/", views.begin, name="update_begin"),
    path("update/confirm/", views.confirm, name="update_confirm"),
    path("update/years/", views.years, name="update_years"),
    path("update/years/print/", views.years_print, name="update_years_print"),
    path("on-behalf/<int:pk>/", views.on_behalf.enter, name="on_behalf"),
    path("on-behalf/stop/", views.on_behalf.stop, name="on_behalf_stop"),
    path("update/<slug:code>/<int:unit>/", views.section, name="update_section"),
    path(
        "update/<slug:code>/<int:unit>/change/",
        views.section_change,
        name="update_change",
    ),
    path("centres/<int:centre>/children/", views.child_list, name="children"),
    path("centres/<int:centre>/children/add/", views.child_edit, name="child_add"),
    path("centres/<int:centre>/children/set/", views.child_bulk, name="child_bulk"),
    path(
        "centres/<int:centre>/children/take-off/",
        views.child_bulk_off,
        name="child_bulk_off",
    ),
    path("centres/<int:centre>/children/<int:pk>/", views.child_edit, name="child"),
    path("children/<int:pk>/remove/", views.child_remove, name="child_remove"),
    path("centres/<int:centre>/staff/", views.staff_list, name="staff"),
    path("centres/<int:centre>/staff/add/", views.staff_edit, name="staff_add"),
    path("centres/<int:centre>/staff/set/", views.staff_bulk, name="staff_bulk"),
    path(
        "centres/<int:centre>/staff/take-off/",
        views.staff_bulk_off,
        name="staff_bulk_off",
    ),
    path("centres/<int:centre>/staff/<int:pk>/", views.staff_edit, name="staff_member"),
    path("staff/<int:pk>/remove/", views.staff_remove, name="staff_remove"),
    path("readings/", views.readings, name="readings"),
    path("centres/<int:centre>/sheets/<slug:kind>/", views.sheet, name="sheet"),
    path(
        "centres/<int:centre>/sheets/<slug:kind>/file/",
        views.sheet_template,
        name="sheet_template",
    ),
    path("sheets/<int:pk>/", views.sheet_import, name="sheet_import"),
    path("sheets/<int:pk>/save/", views.sheet_save, name="sheet_save"),
    path("sheets/<int:pk>/again/", views.sheet_again, name="sheet_again"),
    path("sheets/<int:pk>/cancel/", views.sheet_cancel, name="sheet_cancel"),
    path("sheets/<int:pk>/marked/", views.sheet_marked, name="sheet_marked"),
    path("members/", views.member_list, name="members"),
    path("members/president/", views.new_president, name="succession"),
    path("members/<int:pk>/role/", views.member_role, name="member_role"),
    path("members/<int:pk>/end/", views.member_end, name="member_end"),
    path(
        "invitations/<int:pk>/resend/",
        views.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "invitations/<int:pk>/revoke/",
        views.invitation_revoke,
        name="invitation_revoke",
    ),
    path("documents/", views.document_list, name="documents"),
    path(
        "documents/add/<slug:code>/<int:unit>/",
        views.document_upload,
        name="document_upload",
    ),
    path(
        "documents/of/<slug:level>/<int:unit>/", views.documents_of, name="documents_of"
    ),
    path(
        "documents/people/<slug:level>/",
        views.documents_people,
        name="documents_people",
    ),
    path("documents/<int:pk>/", views.document_file, name="document"),
    path(
        "documents/<int:pk>/preview/", views.document_preview, name="document_preview"
    ),
    path("documents/<int:pk>/dates/", views.document_dates, name="document_dates"),
    path(
        "documents/<int:pk>/still-valid/",
        views.document_still_valid,
        name="document_still_valid",
    ),
    path(
        "documents/<int:pk>/take-back/",
        views.document_take_back,
        name="document_take_back",
    ),
]
