"""What is written to the logs, and what is not: no personal data (quality.md, §2).

One line of JSON for each event, or one plain line in the demonstration. Lines carry
the id of the request, also in the tasks it woke, and the number of the account; never
an address of a client, what was searched for, an e-mail or a link that opens something.
"""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Told by libraries about who asks.
UNWANTED = ("user_agent", "ip")
# They tell each of their steps at the level where ours tell what matters.
TALKATIVE = ("weasyprint.progress", "fontTools")
PERSONAL = (
    (re.compile(r"[^\s@<>'\"()=,;:]+@[^\s@<>'\"()=,;:]+\.\w+"), "<e-mail>"),
    # PostgreSQL quotes the values of the row it refuses.
    (re.compile(r"\b(DETAIL|CONTEXT):.*"), r"\1: <left out>"),
    # The link by which a password is chosen.
    (re.compile(r"\b[0-9a-z]+-[0-9a-z]{6,7}-[0-9a-f]{32,}\b"), "<link>"),
)


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take personal data out of a line, whoever wrote it."""
    for name in UNWANTED:
        event.pop(name, None)
    if "request" in event:
        event["request"] = str(event["request"]).partition("?")[0]
    for name, value in event.items():
        if not isinstance(value, (int, float, type(None))):
            event[name] = scrubbed(str(value))
    return event


def scrubbed(text: str) -> str:
    """``text`` without e-mails, rows quoted by the database and secret links."""
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter(*, is_plain: bool) -> logging.Formatter:
    """Of every line, ours and those of libraries."""
    renderer: Processor = structlog.processors.JSONRenderer()
    if is_plain:
        renderer = structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            scrub,
            renderer,
        ],
    )


def logging_settings(*, level: str, is_plain: bool) -> dict[str, Any]:
    """Django's ``LOGGING``; everything goes to the standard error output."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "is_plain": is_plain}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": sys.stderr,
                "formatter": "line",
            }
        },
        "loggers": {name: {"level": "WARNING"} for name in TALKATIVE},
        "root": {"handlers": ["console"], "level": level},
    }
