"""A run as the history lists it: who it is, and what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["HistoryEntry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One run, or one document of plain figures.

    Attributes:
        run_id: First 16 hexadecimal digits of the file's SHA-256.
        started_at: Wall-clock start, ISO 8601 in UTC.
        scenario: The scenario, or the series of a document of figures.
        endpoint: The URL, without credentials; empty for plain figures.
        commit: What was deployed; empty where nobody said so, as are the next two.
        tag: Its name.
        branch: The branch it was built from.
        hardware: The GPU where it is known, else the generator's machine.
        is_noisy: Whether the host drifted while it ran.
        is_valid: Whether the generator kept up.
        figures: What it came to, named as in objectives: ``ttfp_median``, ``images_per_second``; in base units.
        blocking: What has to be the same in runs that are compared, by name.
    """

    run_id: str
    started_at: str
    scenario: str
    endpoint: str
    commit: str
    tag: str
    branch: str
    hardware: str
    is_noisy: bool
    is_valid: bool
    figures: Mapping[str, float]
    blocking: Mapping[str, str] = field(default_factory=dict)
