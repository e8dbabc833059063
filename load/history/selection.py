"""Which runs of a history are meant."""

from dataclasses import dataclass

__all__ = ["Selection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Runs that match everything that is named; all of them where nothing is.

    Attributes:
        run_id: The run's name, or how it begins.
        commit: The commit, or how it begins.
        tag: The tag.
        branch: The branch.
        scenario: The scenario.
        endpoint: The URL.
        hardware: The hardware's label.
        last: Only the newest so many of them; None for all.
    """

    run_id: str = ""
    commit: str = ""
    tag: str = ""
    branch: str = ""
    scenario: str = ""
    endpoint: str = ""
    hardware: str = ""
    last: int | None = None
