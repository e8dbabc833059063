"""A run: what was run, its streams, and what was seen beside them."""

from dataclasses import dataclass
from enum import Enum

from load.envelope import Envelope
from load.stream_row import Outcome, StreamRow

__all__ = [
    "CALIBRATION_GROUP",
    "LARGEST_LAG_SECONDS",
    "Fingerprint",
    "GeneratorTick",
    "Mark",
    "MarkKind",
    "Run",
    "RunEnd",
    "ServerSample",
]

CALIBRATION_GROUP = "calibration"
"""The group of streams that are sent alone to see how fast the machine is. They count as warm-up."""

LARGEST_LAG_SECONDS = 0.010
"""A generator that is later than this, at the 99th percentile, is late; a person cannot tell 10 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What was run, on what. Runs that differ here are not comparable without a thought.

    Attributes:
        started_at: Wall-clock start, ISO 8601 in UTC; for people, never for arithmetic.
        scenario: The scenario's name.
        endpoint: The URL, without credentials.
        baseline: The URL that it took turns with, likewise; empty where there was none.
        users: How many users there were to be, or None when that was left to Locust's web page.
        run_seconds: For how long new streams were to be started, or None for no limit.
        warm_up_seconds: How long from the start streams were sent to warm up only.
        workload: What else shaped the load: the scenario's own options by name, such as ``rate``.
        seed: What every draw of the scenario came from.
        reader: Which reader read the streams.
        workers: How many generator processes there were.
        largest_lag_seconds: How late the generator may be before the run is invalid, on an endpoint that is quick.
        envelope: What a generator process can measure on this machine; None where nobody ran ``calibrate``.
        payload_sha256: Digest of the payload as canonical JSON (sorted keys, no spaces).
        payload_bytes: Size of that JSON.
        gpus: How many GPUs serve the endpoint, where the user said so.
        gpu_hour_price: What one of them costs an hour, where the user said so.
        commit: What is deployed, where the user said so.
        generator: Version of this package.
        locust: Locust's version.
        python: Python's version.
        machine: Operating system and processor architecture of the generator.
        processors: How many processors the generator could use.
    """

    started_at: str
    scenario: str
    endpoint: str
    baseline: str = ""
    users: int | None
    run_seconds: float | None
    warm_up_seconds: float = 0.0
    workload: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    reader: str = ""
    workers: int = 1
    largest_lag_seconds: float = LARGEST_LAG_SECONDS
    envelope: Envelope | None = None
    payload_sha256: str
    payload_bytes: int
    gpus: int | None = None
    gpu_hour_price: float | None = None
    commit: str = ""
    generator: str
    locust: str
    python: str
    machine: str
    processors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorTick:
    """How one generator process fared in about a second.

    Attributes:
        worker: Which process; empty where there is one.
        at_ns: End of that second, since the start of the run.
        lag_ns: The longest that a timer overslept in it.
        processor_share: Processor time over time, 1 for a whole processor.
        streams: How many streams were in flight.
    """

    worker: str = ""
    at_ns: int
    lag_ns: int
    processor_share: float
    streams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSample:
    """What the server's side said of itself at one instant.

    Attributes:
        at_ns: When it was asked, since the start of the run, on the clock of the process that asked.
        source: Who said it: ``prometheus`` or ``nvml``.
        values: Values by series name, labels included, as the source spells them.
    """

    at_ns: int
    source: str
    values: tuple[tuple[str, float], ...]


class MarkKind(Enum):
    """What a mark on the time axis stands for."""

    STAGE = "stage"
    """The load changes here; the text says to what."""
    TURN = "turn"
    """A block begins here, of the deployment whose turn it is; the load stays as it is."""
    KNEE = "knee"
    """What a search for the knee found."""
    UNRESOLVED = "unresolved"
    """That a search for the knee found nothing, and why."""
    WORKER_LOST = "worker lost"
    """A generator process went silent; the rows it had delivered are kept."""
    NOTE = "note"
    """Anything else worth a line in a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at one instant of the run.

    Attributes:
        at_ns: When, since the start of the run.
        kind: What it stands for.
        text: One line for people.
    """

    at_ns: int
    kind: MarkKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """How a run ended. A file that was cut short has none.

    Attributes:
        at_ns: When streams were no longer started, since the start of the run.
        unsent: How many planned streams were never sent.
    """

    at_ns: int
    unsent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run read back.

    Attributes:
        fingerprint: What was run.
        rows: Its streams, in the order in which they were told of: as they ended, or as their pictures were looked at.
        ticks: How the generator fared.
        samples: What the server's side said.
        marks: What happened on the way.
        end: How it ended, or None when it was cut short.
    """

    fingerprint: Fingerprint
    rows: tuple[StreamRow, ...] = ()
    ticks: tuple[GeneratorTick, ...] = ()
    samples: tuple[ServerSample, ...] = ()
    marks: tuple[Mark, ...] = ()
    end: RunEnd | None = None

    @property
    def window_ns(self) -> tuple[int, int]:
        """From the end of the warm-up to the moment when streams were no longer started.

        A run that was cut short ends with its last row. Rates are counted inside this window, where the load is
        steady; distributions are of the streams that were planned inside it, however late they ended.
        """
        start_ns = round(self.fingerprint.warm_up_seconds * 1e9)
        if self.end is not None:
            return start_ns, max(start_ns, self.end.at_ns)
        return start_ns, max((row.end_ns for row in self.rows), default=start_ns)

    @property
    def load_rows(self) -> tuple[StreamRow, ...]:
        """The streams that were load, warm-up included, and not sent alone to see how fast the machine is."""
        return tuple(row for row in self.rows if row.group != CALIBRATION_GROUP)

    @property
    def held_back_ns(self) -> tuple[tuple[int, int], ...]:
        """When there was no load, since such a stream was on its way; rates leave this time out."""
        return tuple((row.planned_ns, row.end_ns) for row in self.rows if row.group == CALIBRATION_GROUP)

    @property
    def measured(self) -> tuple[StreamRow, ...]:
        """The streams that count: no warm-up, and none that the end of the run cut short."""
        return tuple(row for row in self.rows if not row.is_warm_up and row.outcome is not Outcome.CUT_SHORT)
