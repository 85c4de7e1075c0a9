"""Log lines for machines: one JSON object each, with the ids of run and batch job. Prompts and answers never go in."""

import json
import logging
from datetime import UTC, datetime

FIELDS = ("run", "job", "attempt", "provider", "status")


class JsonFormatter(logging.Formatter):
    """`LOG_FORMAT=json`: time, level, logger, message, and the ids that the call gave as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
