"""What each role may do in the staff site: the one table (decision 5).

Rows are models, columns roles, cells the letters ``v`` view, ``a`` add, ``c`` change,
``e`` export, ``i`` import. What is absent is refused; nothing is ever deleted. Scope is
not here: ``visible_to`` says which rows, this table says what may be done with them.
"""

from accounts.enums import Role

ACTIONS = {"view": "v", "add": "a", "change": "c", "export": "e", "import": "i"}

D, R, C = Role.DELEGATE, Role.COORDINATOR, Role.CENTRAL
N, A = Role.INSPECTOR, Role.ADMINISTRATOR
READ_ALL = {D: "ve", R: "ve", C: "ve", N: "ve"}
# Row by row they are read only (admin/figures.py); sheets add and change.
FIGURES = {D: "vacei", R: "ve", C: "vcei", N: "ve"}
CALL_PART = {D: "v", R: "v", C: "vac", N: "v"}

POLICIES: dict[str, dict[Role, str]] = {
    "territories.region": {D: "v", R: "v", C: "v", N: "v", A: "v"},
    "territories.delegation": {D: "v", R: "v", C: "v", N: "v", A: "v"},
    "territories.commune": {D: "v", R: "v", C: "v", N: "v", A: "v"},
    "accounts.user": {A: "vac"},
    "accounts.outbox": {},
    "accounts.job": {},
    "accounts.mail": {},
    "accounts.accesslog": {N: "ve", A: "v"},
    "institutions.association": {D: "vacei", R: "ve", C: "vcei", N: "ve"},
    "institutions.boardmember": {D: "vac", R: "v", C: "v", N: "v"},
    "institutions.membership": {D: "vac", R: "v", C: "vac", N: "v"},
    "institutions.joinrequest": {D: "vc", R: "vc", C: "vc", N: "v"},
    "institutions.institution": {D: "vacei", R: "ve", C: "vcei", N: "ve"},
    "institutions.centre": {D: "vacei", R: "ve", C: "vcei", N: "ve"},
    "institutions.child": READ_ALL,
    "institutions.enrolment": READ_ALL,
    "institutions.staffmember": READ_ALL,
    "institutions.headcount": FIGURES,
    "institutions.staffcount": FIGURES,
    "institutions.accountline": FIGURES,
    "institutions.unmetrequests": FIGURES,
    "institutions.seasoncount": FIGURES,
    "institutions.fundingline": FIGURES,
    "institutions.functioncount": FIGURES,
    "institutions.document": {D: "v", R: "v", C: "v", N: "v"},
    "institutions.documenttype": {D: "v", R: "v", C: "vac", N: "v"},
    "institutions.updateround": {D: "v", R: "v", C: "vac", N: "v"},
    "institutions.annualupdate": READ_ALL,
    "institutions.recordfinding": {D: "vce", R: "vce", C: "ve", N: "ve"},
    "applications.call": CALL_PART,
    "applications.calldocument": CALL_PART,
    "applications.criterion": CALL_PART,
    "applications.epsrate": CALL_PART,
    "applications.schoolingrate": CALL_PART,
    "applications.findinglevel": CALL_PART,
    "applications.instalmentshare": CALL_PART,
    "applications.latecode": {R: "v", C: "vac", N: "v"},
    "applications.holiday": {C: "vac"},
    "applications.application": READ_ALL,
    "applications.envelope": {R: "v", C: "vac", N: "v"},
    "applications.sitting": {R: "va", C: "v", N: "v"},
    "applications.award": {D: "v", R: "ve", C: "vacei", N: "ve"},
    "applications.instalment": {D: "v", R: "v", C: "vacei", N: "v"},
    "applications.settlement": {D: "v", R: "v", C: "vacei", N: "v"},
}


def may(role: str, action: str, model_label: str) -> bool:
    """Whether ``role`` may do ``action`` (view, add …) on ``app.model``."""
    letters = POLICIES.get(model_label.lower(), {}).get(Role(role), "")
    return action in ACTIONS and ACTIONS[action] in letters


def has_permission(role: str, perm: str) -> bool:
    """Django's ``app.action_model`` names, read in the table above."""
    app_label, _, codename = perm.partition(".")
    action, _, model = codename.partition("_")
    return may(role, action, f"{app_label}.{model}")


def has_module(role: str, app_label: str) -> bool:
    """Whether the role sees anything at all of an application."""
    return any(
        may(role, "view", label)
        for label in POLICIES
        if label.startswith(f"{app_label}.")
    )
