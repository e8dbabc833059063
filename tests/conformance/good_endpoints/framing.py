"""The bytes in which good endpoints write their events.

Left out, because a SHOULD warns of it by design: characters beyond ASCII in the data (J03), names twice in an object
(J04), lines that end with CR alone or not all alike (S10), CRLF with several data lines (S11), heartbeats that are
events (S12), meaning in the event's name alone (S13).
"""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

from conformance.stream.payload import Json
from tests.conformance.good_endpoints.payloads import Story

__all__ = ["Hand", "hands"]

_COMMENTS = ("", "ping", " ping - 2025-01-01 00:00:00.000000+00:00", " café 赤い円 🎨", " " * 2048, "data: {}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How one server writes.

    Attributes:
        break_: Its line ending.
        colon: A colon, with a space or without.
        separators: Those of its JSON.
        indent: That of its JSON; None to write it in one line.
        sort_keys: Whether members are sorted.
        names: Whether events are named.
        has_ids: Whether events are numbered.
        retry: A reconnection time beside the first event, or None.
        data_first: Whether data comes before the other fields.
        comment: What its comments say.
        says_hello: Whether a comment comes first.
        says_bye: Whether a comment comes last.
    """

    break_: str
    colon: str
    separators: tuple[str, str]
    indent: int | None
    sort_keys: bool
    names: bool
    has_ids: bool
    retry: int | None
    data_first: bool
    comment: str
    says_hello: bool
    says_bye: bool

    def beat(self) -> bytes:
        """A comment. A blank line after it would be an event to httpx-sse once there was an id (S08)."""
        return f":{self.comment}{self.break_ * (1 if self.has_ids else 2)}".encode()

    def events(self, story: Story) -> list[bytes]:
        """Each event in the bytes that are written at once."""
        last = len(story.payloads) - 1
        written = [self._event(number, item, is_last=number == last) for number, item in enumerate(story.payloads)]
        if self.says_hello:
            written[0] = self.beat() + written[0]
        return written

    def _event(self, number: int, payload: Json, *, is_last: bool) -> bytes:
        text = json.dumps(payload, separators=self.separators, indent=self.indent, sort_keys=self.sort_keys)
        data = [f"data{self.colon}{line}" for line in text.split("\n")]
        fields = [f"event{self.colon}{'complete' if is_last else 'preview'}"] if self.names else []
        fields += [f"id{self.colon}{number}"] if self.has_ids else []
        fields += [f"retry{self.colon}{self.retry}"] if self.retry is not None and number == 0 else []
        lines = [*data, *fields] if self.data_first else [*fields, *data]
        return (self.break_.join(lines) + self.break_ * 2).encode("ascii")


@st.composite
def hands(draw: st.DrawFn) -> Hand:
    """A server's hand."""
    break_ = draw(st.sampled_from(("\n", "\n", "\r\n")))
    flags = st.booleans()
    return Hand(
        break_=break_,
        colon=draw(st.sampled_from((": ", ":"))),
        separators=draw(st.sampled_from(((", ", ": "), (",", ":")))),
        indent=draw(st.sampled_from((None, None, 1))) if break_ == "\n" else None,
        sort_keys=draw(flags),
        names=draw(flags),
        has_ids=draw(flags),
        retry=draw(st.none() | st.integers(0, 10_000)),
        data_first=draw(flags),
        comment=draw(st.sampled_from(_COMMENTS)),
        says_hello=draw(flags),
        says_bye=draw(flags),
    )
