"""The staff site: Django's admin, with our own door, home, menu and search."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from applications import badges, lookup, waiting

# The menu follows the work, not the rooms of the code (design, section 7).
MENU = (
    (
        "work",
        _("Work"),
        (
            "applications.application",
            "applications.sitting",
            "institutions.annualupdate",
            "institutions.recordfinding",
            "institutions.joinrequest",
        ),
    ),
    (
        "record",
        _("Record"),
        (
            "institutions.association",
            "institutions.institution",
            "institutions.centre",
            "institutions.child",
            "institutions.enrolment",
            "institutions.staffmember",
            "institutions.headcount",
            "institutions.unmetrequests",
            "institutions.staffcount",
            "institutions.accountline",
            "institutions.seasoncount",
            "institutions.fundingline",
            "institutions.functioncount",
            "institutions.document",
        ),
    ),
    (
        "results",
        _("Results"),
        (
            "applications.award",
            "applications.instalment",
            "applications.settlement",
        ),
    ),
    (
        "settings",
        _("Settings"),
        (
            "applications.call",
            "applications.envelope",
            "institutions.updateround",
            "institutions.documenttype",
            "applications.latecode",
            "applications.holiday",
            "accounts.user",
            "accounts.accesslog",
            "territories.region",
            "territories.delegation",
            "territories.commune",
        ),
    ),
)


class StaffSite(AdminSite):
    """One site for every officer; what each sees is ``accounts.policies``' answer."""

    site_title = _("Entraide Nationale")
    site_header = _("Entraide Nationale")
    index_title = _("Waiting for me")
    enable_nav_sidebar = True
    index_template = "admin/index.html"

    def get_urls(self):
        return [
            path("waiting/", self.admin_view(self.index), name="applications_waiting"),
            path("search/", self.admin_view(self.search), name="search"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request, extra_context=None):
        """The portal's own sign-in page serves everybody; members stay outside."""
        if request.user.is_authenticated and not self.has_permission(request):
            messages.info(request, _("These pages are for the staff."))
            return redirect("home")
        wanted = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")

    def password_change(self, request, extra_context=None):
        """One page for everybody, with one set of rules."""
        return redirect("account_change_password")

    def index(self, request, extra_context=None):
        """*Waiting for me*: counters, then the chosen queue, oldest first."""
        user = request.user
        queues = waiting.queues(user)
        wanted = request.GET.get("list")
        chosen = next((q for q in queues if q.code == wanted), None)
        context = {
            **self.each_context(request),
            "title": self.index_title if queues else _("Home"),
            "queues": queues,
            "queue": chosen or waiting.first_with_work(queues),
            "waiting_total": sum(queue.count for queue in queues if queue.is_own),
            "returned": waiting.returned(user),
            "drafts": waiting.draft_count(user),
            "jobs": waiting.jobs(user),
            "envelopes": waiting.envelopes(user),
            "round": waiting.latest_round(user),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.index_template, context)

    def search(self, request):
        """A file by its number, an association or an institution by its name."""
        typed = request.GET.get("q", "").strip()[:100]
        found = lookup.find(request.user, typed)
        badges.dress(found.files)
        exact = found.only_file
        if exact:
            return redirect("admin:applications_application_change", exact.pk)
        context = {
            **self.each_context(request),
            "title": _("Search"),
            "typed": typed,
            "found": found,
        }
        return TemplateResponse(request, "admin/applications/search.html", context)

    def get_app_list(self, request, app_label=None):
        """The menu by work; an address of one app keeps Django's own list."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        models = {
            f"{app['app_label']}.{model['object_name'].lower()}": model
            for app in self._build_app_dict(request).values()
            for model in app["models"]
        }
        groups = [
            self._group(code, label, [models.pop(name, None) for name in names])
            for code, label, names in MENU
        ]
        rest = sorted(models.values(), key=lambda model: str(model["name"]).lower())
        groups.append(self._group("other", _("Other"), rest))
        groups[0]["models"].insert(0, self._home_entry(request.user))
        self._add_exports(request, groups)
        mark_current(groups, request.path)
        return [group for group in groups if group["models"]]

    @staticmethod
    def _group(code, label, models):
        return {
            "name": label,
            "app_label": code,
            "app_url": "",
            "has_module_perms": True,
            "models": [model for model in models if model],
        }

    def _home_entry(self, user):
        """Those who only read have nothing that waits for them."""
        name = self.index_title if user.role in waiting.QUEUES else _("Home")
        return page_entry("waiting", name, reverse("admin:index"))

    @staticmethod
    def _add_exports(request, groups):
        """The yearly list, for those whom the table of policies lets export."""
        if request.user.has_perm("applications.export_application"):
            url = reverse("admin:applications_application_export")
            groups[2]["models"].append(page_entry("export", _("Yearly list"), url))


def page_entry(code, name, url):
    """A page of ours in the menu, in the shape Django gives to models."""
    return {
        "name": name,
        "object_name": code,
        "perms": {"view": True},
        "admin_url": url,
        "add_url": None,
        "view_only": True,
    }


def mark_current(groups, path):
    """The page being read, or the list it belongs to; the home only itself."""
    home = reverse("admin:index")
    for group in groups:
        for model in group["models"]:
            url = model["admin_url"] or ""
            inside = url and url != home and path.startswith(url)
            model["is_current"] = bool(inside) or path == url
