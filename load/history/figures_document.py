"""Plain figures that a history takes beside runs: what a benchmark came to, such as ratios between two programs."""

from dataclasses import dataclass
from math import isfinite

import msgspec

from load.errors import HistoryError

__all__ = ["FORMAT", "VERSION", "FiguresDocument"]

FORMAT = "fal-stream-figures"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresDocument:
    """Figures of one run of a benchmark.

    Attributes:
        series: Which benchmark, such as ``benchmarks/decoder``.
        started_at: When, ISO 8601 in UTC.
        figures: Its figures by name.
        commit: What was measured.
        hardware: On what.
        format: Which document this is.
        version: And which version of it.
    """

    series: str
    started_at: str
    figures: dict[str, float]
    commit: str = ""
    hardware: str = ""
    format: str = FORMAT
    version: int = VERSION

    @classmethod
    def from_json(cls, text: bytes) -> "FiguresDocument":
        """Read a document.

        Raises:
            HistoryError: It is none, or of a version that is not known here.
        """
        try:
            document = msgspec.json.decode(text, type=cls)
        except (ValueError, TypeError) as error:
            raise HistoryError(f"the document of figures is not valid: {error}") from error
        if (document.format, document.version) != (FORMAT, VERSION):
            raise HistoryError(
                f"the document is {document.format!r}, version {document.version}; expected {FORMAT!r}, {VERSION}"
            )
        unfit = [name for name, value in document.figures.items() if not isfinite(value)]
        if unfit or not document.figures:
            raise HistoryError(f"the document has {f'no finite {unfit[0]!r}' if unfit else 'no figures'}")
        return document

    def as_json(self) -> bytes:
        """One JSON object."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
