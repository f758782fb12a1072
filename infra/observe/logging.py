"""Logging: JSON lines on stderr, or plain text for a person, for a process or our part of one."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings

FIELDS = ("task_id", "node", "owner", "part")
"""Given as ``log.info("...", extra={"task_id": ...})``, they become fields of the line."""

PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
"""A line for a person."""

QUIET = ("httpx", "httpx2", "httpcore", "urllib3", "asyncio", "PIL", "filelock", "matplotlib")
"""Libraries whose information is noise here."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, our fields, and a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(settings: Settings) -> None:
    """Send every logger of this process to stderr, at the level of the settings.

    Call once, at the edge of a process.
    """
    handler = logging.StreamHandler(sys.stderr)
    if settings.log.format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter(PLAIN))
    logging.basicConfig(level=settings.log.level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_ours_to_stderr(level: int = logging.INFO) -> None:
    """Send the records of our own loggers to stderr, in a process whose logging is another's (a
    replica of Ray). Calling it again changes nothing."""
    logger = logging.getLogger("maquette")
    if logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(PLAIN))
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
