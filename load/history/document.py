"""What a history keeps: a run file or a document of figures, byte for byte, under a name that its content gives it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from load.errors import HistoryError, RunFileError
from load.history.entry import HistoryEntry
from load.history.figures_document import FORMAT as FIGURES_FORMAT
from load.history.figures_document import FiguresDocument
from load.history.labels import Labels
from load.history.run_figures import figures_of
from load.host_drift import is_noisy
from load.run import Fingerprint, Run
from load.run_file import FORMAT as RUN_FORMAT
from load.run_file import read_run
from load.validity import invalidities

__all__ = ["Document"]

_NAME_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file with its labels.

    Attributes:
        data: Its bytes.
        labels: What people say of it.
    """

    data: bytes = field(repr=False)
    labels: Labels = field(default_factory=Labels)

    @property
    def run_id(self) -> str:
        """First digits of the SHA-256 of the bytes: the same file has the same name everywhere."""
        return hashlib.sha256(self.data).hexdigest()[:_NAME_DIGITS]

    @property
    def suffix(self) -> str:
        """``.jsonl`` for a run, ``.json`` for a document of figures.

        Raises:
            HistoryError: It is neither.
        """
        return ".json" if self._format == FIGURES_FORMAT else ".jsonl"

    def run(self) -> Run:
        """The run.

        Raises:
            HistoryError: It is a document of figures, or not valid.
        """
        if self._format != RUN_FORMAT:
            raise HistoryError(f"{self.run_id} holds figures, and no run")
        try:
            return read_run(_lines(self.data))
        except RunFileError as error:
            raise HistoryError(str(error)) from error

    def entry(self) -> HistoryEntry:
        """How the history lists it.

        Raises:
            HistoryError: It is not valid; the text names the line.
        """
        return self._entry_of_figures() if self._format == FIGURES_FORMAT else self._entry_of_run()

    @property
    def _format(self) -> str:
        # A document of figures may be spread over lines; a run file's first line is an object by itself.
        for text in (self.data.partition(b"\n")[0], self.data):
            try:
                found = json.loads(text)
            except ValueError:
                continue
            if isinstance(found, dict) and found.get("format") in (RUN_FORMAT, FIGURES_FORMAT):
                return str(found["format"])
        raise HistoryError(f"the file is neither a run ({RUN_FORMAT}) nor a document of figures ({FIGURES_FORMAT})")

    def _entry_of_figures(self) -> HistoryEntry:
        document, labels = FiguresDocument.from_json(self.data), self.labels
        return HistoryEntry(
            run_id=self.run_id,
            started_at=document.started_at,
            scenario=document.series,
            endpoint="",
            commit=labels.commit or document.commit,
            tag=labels.tag,
            branch=labels.branch,
            hardware=labels.gpu or document.hardware,
            is_noisy=False,
            is_valid=True,
            figures=document.figures,
            blocking={"scenario": document.series, "hardware": labels.gpu or document.hardware},
        )

    def _entry_of_run(self) -> HistoryEntry:
        run, labels = self.run(), self.labels
        fingerprint = run.fingerprint
        return HistoryEntry(
            run_id=self.run_id,
            started_at=fingerprint.started_at,
            scenario=fingerprint.scenario,
            endpoint=fingerprint.endpoint,
            commit=labels.commit or fingerprint.commit,
            tag=labels.tag,
            branch=labels.branch,
            hardware=_hardware(fingerprint, labels),
            is_noisy=is_noisy(run),
            is_valid=not invalidities(run),
            figures=figures_of(run),
            blocking=_blocking(fingerprint, labels),
        )


def _hardware(fingerprint: Fingerprint, labels: Labels) -> str:
    return labels.gpu or f"{fingerprint.machine}, {fingerprint.processors} processors"


def _blocking(fingerprint: Fingerprint, labels: Labels) -> dict[str, str]:
    # Not the endpoint: the next deployment of the same application often has another address.
    return {
        "scenario": fingerprint.scenario,
        "users": str(fingerprint.users),
        "workload": ", ".join(f"{name} {value}" for name, value in fingerprint.workload),
        "payload": fingerprint.payload_sha256,
        "reader": fingerprint.reader,
        "workers": str(fingerprint.workers),
        "machine": f"{fingerprint.machine}, {fingerprint.processors} processors",
        "gpu": labels.gpu,
        "driver": labels.driver,
    }


def _lines(data: bytes) -> Iterator[str]:
    try:
        yield from data.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise HistoryError(f"the file is not UTF-8: {error.reason} at byte {error.start}") from error
