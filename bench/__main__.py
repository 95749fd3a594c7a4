"""``./run bench [--scale 1] [--rounds 3] [--requests 20]``: figures, limits, verdict.

Uses a database of its own beside the portal's, kept for the next time.
"""

import argparse
import os
import statistics
import sys
import time
from collections import defaultdict
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

NAME = "portal_bench"
WARM_UPS = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=20)
    options = parser.parse_args()
    is_new = prepare_database(options.scale)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    # Django is configured from here on: its models can be imported.
    from django.core.management import call_command  # noqa: PLC0415

    from bench import data, report, server, sheets  # noqa: PLC0415
    from bench.pages import all_pages  # noqa: PLC0415

    # As ./run does before it serves: the bench may be the first thing started here.
    call_command("collectstatic", interactive=False, verbosity=0)
    if is_new:
        fill(data, options.scale)
    costs = defaultdict(list)
    with server.serving() as web:
        pages = all_pages()
        for number in range(options.rounds):
            for page in pages:
                if number == 0:
                    for _ in range(WARM_UPS):
                        web.get(page.path, page.session)
                costs[page.name].append(
                    web.measure(page.path, page.session, requests=options.requests)
                )
    medians = {
        name: min(of_page, key=lambda c: abs(c.cpu_ms - median(of_page)))
        for name, of_page in costs.items()
    }
    holds = report.show(pages, medians, options.scale)
    return 0 if sheets.show(sheets.measure(options.rounds)) and holds else 1


def median(costs) -> float:
    return statistics.median(cost.cpu_ms for cost in costs)


def prepare_database(scale: float) -> bool:
    """Point DATABASE_URL at the bench's database; say whether it must be filled."""
    url = urlsplit(os.environ["DATABASE_URL"])
    mark = f"scale {scale}"
    with psycopg.connect(url.geturl(), autocommit=True) as admin:
        found = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = %s",
            [NAME],
        ).fetchone()
        name = sql.Identifier(NAME)
        if found and found[0] != mark:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        if not found or found[0] != mark:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
    os.environ["DATABASE_URL"] = urlunsplit(url._replace(path=f"/{NAME}"))
    return not found or found[0] != mark


def fill(data, scale: float) -> None:
    """Migrate, generate, and only then mark the database as complete."""
    from django.core.management import call_command  # noqa: PLC0415 -- after set-up
    from django.db import connection  # noqa: PLC0415 -- after set-up

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    data.generate(scale)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f"COMMENT ON DATABASE {NAME} IS 'scale {scale}'")
    print(f"data made in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
