#!/usr/bin/env python
"""Django's commands: ``./run manage …`` calls this with database and broker up."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entraide.settings")
    execute_from_command_line(sys.argv)
