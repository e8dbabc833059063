"""Reports of a comparison, in the formats that were asked for."""

import json
from collections.abc import Callable, Iterable
from types import MappingProxyType

from load.ab.json_document import comparison_document
from load.ab.judged_comparison import JudgedComparison
from load.ab.markdown import comparison_markdown
from load.errors import UsageError
from load.report_files import write_report

__all__ = ["FORMATS", "require_report", "write_comparison"]


def _json(judged: JudgedComparison) -> str:
    return json.dumps(comparison_document(judged), indent=2) + "\n"


FORMATS = MappingProxyType[str, Callable[[JudgedComparison], str]]({"json": _json, "markdown": comparison_markdown})
"""How each format is written, by its name."""


def require_report(text: str) -> tuple[str, str]:
    """Format and path of ``FORMAT=PATH``.

    Raises:
        UsageError: It is not that, or there is no such format.
    """
    name, _, path = text.partition("=")
    if name not in FORMATS or not path:
        raise UsageError(f"{text!r} is not a report; expected FORMAT=PATH with {' or '.join(FORMATS)}")
    return name, path


def write_comparison(judged: JudgedComparison, destinations: Iterable[str]) -> None:
    """Write every report; ``-`` is standard output.

    Raises:
        UsageError: A file cannot be written.
    """
    for name, path in map(require_report, destinations):
        write_report(path, FORMATS[name](judged))
