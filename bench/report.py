"""The table of figures, with the limit and pass or fail."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.pages import MAX_BYTES, Page
from bench.server import Cost

HEAD = ("page", "cpu ms", "wall ms", "ratio", "limit", "queries", "KB", "")


def show(pages: list[Page], costs: dict[str, Cost], scale: float) -> bool:
    """Print everything; whether all limits hold."""
    print(f"scale {scale}; processor = web workers + database, per request, median")
    lines = [_line(page, costs) for page in pages]
    widths = [max(len(line[i]) for line in [HEAD, *lines]) for i in range(len(HEAD))]
    for line in [HEAD, *lines]:
        print("  ".join(word.ljust(widths[i]) for i, word in enumerate(line)).rstrip())
    return all(not line[-1].startswith("FAIL") for line in lines)


def _line(page: Page, costs: dict[str, Cost]) -> tuple[str, ...]:
    cost = costs[page.name]
    figures = (page.name, f"{cost.cpu_ms:.1f}", f"{cost.wall_ms:.1f}")
    noise = "  (noisy)" if cost.is_noisy else ""
    if not page.against:
        return (*figures, "", "", "", f"{cost.size / 1024:.0f}", noise.strip())
    ratio = cost.cpu_ms / costs[page.against].cpu_ms
    queries = count_queries(page)
    holds = ratio <= page.times and queries <= page.queries and cost.size <= MAX_BYTES
    return (
        *figures,
        f"{ratio:.2f}",
        f"{page.times} x {page.against}",
        f"{queries} of {page.queries}",
        f"{cost.size / 1024:.0f}",
        ("pass" if holds else "FAIL") + noise,
    )


def count_queries(page: Page) -> int:
    """In this process, session and user included, the caches warm."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["sessionid"] = page.session
    client.get(page.path)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page.path)
    if response.status_code != 200:
        raise RuntimeError(f"{page.path} answered {response.status_code}")
    return len(queries)
