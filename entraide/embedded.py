"""What ``./run`` hands over to: a Python program that needs nothing installed.

The work is done in ``entraide/launcher/``. The package's own ``__init__`` imports
Celery, which this program is about to install, so a bare package stands in for it.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


def main(arguments: list[str]) -> int:
    """Runs one command of ``./run`` and returns its exit status."""
    package = ModuleType("entraide")
    package.__path__ = [str(Path(__file__).resolve().parent)]
    sys.modules["entraide"] = package
    status: int = import_module("entraide.launcher.commands").main(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
