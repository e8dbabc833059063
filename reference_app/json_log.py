"""The log: one JSON object a line on standard error, which fal keeps beside the request."""

import json
import logging
from datetime import UTC, datetime

__all__ = ["JsonFormatter", "start_log"]


class JsonFormatter(logging.Formatter):
    """A record as one line of ASCII: what every record has, its `fields`, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def start_log() -> None:
    """Let this package's records be seen from INFO on. Whoever has configured logging already keeps their own form."""
    package = logging.getLogger(__package__)
    package.setLevel(logging.INFO)
    if not package.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        package.addHandler(handler)
