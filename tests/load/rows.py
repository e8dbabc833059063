"""Made-up streams whose figures are easy to reckon."""

from load.run import Run, RunEnd
from load.stream_row import Outcome, StepMark, StreamRow
from tests.load.fingerprint import FINGERPRINT

__all__ = ["CUT_SHORT", "FAILED", "MS", "SECOND", "a_run", "quick_stream", "stream"]

MS = 1_000_000
SECOND = 1000 * MS

FAILED = StreamRow(
    planned_ns=0, started_ns=0, sent_ns=0, end_ns=MS, status=503, outcome=Outcome.HTTP_STATUS, detail="503 [busy]"
)
CUT_SHORT = StreamRow(planned_ns=0, started_ns=0, sent_ns=0, end_ns=MS, outcome=Outcome.CUT_SHORT)


def stream(**changes) -> StreamRow:
    """Planned at 0.9 s, taken on at 0.95 s, sent at 1 s; a progress event, two previews and the final follow.

    They come 100, 200, 400 and 800 ms after it was sent; the body ends 50 ms later.
    """
    fields = {
        "planned_ns": 900 * MS,
        "started_ns": 950 * MS,
        "sent_ns": 1000 * MS,
        "head_ns": 1010 * MS,
        "event_ns": (1100 * MS, 1200 * MS, 1400 * MS, 1800 * MS),
        "kernel_ns": (1099 * MS, 1198 * MS, 1400 * MS, 1800 * MS),
        "pictures": (1, 2, 3),
        "picture_bytes": (1000, 2000, 9000),
        "steps": (StepMark(event=1, step=2, total_steps=10), StepMark(event=2, step=6, total_steps=10)),
        "similarity": (0.3, 0.9, 1.0),
        "end_ns": 1850 * MS,
        "body_bytes": 13_000,
        "status": 200,
        "outcome": Outcome.COMPLETE,
    }
    return StreamRow(**{**fields, **changes})


def quick_stream(ttfp_ms: int) -> StreamRow:
    """One picture, this long after it was planned, and that is all."""
    return StreamRow(
        planned_ns=0,
        started_ns=0,
        sent_ns=0,
        head_ns=0,
        event_ns=(ttfp_ms * MS,),
        pictures=(0,),
        end_ns=ttfp_ms * MS,
        status=200,
        outcome=Outcome.COMPLETE,
    )


def a_run(*rows: StreamRow, seconds: float = 10, fingerprint=FINGERPRINT, **fields) -> Run:
    """A run of these rows, in which streams were started for so long."""
    return Run(fingerprint=fingerprint, rows=rows, end=RunEnd(at_ns=round(seconds * SECOND)), **fields)
