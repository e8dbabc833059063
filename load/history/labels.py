"""What people say of a run beside what it says itself: which commit was deployed, on which GPU."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import msgspec

__all__ = ["Labels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Labels of one run; empty ones are not known.

    Attributes:
        commit: What was deployed.
        tag: Its name, such as ``v1.4``.
        branch: The branch it was built from.
        gpu: The GPU's model.
        driver: The GPU driver's version.
    """

    commit: str = ""
    tag: str = ""
    branch: str = ""
    gpu: str = ""
    driver: str = ""

    def over(self, earlier: "Labels") -> "Labels":
        """These labels, and those of ``earlier`` where these are empty."""
        ours = {name: value for name, value in asdict(self).items() if value}
        return Labels(**{**asdict(earlier), **ours})

    def as_json(self) -> bytes:
        """One JSON object."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, text: bytes | str) -> "Labels":
        """Read what :meth:`as_json` wrote.

        Raises:
            ValueError: It is something else.
        """
        return msgspec.json.decode(text, type=cls)

    @classmethod
    def of(cls, options: Mapping[str, str | None]) -> "Labels":
        """The labels among the options of a command."""
        return cls(**{name: options.get(name) or "" for name in cls.__slots__})
