"""Which fixture an endpoint came out of: told alike by every worker, where objects have other identities."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["Origin"]

_NAME = "stream_endpoint"
# What parametrizes the suite's own items and no endpoint.
_OF_ITEMS = "stream_rule_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a fixture is written, how long its value lives, and what may change that value.

    Attributes:
        place: The file or class that holds the fixture.
        scope: The session, module, class or test for which the value was made.
        depends: Whether other fixtures go into it, whose parameters may then make another endpoint of it.
    """

    place: str
    scope: str
    depends: bool

    @classmethod
    def of(cls, definition: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> "Origin":
        """The origin of the value that a fixture is being asked for."""
        return cls(
            place=definition.baseid,
            scope=request.node.nodeid,
            depends=bool(set(definition.argnames) - {"request"}),
        )

    def name(self, item: pytest.Item) -> str:
        """A name for the endpoint that the test got; two endpoints of a run never share one."""
        callspec = getattr(item, "callspec", None)
        indices = {} if callspec is None else dict(callspec.indices)
        counting = {
            name: index for name, index in indices.items() if name == _NAME or (self.depends and name != _OF_ITEMS)
        }
        parts = [self.place, self.scope, *(f"{name}{index}" for name, index in sorted(counting.items()))]
        return "-".join(filter(None, (re.sub(r"[^\w.]+", "-", part).strip("-") for part in parts))) or _NAME
