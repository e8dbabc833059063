"""A history's entry of a made-up run."""

from load.history.entry import HistoryEntry

__all__ = ["HISTORY_ENTRY"]

HISTORY_ENTRY = HistoryEntry(
    run_id="0" * 16,
    started_at="2026-11-01T00:00:00+00:00",
    scenario="steady",
    endpoint="https://example.com/stream",
    commit="c0",
    tag="",
    branch="",
    hardware="H100",
    is_noisy=False,
    is_valid=True,
    figures={"ttfp_median": 0.8, "ttfp_p95": 1.2, "images_per_second": 4.0},
    blocking={"users": "4", "payload": "a" * 64},
)
