"""``./run test``, ``check``, ``fix`` and ``messages``: what they run."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from entraide.launcher import machine
from entraide.launcher.database import Place
from entraide.launcher.machine import ROOT, Refusal, clean_environment, say

AUDIT_SECONDS = 120
# The same at every run, so that what is encrypted or hashed can be compared.
TEST_KEYS = {
    "SECRET_KEY": "tests-only-" * 6,
    "FIELD_KEYS": base64.urlsafe_b64encode(b"tests-only".ljust(32, b"-")).decode(),
    "HASH_KEY": "tests-only-" * 3,
}
# import-linter has no module to run.
LAYERS = "from importlinter.cli import lint_imports_command as lint; lint()"
# Servers that no check connects to.
NOWHERE = {
    "DATABASE_URL": "postgres://portal@127.0.0.1:9/portal",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}
# A server as docker-compose.yml would set it up.
PRODUCTION = NOWHERE | {
    "SECRET_KEY": base64.b85encode(bytes(range(64))).decode(),
    "FIELD_KEYS": TEST_KEYS["FIELD_KEYS"],
    "HASH_KEY": TEST_KEYS["HASH_KEY"],
    "ALLOWED_HOSTS": "portail.example.ma",
    "PORTAL_URL": "https://portail.example.ma",
    "PORTAL_DEMO": "0",
}


def test_variables(place: Place) -> dict[str, str]:
    """What tests find in their environment beside the servers."""
    return TEST_KEYS | {
        "DJANGO_SETTINGS_MODULE": "entraide.settings_test",
        "PORTAL_CHROMIUM": machine.browser(),
        "PORTAL_VENV": str(place.venv.folder),
    }


def pytest(place: Place, words: list[str], *, fast: bool) -> list[str]:
    """The whole suite on two processes; whoever names tests gets plain pytest."""
    argv = [str(place.venv.python), "-m", "pytest"]
    argv += ["-m", "not browser"] if fast else []
    if words:
        return argv + words
    argv += ["--numprocesses=2", "--dist=loadgroup"]
    return argv if fast else [*argv, "--cov", "--cov-report=term"]


def templates() -> list[str]:
    """The folders that hold templates."""
    rooms = [ROOT / "templates", *ROOT.glob("*/templates")]
    return [str(path.relative_to(ROOT)) for path in rooms if path.exists()]


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, program of the environment and its words, variables."""
    manage = "manage.py"
    plain = NOWHERE | TEST_KEYS | {"PORTAL_DEMO": "1", "ALLOWED_HOSTS": "localhost"}
    quiet = plain | {"PYTHONWARNINGS": "ignore::RuntimeWarning"}
    typed = plain | {"DJANGO_SETTINGS_MODULE": "entraide.settings_test"}
    migrations = [manage, "makemigrations", "--check", "--dry-run"]
    deploy = [manage, "check", "--deploy", "--fail-level=WARNING"]
    return [
        ("lint", ["-m", "ruff", "check", "."], {}),
        ("format", ["-m", "ruff", "format", "--check", "."], {}),
        ("templates", ["-m", "djlint", *templates(), "--lint", "--quiet"], {}),
        ("types", ["-m", "mypy", "."], typed),
        (
            "layers",
            ["-c", LAYERS],
            {},
        ),
        ("migrations", migrations, quiet),
        ("translations", [manage, "translations", "--check"], plain),
        ("settings", deploy, PRODUCTION),
        ("hooks", ["-m", "pre_commit", "validate-config"], {}),
    ]


def check(place: Place) -> int:
    """Runs every step, shows what failed, and ends by saying whether it audited."""
    failed = []
    for name, words, variables in steps():
        began = time.monotonic()
        done = run(place, words, variables)
        seconds = time.monotonic() - began
        say(f"{'FAILED' if done.returncode else 'ok':6} {name} ({seconds:.1f} s)")
        if done.returncode:
            failed.append(name)
            say(done.stdout.rstrip())
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    say("audited" if audit(place) else "not audited")
    return 1 if failed else 0


def run(
    place: Place, words: list[str], variables: dict[str, str], timeout: float = 900
) -> subprocess.CompletedProcess[str]:
    """A program of the Python environment, both its outputs as one text."""
    return subprocess.run(
        [str(place.venv.python), *words],
        env=clean_environment() | variables,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=timeout,
    )


def audit(place: Place) -> bool:
    """Asks for known vulnerabilities; False when nobody could be asked."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "audit.json"
        words = ["-m", "pip_audit", "--no-deps", "--disable-pip", "--timeout=15"]
        words += ["--progress-spinner=off", "--format=json", f"--output={report}"]
        words += ["-r", "requirements-dev.txt"]
        try:
            run(place, words, {}, timeout=AUDIT_SECONDS)
            audited = json.loads(report.read_text())["dependencies"]
        except (subprocess.TimeoutExpired, OSError, ValueError, KeyError):
            return False
    for package in audited:
        for found in package.get("vulns", []):
            fixed = ", ".join(found.get("fix_versions", [])) or "no release yet"
            name = f"{package['name']} {package['version']}"
            say(f"Known vulnerability in {name}: {found['id']} (mended in: {fixed})")
    return not any("skip_reason" in package for package in audited)


def fix(place: Place) -> int:
    """What the tools can mend by themselves."""
    python = str(place.venv.python)
    machine.run([python, "-m", "ruff", "format", "."])
    machine.run([python, "-m", "ruff", "check", "--fix", "--exit-zero", "."])
    return 0


def messages(place: Place) -> int:
    """Collects the texts of the sources and compiles the translations."""
    if not shutil.which("xgettext", path=os.environ.get("PATH")):
        raise Refusal(
            "Collecting texts needs GNU gettext: sudo apt-get install gettext."
        )
    variables = clean_environment() | NOWHERE | TEST_KEYS
    manage = [str(place.venv.python), "manage.py"]
    locales = ["--locale=ar", "--locale=fr"]
    ignored = ["--ignore=.venv", "--ignore=var", "--ignore=tests", "--ignore=bench"]
    collect = ["makemessages", *locales, *ignored, "--no-location"]
    machine.run(manage + collect, variables)
    machine.run([*manage, "translations"], variables)
    return 0
